"""Submissions on their way out: which ones, and the answers of each, opened one after another."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.crypto import KeyRing
from liff_app.errors import NotFound
from liff_app.procedures import forms, revisions, scope, sealing
from liff_app.procedures.forms import Form
from liff_app.procedures.models import (
    Dossier,
    Procedure,
    Submission,
    SubmissionRevision,
)
from liff_app.procedures.scope import Scope
from liff_app.procedures.vocabulary import FormKind

__all__ = ["MOST_ROWS", "Taken", "Wanted", "documents", "found", "procedure_of", "taken"]

MOST_ROWS = 50_000
BATCH = 500  # submissions in memory at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which submissions: received from that day to that day, and whether they are still open."""

    since: date | None = None
    until: date | None = None
    is_open: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A submission with the answers of its newest revision. They are None once forgotten."""

    id: int
    number: str
    version: int
    status: str
    source: str
    revision: int
    created_at: datetime
    closed_at: datetime | None
    due_on: date | None
    fee_yen: int | None
    department_id: str | None
    answers: dict[str, Any] | None


def procedure_of(session: Session, slug: str, who: Scope) -> Procedure:
    """The procedure, if its papers are within the scope. Raises NotFound."""
    row = session.scalar(select(Procedure).where(Procedure.slug == slug))
    if row is None or not who.sees(row.department_id):
        raise NotFound("no such procedure")
    return row


def found(
    session: Session,
    procedure: Procedure,
    wanted: Wanted,
    who: Scope,
    *,
    most: int | None = MOST_ROWS + 1,
) -> Sequence[int]:
    """Ids of the submissions, oldest first; one more than may be taken out. `most` None: all."""
    asked = select(Submission.id).where(*_conditions(procedure, wanted, who))
    return array("q", session.scalars(asked.order_by(Submission.id).limit(most)))


def _conditions(procedure: Procedure, wanted: Wanted, who: Scope) -> list[ColumnElement[bool]]:
    asked = [Submission.procedure_id == procedure.id, Submission.is_test.is_(False)]
    if procedure.kind == FormKind.APPLICATION.value:
        asked.append(scope.where(who))  # a case may have been handed to another department
    if wanted.since:
        asked.append(Submission.created_at >= _midnight(wanted.since))
    if wanted.until:
        asked.append(Submission.created_at < _midnight(wanted.until + timedelta(days=1)))
    if wanted.is_open is not None:
        asked.append(Submission.is_open.is_(wanted.is_open))
    return asked


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JST)


def documents(session: Session, procedure: Procedure) -> dict[str, Form]:
    """Every version of the procedure by its id, newest first."""
    return {one.version_id: one for one in forms.versions(session, procedure.id)}


def taken(
    session: Session, ids: Sequence[int], known: dict[str, Form], *, keys: KeyRing
) -> Iterator[Taken]:
    """The submissions in that order, a batch in memory at a time."""
    for start in range(0, len(ids), BATCH):
        wanted = list(ids[start : start + BATCH])
        rows = session.execute(
            select(Submission, SubmissionRevision, Dossier)
            .join(Dossier, Dossier.id == Submission.dossier_id)
            .outerjoin(
                SubmissionRevision,
                (SubmissionRevision.submission_id == Submission.id)
                & (SubmissionRevision.number == Submission.revision),
            )
            .where(Submission.id.in_(wanted))
            .order_by(Submission.id)
        ).all()
        yield from (_one(*row, known=known, keys=keys) for row in rows)
        session.expunge_all()


def _one(
    row: Submission,
    revision: SubmissionRevision | None,
    dossier: Dossier,
    *,
    known: dict[str, Form],
    keys: KeyRing,
) -> Taken:
    answers = None
    if dossier.key_sealed is not None and revision is not None:
        key = sealing.unwrap(keys, dossier.key_sealed, dossier.id)
        answers = revisions.opened(revision, key)
    return Taken(
        id=row.id, number=row.number, version=known[row.version_id].number, status=row.status,
        source=row.source, revision=row.revision, created_at=row.created_at,
        closed_at=row.closed_at, due_on=row.due_on, fee_yen=row.fee_yen,
        department_id=row.department_id, answers=answers,
    )  # fmt: skip
