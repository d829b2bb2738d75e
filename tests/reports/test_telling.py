"""Messages about reports: short, and nothing that anybody typed is in them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.db import db, transaction
from liff_app.messaging import outbox
from liff_app.messaging.models import LineMessage
from liff_app.reports import casework, events, following, telling
from liff_app.reports.models import Report, ReportEvent
from liff_app.reports.telling import Told
from liff_app.reports.vocabulary import FixAnswer, Status

from . import ground
from .ground import at, by_staff, do, file, merge, move, row, told

pytestmark = pytest.mark.usefixtures("app")
MARK = "目印七七七"


@ground.on_sqlite
@pytest.mark.parametrize("what", [*Told, *Status])
def test_every_message_can_be_told(app: Flask, what: Told | Status) -> None:
    for category in ("道路・歩道", "あ" * 80, "http://example.jp を見て"):
        said = telling.words(what, category=category, number="26-0000421")
        outbox.require_tellable(said.text, link="/reports/0", link_label=said.label)
        assert "26-0000421" in said.text
        assert len(said.text) < 150


def test_nothing_that_was_typed_is_in_any_message(app: Flask) -> None:
    who, joiner, other = ground.residents(3)
    names = ("description", "place_text", "contact", "asset_number")
    typed: dict[str, Any] = dict.fromkeys(names, MARK)
    ref = file(who, **typed).ref
    do(following.join, ref, resident_id=joiner)
    move(ref, Status.ASKED, text=MARK)
    do(following.reply, ref, MARK, resident_id=who)
    by_staff(casework.note, ref, MARK)
    by_staff(casework.answer, ref, MARK)
    by_staff(casework.hide, ref, MARK)
    by_staff(casework.show, ref)
    by_staff(casework.place, ref, 34.35, 134.05, MARK)
    for step in (Status.PLANNED, Status.WORKING, Status.FIXED):
        move(ref, step, text=MARK)
    do(following.answer_fix, ref, FixAnswer.NOT_YET, MARK, resident_id=joiner)
    lead = file(other, **typed).ref
    merge(ref, lead)
    by_staff(casework.split, ref)
    move(ref, Status.FORWARDED, text=MARK, receiver=MARK)
    move(lead, Status.NO_ACTION, text=MARK)
    messages = told()
    assert len(messages) > 18
    for one in messages:
        whole = f"{one.text} {one.link} {one.link_label} {one.event}"
        assert MARK not in whole
        assert not any(str(part) in whole for part in (34.35, 134.05, who, joiner))
    assert len({(one.event, one.resident_id) for one in messages}) == len(messages)


def test_the_same_event_told_again_is_not_queued_again(app: Flask) -> None:
    who = ground.resident()
    ref = file(who).ref
    report_id = row(ref).id
    for _ in range(3):
        with transaction() as session:
            event = session.scalars(
                select(ReportEvent).where(ReportEvent.report_id == report_id)
            ).one()
            followed = events.followers(session, session.get_one(Report, report_id))
            telling.told_of(session, event, Told.FILED, followed, now=at(1))
    assert len(told(who)) == 1


def test_a_question_goes_to_those_who_may_answer_it(app: Flask) -> None:
    who, joiner = ground.residents(2)
    ref = file(who).ref
    do(following.join, ref, resident_id=joiner)
    before = len(told(who))
    move(ref, Status.ASKED)
    assert (len(told(who)), told(joiner)) == (before + 1, [])
    move(ref, Status.WORKING)
    assert len(told(joiner)) == 1


def test_a_change_that_is_undone_tells_nobody(app: Flask) -> None:
    who = ground.resident()
    ref = file(who).ref

    def breaks(session: Session, **about: Any) -> None:  # noqa: ANN401 - as `move` takes it
        casework.move(session, ref, Status.CHECKING, version=1, **about)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        do(breaks, **ground.SEEN)
    assert len(told(who)) == 1
    assert db.session.scalar(select(LineMessage.event)) == f"report:{row(ref).id}:1"
    db.session.rollback()


def test_what_residents_do_themselves_is_not_told_to_them(app: Flask) -> None:
    who = ground.resident()
    ref = file(who).ref
    move(ref, Status.ASKED)
    before = len(told(who))
    do(following.reply, ref, "右です", resident_id=who)
    do(following.take_back_text, ref, resident_id=who)
    do(following.withdraw, ref, resident_id=who)
    assert len(told(who)) == before
