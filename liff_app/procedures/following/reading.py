"""A submission as its applicant sees it: where it stands, what happened, what can be done now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.crypto import KeyRing
from liff_app.errors import NotFound
from liff_app.procedures import dossiers, events, revisions, rules
from liff_app.procedures.desk import documents, returning
from liff_app.procedures.desk.returning import Return
from liff_app.procedures.engine.document import Document
from liff_app.procedures.engine.evaluation import Evaluated, evaluate
from liff_app.procedures.fields.ruby import Words
from liff_app.procedures.files import service as files
from liff_app.procedures.files.views import FileView
from liff_app.procedures.filling import languages
from liff_app.procedures.filling.submitting import files_in
from liff_app.procedures.forms import Form, version_form
from liff_app.procedures.models import (
    Submission,
    SubmissionEvent,
    SubmissionReturn,
    SubmissionRevision,
)
from liff_app.procedures.sealing import DataKey
from liff_app.procedures.vocabulary import EventKind, Mover, Status

__all__ = [
    "FEW",
    "Line",
    "Mine",
    "Moment",
    "Revision",
    "any_row",
    "asking",
    "evaluated",
    "hold",
    "lines",
    "one",
    "row_of",
]

FEW = 3  # on the page of all procedures
_OWN = frozenset(
    {EventKind.SUBMITTED, EventKind.RETURNED, EventKind.RESUBMITTED, EventKind.ANSWERED}
)  # told besides those with a step


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A submission in a list. `asks`: something is to be put right, by `due_on` if it says so."""

    ref: str
    number: str
    title: Words
    lang: str
    status: Status
    created_at: datetime
    asks: bool
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One thing that happened, as the applicant reads it."""

    at: datetime
    kind: EventKind
    to: Status | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One sending."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A whole submission. `values` are the newest answers, evaluated on the day of its receipt."""

    ref: str
    number: str
    form: Form
    title: Words
    status: Status
    language: str
    created_at: datetime
    closed_at: datetime | None
    fee_yen: int | None
    values: Mapping[str, Any]
    evaluated: Evaluated
    timeline: tuple[Moment, ...]
    revisions: tuple[Revision, ...]
    returned: Return | None
    documents: tuple[FileView, ...]
    files: Mapping[str, FileView]
    may_withdraw: bool
    reason: str  # of the decision that stands, or of the return
    appeal: Words
    key: DataKey

    @property
    def lang(self) -> str:
        """How a page marks the form's own words."""
        return languages.tag(self.language)

    @property
    def due_on(self) -> date | None:
        """Until when a correction is waited for."""
        return self.returned.due_on if self.returned else None


def asking(session: Session, resident_id: str) -> list[Line]:
    """What the resident is asked to put right, what is due first."""
    found = _lines(session, resident_id, Submission.status == Status.RETURNED)
    return sorted(found, key=lambda one: one.due_on or date.max)


def lines(session: Session, resident_id: str, *, most: int | None = None) -> list[Line]:
    """Everything else the resident sent, or the last `most`, the newest first."""
    return _lines(session, resident_id, Submission.status != Status.RETURNED, most)


def _lines(
    session: Session, resident_id: str, which: ColumnElement[bool], most: int | None = None
) -> list[Line]:
    is_open = and_(
        SubmissionReturn.submission_id == Submission.id,
        SubmissionReturn.revision == Submission.revision,
        SubmissionReturn.answered_at.is_(None),
    )
    wanted = (
        select(Submission, SubmissionReturn.due_on)
        .outerjoin(SubmissionReturn, is_open)
        .where(Submission.resident_id == resident_id, Submission.is_test.is_(False), which)
        .order_by(Submission.id.desc())
        .limit(most)
    )
    return [
        Line(
            ref=row.ref,
            number=row.number,
            title=_title(version_form(session, row.version_id), row.language),
            lang=languages.tag(row.language),
            status=Status(row.status),
            created_at=row.created_at,
            asks=row.status == Status.RETURNED,
            due_on=due_on if row.status == Status.RETURNED else None,
        )
        for row, due_on in session.execute(wanted)
    ]


def row_of(session: Session, ref: str, resident_id: str) -> Submission:
    """The resident's submission. Raises NotFound for another's."""
    row = session.scalar(select(Submission).where(Submission.ref == ref))
    if row is None or row.resident_id != resident_id or row.is_test:
        raise NotFound("no such submission")
    return row


def any_row(session: Session, ref: str) -> Submission:
    """The submission of that ref, whosever it is: for links that were signed for it."""
    row = session.scalar(select(Submission).where(Submission.ref == ref))
    if row is None:
        raise NotFound("no such submission")
    return row


def hold(session: Session, ref: str, resident_id: str) -> Submission:
    """The same, locked until the transaction ends."""
    row = events.hold(session, ref)
    if row.resident_id != resident_id or row.is_test:
        raise NotFound("no such submission")
    return row


def one(session: Session, ref: str, resident_id: str, *, keys: KeyRing) -> Mine:
    """The resident's submission with everything they may know. Raises NotFound, Forgotten."""
    row = row_of(session, ref, resident_id)
    key = dossiers.key_of(session, keys, row.dossier_id)
    form = version_form(session, row.version_id)
    values = revisions.read(session, row, row.revision, key=key)
    timeline = _timeline(session, row, key)
    status, document = Status(row.status), form.document
    decided = status in (Status.ACCEPTED, Status.REJECTED, Status.COMPLETED)
    return Mine(
        ref=row.ref,
        number=row.number,
        form=form,
        title=_title(form, row.language),
        status=status,
        language=row.language,
        created_at=row.created_at,
        closed_at=row.closed_at,
        fee_yen=row.fee_yen,
        values=values,
        evaluated=_judged(document, values, row.created_at),
        timeline=timeline,
        revisions=_revisions(session, row),
        returned=returning.open_return(session, row, key),
        documents=tuple(documents.given(session, row, key)),
        files=files.views(session, key, files_in(document, values)),
        may_withdraw=rules.step(status, Status.WITHDRAWN, Mover.APPLICANT) is not None,
        reason=next((m.text for m in reversed(timeline) if m.to is status), ""),
        appeal=languages.said(document, document.settings.appeal, row.language)
        if decided
        else Words(),
        key=key,
    )


def evaluated(mine: Mine, values: Mapping[str, Any]) -> Evaluated:
    """Answers of any of its sendings as they read on the day of its receipt."""
    return _judged(mine.form.document, values, mine.created_at)


def _judged(document: Document, values: Mapping[str, Any], at: datetime) -> Evaluated:
    return evaluate(document, values, today=at.astimezone(JST).date())


def _timeline(session: Session, row: Submission, key: DataKey) -> tuple[Moment, ...]:
    wanted = select(SubmissionEvent).where(SubmissionEvent.submission_id == row.id)
    return tuple(
        Moment(
            at=event.at,
            kind=EventKind(event.kind),
            to=Status(event.to_status) if event.to_status else None,
            text=events.public_text(event, key),
        )
        for event in session.scalars(wanted.order_by(SubmissionEvent.number))
        if EventKind(event.kind) in _OWN or event.to_status
    )


def _revisions(session: Session, row: Submission) -> tuple[Revision, ...]:
    wanted = select(SubmissionRevision.number, SubmissionRevision.at).where(
        SubmissionRevision.submission_id == row.id
    )
    found = session.execute(wanted.order_by(SubmissionRevision.number.desc()))
    return tuple(Revision(number=number, at=at) for number, at in found)


def _title(form: Form, language: str) -> Words:
    return languages.said(form.document, form.document.title, language)
