"""`shelters status`: the command says what became of it, and the log knows who typed it."""

from __future__ import annotations

import json

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from liff_app.audit.models import AuditEvent
from liff_app.db import db
from tests.conftest import on_sqlite

from .ground import begin, town

pytestmark = on_sqlite


@pytest.fixture
def gym(app: Flask) -> str:
    """A place with room for 100, in a disaster."""
    first = town()[0]
    begin()
    return first


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["shelters", "status", *args])


def test_people_are_added_and_taken_off(app: Flask, gym: str) -> None:
    assert run(app, gym, "--add", "5").output == "中央小学校：unknown 5人（1回目）\n"
    assert run(app, "中央小学校", "--add=-2").output == "中央小学校：unknown 3人（2回目）\n"


def test_an_improbable_count_needs_a_yes(app: Flask, gym: str) -> None:
    refused = run(app, gym, "--people", "900")
    assert refused.exit_code == 1
    assert "900人" in refused.output
    assert "--yes" in refused.output
    assert "900人" in run(app, gym, "--people", "900", "--yes").output


def test_a_count_and_an_addition_exclude_each_other(app: Flask, gym: str) -> None:
    refused = run(app, gym, "--people", "9", "--add", "1")
    assert refused.exit_code == 1
    assert "一方" in refused.output


def test_the_log_knows_the_command(app: Flask, gym: str) -> None:
    run(app, gym, "--add", "5", "--note", "体育館だけです")
    event = db.session.scalars(select(AuditEvent)).one()
    assert event.actor.startswith("command:")
    assert (event.action, event.subject) == ("shelter.status_changed", f"shelter:{gym}")
    assert json.loads(event.detail)["applied"] == 5
    assert "体育館" not in event.detail
