"""What the console's pages about categories show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy.orm import Session

from liff_app.errors import FieldError, NotFound
from liff_app.i18n import gettext as _
from liff_app.reports.categories import forms, service, typed, words
from liff_app.reports.categories.builtin import builtin
from liff_app.reports.categories.model import Category, Stop, StopKind
from liff_app.reports.categories.typed import MOST_OPTIONS, MOST_QUESTIONS, TypedCategory
from liff_app.reports.vocabulary import Group
from liff_app.staff import queries as staff


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category in the list: `silent` counts the places to call at once that lack a number."""

    code: str
    name: str
    hint: str
    icon: str
    active: bool
    own: bool
    changed: bool
    department: str
    due_days: int | None
    questions: int
    silent: int


@dataclass(frozen=True, slots=True)
class Clash:
    """A colleague saved first: what is said, and the fields in which theirs differs."""

    title: str
    fields: list[str]


def found(session: Session, code: str) -> Category:
    """The category of that code. Raises NotFound."""
    category = service.find(session, code)
    if category is None:
        raise NotFound(f"no category {code}")
    return category


def overview(session: Session) -> dict[str, Any]:
    """The list, by group."""
    departments = _departments(session)
    lines = [(one.group, _line(one, departments)) for one in service.all_categories(session)]
    titles = {
        Group.EVERYDAY: _("いつも出る種類"),
        Group.DISASTER: _("災害のあいだ、先に出る種類"),
    }
    groups = [
        (group.value, title, [line for its, line in lines if its is group])
        for group, title in titles.items()
    ]
    return {"groups": groups, "silent": sum(line.silent for _group, line in lines)}


def form(
    session: Session, code: str, said: TypedCategory, errors: list[FieldError]
) -> dict[str, Any]:
    """Everything the form shows."""
    own = not service.is_builtin(code)
    return {
        "code": code,
        "said": said,
        "own": own,
        "removable": bool(code) and own,
        "errors": errors,
        "fault": defaultdict(str, {one.field: one.message for one in errors}),
        "icons": words.icons(),
        "groups": words.groups(),
        "kinds": words.question_kinds(),
        "stops": words.stop_kinds(),
        "departments": [("", _("決めない")), *_departments(session).items()],
        "most": {"questions": MOST_QUESTIONS, "options": MOST_OPTIONS},
        "labels": words.changed(),
    }


def sent(form: Mapping[str, str], code: str) -> TypedCategory:
    """What was typed. When a built-in category is offered is not up to the form."""
    said = typed.of_form(form)
    base = builtin().get(code)
    if base is not None:
        said.group = base.group.value
    return said


def faults(session: Session, said: TypedCategory, code: str) -> list[FieldError]:
    """Everything that is wrong with a form, a name that another category has among it."""
    wrong = forms.faults(said, departments=_departments(session))
    others = {name for its, name in service.names(session).items() if its != code}
    if said.name in others:
        wrong.insert(0, FieldError("name", "taken", _("同じ名前の種類がもうあります。")))
    return wrong


def differences(one: Category, other: Category) -> list[str]:
    """Names of the fields in which they differ."""
    return [
        field.name
        for field in fields(Category)
        if field.name != "version" and getattr(one, field.name) != getattr(other, field.name)
    ]


def _departments(session: Session) -> dict[str, str]:
    return {one.id: one.name for one in staff.departments(session)}


def _line(category: Category, departments: dict[str, str]) -> CategoryLine:
    return CategoryLine(
        code=category.code,
        name=category.name,
        hint=category.hint,
        icon=category.icon,
        active=category.active,
        own=not service.is_builtin(category.code),
        changed=category.version > 0,
        department=departments.get(category.department_id or "", ""),
        due_days=category.due_days,
        questions=len(category.questions),
        silent=sum(stop.kind is StopKind.EMERGENCY and not stop.phone for stop in _stops(category)),
    )


def _stops(category: Category) -> Iterator[Stop]:
    """Every place to turn to that the category knows."""
    if category.stop is not None:
        yield category.stop
    for question in category.questions:
        yield from (one.stop for one in question.options if one.stop is not None)
