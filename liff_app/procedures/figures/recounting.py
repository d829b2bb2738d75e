"""Surveys are counted anew: by the worker when it is time, for staff when they ask.

What everybody sees tells of no single answer only while it stands still: whoever gives answers
until a count stands before its next step would see one neighbour's answer move it. So it moves at
most once a day, and by one step's worth of new answers or more, also at the survey's end.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.crypto import KeyRing
from liff_app.db import db, transaction
from liff_app.procedures.exports import collecting
from liff_app.procedures.exports.collecting import Wanted
from liff_app.procedures.figures import results, snapshots, survey
from liff_app.procedures.figures.results import Current
from liff_app.procedures.figures.snapshots import Audience, Snapshot
from liff_app.procedures.forms import Form
from liff_app.procedures.models import Procedure, Submission
from liff_app.procedures.scope import EVERYWHERE
from liff_app.procedures.vocabulary import FormKind

__all__ = ["LEAST_UNIT", "count_due", "counted", "is_due", "is_emptied", "unit_of"]

LEAST_UNIT = 3  # with steps of two, one person could tell the other


def count_due(*, keys: KeyRing, now: datetime) -> int:
    """Surveys whose count is due are counted; how many.

    Opens its own transactions: call it outside one.
    """
    surveys = select(Procedure.slug).where(Procedure.kind == FormKind.SURVEY.value)
    slugs = db.session.scalars(surveys.order_by(Procedure.slug)).all()
    return sum(_count_due(slug, keys, now) for slug in slugs)


def _count_due(slug: str, keys: KeyRing, now: datetime) -> bool:
    one = results.current(db.session, slug, now=now)
    if one is None:
        return False
    survey_id = one.form.procedure_id
    people = results.answered(db.session, survey_id)
    if not _due(db.session, one, people, keys, now):
        return False
    made = counted(db.session, one.form, keys=keys, now=now)
    db.session.close()
    with transaction() as session:
        session.get(Procedure, survey_id, with_for_update=True)  # two workers may count: one keeps
        due = _due(session, one, made.people, keys, now)
        for audience in due:
            found = made if audience is Audience.STAFF else _in_steps(one.form, made)
            snapshots.keep(session, survey_id, audience, found, keys=keys)
    return bool(due)


def counted(session: Session, form: Form, *, keys: KeyRing, now: datetime) -> Snapshot:
    """Every answer by now, opened and counted: 0.1 ms each."""
    procedure = session.get_one(Procedure, form.procedure_id)
    ids = collecting.found(session, procedure, Wanted(), EVERYWHERE, most=None)
    known = collecting.documents(session, procedure)
    found = survey.count(form.document, collecting.taken(session, ids, known, keys=keys))
    return Snapshot(people=len(ids), counted_at=now, results=found)


def unit_of(form: Form) -> int:
    """The step in which everybody sees the counts, in people."""
    return max(LEAST_UNIT, form.document.settings.suppress_under)


def is_due(
    last: Snapshot | None, people: int, *, least: int, now: datetime, is_over: bool = False
) -> bool:
    """Whether `least` new answers have come since the last count, and that was not today.

    Once the survey is over, the same day too.
    """
    if people - (last.people if last else 0) < least:
        return False
    return is_over or last is None or _day(last.counted_at) < _day(now)


def is_emptied(session: Session, procedure_id: str) -> bool:
    """Whether answers are gone with their time: a count would say less than the kept one."""
    gone = select(Submission.id).where(
        Submission.procedure_id == procedure_id, Submission.emptied_at.is_not(None)
    )
    return session.scalar(gone.limit(1)) is not None


def _due(
    session: Session, one: Current, people: int, keys: KeyRing, now: datetime
) -> list[Audience]:
    if is_emptied(session, one.form.procedure_id):
        return []
    wanted = {Audience.STAFF: (1, False)}
    if one.form.document.settings.results_public:
        wanted[Audience.EVERYBODY] = (unit_of(one.form), one.is_over)
    return [
        audience
        for audience, (least, is_over) in wanted.items()
        if is_due(
            snapshots.kept(session, one.form.procedure_id, audience, keys=keys), people,
            least=least, now=now, is_over=is_over,
        )
    ]  # fmt: skip


def _in_steps(form: Form, made: Snapshot) -> Snapshot:
    shown = survey.shown(form.document, made.results, unit_of(form))
    return Snapshot(people=made.people, counted_at=made.counted_at, results=shown)


def _day(moment: datetime) -> date:
    return moment.astimezone(JST).date()
