"""Sealing, finding, rotating: what the database knows of a person."""

from __future__ import annotations

import threading
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from liff_app import keys
from liff_app.crypto import KeyRing, SealBroken
from liff_app.db import db, transaction
from liff_app.gateways.line_login import LineIdentity, TokenExpired
from liff_app.identity import service
from liff_app.identity.models import LoginSession, Resident, UsedToken
from tests.conftest import HANAKO, TARO, on_sqlite

NOW = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)


def key(name: str, letter: int) -> str:
    return f"{name}:{urlsafe_b64encode(bytes(range(letter, letter + 32))).decode()}"


OLD, NEW = key("k1", 1), key("k2", 64)


def identity(sub: str = HANAKO, digest: bytes = b"d" * 32) -> LineIdentity:
    return LineIdentity(
        sub=sub,
        audience="1",
        issued_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        token_digest=digest,
    )


def recognise(ring: KeyRing, sub: str = HANAKO, now: datetime = NOW) -> str:
    with transaction() as session:
        return service.recognise(session, identity(sub), keys=ring, now=now)


def test_the_same_person_is_the_same_resident(app: Flask) -> None:
    ring = KeyRing.parse(OLD)
    first = recognise(ring)
    assert recognise(ring, now=NOW + timedelta(days=3)) == first
    assert recognise(ring, TARO) != first
    assert db.session.get_one(Resident, first).seen_on == date(2026, 11, 25)


def test_the_subject_opens_only_for_its_own_row(app: Flask) -> None:
    ring = KeyRing.parse(OLD)
    hanako, taro = recognise(ring), recognise(ring, TARO)
    sealed = db.session.get_one(Resident, hanako).subject_sealed
    assert ring.open(sealed, f"residents.subject_sealed:{hanako}") == HANAKO
    for wrong in (f"residents.subject_sealed:{taro}", f"residents.other:{hanako}", ""):
        with pytest.raises(SealBroken):
            ring.open(sealed, wrong)


def test_rows_of_an_older_key_are_found_before_and_after_rotation(app: Flask) -> None:
    first = recognise(KeyRing.parse(OLD))
    both = KeyRing.parse(f"{NEW},{OLD}")
    assert recognise(both) == first
    with transaction() as session:
        assert keys.rotate(session, both, dry_run=True)["residents"] == 1
    with transaction() as session:
        assert keys.rotate(session, both)["residents"] == 1
    with transaction() as session:
        assert keys.rotate(session, both)["residents"] == 0
    assert recognise(KeyRing.parse(NEW)) == first
    db.session.expire_all()
    sealed = db.session.get_one(Resident, first).subject_sealed
    assert KeyRing.parse(NEW).open(sealed, f"residents.subject_sealed:{first}") == HANAKO


def test_a_dry_rotation_changes_nothing(app: Flask) -> None:
    first = recognise(KeyRing.parse(OLD))
    with transaction() as session:
        keys.rotate(session, KeyRing.parse(f"{NEW},{OLD}"), dry_run=True)
    assert recognise(KeyRing.parse(OLD)) == first


def test_a_key_dropped_before_its_rotation_finds_nobody(app: Flask) -> None:
    """The planted flaw: without the old key in the ring the person would be a newcomer."""
    first = recognise(KeyRing.parse(OLD))
    assert recognise(KeyRing.parse(NEW)) != first


def test_rotation_reaches_more_rows_than_one_fetch(app: Flask) -> None:
    ring, both = KeyRing.parse(OLD), KeyRing.parse(f"{NEW},{OLD}")
    with transaction() as session:
        for number in range(1100):
            service.recognise(session, identity(f"U{number:032x}"), keys=ring, now=NOW)
    with transaction() as session:
        assert keys.rotate(session, both)["residents"] == 1100
    with transaction() as session:
        assert keys.rotate(session, both)["residents"] == 0


def test_a_moved_ciphertext_stops_the_rotation_and_nothing_is_half_done(app: Flask) -> None:
    ring, both = KeyRing.parse(OLD), KeyRing.parse(f"{NEW},{OLD}")
    hanako, taro = recognise(ring), recognise(ring, TARO)
    with transaction() as session:
        moved = session.get_one(Resident, hanako).subject_sealed
        session.execute(update(Resident).where(Resident.id == taro).values(subject_sealed=moved))
    with pytest.raises(SealBroken), transaction() as session:
        keys.rotate(session, both)
    assert recognise(ring) == hanako


def test_a_token_is_exchanged_once(app: Flask) -> None:
    ring = KeyRing.parse(OLD)
    with transaction() as session:
        first = service.sign_in(session, identity(), keys=ring, now=NOW)
    with pytest.raises(TokenExpired), transaction() as session:
        service.sign_in(session, identity(), keys=ring, now=NOW)
    with transaction() as session:
        assert service.sign_in(session, identity(), keys=ring, now=NOW, again=True) == first


def test_of_parallel_exchanges_of_one_token_exactly_one_succeeds(app: Flask) -> None:
    ring, outcomes = KeyRing.parse(OLD), []
    together = threading.Barrier(6)

    def exchange() -> None:
        with app.app_context():
            together.wait(10)
            try:
                with transaction() as session:
                    outcomes.append(service.sign_in(session, identity(), keys=ring, now=NOW))
            except TokenExpired:
                outcomes.append("expired")

    run(exchange, 6)
    assert outcomes.count("expired") == 5
    assert len(outcomes) == 6
    assert count(Resident) == 1


def test_a_newcomers_two_phones_are_one_resident(app: Flask) -> None:
    ring, found = KeyRing.parse(OLD), []
    together = threading.Barrier(6)

    def arrive(number: int) -> None:
        with app.app_context():
            together.wait(10)
            with transaction() as session:
                one = identity(digest=bytes([number]) * 32)
                found.append(service.sign_in(session, one, keys=ring, now=NOW))

    threads = [threading.Thread(target=arrive, args=(n,)) for n in range(6)]
    start_and_join(threads)
    assert len(found) == 6
    assert len(set(found)) == 1
    assert (count(Resident), count(UsedToken)) == (1, 6)


def run(work: object, times: int) -> None:
    assert callable(work)
    start_and_join([threading.Thread(target=work) for _ in range(times)])


def start_and_join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def count(model: type[Resident | UsedToken | LoginSession]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_used_token_is_remembered_as_long_as_the_verifier_may_take_it(app: Flask) -> None:
    """The verifier allows 60 s for clocks that differ."""
    end = identity().expires_at
    with transaction() as session:
        service.sign_in(session, identity(), keys=KeyRing.parse(OLD), now=NOW)
        assert service.purge_tokens(session, now=end + timedelta(seconds=60)) == 0
        assert service.purge_tokens(session, now=end + timedelta(hours=1)) == 1


def test_ended_sessions_are_purged_and_live_ones_stay(app: Flask) -> None:
    with transaction() as session:
        old, end = service.start_session(session, None, now=NOW)
        live, _ = service.start_session(session, None, now=NOW + timedelta(hours=1))
        assert end == NOW + timedelta(hours=12)
    with transaction() as session:
        assert service.purge_sessions(session, now=end) == 1
        assert service.find_session(session, old, now=NOW) is None
        assert service.find_session(session, live, now=NOW) is not None


@on_sqlite
def test_a_removed_resident_takes_the_sessions_along(app: Flask) -> None:
    ring = KeyRing.parse(OLD)
    resident_id = recognise(ring)
    with transaction() as session:
        service.start_session(session, resident_id, now=NOW)
    with transaction() as session:
        session.delete(session.get_one(Resident, resident_id))
    assert count(LoginSession) == 0


def test_nothing_of_a_person_shows_in_reprs() -> None:
    assert HANAKO not in repr(identity())
    assert "AQID" not in repr(KeyRing.parse(OLD))
