"""Passes: made for a disaster, opened, revoked, renewed, and sealed anew with a new key."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from liff_app import clock
from liff_app.crypto import KeyRing
from liff_app.db import db, transaction
from liff_app.errors import NotFound
from liff_app.shelters.models import Shelter
from liff_app.shelters.passes import service, tokens
from liff_app.shelters.passes.models import ShelterPass
from liff_app.shelters.passes.service import PassOver
from tests.shelters.passes.conftest import Doors, begin_disaster, end_disaster, make_sheets


def keys_of(app: Flask) -> KeyRing:
    keys: KeyRing = app.config["SETTINGS"].keys
    return keys


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(ShelterPass)) or 0


def test_a_pass_opens_its_own_shelter_in_its_own_disaster(app: Flask, doors: Doors) -> None:
    school = service.open_pass(db.session, doors.school_pass, keys=keys_of(app))
    hall = service.open_pass(db.session, doors.hall_pass, keys=keys_of(app))
    assert (school.shelter_id, hall.shelter_id) == (doors.school, doors.hall)
    assert school.author == f"pass:{school.id}"
    assert school.disaster_id == hall.disaster_id


def test_making_again_makes_only_what_is_missing(app: Flask, doors: Doors) -> None:
    assert make_sheets(app)["中央小学校"] == doors.school_pass
    assert count() == 2
    with transaction() as session:
        made = service.make_all(
            session, by="staff:a", keys=keys_of(app), now=clock.now(), shelters=[doors.hall]
        )
    assert made == []


def test_a_shelter_that_is_not_there_gets_none(app: Flask, doors: Doors) -> None:
    with pytest.raises(NotFound), transaction() as session:
        service.make_all(
            session, by="staff:a", keys=keys_of(app), now=clock.now(), shelters=["nowhere"]
        )
    with transaction() as session:
        session.get_one(Shelter, doors.hall).withdrawn_at = clock.now()
    with pytest.raises(NotFound), transaction() as session:
        service.make_all(
            session, by="staff:a", keys=keys_of(app), now=clock.now(), shelters=[doors.hall]
        )
    with pytest.raises(PassOver):
        service.open_pass(db.session, doors.hall_pass, keys=keys_of(app))


def test_in_normal_times_there_are_no_passes(app: Flask) -> None:
    assert service.board_of_passes(db.session) is None
    with pytest.raises(NotFound), transaction() as session:
        service.make_all(session, by="staff:a", keys=keys_of(app), now=clock.now())


def test_a_revoked_pass_is_over_and_the_other_is_not(app: Flask, doors: Doors) -> None:
    with transaction() as session:
        assert service.revoke(session, [doors.school], by="staff:a", now=clock.now()) == 1
        assert service.revoke(session, [doors.school], by="staff:a", now=clock.now()) == 0
    with pytest.raises(PassOver):
        service.open_pass(db.session, doors.school_pass, keys=keys_of(app))
    assert (
        service.open_pass(db.session, doors.hall_pass, keys=keys_of(app)).shelter_id == doors.hall
    )


def test_a_renewed_sheet_has_another_pass(app: Flask, doors: Doors) -> None:
    with transaction() as session:
        service.revoke(session, [doors.school], by="staff:a", now=clock.now())
    again = make_sheets(app)["中央小学校"]
    assert again != doors.school_pass
    assert service.open_pass(db.session, again, keys=keys_of(app)).shelter_id == doors.school


def test_the_next_disaster_needs_new_sheets(app: Flask, doors: Doors) -> None:
    end_disaster()
    begin_disaster()
    with pytest.raises(PassOver):
        service.open_pass(db.session, doors.school_pass, keys=keys_of(app))
    assert make_sheets(app)["中央小学校"] != doors.school_pass


def test_a_pass_nobody_made_is_not_found(app: Flask, doors: Doors) -> None:
    for typed in (tokens.new_token(), "", "x" * 500, doors.school_pass[:-1] + "\x00"):
        with pytest.raises(NotFound) as refused:
            service.open_pass(db.session, typed, keys=keys_of(app))
        assert not isinstance(refused.value, PassOver)


def test_two_live_passes_of_one_shelter_cannot_be(app: Flask, doors: Doors) -> None:
    live = db.session.scalars(
        select(ShelterPass).where(ShelterPass.shelter_id == doors.school)
    ).one()
    disaster_id = live.disaster_id
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(
            ShelterPass(
                shelter_id=doors.school, disaster_id=disaster_id, token_index=b"x" * 32,
                token_sealed=b"x", made_at=clock.now(), made_by="staff:a",
            )
        )  # fmt: skip


def test_the_list_says_who_has_a_sheet_and_when_it_was_used(app: Flask, doors: Doors) -> None:
    opened = service.open_pass(db.session, doors.school_pass, keys=keys_of(app))
    moment = clock.now()
    with transaction() as session:
        service.note_seen(session, opened.id, now=moment)
        service.revoke(session, [doors.hall], by="staff:a", now=moment)
    found = service.board_of_passes(db.session)
    assert found is not None
    lines = {line.name: line for line in found[1]}
    assert lines["中央小学校"].seen_at == moment
    assert lines["湊公民館"].made_at is None
    mine = service.board_of_passes(db.session, {doors.hall})
    assert mine is not None
    assert [line.name for line in mine[1]] == ["湊公民館"]


def test_the_last_use_is_written_down_coarsely(app: Flask, doors: Doors) -> None:
    opened = service.open_pass(db.session, doors.school_pass, keys=keys_of(app))
    assert not service.is_seen_lately(opened, clock.now())
    with transaction() as session:
        service.note_seen(session, opened.id, now=clock.now())
    again = service.open_pass(db.session, doors.school_pass, keys=keys_of(app))
    assert service.is_seen_lately(again, clock.now())
    assert not service.is_seen_lately(again, clock.now() + timedelta(minutes=11))


def test_after_a_change_of_keys_every_sheet_still_opens(app: Flask, doors: Doors) -> None:
    old = "k1:" + urlsafe_b64encode(secrets.token_bytes(32)).decode()
    new = "k2:" + urlsafe_b64encode(secrets.token_bytes(32)).decode()
    before, both, after = KeyRing.parse(old), KeyRing.parse(f"{new},{old}"), KeyRing.parse(new)
    with transaction() as session:
        service.revoke(session, [doors.school, doors.hall], by="staff:a", now=clock.now())
        service.make_all(session, by="staff:a", keys=before, now=clock.now())
        token = service.sheets(session, keys=before)[1][0].token
    # The two revoked ones are sealed with the app's own key, which is in neither ring.
    with transaction() as session:
        session.query(ShelterPass).filter(ShelterPass.live_slot.is_(None)).delete()
    with transaction() as session:
        assert service.reseal(session, both, dry_run=True) == 2
        assert service.open_pass(session, token, keys=both)
        assert service.reseal(session, both, dry_run=False) == 2
        assert service.reseal(session, both, dry_run=True) == 0
    assert service.open_pass(db.session, token, keys=after)
    assert service.sheets(db.session, keys=after)[1][0].token == token
    with pytest.raises(NotFound):
        service.open_pass(db.session, token, keys=before)


def test_the_database_holds_no_pass_as_it_is_printed(app: Flask, doors: Doors) -> None:
    for row in db.session.scalars(select(ShelterPass)):
        kept = row.token_index + row.token_sealed
        assert doors.school_pass.encode() not in kept
        assert doors.hall_pass.encode() not in kept
