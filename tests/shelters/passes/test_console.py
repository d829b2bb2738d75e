"""The console's sheets: who may print, renew and stop them, and what stands on one."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from liff_app import qr
from liff_app.audit.models import AuditEvent
from liff_app.db import db
from liff_app.staff.vocabulary import Role
from tests.conftest import colleague, on_sqlite
from tests.house.page import faults
from tests.shelters.passes.conftest import Doors, begin_disaster, end_disaster
from tests.shelters.published import publish, row

PASSES = "/console/shelters/passes"
pytestmark = on_sqlite


def printed(text: str) -> list[str]:
    """The passes on the printed sheets."""
    return [one.replace("-", "") for one in re.findall(r"localhost/s/([a-z0-9-]+)", text)]


def opens(client: FlaskClient, token: str) -> int:
    return client.get(f"/s/{token}").status_code


def logged() -> list[tuple[str, str]]:
    db.session.rollback()
    rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number))
    return [(one.action, one.subject) for one in rows]


def test_an_administrator_prints_every_sheet(app: Flask, client: FlaskClient, doors: Doors) -> None:
    office = colleague(app, Role.ADMINISTRATOR)
    page = office.post(f"{PASSES}/sheets", data={"batch": "0"})
    assert page.status_code == 200
    assert faults(page, PASSES) == []
    assert sorted(printed(page.text)) == sorted([doors.school_pass, doors.hall_pass])
    assert qr.square(f"http://localhost/s/{doors.school_pass}").d in page.text
    for words in ("中央小学校", "湊公民館", "台風第19号", "000-000-0000", "写真に撮って広めない。"):
        assert words in page.text
    assert "訓練" not in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_shelter_without_a_sheet_gets_one_when_it_is_first_printed(
    app: Flask, client: FlaskClient, doors: Doors
) -> None:
    end_disaster()
    begin_disaster(drill=True)
    office = colleague(app, Role.ADMINISTRATOR)
    assert "2か所は、まだ紙がありません。" in office.get(PASSES).text
    page = office.post(f"{PASSES}/sheets", data={"shelter": doors.school})
    (token,) = printed(page.text)
    assert "<strong>訓練</strong>" in page.text
    assert (opens(client, token), opens(client, doors.school_pass)) == (200, 410)
    assert "1か所は、まだ紙がありません。" in office.get(PASSES).text
    assert printed(office.post(f"{PASSES}/sheets", data={"shelter": doors.school}).text) == [token]
    assert logged()[-3:] == [
        ("shelter_pass.made", f"shelter:{doors.school}"),
        ("shelter_pass.printed", f"shelter:{doors.school}"),
        ("shelter_pass.printed", f"shelter:{doors.school}"),
    ]


def test_staff_of_one_shelter_see_and_print_their_own_alone(
    app: Flask, client: FlaskClient, doors: Doors
) -> None:
    mine = colleague(app, (Role.SHELTER_STAFF, {"shelter": doors.hall}))
    listed = mine.get(PASSES).text
    assert "湊公民館" in listed
    assert "中央小学校" not in listed
    assert printed(mine.post(f"{PASSES}/sheets", data={"batch": "0"}).text) == [doors.hall_pass]
    for action in ("sheets", "renew", "revoke"):
        form = {"shelter": doors.school, "sure": "yes"}
        assert mine.post(f"{PASSES}/{action}", data=form).status_code == 404
    assert opens(client, doors.school_pass) == 200


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SENDER, Role.REPORT_REVIEWER])
def test_other_roles_print_nothing(app: Flask, doors: Doors, role: Role) -> None:
    other = colleague(app, role)
    assert other.get(PASSES).status_code == 403
    assert other.post(f"{PASSES}/sheets", data={"batch": "0"}).status_code == 403


def test_nobody_else_sees_a_sheet(client: FlaskClient, doors: Doors) -> None:
    assert client.get(PASSES).status_code in {302, 303}
    assert client.post(f"{PASSES}/sheets", data={"batch": "0"}).status_code == 401


@pytest.mark.parametrize(("action", "after"), [("renew", 410), ("revoke", 410)])
def test_a_sheet_stops_working_only_in_the_second_step(
    app: Flask, client: FlaskClient, doors: Doors, action: str, after: int
) -> None:
    office = colleague(app, Role.ADMINISTRATOR)
    asked = office.post(f"{PASSES}/{action}", data={"shelter": doors.school})
    assert asked.status_code == 200
    assert faults(asked, PASSES) == []
    assert "中央小学校" in asked.text
    assert "湊公民館" not in asked.text
    assert opens(client, doors.school_pass) == 200
    done = office.post(f"{PASSES}/{action}", data={"shelter": doors.school, "sure": "yes"})
    assert done.status_code == 303
    assert opens(client, doors.school_pass) == after
    assert opens(client, doors.hall_pass) == 200
    has_sheet = office.get(PASSES).text.count("あり（")
    assert has_sheet == (2 if action == "renew" else 1)
    verb = {"renew": "renewed", "revoke": "revoked"}[action]
    assert logged()[-1] == (f"shelter_pass.{verb}", f"shelter:{doors.school}")


def test_a_large_town_prints_in_batches(
    app: Flask, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liff_app.shelters.passes.console.BATCH", 1)
    office = colleague(app, Role.ADMINISTRATOR)
    listed = office.get(PASSES).text
    assert "1〜1枚目を印刷" in listed
    assert "2〜2枚目を印刷" in listed
    second = printed(office.post(f"{PASSES}/sheets", data={"batch": "1"}).text)
    first = printed(office.post(f"{PASSES}/sheets", data={"batch": "0"}).text)
    assert sorted(first + second) == sorted([doors.school_pass, doors.hall_pass])


def test_however_many_sheets_are_printed_at_once_the_log_names_each_shelter(
    app: Flask, doors: Doors
) -> None:
    publish(*(row(f"C{n}", name=f"第{n}集会所", lat=35.0 + n / 100) for n in range(230)))
    office = colleague(app, Role.ADMINISTRATOR)
    places = set(re.findall(r'name="shelter" value="(\w+)"', office.get(PASSES).text))
    assert len(places) >= 230
    for step, status in (("sheets", 200), ("revoke", 303)):
        form = {"shelter": sorted(places), "sure": "yes"}
        assert office.post(f"{PASSES}/{step}", data=form).status_code == status
    db.session.rollback()
    rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number)).all()
    told = [
        (one.action, json.loads(one.detail))
        for one in rows
        if one.action in ("shelter_pass.printed", "shelter_pass.revoked")
    ]
    for action in ("shelter_pass.printed", "shelter_pass.revoked"):
        parts = [detail for one, detail in told if one == action]
        named = [one for detail in parts for one in detail["shelters"].split(",")]
        assert sorted(named) == sorted(places)
        assert [detail["count"] for detail in parts] == [100, 100, len(places) - 200]


@pytest.mark.parametrize("action", ["sheets", "renew", "revoke"])
@pytest.mark.parametrize("sure", ["", "yes"])
def test_choosing_nothing_is_said_on_the_list_itself(
    app: Flask, doors: Doors, action: str, sure: str
) -> None:
    office = colleague(app, Role.ADMINISTRATOR)
    answer = office.post(f"{PASSES}/{action}", data={"sure": sure})
    assert answer.status_code == 422
    assert faults(answer, PASSES) == []
    for words in ("避難所を選んでください。", "中央小学校", "湊公民館", "選んだ紙を印刷"):
        assert words in answer.text
    assert "避難所を選んでください。" not in office.get(PASSES).text


def test_in_normal_times_the_page_says_when_it_is_used(app: Flask, doors: Doors) -> None:
    end_disaster()
    office = colleague(app, Role.ADMINISTRATOR)
    page = office.get(PASSES)
    assert "いまは使いません" in page.text
    assert faults(page, PASSES) == []
    assert office.post(f"{PASSES}/sheets", data={"batch": "0"}).status_code == 404


def test_no_pass_stands_in_the_log_of_changes(app: Flask, doors: Doors) -> None:
    office = colleague(app, Role.ADMINISTRATOR)
    office.post(f"{PASSES}/sheets", data={"batch": "0"})
    office.post(f"{PASSES}/revoke", data={"batch": "0", "sure": "yes"})
    db.session.rollback()
    rows = db.session.scalars(select(AuditEvent)).all()
    said = "".join(f"{one.subject}{one.detail}" for one in rows)
    assert len(rows) >= 4
    assert doors.school_pass not in said
    assert doors.hall_pass not in said
