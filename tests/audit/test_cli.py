"""`audit verify` says in words whether the log holds, and its exit code says it to cron."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from liff_app.audit import service
from liff_app.db import db, transaction
from tests.conftest import on_sqlite

from .tampering import START, lift_triggers

pytestmark = on_sqlite


def verify(app: Flask, *args: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["audit", "verify", *args])
    return done.exit_code, done.output


@pytest.fixture
def five(app: Flask) -> Flask:
    """A town with five events."""
    with transaction() as session:
        for number in range(5):
            service.record(
                session, actor="command:ops", action="list.published", subject=f"list:{number}",
                keys=app.config["SETTINGS"].keys, now=START,
            )  # fmt: skip
    return app


def test_a_new_town_has_nothing_to_verify(app: Flask) -> None:
    code, output = verify(app)
    assert code == 0
    assert "まだ1件もありません" in output


def test_a_sound_log_gives_what_to_note_down(five: Flask) -> None:
    code, output = verify(five)
    head = service.head(db.session)
    assert head is not None
    assert code == 0
    assert "確かめた記録：5 件" in output
    assert f"5:{head.last_seal.hex()}" in output
    note = output.split("：")[-1].strip()
    assert verify(five, "--noted", note)[0] == 0


def test_a_broken_log_names_the_first_broken_place_and_fails(five: Flask) -> None:
    with transaction() as session:
        lift_triggers(session.connection())
        session.execute(text("UPDATE audit_events SET actor = 'system' WHERE number = 3"))
        session.execute(text("DELETE FROM audit_events WHERE number = 4"))
    code, output = verify(five)
    assert code == 1
    assert "確かめた記録：2 件" in output
    assert "3 番の記録：書きかえられています。" in output


def test_an_older_copy_is_told_by_what_was_noted(five: Flask) -> None:
    code, output = verify(five, "--noted", f"7:{'a' * 64}")
    assert code == 1
    assert "7 番の記録：控えにある記録がありません" in output


@pytest.mark.parametrize("note", ["5", "5:xyz", "0:aaaaaaaaaaaaaaaa", "5:aaaa", "x:" + "a" * 64])
def test_a_note_that_is_none_is_refused(five: Flask, note: str) -> None:
    code, output = verify(five, "--noted", note)
    assert code == 2
    assert "「番号:印」の形で書いてください" in output
