"""The counters are held before anything is noted: two who did it the other way round would wait."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal, get_args

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.db import db, transaction
from liff_app.shelters import service
from liff_app.shelters.counters import HeldTooLate, hold
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change
from liff_app.shelters.vocabulary import Opening
from liff_app.staff.vocabulary import Role
from tests.conftest import Visitor, colleague
from tests.shelters.passes.conftest import Doors
from tests.shelters.passes.conftest import doors as doors


def note(session: Session, app: Flask) -> None:
    audit.record(
        session, actor="system", action="shelter.added", subject="shelter:x",
        keys=app.config["SETTINGS"].keys, now=clock.now(),
    )  # fmt: skip


def test_a_counter_after_a_note_is_refused(app: Flask) -> None:
    def note_and(name: Literal["live", "master"]) -> None:
        with transaction() as session:
            note(session, app)
            hold(session, name)

    for name in get_args(Literal["live", "master"]):
        with pytest.raises(HeldTooLate):
            note_and(name)
    assert list(audit.events(db.session)) == []


def test_a_note_of_an_earlier_transaction_forbids_nothing(app: Flask) -> None:
    for _ in range(2):
        with transaction() as session:
            hold(session, "live").value += 1
            note(session, app)
    with suppress(ZeroDivisionError), transaction() as session:
        note(session, app)
        raise ZeroDivisionError
    with transaction() as session:
        hold(session, "master").value += 1
    assert len(list(audit.events(db.session))) == 2


def test_a_place_is_added_and_opened_while_a_phone_reports(
    app: Flask, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place is there and about to be opened when the phone's report is half done."""
    half_done, go_on, statuses = threading.Event(), threading.Event(), list[int]()

    def report() -> None:
        with app.app_context(), transaction() as session:
            occupancy.change(
                session, doors.school, Change(people_change=1), by="pass:1", now=clock.now(),
                policy=service.policy(),
            )  # fmt: skip
            half_done.set()
            go_on.wait(5)
            note(session, app)

    def add() -> None:
        place = {"name": "湊寺", "lat": "35.612345", "lon": "140.301", "address": "まど市湊1-1",
                 "publish": "y", "open_now": "y", "key": "k" * 22, "sure": "y"}  # fmt: skip
        statuses.append(office.post("/console/shelters/new", data=place).status_code)

    office = colleague(app, Role.ADMINISTRATOR)
    with started(report):
        assert half_done.wait(5)
        with started(add):
            # On SQLite it waits for the phone at its first word, on PostgreSQL when it opens.
            threading.Timer(0.5, go_on.set).start()
    assert statuses == [303]
    page = Visitor(app).get("/api/v1/shelters.geojson").get_json()
    opened = {one["properties"]["name"]: one["properties"] for one in page["features"]}
    assert "湊寺" in opened
    assert [one.action for one in audit.events(db.session)] == [
        "shelter.added", "shelter.added", "shelter.status_changed",
    ]  # fmt: skip
    states = {
        one.name: one
        for one in occupancy.all_current(db.session, now=clock.now(), policy=service.policy())
    }
    assert states["湊寺"].opening is Opening.OPEN
    assert states["中央小学校"].people == 1


@contextmanager
def started(act: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=act)
    thread.start()
    yield
    thread.join(20)
    assert not thread.is_alive()
