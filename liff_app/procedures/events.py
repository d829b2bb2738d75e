"""A submission's row, held, and its history: one event for everything that happens to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.procedures import rules
from liff_app.procedures.models import Submission, SubmissionEvent
from liff_app.procedures.sealing import DataKey
from liff_app.procedures.vocabulary import EventKind, Status

__all__ = ["Detail", "append", "detail_of", "hold", "private_text", "public_text"]

Detail = Mapping[str, str | int | bool | None]


def hold(session: Session, ref: str) -> Submission:
    """The submission, locked until the transaction ends. Raises NotFound."""
    wanted = select(Submission).where(Submission.ref == ref)
    row = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound("no such submission")
    return row


def append(  # noqa: PLR0913 - the columns of an event
    session: Session,
    row: Submission,
    kind: EventKind,
    *,
    key: DataKey,
    actor: str,
    now: datetime,
    to: Status | None = None,
    public: str = "",
    private: str = "",
    detail: Detail | None = None,
) -> SubmissionEvent:
    """The history has one event more, the row's version is one higher; `to`: it stands there.

    Whatever step was proposed before is proposed no more once one is taken, by whomever.
    The row must be held, or new in this transaction. Texts are sealed under the dossier's key:
    `public` is read by the applicant too, `private` by staff only.
    """
    before = Status(row.status)
    row.version += 1
    row.updated_at = now
    if to is not None:
        row.status, row.is_open = to.value, to in rules.OPEN
        row.closed_at = None if row.is_open else now
        row.proposed_status = row.proposed_by = row.proposed_sealed = None
    event = SubmissionEvent(
        submission_id=row.id,
        number=row.version,
        at=now,
        actor=actor,
        kind=kind.value,
        from_status=before.value if to is not None else None,
        to_status=to.value if to is not None else None,
        public_sealed=key.seal_text(public, _place("public", row.id, row.version)),
        private_sealed=key.seal_text(private, _place("private", row.id, row.version)),
        detail=json.dumps(dict(detail or {}), ensure_ascii=False),
    )
    session.add(event)
    session.flush()
    return event


def public_text(event: SubmissionEvent, key: DataKey) -> str:
    """What the applicant reads of it; empty where there is nothing."""
    return _opened(event.public_sealed, key, _place("public", event.submission_id, event.number))


def private_text(event: SubmissionEvent, key: DataKey) -> str:
    """What only staff read of it."""
    return _opened(event.private_sealed, key, _place("private", event.submission_id, event.number))


def detail_of(event: SubmissionEvent) -> dict[str, object]:
    """The event's codes and ids."""
    found: dict[str, object] = json.loads(event.detail)
    return found


def _opened(sealed: bytes | None, key: DataKey, place: str) -> str:
    return key.open_text(sealed, place) if sealed else ""


def _place(which: str, submission_id: int, number: int) -> str:
    return f"procedure_events.{which}_sealed:{submission_id}:{number}"
