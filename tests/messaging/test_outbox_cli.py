"""What an engineer sees of the outbox, and what machines that watch it see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.db import db, transaction
from liff_app.gateways.line_messaging import LineFailed
from liff_app.messaging.models import MessageState
from liff_app.messaging.outbox_cli import WORDS
from tests.conftest import on_sqlite
from tests.messaging.told import NOW, line, resident, rows, tell, turn

pytestmark = [pytest.mark.usefixtures("app"), on_sqlite]


def run(app: Flask, *args: str) -> str:
    done = app.test_cli_runner().invoke(args=["messages", *args])
    assert done.exit_code == 0, done.output
    return str(done.output)


def lose(resident_id: str) -> None:
    """One message of which nobody knows whether it arrived."""
    gateway = line()
    tell(resident_id, "lost")
    gateway.troubles = [LineFailed("no answer")]
    turn(gateway)
    turn(gateway, NOW + timedelta(days=1))


def test_every_state_has_a_word_and_a_count(app: Flask) -> None:
    assert set(WORDS) == set(MessageState)
    tell(resident("haru"), "a", now=clock.now() - timedelta(minutes=90))
    shown = run(app, "status")
    assert "送信待ち：1\n送信中：0\nLINEが受けつけた：0" in shown
    assert "いちばん長く待っているもの：90 分" in shown


def test_without_messages_nothing_waits(app: Flask) -> None:
    assert "待っているもの" not in run(app, "status")


def test_a_person_may_have_the_unknown_sent_again(app: Flask) -> None:
    haru = resident("haru")
    lose(haru)
    tell(haru, "later", now=clock.now())
    lost, old_key = rows()[0].state, rows()[0].retry_key
    assert lost is MessageState.UNKNOWN
    assert "1 件（まだ何も変えていません）" in run(app, "send-again", "--dry-run")
    assert rows()[0].state is MessageState.UNKNOWN
    assert run(app, "send-again") == "1 件をもう一度送ります。\n"
    assert run(app, "send-again") == "0 件をもう一度送ります。\n"
    assert rows()[0].retry_key != old_key
    (noted,) = audit.events(db.session)
    assert (noted.action, noted.persons) == ("message.sent_again", 1)
    gateway = line()
    assert turn(gateway, clock.now() + timedelta(seconds=1)) == 2
    assert {row.state for row in rows()} == {MessageState.SENT}
    assert [row.tries for row in rows()] == [1, 1]


def test_the_metrics_tell_depth_and_age(operator: FlaskClient) -> None:
    before = operator.get("/metrics").text
    assert 'machimado_messages{state="queued"} 0.0' in before
    assert "machimado_messages_oldest_seconds 0.0" in before
    tell(resident("haru"), "a", now=clock.now() - timedelta(hours=1))
    after = operator.get("/metrics").text
    assert 'machimado_messages{state="queued"} 1.0' in after
    (age,) = [one for one in after.splitlines() if one.startswith("machimado_messages_oldest")]
    assert 3600 <= float(age.split()[1]) < 7200


def test_the_metrics_answer_without_the_table_too(operator: FlaskClient) -> None:
    with transaction() as session:
        session.execute(text("DROP TABLE line_messages"))
    db.session.close()
    answer = operator.get("/metrics")
    assert answer.status_code == 200
    assert "machimado_requests" in answer.text
    assert "machimado_messages" not in answer.text
