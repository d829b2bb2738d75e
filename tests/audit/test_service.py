"""The log in a database: whole under many hands, append-only, verifiable after a key change."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from liff_app import keys, retention
from liff_app.audit import service
from liff_app.audit.models import AuditEvent, AuditHead, AuditKey
from liff_app.crypto import KeyRing, SealBroken
from liff_app.db import db, transaction
from tests.conftest import on_sqlite

from .flawed import FLAWED
from .tampering import (
    BOTH,
    OLD,
    START,
    Log,
    kinds,
    lift_triggers,
    passes,
    product,
    ring,
    write_log,
)


def record(session: Session, *, now: datetime = START, ring: KeyRing = OLD, **said: object) -> None:
    """An event that says something ordinary."""
    words = {"actor": "staff:7f3a", "action": "shelter.status_changed", "subject": "shelter:3"}
    service.record(session, keys=ring, now=now, **(words | said))  # type: ignore[arg-type]  # words of the test


class Undone(Exception):
    """Something went wrong after the event."""


def write_and_fail(session: Session) -> None:
    record(session)
    raise Undone


def sound(ring: KeyRing = OLD) -> int:
    """How many events hold; fails where one does not."""
    db.session.rollback()
    verdict = service.verify(db.session, ring)
    assert verdict.broken is None, verdict.broken
    return verdict.counted


def test_events_are_numbered_without_gaps_and_hold(app: Flask) -> None:
    for _ in range(3):
        with transaction() as session:
            record(session)
            record(session, persons=2, detail={"people": 120, "drill": False, "level": None})
    numbers = [event.number for event in service.events(db.session)]
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert sound() == 6


def test_an_undone_transaction_leaves_neither_event_nor_gap(app: Flask) -> None:
    with transaction() as session:
        record(session)
    with pytest.raises(Undone), transaction() as session:
        write_and_fail(session)
    with transaction() as session:
        record(session)
    assert sound() == 2


def test_the_first_event_of_all_may_be_undone(app: Flask) -> None:
    with pytest.raises(Undone), transaction() as session:
        write_and_fail(session)
    assert sound() == 0
    assert service.head(db.session) is None


def test_writers_at_once_make_one_chain(app: Flask) -> None:
    """From the first event on: nobody made the head before them."""
    ready = threading.Barrier(6)
    failed: list[BaseException] = []

    def write(name: int) -> None:
        try:
            with app.app_context():
                ready.wait()
                for _ in range(10):
                    with transaction() as session:
                        record(session, actor=f"staff:{name}")
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failed.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sound() == 60
    assert [event.number for event in service.events(db.session)] == list(range(1, 61))


@pytest.mark.parametrize(
    "said",
    [
        {"actor": "hanako"},
        {"actor": "staff:"},
        {"actor": f"staff:{'x' * 73}"},
        {"actor": "staff:a\nb"},
        {"action": "changed"},
        {"action": "Shelter.Changed"},
        {"action": f"shelter.{'x' * 60}"},
        {"subject": "shelter:"},
        {"subject": f"shelter:{'x' * 120}"},
        {"persons": -1},
        {"detail": {"lat": 35.1}},
        {"detail": {"names": ["花子"]}},
    ],
    ids=str,
)
@on_sqlite
def test_what_is_no_event_is_refused_where_it_is_written(
    app: Flask, said: dict[str, object]
) -> None:
    with pytest.raises((ValueError, TypeError)), transaction() as session:
        record(session, **said)  # type: ignore[arg-type]  # neither a time nor a ring is among them
    assert sound() == 0


@on_sqlite
def test_a_list_of_codes_that_is_too_long_is_cut_and_refuses_nothing(app: Flask) -> None:
    with transaction() as session:
        record(session, detail={"grants": "viewer " * 1000, "count": 1000})
    (event,) = service.events(db.session)
    assert len(event.detail) < 2100
    assert '"count":1000' in event.detail
    assert sound() == 1


def writes(session: Session) -> dict[str, object]:
    """What the database must refuse, whoever asks for it."""
    if session.get_bind().dialect.name == "postgresql":
        return {
            "edit": "UPDATE audit_events SET persons = 9 WHERE number = 2",
            "delete": "DELETE FROM audit_events WHERE number = 2",
            "empty": "TRUNCATE audit_events",
            "head": "DELETE FROM audit_heads",
            "upsert": "INSERT INTO audit_events SELECT * FROM audit_events WHERE number = 2 "
            "ON CONFLICT (number) DO UPDATE SET persons = 9",
        }
    return {
        "edit": "UPDATE audit_events SET persons = 9 WHERE number = 2",
        "delete": "DELETE FROM audit_events WHERE number = 2",
        "head": "DELETE FROM audit_heads",
        "replace": "INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events WHERE number=2",
        "fill": "INSERT INTO audit_events SELECT 0, at, actor, action, subject, persons, detail, "
        "key, seal FROM audit_events WHERE number = 2",
    }


def test_the_database_itself_refuses_to_change_or_lose_an_event(app: Flask) -> None:
    with transaction() as session:
        for _ in range(4):
            record(session)
    for name, statement in writes(db.session).items():
        with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
            session.execute(text(str(statement)))
        assert sound() == 4, name


def test_a_key_that_left_the_ring_still_verifies_what_it_sealed(app: Flask) -> None:
    with transaction() as session:
        write_log(session, 20)
    assert sound(BOTH) == 20
    with transaction() as session:
        assert keys.rotate(session, BOTH, dry_run=True)["audit_keys"] == 1
    with transaction() as session:
        assert keys.rotate(session, BOTH)["audit_keys"] == 1
    with transaction() as session:
        assert keys.rotate(session, BOTH)["audit_keys"] == 0
    assert sound(ring("k2")) == 20


def test_a_kept_key_follows_the_next_rotation_too(app: Flask) -> None:
    with transaction() as session:
        write_log(session, 20)
        keys.rotate(session, BOTH)
    third = ring("k3", "k2")
    with transaction() as session:
        record(session, ring=third)
        assert keys.rotate(session, third)["audit_keys"] == 2
    assert sound(ring("k3")) == 21


def test_without_the_rotation_a_dropped_key_is_told_as_missing(app: Flask) -> None:
    with transaction() as session:
        write_log(session, 4)
    db.session.rollback()
    broken = service.verify(db.session, ring("k2")).broken
    assert broken is not None
    assert (broken.number, broken.code) == (1, "key_missing")
    with pytest.raises(SealBroken), transaction() as session:
        keys.rotate(session, ring("k2"))


def test_a_kept_key_that_was_changed_opens_nothing(app: Flask) -> None:
    with transaction() as session:
        write_log(session, 4)
        keys.rotate(session, BOTH)
        session.execute(update(AuditKey).values(sealed=BOTH.seal("00" * 32, "elsewhere")))
    db.session.rollback()
    broken = service.verify(db.session, ring("k2")).broken
    assert broken is not None
    assert broken.code == "key_missing"


def test_what_is_past_its_time_goes_and_the_rest_still_holds(app: Flask) -> None:
    now = START + service.KEPT
    own = app.config["SETTINGS"].keys
    with transaction() as session:
        for days in (0, 1, 5, 9):
            record(session, now=START + timedelta(days=days), ring=own)
    assert retention.run(now=now, dry_run=True)["audit_events"] == 1
    assert retention.run(now=now + timedelta(days=1))["audit_events"] == 2
    assert sound(own) == 2
    assert [event.number for event in service.events(db.session)] == [3, 4]
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(text("DELETE FROM audit_events WHERE number = 3"))
    assert retention.run(now=now + timedelta(days=100))["audit_events"] == 1
    assert sound(own) == 1, "the last event stays: the chain goes on from it"
    with transaction() as session:
        record(session, ring=own)
    assert sound(own) == 2


def test_retention_takes_nothing_while_there_is_a_gap(app: Flask) -> None:
    own = app.config["SETTINGS"].keys
    with transaction() as session:
        for days in (0, 1, 5):
            record(session, now=START + timedelta(days=days), ring=own)
    log = Log.of(db.session)
    with transaction() as session:
        lift_triggers(session.connection())
        session.execute(text("DELETE FROM audit_events WHERE number = 2"))
    assert retention.run(now=START + service.KEPT + timedelta(days=2))["audit_events"] == 0
    assert [event.number for event in service.events(db.session)] == [1, 3]
    assert len(log.events) == 3


def test_a_hundred_tamperings_are_all_found(app: Flask) -> None:
    with transaction() as session:
        write_log(session, 60)
    log = Log.of(db.session)
    with Session(db.engine) as session:  # the town's own session may not tamper
        unseen = [
            (kind, number)
            for number, kind in enumerate(kinds(104))
            if passes(session, product, kind, log, number)
        ]
    assert not unseen
    assert Log.of(db.session) == log, "each tampering was taken back"
    assert sound(BOTH) == 60


@on_sqlite
@pytest.mark.parametrize("name", FLAWED)
def test_the_same_tamperings_get_past_a_flawed_verifier(app: Flask, name: str) -> None:
    """Else the zero above would be worth nothing."""
    with transaction() as session:
        write_log(session, 60)
    log = Log.of(db.session)
    seen = [passes(db.session, FLAWED[name], kind, log, 7) for kind in kinds(26)]
    assert any(seen)


def test_the_head_is_one_row_that_names_the_last_event(app: Flask) -> None:
    with transaction() as session:
        record(session)
        record(session)
    head = db.session.scalars(select(AuditHead)).one()
    last = db.session.get_one(AuditEvent, 2)
    assert (head.number, head.last_seal) == (2, last.seal)
    assert service.seal_of(db.session, 2) == last.seal
    assert service.seal_of(db.session, 3) is None
