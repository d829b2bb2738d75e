"""Strangers in numbers: they are sent away at once, and colleagues get in all the same."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app import clock
from liff_app.audit import words
from liff_app.audit.models import AuditEvent
from liff_app.db import db, transaction
from liff_app.errors import TooMany
from liff_app.limits import LocalCounter
from liff_app.staff import signing_in
from liff_app.staff.lanes import Lane
from liff_app.staff.signing_in import Attempt
from liff_app.staff.vocabulary import Role
from tests.conftest import Visitor

from .people import Person, at_home, enrol, sign_in


@pytest.fixture
def person(app: Flask) -> Person:
    return enrol(app, Role.VIEWER)


def test_a_flood_from_one_address_leaves_its_own_people_a_way_in(
    app: Flask, person: Person
) -> None:
    home = at_home(app, person)
    answers = {
        sign_in(Visitor(app), person, login=f"name{n}", code="000000").status_code
        for n in range(130)
    }
    assert answers == {401, 429}
    assert sign_in(home, person, code=person.recovery[0]).status_code == 303, "known browser"
    assert sign_in(Visitor(app), person, code=person.recovery[1]).status_code == 303, "by code"


def test_strangers_are_few_in_any_quarter_of_a_minute_for_all_names_together(app: Flask) -> None:
    counts, now = LocalCounter(lambda: 1_800_000_000.0), clock.now()
    let = Counter[Lane]()
    for n in range(60):
        attempt = Attempt(login=f"n{n % 40}", password="", code="", address=f"10.{n}.0.1",
                          known=None)  # fmt: skip
        keys = app.config["SETTINGS"].keys
        try:
            signing_in.knock(db.session, attempt, counts=counts, keys=keys, now=now)
            db.session.rollback()
            with transaction() as session:
                let[signing_in.count(session, attempt, keys=keys, now=now)] += 1
        except TooMany:
            db.session.rollback()
    assert 4 * sum(signing_in.BY_LANE.values()) <= 30, "a minute"
    assert let[Lane.FRESH] == signing_in.BY_LANE[Lane.FRESH]
    assert let[Lane.CROWD] <= signing_in.BY_LANE[Lane.CROWD]


def test_a_stranger_who_would_wait_is_sent_away_with_a_time(
    app: Flask, client: FlaskClient, person: Person
) -> None:
    home = at_home(app, person)
    keeper = app.extensions["passwords"]
    with keeper._a_strangers_turn():  # noqa: SLF001 - as if another were being checked
        answer = sign_in(client, person, login="nobody")
        assert sign_in(home, person, code=person.recovery[0]).status_code == 303
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert "こみあっています" in answer.text


def refusals() -> list[AuditEvent]:
    db.session.rollback()
    refused = AuditEvent.action == "staff.sign_in_refused"
    return db.session.query(AuditEvent).filter(refused).order_by(AuditEvent.number).all()


def test_refused_sign_ins_are_told_once_a_minute_without_what_was_typed(
    app: Flask, person: Person
) -> None:
    app.extensions["limits"] = LocalCounter(lambda: 1_800_000_000.0)
    home = at_home(app, person)
    for _ in range(2):
        assert sign_in(home, person, password="wrong").status_code == 401
    assert sign_in(Visitor(app), person, login="secret-typed-here").status_code == 401
    assert [(one.actor, one.subject) for one in refusals()] == [
        ("system", f"staff:{person.id}"),
        ("system", "staff:unknown"),
    ]
    assert not any("secret" in one.detail or "wrong" in one.detail for one in refusals())
    app.extensions["limits"] = LocalCounter(lambda: 1_800_000_060.0)
    assert sign_in(Visitor(app), person, password="wrong").status_code == 401
    assert len(refusals()) == 3
    assert words.thing("staff:unknown", {}) == "登録のない名前"
