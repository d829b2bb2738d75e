"""A survey's results as they are read: the last count, and for staff what people wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.crypto import KeyRing
from liff_app.errors import NotFound
from liff_app.procedures import forms
from liff_app.procedures.engine.document import Document
from liff_app.procedures.exports import collecting
from liff_app.procedures.figures import snapshots, survey
from liff_app.procedures.figures.snapshots import Audience
from liff_app.procedures.figures.survey import QuestionResult
from liff_app.procedures.forms import Form
from liff_app.procedures.models import Procedure, Submission

__all__ = [
    "Current",
    "Everybodys",
    "Staffs",
    "Words",
    "answered",
    "current",
    "everybodys",
    "staffs",
]

MOST_READ = 500  # newest answers whose words a page shows: 50 ms, however many there are


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """The version of a survey that counts are of. `is_over`: nobody can begin it now."""

    form: Form
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Everybodys:
    """What everybody may see. `counted_on`: None where nothing was counted yet."""

    document: Document
    counted_on: date | None
    results: list[QuestionResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What people wrote to one question, newest first."""

    label: str
    texts: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffs:
    """What staff may see. `answered`: by now; the other counts are of `counted_at`."""

    answered: int
    people: int
    counted_at: datetime | None
    results: list[QuestionResult]
    words: list[Words]


def current(session: Session, slug: str, *, now: datetime) -> Current | None:
    """The survey as it is filled in now or was last. None before it is first published."""
    try:
        return Current(form=forms.open_form(session, slug, now=now), is_over=False)
    except NotFound:
        known = forms.announced(session, slug, now=now)
        return Current(form=known[0], is_over=True) if known else None


def everybodys(session: Session, slug: str, *, keys: KeyRing, now: datetime) -> Everybodys:
    """What everybody may see, also once the survey is over.

    Raises NotFound where the form does not say so.
    """
    known = current(session, slug, now=now)
    if known is None or not known.form.document.settings.results_public:
        raise NotFound("no public results")
    form = known.form
    last = snapshots.kept(session, form.procedure_id, Audience.EVERYBODY, keys=keys)
    return Everybodys(
        document=form.document,
        counted_on=last.counted_at.astimezone(JST).date() if last else None,
        results=last.results if last else [],
    )


def staffs(session: Session, procedure: Procedure, *, keys: KeyRing, now: datetime) -> Staffs:
    """The last count as it is, and the words of the newest answers."""
    known = current(session, procedure.slug, now=now)
    last = snapshots.kept(session, procedure.id, Audience.STAFF, keys=keys)
    return Staffs(
        answered=answered(session, procedure.id),
        people=last.people if last else 0,
        counted_at=last.counted_at if last else None,
        results=last.results if last else [],
        words=_words(session, procedure, known.form.document, keys=keys) if known else [],
    )


def answered(session: Session, procedure_id: str) -> int:
    """How many have answered, trials left out."""
    mine = Submission.procedure_id == procedure_id, Submission.is_test.is_(False)
    return session.scalars(select(func.count()).select_from(Submission).where(*mine)).one()


def _words(
    session: Session, procedure: Procedure, document: Document, *, keys: KeyRing
) -> list[Words]:
    known = collecting.documents(session, procedure)
    mine = Submission.procedure_id == procedure.id, Submission.is_test.is_(False)
    newest = select(Submission.id).where(*mine).order_by(Submission.id.desc()).limit(MOST_READ)
    read = list(collecting.taken(session, session.scalars(newest).all(), known, keys=keys))
    texts = survey.written(document, reversed(read))
    return [
        Words(label=survey.label(question, document), texts=texts[question.name])
        for question, _ in document.questions()
        if question.name in texts
    ]
