"""An account from invitation to end, as seen over HTTP and on the command line."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app import clock
from liff_app.audit.models import AuditEvent
from liff_app.db import db
from liff_app.staff import codes
from liff_app.staff.vocabulary import Role
from tests.conftest import Visitor, colleague
from tests.house.page import faults
from tests.shelters.published import publish, row

from .people import PASSWORD, at_home, enrol, shown, sign_in


def invite(app: Flask, login: str = "madoka", role: str = "administrator") -> str:
    """Path of the link that the command prints."""
    done = app.test_cli_runner().invoke(
        args=["staff", "add", login, "--name", "窓 まどか", "--role", role]
    )
    assert done.exit_code == 0, done.output
    return re.search(r"http://localhost(/console/welcome/\S+)", done.output)[1]  # type: ignore[index]  # the assertion is the test


def set_up(browser: FlaskClient, link: str, password: str = PASSWORD) -> tuple[str, list[str]]:
    """Use the link; gives the phone's secret and the recovery codes."""
    answer = browser.post(f"{link}/password", data={"password": password, "again": password})
    assert answer.status_code == 303, answer.text
    page = browser.get(link)
    assert faults(page, link) == []
    secret = shown(page.text, r"<p class=\"setup-secret\"[^>]*>([A-Z2-7 ]+)</p>").replace(" ", "")
    last = browser.post(f"{link}/phone", data={"code": codes.code_at(secret, clock.now())})
    assert last.status_code == 200, last.text
    assert faults(last, link) == []
    return secret, re.findall(r"<li>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</li>", last.text)


def test_from_the_command_to_the_first_page(app: Flask, client: FlaskClient) -> None:
    link = invite(app)
    first = client.get(link)
    assert "窓 まどか" in first.text
    assert faults(first, link) == []
    _, recovery = set_up(client, link)
    assert len(set(recovery)) == 10
    assert client.get(link).status_code == 404, "a link works once"
    answer = client.post(
        "/console/login", data={"login": "MADOKA ", "password": PASSWORD, "code": recovery[3]}
    )
    assert answer.status_code == 303
    assert "窓 まどか" in client.get("/console/").text


def test_the_code_that_set_up_the_phone_does_not_also_sign_in(
    app: Flask, client: FlaskClient
) -> None:
    secret, _ = set_up(client, invite(app))
    typed = {"login": "madoka", "password": PASSWORD, "code": codes.code_at(secret, clock.now())}
    assert client.post("/console/login", data=typed).status_code == 401


@pytest.mark.parametrize(
    ("password", "again", "code"),
    [
        ("short", "short", "12文字以上"),
        ("madoka madoka 77", "madoka madoka 77", "ログイン名や名前"),
        ("password12345678", "password12345678", "よくある言葉"),
        (PASSWORD, "mizuumi kitsune entotsu.", "2つのパスワード"),
        ("x" * 129, "x" * 129, "128文字"),
    ],
)
def test_a_password_that_will_not_do_is_told_why(
    app: Flask, client: FlaskClient, password: str, again: str, code: str
) -> None:
    link = invite(app)
    answer = client.post(f"{link}/password", data={"password": password, "again": again})
    assert answer.status_code == 422
    assert code in answer.text
    assert faults(answer, link) == []


def test_a_wrong_code_leaves_the_link_open_for_another_try(app: Flask, client: FlaskClient) -> None:
    link = invite(app)
    client.post(f"{link}/password", data={"password": PASSWORD, "again": PASSWORD})
    answer = client.post(f"{link}/phone", data={"code": "000000"})
    assert answer.status_code == 422
    assert client.get(link).status_code == 200


def test_a_link_lets_nobody_try_codes_for_long(app: Flask, client: FlaskClient) -> None:
    link = invite(app)
    client.post(f"{link}/password", data={"password": PASSWORD, "again": PASSWORD})
    answers = [client.post(f"{link}/phone", data={"code": "000000"}) for _ in range(12)]
    assert [one.status_code for one in answers].count(422) <= 10, "two windows at most"
    assert answers[-1].status_code == 429


def test_a_link_without_a_password_opens_nothing(app: Flask, client: FlaskClient) -> None:
    link = invite(app)
    assert client.post(f"{link}/phone", data={"code": "000000"}).status_code == 404


def test_another_site_cannot_use_a_link_for_the_colleague(app: Flask, client: FlaskClient) -> None:
    link = invite(app)
    foreign = {"Origin": "https://evil.example"}
    typed = {"password": PASSWORD, "again": PASSWORD}
    assert client.post(f"{link}/password", data=typed, headers=foreign).status_code == 403


def test_a_new_link_ends_everything_that_was(app: Flask) -> None:
    person = enrol(app, Role.VIEWER)
    browser = at_home(app, person)
    done = app.test_cli_runner().invoke(args=["staff", "link", person.login])
    assert done.exit_code == 0, done.output
    assert browser.get("/console/").status_code == 302
    assert sign_in(Visitor(app), person, code=person.recovery[0]).status_code == 401


def test_a_disabled_colleague_is_out_at_once_and_for_good(app: Flask) -> None:
    enrol(app, Role.ADMINISTRATOR)
    person = enrol(app, Role.VIEWER)
    browser = at_home(app, person)
    done = app.test_cli_runner().invoke(args=["staff", "disable", person.login])
    assert done.exit_code == 0, done.output
    assert browser.get("/console/").status_code == 302
    assert sign_in(Visitor(app), person, code=person.recovery[0]).status_code == 401
    refused = app.test_cli_runner().invoke(args=["staff", "link", person.login])
    assert refused.exit_code == 1


def test_a_changed_role_counts_at_once(app: Flask) -> None:
    person = enrol(app, Role.VIEWER)
    theirs = at_home(app, person)
    boss = colleague(app, Role.ADMINISTRATOR)
    answer = boss.post(f"/console/staff/{person.id}/grants/add", data={"role": "administrator"})
    assert answer.status_code == 303
    assert theirs.get("/console/").status_code == 302, "signed out"
    again = Visitor(app)
    assert sign_in(again, person, code=person.recovery[0]).status_code == 303
    assert again.get("/console/staff/").status_code == 200


def test_the_list_says_who_there_is(app: Flask) -> None:
    publish(row("A1", name="中央小学校"))
    db.session.rollback()
    (school,) = app.extensions["staff_shelters"](db.session)
    invite(app, "madoka", f"shelter_staff:shelter={school}")
    person = enrol(app, Role.VIEWER)
    text = app.test_cli_runner().invoke(args=["staff", "list"]).output
    assert f"madoka　窓 まどか　招待中　避難所の担当（{school}）" in text
    assert f"{person.login}　窓 花子　使用中　閲覧だけ" in text


@pytest.mark.parametrize(
    "args",
    [
        ["staff", "add", "x", "--name", "窓", "--role", "viewer"],
        ["staff", "add", "まど", "--name", "窓", "--role", "viewer"],
        ["staff", "add", "mado", "--name", " ", "--role", "viewer"],
        ["staff", "add", "mado", "--name", "窓", "--role", "king"],
        ["staff", "add", "mado", "--name", "窓", "--role", "viewer:shelter=s1"],
        ["staff", "add", "mado", "--name", "窓", "--role", "viewer:colour=red"],
        ["staff", "add", "mado", "--name", "窓", "--role", "sender:department=none"],
        ["staff", "add", "mado", "--name", "窓", "--role", "shelter_staff:shelter=none"],
        ["staff", "link", "nobody"],
        ["staff", "disable", "nobody"],
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(app: Flask, args: list[str]) -> None:
    done = app.test_cli_runner().invoke(args=args)
    assert done.exit_code != 0
    assert "Traceback" not in done.output
    assert "\N{IDEOGRAPHIC FULL STOP}" in done.output


def test_the_log_tells_the_life_of_the_account(app: Flask, client: FlaskClient) -> None:
    _, recovery = set_up(client, invite(app))
    client.post(
        "/console/login", data={"login": "madoka", "password": PASSWORD, "code": recovery[0]}
    )
    actions = [one.action for one in db.session.query(AuditEvent).order_by(AuditEvent.number)]
    assert actions == ["staff.added", "staff.link_used", "staff.signed_in"]
