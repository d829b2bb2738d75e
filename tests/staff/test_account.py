"""A colleague's own account: sessions, recovery codes, and being asked again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app import clock
from liff_app.crypto import KeyRing
from liff_app.db import db, transaction
from liff_app.keys import rotate
from liff_app.retention import run
from liff_app.staff import codes, form_tokens
from liff_app.staff.models import Account, KnownBrowser, SetupLink, SignInDoor, StaffSession
from liff_app.staff.vocabulary import Role
from tests.conftest import Visitor, colleague
from tests.house.page import faults

from .people import Person, at_home, enrol, sign_in
from .test_guard import later

EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
OTHER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile/15E148 Safari/604.1"


@pytest.fixture
def person(app: Flask) -> Person:
    return enrol(app, Role.ADMINISTRATOR)


def post(browser: FlaskClient, path: str, **typed: str) -> str:
    """Post as the page's form would; gives status and location."""
    cookie = browser.get_cookie("machimado-staff")
    assert cookie is not None
    answer = browser.post(path, data=typed | {"csrf_token": form_tokens.make(cookie.value)})
    return f"{answer.status_code} {answer.headers.get('Location', '')}".strip()


def test_one_sees_where_one_is_signed_in_and_ends_another(app: Flask, person: Person) -> None:
    here, there = Visitor(app), Visitor(app)
    here.environ_base["HTTP_USER_AGENT"], there.environ_base["HTTP_USER_AGENT"] = EDGE, OTHER
    assert sign_in(here, person).status_code == 303
    assert sign_in(there, person, code=person.recovery[0]).status_code == 303
    page = here.get("/console/sessions")
    assert faults(page, "/console/sessions") == []
    assert "Edge（Windows）" in page.text
    assert "Safari（iPhone）" in page.text
    assert "127.0.0.1" not in page.text
    wanted = re.search(r'name="session" value="([0-9a-f]{12})"', page.text)
    assert wanted
    assert post(here, "/console/sessions/end", session=wanted[1]) == "303 /console/sessions"
    assert there.get("/console/").status_code == 302
    assert here.get("/console/").status_code == 200


def test_nobody_ends_the_session_of_another(app: Flask, person: Person) -> None:
    theirs = at_home(app, person)
    db.session.rollback()
    session_id = db.session.query(StaffSession).one().id
    stranger = colleague(app, Role.ADMINISTRATOR)
    answer = stranger.post("/console/sessions/end", data={"session": session_id})
    assert answer.status_code == 404
    assert theirs.get("/console/").status_code == 200


def test_all_others_end_and_this_one_stays(app: Flask, person: Person) -> None:
    one = at_home(app, person)
    two = Visitor(app)
    assert sign_in(two, person, code=person.recovery[0]).status_code == 303
    assert post(two, "/console/sessions/end-others") == "303 /console/sessions"
    assert one.get("/console/").status_code == 302
    assert two.get("/console/").status_code == 200


def test_signing_out_ends_the_session_itself(app: Flask, person: Person) -> None:
    browser = at_home(app, person)
    cookie = browser.get_cookie("machimado-staff")
    assert cookie is not None
    assert post(browser, "/console/logout") == "303 /console/login"
    assert browser.get_cookie("machimado-staff") is None
    replayed = Visitor(app)
    replayed.set_cookie("machimado-staff", cookie.value)
    assert replayed.get("/console/").status_code == 302


def test_new_recovery_codes_replace_the_old(app: Flask, person: Person) -> None:
    browser = at_home(app, person)
    cookie = browser.get_cookie("machimado-staff")
    assert cookie is not None
    page = browser.post(
        "/console/sessions/recovery-codes", data={"csrf_token": form_tokens.make(cookie.value)}
    )
    fresh = re.findall(r"<li>([0-9A-Z-]{19})</li>", page.text)
    assert len(fresh) == 10
    assert sign_in(browser, person, code=person.recovery[0]).status_code == 401
    assert sign_in(browser, person, code=fresh[0]).status_code == 303


def test_the_phones_code_is_asked_again_and_counts_for_ten_minutes(
    app: Flask, person: Person
) -> None:
    browser = at_home(app, person)
    later(app, minutes=11)
    assert browser.get("/console/staff/new").location == "/console/confirm?next=/console/staff/new"
    page = browser.get("/console/confirm?next=/console/staff/new")
    assert faults(page, "/console/confirm") == []
    told = post(browser, "/console/confirm", code="000000", next="/console/staff/new")
    assert told == "422"
    with transaction() as session:
        session.get_one(Account, person.id).totp_step = None
    told = post(browser, "/console/confirm", code=person.code(), next="/console/staff/new")
    assert told == "303 /console/staff/new"
    assert browser.get("/console/staff/new").status_code == 200


def test_a_code_that_signed_in_does_not_also_confirm(app: Flask, person: Person) -> None:
    code = person.code()
    browser = Visitor(app)
    assert sign_in(browser, person, code=code).status_code == 303
    assert post(browser, "/console/confirm", code=code) == "422"


def test_codes_cannot_be_tried_for_long_here_either(app: Flask, person: Person) -> None:
    browser = at_home(app, person)
    answers = [post(browser, "/console/confirm", code="000000") for _ in range(6)]
    assert answers == ["422", "422", "422", "429", "429", "429"]


def test_the_console_page_after_a_lost_session_says_what_happened(
    app: Flask, person: Person
) -> None:
    browser = at_home(app, person)
    later(app, minutes=31)
    answer = browser.post("/console/sessions/end-others", data={})
    assert answer.status_code == 401
    assert "まだ保存されていません" in answer.text
    assert faults(answer, "/console/x") == []


def test_what_is_past_its_time_is_gone(app: Flask, person: Person) -> None:
    at_home(app, person)
    with transaction() as session:
        session.add(
            SetupLink(
                digest=b"x" * 32,
                account_id=person.id,
                created_at=clock.now(),
                expires_at=clock.now(),
            )
        )
    counts = run(now=clock.now())
    assert counts["staff_links"] == 1
    assert counts["staff_sessions"] == counts["staff_doors"] == 0
    counts = run(now=clock.now() + timedelta(hours=13))
    assert counts["staff_sessions"] == 1
    assert counts["staff_doors"] == 2
    counts = run(now=clock.now() + timedelta(days=181))
    assert counts["staff_known_browsers"] == 1
    for table in (StaffSession, SignInDoor, KnownBrowser, SetupLink):
        assert db.session.query(table).count() == 0


def test_a_phones_secret_is_sealed_under_the_new_key(app: Flask, person: Person) -> None:
    old = app.config["SETTINGS"].keys
    fresh = KeyRing({"k9": b"9" * 31 + b"x", **old._keys})  # noqa: SLF001 - to build a longer ring
    with transaction() as session:
        assert rotate(session, fresh, dry_run=True)["staff_phones"] == 1
    with transaction() as session:
        assert rotate(session, fresh)["staff_phones"] == 1
        assert rotate(session, fresh)["staff_phones"] == 0
        sealed = session.get_one(Account, person.id).totp_sealed
    assert sealed is not None
    context = f"staff_accounts.totp_sealed:{person.id}"
    assert fresh.open(sealed, context) == person.secret
    assert codes.code_at(person.secret, clock.now())


def test_the_secret_stands_nowhere_in_the_database_as_it_is(app: Flask, person: Person) -> None:
    account = db.session.get_one(Account, person.id)
    assert account.totp_sealed is not None
    assert person.secret.encode() not in account.totp_sealed
    assert account.password_hash is not None
    assert account.password_hash.startswith("$argon2id$")
