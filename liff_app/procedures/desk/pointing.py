"""差し戻し as colleagues do it: they point at answers, say why, and set a day."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from datetime import date
from itertools import groupby
from typing import Unpack

from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.procedures import rules, telling
from liff_app.procedures.desk import returning, sendings
from liff_app.procedures.desk.acts import (
    By,
    Held,
    begin,
    optional,
    require_undecided,
    sentence,
    write,
)
from liff_app.procedures.desk.errors import StepRefused
from liff_app.procedures.desk.returning import Item, Spot
from liff_app.procedures.engine.document import UNASKED, Document, Question
from liff_app.procedures.engine.evaluation import Evaluated
from liff_app.procedures.telling import Told
from liff_app.procedures.vocabulary import EventKind, Mover, Status

__all__ = ["LONGEST_COMMENT", "field_of", "pointable", "send_back"]

LONGEST_COMMENT = 500
LEAST_SIDE = 0.005  # of a picture: less is a tap that slipped, and shows nothing


def send_back(
    session: Session,
    ref: str,
    items: Sequence[Item],
    *,
    due_on: date | None,
    text: str = "",
    **by: Unpack[By],
) -> int:
    """The case is returned: its applicant is asked to put exactly these points right.

    `text` is a sentence about all of it. Raises InputInvalid naming every fault: no point at all,
    one without a comment, an answer nobody was asked for, a day that is over.
    """
    held = begin(session, ref, by)
    require_undecided(held)
    row, day = held.row, by["now"].astimezone(JST).date()
    if rules.step(Status(row.status), Status.RETURNED, Mover.STAFF) is None:
        raise StepRefused(f"{row.status} -> returned")
    said = optional(text)
    document = held.form.document
    seen = sendings.opened(session, row, row.revision, key=held.key, document=document)
    kept = _checked(items, document, seen, due_on, day)
    returning.keep(
        session, row, kept, due_on=due_on, key=held.key, by=by["colleague"].actor, now=by["now"]
    )
    _write(session, held, kept, due_on, said, by)
    telling.told(session, row, held.form, Told.RETURNED, by["now"])
    return row.version


def _write(
    session: Session, held: Held, items: Sequence[Item], due_on: date | None, said: str, by: By
) -> None:
    """The history keeps the points too: a later return may stand in place of this one."""
    listed = "\n".join(f"{one.path}: {one.comment}" for one in items)
    detail = {
        "count": len(items),
        "revision": held.row.revision,
        "due_on": due_on.isoformat() if due_on else None,
    }
    write(
        session, held, EventKind.RETURNED, by,
        to=Status.RETURNED, public=said, private=listed, detail=detail,
    )  # fmt: skip


def pointable(document: Document, seen: Evaluated) -> dict[str, Question | None]:
    """Every path that can be pointed at, in order; None stands for an instance of a repeat.

    Answers that were asked for and may be corrected, given or not.
    """
    asked = [one for one in document.questions() if _is_correctable(one[0])]
    found: dict[str, Question | None] = {}
    for repeat, group in groupby(asked, key=lambda pair: pair[1]):
        questions = [one for one, _within in group]
        if repeat is None:
            found |= {one.name: one for one in questions if one.name in seen.visible}
            continue
        for at in range(seen.counts.get(repeat.name, 0)):
            place = f"{repeat.name}/{at}"
            paths = {f"{place}/{one.name}": one for one in questions}
            if place in seen.visible:
                found[place] = None
                found |= {path: one for path, one in paths.items() if path in seen.visible}
    return found


def _is_correctable(question: Question) -> bool:
    return question.correctable and question.kind not in UNASKED


def field_of(path: str) -> str:
    """Name of the field that holds the comment on that answer."""
    return f"comment.{path}"


def _checked(
    items: Sequence[Item], document: Document, seen: Evaluated, due_on: date | None, today: date
) -> list[Item]:
    """The points in the order of the form, comments as they are kept."""
    faults: list[FieldError] = []
    if not items:
        message = _("直してもらう答えを、1つ以上えらんでください。")
        faults.append(FieldError("items", "required", message))
    if due_on is not None and due_on < today:
        message = _("期限は、今日か、今日よりあとの日にしてください。")
        faults.append(FieldError("due_on", "past", message))
    paths = pointable(document, seen)
    known = sendings.files_of(seen.values, document)
    kept: dict[str, Item] = {}
    for one in items:
        try:
            comment = sentence(one.comment, field=field_of(one.path), most=LONGEST_COMMENT)
            _require_known(one, paths, known.get(one.path, ()))
        except InputInvalid as invalid:
            faults += invalid.errors
            continue
        kept[one.path] = Item(path=one.path, comment=comment, spot=one.spot)
    if faults:
        raise InputInvalid(faults)
    return [kept[path] for path in paths if path in kept]


def _require_known(item: Item, paths: Collection[str], files: Sequence[str]) -> None:
    if item.path not in paths:
        message = _("この申請にない答えが選ばれています。画面をひらき直してください。")
        raise InputInvalid([FieldError("items", "unknown", message)])
    if item.spot is not None and not (item.spot.file_id in files and _is_inside(item.spot)):
        message = _("写真の場所を、もう一度かこんでください。")
        raise InputInvalid([FieldError(field_of(item.path), "spot", message)])


def _is_inside(spot: Spot) -> bool:
    sides = (spot.x, spot.y, spot.w, spot.h)
    return (
        all(math.isfinite(one) and 0 <= one <= 1 for one in sides)
        and min(spot.w, spot.h) >= LEAST_SIDE
        and spot.x + spot.w <= 1 + 1e-6
        and spot.y + spot.h <= 1 + 1e-6
    )
