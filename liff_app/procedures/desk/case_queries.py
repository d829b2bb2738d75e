"""What the desk reads of one case: its answers as they were sent, its history, what waits in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.procedures import dossiers, events, forms
from liff_app.procedures.desk import deciding, queries, returning, sendings
from liff_app.procedures.desk.deciding import Proposal
from liff_app.procedures.desk.returning import Return
from liff_app.procedures.dossiers import Forgotten
from liff_app.procedures.engine.evaluation import Evaluated
from liff_app.procedures.forms import Form
from liff_app.procedures.models import Submission, SubmissionEvent, SubmissionRevision
from liff_app.procedures.scope import Scope
from liff_app.procedures.sealing import DataKey
from liff_app.procedures.vocabulary import EventKind, Source, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One thing that happened; texts as they were written."""

    number: int
    at: datetime
    actor: str
    kind: EventKind
    to: Status | None
    public: str
    private: str
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A sending, without its answers."""

    number: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as its reviewer sees it. `key` is None once its answers were destroyed.

    `is_told`: somebody hears of it in LINE.
    """

    id: int
    ref: str
    number: str
    version: int
    dossier_id: str
    form: Form
    status: Status
    is_open: bool
    source: Source
    language: str
    revision: int
    department_id: str | None
    assignee_id: str | None
    due_on: date | None
    fee_yen: int | None
    created_at: datetime
    closed_at: datetime | None
    is_told: bool
    key: DataKey | None
    proposal: Proposal | None
    revisions: tuple[Revision, ...]
    events: tuple[CaseEvent, ...]
    returns: tuple[Return, ...]


def case(session: Session, ref: str, who: Scope, keys: KeyRing) -> Case:
    """The case with all that belongs to it. Raises NotFound, also for one outside the scope."""
    row = queries.find(session, ref, who)
    key = _key(session, row, keys)
    return Case(
        id=row.id,
        ref=row.ref,
        number=row.number,
        version=row.version,
        dossier_id=row.dossier_id,
        form=forms.version_form(session, row.version_id),
        status=Status(row.status),
        is_open=row.is_open,
        source=Source(row.source),
        language=row.language,
        revision=row.revision,
        department_id=row.department_id,
        assignee_id=row.assignee_id,
        due_on=row.due_on,
        fee_yen=row.fee_yen,
        created_at=row.created_at,
        closed_at=row.closed_at,
        is_told=row.resident_id is not None,
        key=key,
        proposal=deciding.proposal(row, key) if key else None,
        revisions=_revisions(session, row),
        events=_events(session, row, key),
        returns=tuple(returning.returns(session, row, key)) if key else (),
    )


def answers(session: Session, case: Case, number: int) -> Evaluated | None:
    """What was sent that time. None once the answers are gone. Raises NotFound for no sending."""
    if case.key is None:
        return None
    row = session.get_one(Submission, case.id)
    return sendings.opened(session, row, number, key=case.key, document=case.form.document)


def _key(session: Session, row: Submission, keys: KeyRing) -> DataKey | None:
    try:
        return dossiers.key_of(session, keys, row.dossier_id)
    except Forgotten:
        return None


def _revisions(session: Session, row: Submission) -> tuple[Revision, ...]:
    """Every sending, the newest first."""
    wanted = select(SubmissionRevision.number, SubmissionRevision.at, SubmissionRevision.by).where(
        SubmissionRevision.submission_id == row.id
    )
    found = session.execute(wanted.order_by(SubmissionRevision.number.desc()))
    return tuple(Revision(number=one.number, at=one.at, by=one.by) for one in found)


def _events(session: Session, row: Submission, key: DataKey | None) -> tuple[CaseEvent, ...]:
    """Everything that happened, the newest first; without a key no words."""
    wanted = select(SubmissionEvent).where(SubmissionEvent.submission_id == row.id)
    return tuple(
        CaseEvent(
            number=one.number,
            at=one.at,
            actor=one.actor,
            kind=EventKind(one.kind),
            to=Status(one.to_status) if one.to_status else None,
            public=events.public_text(one, key) if key else "",
            private=events.private_text(one, key) if key else "",
            detail=events.detail_of(one),
        )
        for one in session.scalars(wanted.order_by(SubmissionEvent.number.desc()))
    )
