"""What colleagues pointed at last, with the mark on the photo and what its applicant did then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.i18n import gettext as _
from liff_app.procedures.desk import case_queries
from liff_app.procedures.desk.case_queries import Case
from liff_app.procedures.desk.console import answers, words
from liff_app.procedures.desk.returning import Item, Return, Spot
from liff_app.procedures.engine.evaluation import Evaluated
from liff_app.procedures.fields import placing
from liff_app.procedures.files import service as files
from liff_app.procedures.files.views import FileView
from liff_app.procedures.vocabulary import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A photo with a box on it. `box` is left, top, width and height in the photo's pixels."""

    href: str
    thumb: str
    width: int
    height: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed:
    """One point. `is_untouched`: its answer was sent again as it was."""

    label: str
    comment: str
    marked: Marked | None
    is_untouched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LastReturn:
    """The last return of a case, in words. `due`: by when it was to be put right, "" for none."""

    revision: int
    at: datetime
    due: str
    state: str
    points: tuple[Pointed, ...]


def last(session: Session, case: Case, labels: Mapping[str, str]) -> LastReturn | None:
    """The last return; None where there was none, or its words were destroyed."""
    if not case.returns or case.key is None:
        return None
    back = case.returns[0]
    spots = [one.spot.file_id for one in back.items if one.spot]
    pictures = files.views(session, case.key, spots)
    again = _answered(session, case, back)
    return LastReturn(
        revision=back.revision,
        at=back.at,
        due=words.day(back.due_on) if back.due_on else "",
        state=_state(case, back),
        points=tuple(
            Pointed(
                label=labels.get(one.path, one.path),
                comment=one.comment,
                marked=_marked(case, one.spot, pictures) if one.spot else None,
                is_untouched=again is not None and _is_same(one, *again),
            )
            for one in back.items
        ),
    )


def _state(case: Case, back: Return) -> str:
    if back.answered_at:
        return _("直した申請が届きました")
    is_open = case.status is Status.RETURNED
    return _("まだ直っていません") if is_open else _("差し戻しをやめました")


def _answered(session: Session, case: Case, back: Return) -> tuple[Evaluated, Evaluated] | None:
    """The sending that was found wrong, and the one after it; None until there is one."""
    if back.answered_at is None or back.revision >= case.revision:
        return None
    before = case_queries.answers(session, case, back.revision)
    after = case_queries.answers(session, case, back.revision + 1)
    return (before, after) if before and after else None


def _is_same(item: Item, before: Evaluated, after: Evaluated) -> bool:
    return _said(before, item.path) == _said(after, item.path)


def _said(seen: Evaluated, path: str) -> object:
    """The answer there, or all answers of one of several (`children/0`)."""
    name, _sign, rest = path.partition("/")
    if rest.isdecimal():
        rows = placing.instances(seen.values, name)
        return rows[int(rest)] if int(rest) < len(rows) else None
    return placing.value_at(seen.values, path)


def _marked(case: Case, spot: Spot, pictures: Mapping[str, FileView]) -> Marked | None:
    """The photo with its box; None for a file that is there no more, or is no picture."""
    found = pictures.get(spot.file_id)
    if found is None or not found.width or not found.height:
        return None
    wide, high = found.width, found.height
    return Marked(
        href=answers.address(case, spot.file_id, thumb=False),
        thumb=answers.address(case, spot.file_id, thumb=found.has_thumb),
        width=wide,
        height=high,
        box=(spot.x * wide, spot.y * high, spot.w * wide, spot.h * high),
    )
