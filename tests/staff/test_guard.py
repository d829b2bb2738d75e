"""Who is let into the console, and what they must bring."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from liff_app import clock
from liff_app.access import Audience, mount
from liff_app.audit.models import AuditEvent
from liff_app.db import db, transaction
from liff_app.permissions import ANYBODY, NEEDS, key, only
from liff_app.staff import form_tokens, guard
from liff_app.staff.models import StaffSession
from liff_app.staff.vocabulary import KeyScope, Role
from tests.conftest import Visitor, colleague


@pytest.fixture
def room(app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    """A page for administrators and shelter staff; gives its address."""
    bp = Blueprint("room", __name__)

    @bp.route("/room", methods=["GET", "POST"])
    def view() -> str:
        me = guard.colleague()
        with transaction() as session:
            guard.note(session, "room.entered", "room:1", detail={"chairs": 2})
        return f"inside {me.actor}"

    mount(app, bp, Audience.STAFF, "/console")
    monkeypatch.setitem(NEEDS, "room.view", only(Role.ADMINISTRATOR, Role.SHELTER_STAFF))
    return "/console/room"


def test_a_stranger_is_led_to_the_sign_in_and_back(client: FlaskClient, room: str) -> None:
    answer = client.get(f"{room}?a=1")
    assert answer.status_code == 302
    assert answer.location == "/console/login?next=/console/room?a%3D1"
    assert client.post(room).status_code == 401


def test_a_resident_is_a_stranger(room: str, resident: FlaskClient) -> None:
    assert resident.get(room).status_code == 302


def test_a_colleague_is_no_resident(app: Flask) -> None:
    answer = colleague(app, Role.ADMINISTRATOR).get("/liff/menu")
    assert answer.status_code == 302
    assert answer.location.startswith("/liff/")


def test_a_role_of_the_table_opens_the_page(app: Flask, room: str) -> None:
    assert "inside staff:" in colleague(app, Role.ADMINISTRATOR).get(room).text
    narrowed = colleague(app, (Role.SHELTER_STAFF, {"shelter": "s1"}))
    assert narrowed.get(room).status_code == 200


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SENDER])
def test_another_role_is_told_no(app: Flask, room: str, role: Role) -> None:
    assert colleague(app, role).get(room).status_code == 403
    assert colleague(app).get(room).status_code == 403


def test_what_has_no_line_opens_for_nobody(
    app: Flask, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(NEEDS, "room.view")
    assert colleague(app, *Role).get(room).status_code == 403


def test_what_is_for_keys_opens_for_no_person(
    app: Flask, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(NEEDS, "room.view", key(KeyScope.AUDIT_READ))
    assert colleague(app, *Role).get(room).status_code == 403


def test_any_colleague_may_open_what_is_for_anybody(
    app: Flask, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(NEEDS, "room.view", ANYBODY)
    assert colleague(app).get(room).status_code == 200


def test_a_note_stands_in_the_log_under_the_colleagues_name(app: Flask, room: str) -> None:
    text = colleague(app, Role.ADMINISTRATOR).get(room).text
    event = db.session.query(AuditEvent).filter_by(action="room.entered").one()
    assert text == f"inside {event.actor}"
    assert event.subject == "room:1"


def test_what_changes_something_carries_the_token_of_its_own_browser(app: Flask, room: str) -> None:
    mine, other = colleague(app, Role.ADMINISTRATOR), colleague(app, Role.ADMINISTRATOR)
    assert mine.post(room).status_code == 200
    bare = Visitor(app)
    bare.set_cookie("machimado-staff", mine.cookie)
    assert bare.post(room).status_code == 403
    for token in ("", "x" * 80, form_tokens.make(other.cookie)):
        assert bare.post(room, data={"csrf_token": token}).status_code == 403
    good = form_tokens.make(mine.cookie)
    assert bare.post(room, data={"csrf_token": good}).status_code == 200
    foreign = {"Origin": "https://evil.example"}
    assert bare.post(room, data={"csrf_token": good}, headers=foreign).status_code == 403


def test_a_nul_is_no_text(app: Flask, room: str) -> None:
    browser = colleague(app, *Role)
    assert browser.get(f"{room}?a=%00").status_code == 400
    assert browser.post(room, data={"a": "x\0"}).status_code == 400
    assert browser.get("/console/staff/%00").status_code in (400, 404)


def later(app: Flask, **passed: object) -> None:
    """Every session was begun and seen that much earlier."""
    past = timedelta(**passed)  # type: ignore[arg-type]  # its own keywords
    with transaction() as session:
        for row in session.query(StaffSession):
            row.created_at -= past
            row.seen_at -= past
            row.confirmed_at -= past
            row.expires_at -= past


def test_half_an_hour_of_silence_ends_a_session(app: Flask, room: str) -> None:
    browser = colleague(app, Role.ADMINISTRATOR)
    later(app, minutes=29)
    assert browser.get(room).status_code == 200
    later(app, minutes=29)
    assert browser.get(room).status_code == 200, "it was active in between"
    later(app, minutes=30, seconds=1)
    assert browser.get(room).status_code == 302


def test_a_shift_is_the_longest_session(app: Flask, room: str) -> None:
    browser = colleague(app, Role.ADMINISTRATOR)
    for _ in range(25):
        later(app, minutes=28)
        browser.get(room)
    assert browser.get(room).status_code == 200
    later(app, minutes=21)
    assert browser.get(room).status_code == 302


def test_a_busy_browser_is_written_down_once_a_minute(app: Flask, room: str) -> None:
    browser = colleague(app, Role.ADMINISTRATOR)
    start = clock.now() - timedelta(seconds=50)
    with transaction() as session:
        session.execute(update(StaffSession).values(seen_at=start))
    browser.get(room)
    db.session.rollback()
    assert db.session.query(StaffSession).one().seen_at == start
    later(app, seconds=11)
    browser.get(room)
    db.session.rollback()
    assert clock.now() - db.session.query(StaffSession).one().seen_at < timedelta(seconds=9)


def test_a_code_is_fresh_for_ten_minutes(
    app: Flask, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def view() -> str:
        guard.fresh()
        return "inside"

    monkeypatch.setitem(app.view_functions, "room.view", view)
    browser = colleague(app, Role.ADMINISTRATOR)
    assert browser.get(room).status_code == 200
    later(app, minutes=11)
    answer = browser.get(f"{room}?a=1")
    assert answer.status_code == 303
    assert answer.location == "/console/confirm?next=/console/room?a%3D1"


def test_the_navigation_shows_what_the_colleague_may_open(app: Flask) -> None:
    page = colleague(app, Role.VIEWER).get("/console/").text
    assert "はじめ" in page
    assert "職員</a>" not in page
