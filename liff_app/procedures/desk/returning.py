"""A 差し戻し: which answers are wrong and why, kept sealed beside the revision they speak of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.procedures.models import Submission, SubmissionReturn
from liff_app.procedures.sealing import DataKey
from liff_app.procedures.vocabulary import Status

__all__ = ["Item", "Return", "Spot", "answer", "keep", "open_items", "open_return", "returns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A part of a picture: its left upper corner and its sides, as parts of the whole (0 to 1)."""

    file_id: str
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to put right: an answer (`name`, `children/0/birth`) or an instance of a repeat.

    `children/0` opens all of that instance, `children` the whole repeat.
    """

    path: str
    comment: str
    spot: Spot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A whole one. `revision` is the sending that it finds wrong."""

    revision: int
    items: tuple[Item, ...]
    due_on: date | None
    at: datetime
    by: str
    answered_at: datetime | None


def keep(
    session: Session,
    row: Submission,
    items: Sequence[Item],
    *,
    due_on: date | None,
    key: DataKey,
    by: str,
    now: datetime,
) -> None:
    """The newest revision is to be put right in these points.

    Returned twice without a sending between: these points stand in place of the earlier ones,
    whose words remain in the history.
    """
    found = session.get(SubmissionReturn, (row.id, row.revision))
    if found is None:
        found = SubmissionReturn(submission_id=row.id, revision=row.revision)
        session.add(found)
    text = json.dumps([asdict(one) for one in items], ensure_ascii=False)
    found.items_sealed = key.seal_text(text, _place(row.id, row.revision))
    found.due_on, found.at, found.by, found.answered_at = due_on, now, by, None
    session.flush()


def answer(session: Session, row: Submission, *, now: datetime) -> None:
    """The open return is answered: call it before the corrected revision is counted."""
    found = session.get(SubmissionReturn, (row.id, row.revision))
    if found is not None and found.answered_at is None:
        found.answered_at = now
        session.flush()


def open_return(session: Session, row: Submission, key: DataKey) -> Return | None:
    """What the applicant is asked to put right now; None unless the submission is returned."""
    if row.status != Status.RETURNED:
        return None
    found = session.get(SubmissionReturn, (row.id, row.revision))
    return _view(found, key) if found is not None and found.answered_at is None else None


def open_items(session: Session, row: Submission, key: DataKey) -> list[Item]:
    """The points of the open return, none where there is no such return."""
    found = open_return(session, row, key)
    return list(found.items) if found is not None else []


def returns(session: Session, row: Submission, key: DataKey) -> list[Return]:
    """Every return of the submission, the newest first."""
    wanted = select(SubmissionReturn).where(SubmissionReturn.submission_id == row.id)
    rows = session.scalars(wanted.order_by(SubmissionReturn.revision.desc()))
    return [_view(one, key) for one in rows]


def _view(row: SubmissionReturn, key: DataKey) -> Return:
    text = key.open_text(row.items_sealed, _place(row.submission_id, row.revision))
    return Return(
        revision=row.revision,
        items=tuple(_item(one) for one in json.loads(text)),
        due_on=row.due_on,
        at=row.at,
        by=row.by,
        answered_at=row.answered_at,
    )


def _item(said: dict[str, object]) -> Item:
    spot = said["spot"]
    return Item(
        path=str(said["path"]),
        comment=str(said["comment"]),
        spot=Spot(**spot) if isinstance(spot, dict) else None,
    )


def _place(submission_id: int, revision: int) -> str:
    return f"procedure_returns.items_sealed:{submission_id}:{revision}"
