"""What administrators do with accounts, over HTTP."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from liff_app import clock
from liff_app.audit.models import AuditEvent
from liff_app.db import db, transaction
from liff_app.staff import queries, service, sessions, setting_up
from liff_app.staff.rules import Grant
from liff_app.staff.service import AccountDraft
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague
from tests.house.page import faults
from tests.shelters.published import publish, row

from .people import Person, at_home, enrol, sign_in
from .test_guard import later


@pytest.fixture
def boss(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.ADMINISTRATOR)


@pytest.fixture
def person(app: Flask) -> Person:
    return enrol(app, Role.VIEWER)


def grants(person: Person) -> set[Grant]:
    db.session.rollback()
    return set(queries.account(db.session, person.id, now=clock.now()).grants)


def last_event() -> AuditEvent:
    db.session.rollback()
    return db.session.query(AuditEvent).order_by(AuditEvent.number.desc()).limit(1).one()


@pytest.fixture
def school(app: Flask) -> str:
    publish(row("A1", name="中央小学校"))
    db.session.rollback()
    (found,) = app.extensions["staff_shelters"](db.session)
    return str(found)


def test_a_new_colleague_gets_a_link_that_is_shown_once(boss: ConsoleVisitor, school: str) -> None:
    typed = {"name": "体育館 太郎", "login": "Taiiku", "role": "shelter_staff", "shelter": school}
    page = boss.post("/console/staff/new", data=typed)
    assert page.status_code == 200
    assert faults(page, "/console/staff/new") == []
    link = re.search(r"http://localhost(/console/welcome/[\w-]+)", page.text)
    assert link
    assert boss.get(link[1]).status_code == 200
    assert link[1] not in boss.get("/console/staff/").text
    assert last_event().action == "staff.added"
    assert f"shelter_staff:shelter={school}" in last_event().detail
    assert "太郎" not in last_event().detail


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"login": "x"}, "ログイン名は英数字"),
        ({"login": "窓口"}, "ログイン名は英数字"),
        ({"name": ""}, "名前を80字まで"),
        ({"role": ""}, "役割を選んで"),
        ({"role": "king"}, "役割を選んで"),
        ({"workplace": "nowhere"}, "所属の部署を選びなおして"),
        ({"role": "sender", "department": "nowhere"}, "絞れません"),
        ({"role": "sender"}, "部署を選んでください"),
        ({"role": "shelter_staff"}, "避難所を選んでください"),
        ({"role": "shelter_staff", "shelter": "nosuch"}, "避難所を選びなおして"),
    ],
)
def test_what_cannot_be_is_told_and_the_rest_is_kept(
    boss: ConsoleVisitor, typed: dict[str, str], told: str
) -> None:
    full = {"name": "体育館 太郎", "login": "taiiku", "role": "viewer"} | typed
    page = boss.post("/console/staff/new", data=full)
    assert page.status_code == 422
    assert told in page.text
    assert all(value in page.text for value in (full["login"], full["name"]) if value)


def test_a_login_name_is_given_once(boss: ConsoleVisitor, person: Person) -> None:
    typed = {"name": "窓 次郎", "login": person.login.upper(), "role": "viewer"}
    page = boss.post("/console/staff/new", data=typed)
    assert page.status_code == 422
    assert "使われています" in page.text


def test_roles_are_added_and_taken_one_by_one(
    boss: ConsoleVisitor, person: Person, school: str
) -> None:
    at = f"/console/staff/{person.id}/grants"
    one = {"role": "shelter_staff", "shelter": school}
    assert boss.post(f"{at}/add", data=one).status_code == 303
    assert boss.post(f"{at}/add", data=one | {"shelter": "all"}).status_code == 303
    staff = Role.SHELTER_STAFF
    assert grants(person) == {Grant(Role.VIEWER), Grant(staff), Grant(staff, shelter=school)}
    assert boss.post(f"{at}/remove", data=one).status_code == 303
    assert grants(person) == {Grant(Role.VIEWER), Grant(staff)}
    assert last_event().action == "staff.revoked"


@pytest.mark.parametrize(
    "typed",
    [
        {"role": "shelter_staff"},
        {"role": "shelter_staff", "shelter": "nosuch"},
        {"role": "sender", "department": ""},
        {"role": "sender", "department": "nosuch"},
    ],
)
def test_a_role_for_no_chosen_place_is_refused(
    boss: ConsoleVisitor, person: Person, typed: dict[str, str]
) -> None:
    page = boss.post(f"/console/staff/{person.id}/grants/add", data=typed)
    assert page.status_code == 422
    assert grants(person) == {Grant(Role.VIEWER)}


def test_a_role_at_a_place_that_is_gone_can_be_taken_away(
    boss: ConsoleVisitor, person: Person
) -> None:
    with transaction() as session:
        gone = Grant(Role.SHELTER_STAFF, shelter="s1")
        service.set_grants(session, person.id, [Grant(Role.VIEWER), gone])
    typed = {"role": "shelter_staff", "shelter": "s1"}
    assert boss.post(f"/console/staff/{person.id}/grants/remove", data=typed).status_code == 303
    assert grants(person) == {Grant(Role.VIEWER)}


def test_what_changes_nothing_is_no_event(boss: ConsoleVisitor, person: Person) -> None:
    at = f"/console/staff/{person.id}"
    boss.post(f"{at}/grants/add", data={"role": "administrator"})
    before = last_event().number
    for path, typed in (
        ("grants/remove", {"role": "approver"}),
        ("grants/add", {"role": "administrator"}),
        ("details", {"name": "窓 花子"}),
        ("sessions/end", {}),
        ("enable", {}),
    ):
        assert boss.post(f"{at}/{path}", data=typed).status_code == 303, path
        assert last_event().number == before, path


def test_a_scope_the_role_does_not_know_is_left_out(boss: ConsoleVisitor, person: Person) -> None:
    typed = {"role": "viewer", "shelter": "s1", "department": "d1"}
    boss.post(f"/console/staff/{person.id}/grants/add", data=typed)
    assert grants(person) == {Grant(Role.VIEWER)}


def test_the_last_administrator_stays(app: Flask) -> None:
    person = enrol(app, Role.ADMINISTRATOR)
    browser = ConsoleVisitor(app)
    with transaction() as session:
        browser.cookie = sessions.start(session, person.id, browser="Edge", now=clock.now())
    browser.set_cookie("machimado-staff", browser.cookie)
    for path, typed in (("disable", {}), ("grants/remove", {"role": "administrator"})):
        page = browser.post(f"/console/staff/{person.id}/{path}", data=typed)
        assert page.status_code == 409
        assert "最後の管理者です" in page.text
        assert faults(page, "/console/staff/x") == []
    enrol(app, Role.ADMINISTRATOR)
    answer = browser.post(f"/console/staff/{person.id}/disable")
    assert answer.location == "/console/login", "who closes their own account is out"


def test_a_disabled_account_may_come_back_by_a_new_link(
    app: Flask, boss: ConsoleVisitor, person: Person
) -> None:
    at = f"/console/staff/{person.id}"
    assert boss.post(f"{at}/disable").status_code == 303
    assert boss.post(f"{at}/link").status_code == 404
    assert boss.post(f"{at}/enable").status_code == 303
    assert "/console/welcome/" in boss.post(f"{at}/link").text


def test_an_account_without_a_link_is_not_called_one_whose_link_is_over(
    boss: ConsoleVisitor,
) -> None:
    draft = AccountDraft(login="nolink", name="窓 三郎", grants=(Grant(Role.VIEWER),))
    with transaction() as session:
        account_id = service.add_account(session, draft, now=clock.now())
    shown = boss.get("/console/staff/").text
    assert "リンク未発行" in shown
    assert "リンクの期限が切れました" not in shown
    assert "リンク未発行" in boss.get(f"/console/staff/{account_id}").text
    with transaction() as session:
        setting_up.make_link(session, account_id, now=clock.now() - timedelta(hours=73))
    assert "リンクの期限が切れました" in boss.get("/console/staff/").text


def test_every_session_of_a_colleague_can_be_ended(
    app: Flask, boss: ConsoleVisitor, person: Person
) -> None:
    theirs = at_home(app, person)
    assert boss.post(f"/console/staff/{person.id}/sessions/end").status_code == 303
    assert theirs.get("/console/").status_code == 302
    assert sign_in(theirs, person, code=person.recovery[0]).status_code == 303


def test_name_and_department_can_change(boss: ConsoleVisitor, person: Person) -> None:
    boss.post("/console/departments/", data={"name": "危機管理課"})
    db.session.rollback()
    (department,) = queries.departments(db.session)
    typed = {"name": " 窓　花枝 ", "department": department.id}
    assert boss.post(f"/console/staff/{person.id}/details", data=typed).status_code == 303
    page = boss.get("/console/staff/")
    assert "窓 花枝" in page.text
    assert "危機管理課" in page.text
    refused = boss.post(f"/console/departments/{department.id}/remove")
    assert refused.status_code == 409
    boss.post(f"/console/staff/{person.id}/details", data={"name": "窓 花枝"})
    assert boss.post(f"/console/departments/{department.id}/remove").status_code == 303


@pytest.mark.parametrize("name", ["", "危機管理課", "課" * 81])
def test_a_department_has_a_name_of_its_own(boss: ConsoleVisitor, name: str) -> None:
    boss.post("/console/departments/", data={"name": "危機管理課"})
    page = boss.post("/console/departments/", data={"name": name})
    assert page.status_code == 422
    assert faults(page, "/console/departments/") == []


CHANGES = ("grants/add", "grants/remove", "details", "link", "sessions/end", "disable", "enable")


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_changed_without_a_fresh_code(
    app: Flask, boss: ConsoleVisitor, person: Person, change: str
) -> None:
    later(app, minutes=11)
    answer = boss.post(f"/console/staff/{person.id}/{change}", data={"role": "administrator"})
    assert answer.status_code == 303
    assert answer.location == f"/console/confirm?next=/console/staff/{person.id}"
    assert grants(person) == {Grant(Role.VIEWER)}
    page = boss.get(f"/console/staff/{person.id}")
    assert "確認コードがいります" in page.text
    assert "disable" not in page.text


@pytest.mark.parametrize(
    "path", ["/console/staff/", "/console/staff/new", "/console/departments/", "/console/"]
)
def test_the_pages_are_as_pages_must_be(boss: ConsoleVisitor, person: Person, path: str) -> None:
    assert faults(boss.get(path), path) == []


def test_a_colleagues_page_is_as_pages_must_be(boss: ConsoleVisitor, person: Person) -> None:
    path = f"/console/staff/{person.id}"
    assert faults(boss.get(path), path) == []


def test_nobody_is_no_colleague(boss: ConsoleVisitor) -> None:
    answer = boss.get("/console/staff/0123456789ab")
    assert answer.status_code == 404
    assert faults(answer, "/console/staff/x") == []


def test_a_hostile_name_is_shown_as_text(boss: ConsoleVisitor) -> None:
    typed = {"name": "<img src=x onerror=alert(1)>", "login": "hostile", "role": "viewer"}
    boss.post("/console/staff/new", data=typed)
    page = boss.get("/console/staff/")
    assert "<img" not in page.text
    assert "&lt;img src=x" in page.text
