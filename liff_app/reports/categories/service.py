"""The categories of the town: the built-in set with what staff changed laid over it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from liff_app.errors import Conflict, FieldError, InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.reports.categories import packing
from liff_app.reports.categories.builtin import builtin
from liff_app.reports.categories.model import (
    Category,
    Option,
    Question,
    QuestionKind,
    Stop,
    StopKind,
)
from liff_app.reports.models import Report, ReportCategory
from liff_app.reports.vocabulary import Group

__all__ = [
    "Category",
    "CategoryChanged",
    "Option",
    "Question",
    "QuestionKind",
    "Stop",
    "StopKind",
    "Stopped",
    "all_categories",
    "check_answers",
    "find",
    "is_builtin",
    "is_used",
    "name_of",
    "names",
    "offered",
    "remove",
    "restore",
    "save",
]

MAX_ANSWER = 200  # letters of a text answer; the description takes what is longer


class Stopped(InputInvalid):
    """The answer ends the form: `stop` says where to turn instead."""

    code = "stopped"
    title = "この内容は、ほかの窓口に電話してください。"

    def __init__(self, stop: Stop, *, field: str) -> None:
        super().__init__([FieldError(field, "stopped", stop.title)])
        self.stop = stop

    def members(self) -> dict[str, object]:
        """The stop, for a program that shows it in its own way."""
        shown = {name: str(getattr(self.stop, name)) for name in Stop.__dataclass_fields__}
        return {"stop": shown}


class CategoryChanged(Conflict):
    """A colleague saved the category in the meantime."""

    code = "category_changed"
    title = "ほかの職員が先に直しました。いまの内容を確かめてください。"


def all_categories(session: Session) -> list[Category]:
    """Every category, those not offered too: everyday ones first, each group in its order."""
    return sorted(_by_code(session).values(), key=_place)


def offered(session: Session, *, disaster: bool) -> list[Category]:
    """What residents choose from: the disaster's categories first, and only while one is on."""
    active = [one for one in all_categories(session) if one.active]
    everyday = [one for one in active if one.group is Group.EVERYDAY]
    if not disaster:
        return everyday
    return [one for one in active if one.group is Group.DISASTER] + everyday


def find(session: Session, code: str) -> Category | None:
    """The category of that code, offered or not; None if there never was one."""
    base = builtin().get(code)
    row = session.get(ReportCategory, code, populate_existing=True)
    if row is None:
        return base
    return _read(row, base)


def name_of(session: Session, code: str) -> str:
    """What the category is called; the code itself where it is gone."""
    found = find(session, code)
    return found.name if found else code


def names(session: Session) -> dict[str, str]:
    """Name of every category by its code, in the order in which they are listed."""
    return {one.code: one.name for one in all_categories(session)}


def check_answers(category: Category, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers to keep, by the code of the question. Raises Stopped, or InputInvalid.

    An answer to a question that is asked no more is passed over: a draft that waited on a phone
    must not be refused for what its owner cannot see.
    """
    if category.stop is not None:
        raise Stopped(category.stop, field="category")
    kept: dict[str, str] = {}
    faults: list[FieldError] = []
    for question in category.questions:
        text = " ".join(str(answers.get(question.code, "")).split())
        code = _fault(question, text)
        option = question.option(text)
        if option is not None and option.stop is not None:
            raise Stopped(option.stop, field=f"answers.{question.code}")
        if code is not None:
            faults.append(FieldError(f"answers.{question.code}", code, _sentence(code)))
        elif text:
            kept[question.code] = text
    if faults:
        raise InputInvalid(faults)
    return kept


def _fault(question: Question, text: str) -> str | None:
    if not text:
        return "required" if question.required else None
    if question.kind is QuestionKind.CHOICE:
        return None if question.option(text) else "unknown"
    return "too_long" if len(text) > MAX_ANSWER else None


def _sentence(code: str) -> str:
    return {
        "required": _("1つえらぶか、入れてください。"),
        "unknown": _("もう一度えらんでください。"),
        "too_long": _("200字までで入れてください。"),
    }[code]


# --- what staff change ---------------------------------------------------------------------------


def save(session: Session, category: Category, *, now: datetime) -> Category:
    """The category is as given, its version one higher. `category.version` is the one last seen.

    Raises CategoryChanged if that is not the present one, InputInvalid if nothing would be left
    to choose from.
    """
    if not any(one.active for one in _everyday(session, category)):
        text = _("いつも出る種類を、1つは残してください。")
        raise InputInvalid([FieldError("active", "last", text)])
    base = builtin().get(category.code)
    body = packing.differing(category, base) if base else packing.pack(category)
    values = {
        "body": json.dumps(body, ensure_ascii=False),
        "version": category.version + 1,
        "updated_at": now,
    }
    if category.version == 0:
        _insert(session, ReportCategory(code=category.code, **values))
    else:
        _replace(session, category.code, category.version, values)
    found = find(session, category.code)
    if found is None:  # pragma: no cover - it was written two lines above
        raise NotFound(f"no category {category.code}")
    return found


def restore(session: Session, code: str, *, version: int, now: datetime) -> Category:
    """A built-in category is again as the product brings it, its department and dates included.

    Raises NotFound for one of the town's own, CategoryChanged for another version.
    """
    base = builtin().get(code)
    if base is None:
        raise NotFound(f"no built-in category {code}")
    if version == 0:
        return base
    _replace(session, code, version, {"body": "{}", "version": version + 1, "updated_at": now})
    return packing.overlay(base, {}, version=version + 1)


def remove(session: Session, code: str, *, version: int) -> None:
    """A category of the town's own is gone. Raises Conflict once a report has it, or NotFound."""
    if is_builtin(code) or find(session, code) is None:
        raise NotFound(f"no category {code} to remove")
    if is_used(session, code):
        raise Conflict(
            f"{code} is used", code="category_used", title=_("通報に使われているので消せません。")
        )
    gone = session.execute(
        delete(ReportCategory).where(ReportCategory.code == code, ReportCategory.version == version)
    )
    if not gone.rowcount:  # type: ignore[attr-defined]  # SQLAlchemy types the general result
        raise CategoryChanged(code)


def is_builtin(code: str) -> bool:
    """Whether the product brings the category, so that it can be restored but not removed."""
    return code in builtin()


def is_used(session: Session, code: str) -> bool:
    """Whether any report has the category: then its code must stay."""
    return session.scalar(select(Report.id).where(Report.category == code).limit(1)) is not None


def _everyday(session: Session, changed: Category) -> list[Category]:
    """What would be offered on any day, were the category as given."""
    every = _by_code(session) | {changed.code: changed}
    return [one for one in every.values() if one.group is Group.EVERYDAY]


def _insert(session: Session, row: ReportCategory) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise CategoryChanged(row.code) from None


def _replace(session: Session, code: str, version: int, values: Mapping[str, object]) -> None:
    changed = session.execute(
        update(ReportCategory)
        .where(ReportCategory.code == code, ReportCategory.version == version)
        .values(**values)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]  # SQLAlchemy types the general result
        raise CategoryChanged(code)


def _by_code(session: Session) -> dict[str, Category]:
    found = dict(builtin())
    for row in session.scalars(select(ReportCategory).execution_options(populate_existing=True)):
        found[row.code] = _read(row, found.get(row.code))
    return found


def _read(row: ReportCategory, base: Category | None) -> Category:
    plain = base or Category(code=row.code, name=row.code)
    return packing.overlay(plain, json.loads(row.body), version=row.version)


def _place(category: Category) -> tuple[bool, int, str]:
    return category.group is Group.DISASTER, category.order, category.code
