"""Nothing that is kept leads from an anonymous answer to who gave it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from liff_app import idempotency, retention
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.idempotency import KeptAnswer
from liff_app.messaging.models import LineMessage
from liff_app.procedures.filling import participation, resuming, sending
from liff_app.procedures.filling.drafts import Filler
from liff_app.procedures.forms import Form
from liff_app.procedures.models import (
    Dossier,
    HookCall,
    Participation,
    Submission,
    SubmissionEvent,
    SubmissionRevision,
)
from liff_app.procedures.webhooks import service as hooks
from tests.procedures.desk.desk import somebody
from tests.procedures.filling.test_sending import GOOD, draft, send
from tests.procedures.ground import NOON, document, publish, small_pages

DAY = datetime(2026, 11, 22, 15, tzinfo=UTC)  # midnight in Japan before NOON


def survey(**settings: Any) -> Form:  # noqa: ANN401 - any setting
    with transaction() as session:
        asked = document(*small_pages(), kind="survey", **({"anonymous": True} | settings))
        return publish(session, asked)


def every_moment() -> set[datetime | None]:
    """Of the one submission and everything that hangs on it."""
    row = db.session.scalars(select(Submission)).one()
    found = {row.created_at, row.updated_at, row.closed_at, row.consented_at} - {None}
    for column in (SubmissionRevision.at, SubmissionEvent.at):
        found |= set(db.session.scalars(select(column)))
    own = select(Dossier.created_at).where(Dossier.id == row.dossier_id)
    return (
        found
        | set(db.session.scalars(own))
        | set(db.session.scalars(select(KeptAnswer.created_at)))
    )


@pytest.mark.parametrize("promise", ["anonymous", "named"])
def test_of_its_moments_only_the_day_is_kept(app: Flask, settings: Settings, promise: str) -> None:
    """The planted other half: with a name, the moment is kept."""
    anonymous = promise == "anonymous"
    who = somebody()
    one = draft(survey(anonymous=promise == "anonymous"), who, settings, GOOD)
    receipt = send(app, one.ref, who)
    assert every_moment() == {DAY if anonymous else NOON}
    assert bool(receipt.number) is not anonymous
    kept = db.session.scalars(select(KeptAnswer)).one()
    number = db.session.scalars(select(Submission.number)).one()
    assert (number in kept.body) is not anonymous
    assert kept.owner.startswith(idempotency.NAMELESS) is anonymous


def test_a_repeat_hears_it_again_for_two_days(app: Flask, settings: Settings) -> None:
    who = somebody()
    one = draft(survey(), who, settings, GOOD)
    send(app, one.ref, who)
    assert send(app, one.ref, who).repeated
    for days, left in ((1, 1), (2, 0)):
        with transaction() as session:
            idempotency.purge(session, now=NOON + timedelta(days=days))
        assert db.session.scalar(select(func.count()).select_from(KeptAnswer)) == left


@pytest.mark.parametrize("promise", ["anonymous", "named"])
def test_other_systems_hear_of_no_single_answer(
    app: Flask, settings: Settings, promise: str
) -> None:
    form, who = survey(anonymous=promise == "anonymous"), somebody()
    with transaction() as session:
        hooks.add(
            session, form.procedure_id, "https://hooks.example.jp/in",
            origins=["https://hooks.example.jp"], keys=settings.keys, now=NOON,
        )  # fmt: skip
    send(app, draft(form, who, settings, GOOD).ref, who)
    assert db.session.scalar(select(func.count()).select_from(HookCall)) == int(promise == "named")


def sent_by_many(app: Flask, settings: Settings, count: int) -> list[bytes]:
    """The marks of who answered, in the order in which the answers came."""
    form = survey(once_a_person=True)
    marks = []
    for _ in range(count):
        who = somebody()
        send(app, draft(form, who, settings, GOOD).ref, who)
        purpose = f"procedure participation {form.procedure_id}"
        marks.append(settings.keys.blind_index(who, purpose))
    return marks


def writers() -> int:
    """How many transactions wrote the marks; that of a mark is the one of its answer."""
    wanted = text("SELECT count(DISTINCT xmin::text) FROM procedure_participations")
    return db.session.scalar(wanted) or 0


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_on_postgresql_marks_are_mixed(app: Flask, settings: Settings) -> None:
    came = sent_by_many(app, settings, 6)
    assert writers() == len(came), "before: each stands beside its answer's transaction"
    retention.run(now=NOON)
    assert writers() == 1
    kept = db.session.scalars(text("SELECT digest FROM procedure_participations"))
    assert {bytes(one) for one in kept} == set(came)
    with transaction() as session:
        assert participation.mix(session) == 0, "what is mixed stays"


def test_nobody_answers_twice_after_mixing(app: Flask, settings: Settings) -> None:
    form, who = survey(once_a_person=True), somebody()
    first, second = (draft(form, who, settings, GOOD) for _ in range(2))
    send(app, first.ref, who)
    retention.run(now=NOON)
    with pytest.raises(participation.AlreadyAnswered):
        send(app, second.ref, who)
    assert db.session.scalar(select(func.count()).select_from(Participation)) == 1
    assert sending.receipt_of(db.session, second.ref, filler=_filler(who)) is None


def _filler(who: str) -> Filler:
    return Filler(resident_id=who)


def test_what_makes_repeats_harmless_lies_in_no_order_of_coming(
    app: Flask, settings: Settings
) -> None:
    form = survey()
    refs = []
    for _ in range(8):
        who = somebody()
        one = draft(form, who, settings, GOOD)
        refs.append(one.ref)
        send(app, one.ref, who)
    retention.run(now=NOON)
    if db.engine.dialect.name == "sqlite":
        owners = db.session.scalars(text("SELECT owner FROM kept_answers ORDER BY rowid")).all()
        assert owners == sorted(f"{idempotency.NAMELESS}{one}" for one in refs)
    else:  # a PostgreSQL server fills gaps in its file: there the writing transaction tells
        wanted = text("SELECT count(DISTINCT xmin::text), count(*) FROM kept_answers")
        assert tuple(db.session.execute(wanted).one()) == (1, len(refs))
    assert send(app, refs[0], who).repeated, "and it still answers"


@pytest.mark.parametrize("promise", ["anonymous", "named"])
def test_the_message_that_leads_back_names_no_draft_of_it(
    app: Flask, settings: Settings, promise: str
) -> None:
    who = somebody()
    one = draft(survey(anonymous=promise == "anonymous"), who, settings, {})
    with transaction() as session:
        resuming.remind(session, one, now=NOON)
    told = db.session.scalars(select(LineMessage)).one()
    named = [one.ref in place for place in (told.event, str(told.link))]
    assert named == [promise == "named"] * 2
    if promise == "anonymous":
        assert told.link == "/procedures/mihon"


def test_of_the_drafts_own_key_not_even_the_row_is_left(app: Flask, settings: Settings) -> None:
    who = somebody()
    one = draft(survey(), who, settings, GOOD)
    send(app, one.ref, who)
    left = db.session.scalars(select(Dossier.id)).all()
    assert one.dossier_id not in left
    assert left == [db.session.scalars(select(Submission.dossier_id)).one()]
