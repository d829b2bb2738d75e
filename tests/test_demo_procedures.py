"""The demo's forms: open, with submissions at every stage of work, made once."""

from __future__ import annotations

from collections import Counter

from flask import Flask, current_app
from sqlalchemy import func, select

from liff_app import clock, demo_town
from liff_app.db import db
from liff_app.demo_town import procedures
from liff_app.demo_town.procedure_answers import SENT, SURVEY_ANSWERS
from liff_app.messaging.models import LineMessage
from liff_app.procedures import dossiers, forms, revisions, samples
from liff_app.procedures.models import (
    PostalCode,
    Submission,
    SubmissionEvent,
    SubmissionReturn,
)
from liff_app.procedures.postal import service as postal
from liff_app.procedures.vocabulary import EventKind, Source, Status


def test_the_demo_opens_five_forms_with_submissions_at_every_stage_and_once(app: Flask) -> None:
    """One of them is returned to the demo's own resident, who hears of it."""
    now = clock.now()
    demo_town.load(now=now)
    haru = "U" + "1" * 32
    assert procedures.fill(now=now, line_user_id=haru) == len(samples.names())
    assert procedures.fill(now=now, line_user_id=haru) == 0
    opened = forms.open_forms(db.session, now=now)
    assert [one.slug for one in opened] == [procedures.slug_of(one) for one in samples.names()]
    rows = db.session.scalars(select(Submission).order_by(Submission.id)).all()
    assert len(rows) == len(SENT) + SURVEY_ANSWERS
    found = Counter(row.status for row in rows)
    assert set(found) == {
        Status.RECEIVED, Status.REVIEWING, Status.RETURNED, Status.ACCEPTED, Status.REJECTED,
        Status.COMPLETED, Status.WITHDRAWN,
    }  # fmt: skip
    assert sum(row.proposed_status is not None for row in rows) == 1
    mine = [row for row in rows if row.resident_id is not None]
    assert sorted(row.status for row in mine) == [Status.COMPLETED, Status.RETURNED]
    told = db.session.scalar(select(func.count()).select_from(LineMessage))
    assert told == len(mine) + 3  # received; and returned, accepted, completed
    returned = [row.id for row in rows if row.status == Status.RETURNED]
    assert sorted(db.session.scalars(select(SubmissionReturn.submission_id))) == sorted(returned)
    _can_be_read()
    _came_from_residents()


def _came_from_residents() -> None:
    """Whoever sent something in LINE is an applicant; what was told, a colleague typed."""
    sent = db.session.execute(
        select(Submission.source, SubmissionEvent.actor)
        .join(SubmissionEvent, SubmissionEvent.submission_id == Submission.id)
        .where(SubmissionEvent.kind == EventKind.SUBMITTED)
    ).all()
    assert {actor for source, actor in sent if source == Source.LIFF} == {"resident"}
    typed = {actor.partition(":")[0] for source, actor in sent if source != Source.LIFF}
    assert typed == {"staff"}


def _can_be_read() -> None:
    """Letters that older systems drop come back; a fee stands where there is one."""
    keys = current_app.config["SETTINGS"].keys
    names = set()
    for row in db.session.scalars(select(Submission).where(Submission.is_open)):
        key = dossiers.key_of(db.session, keys, row.dossier_id)
        answers = revisions.read(db.session, row, row.revision, key=key)
        names.add(answers["name"])
        assert row.due_on is not None
        costs = "items" in answers or "id_kind" in answers
        assert (row.fee_yen is not None) is costs
    assert {"\U00020bb7田 ひなた", "\ufa19山 湊", "葛\U000e0100城 つむぎ"} <= names
    assert db.session.scalar(select(func.count()).select_from(PostalCode)) == 16
    assert [one.town for one in postal.lookup(db.session, "0000031")] == ["桟橋町", "湊"]
