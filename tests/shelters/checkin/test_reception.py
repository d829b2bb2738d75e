"""The door of a shelter, seeing only HTTP: forms, the script's JSON, codes by camera, the log."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from liff_app import clock
from liff_app.audit.models import AuditEvent
from liff_app.db import db, transaction
from liff_app.shelters.checkin.models import CheckIn
from liff_app.shelters.passes import guard
from liff_app.shelters.passes import service as passes
from tests.conftest import Visitor, on_sqlite
from tests.house.page import faults

from .conftest import Door, Doors, Family, Ticks, start, stop, words

pytestmark = on_sqlite


class Frozen:
    """The time of day, which stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def later(self, *, minutes: float) -> None:
        """It is later."""
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch, doors: Doors) -> Frozen:
    """The clock of the whole product."""
    assert doors
    found = Frozen(clock.now())
    monkeypatch.setattr(clock, "now", lambda: found.now)
    return found


def actions(app: Flask) -> list[tuple[str, str, int]]:
    """What the log has of the check-in: actor's kind, action, persons."""
    assert app
    rows = db.session.execute(
        select(AuditEvent.actor, AuditEvent.action, AuditEvent.persons).order_by(AuditEvent.number)
    ).all()
    db.session.rollback()
    return [
        (row.actor.partition(":")[0], row.action, row.persons)
        for row in rows
        if row.action.startswith("checkin.")
    ]


class TestForms:
    """Without a script."""

    def test_a_family_is_counted_in_corrected_and_out(self, school: Door) -> None:
        done = school.post("walk_in", quick="4", infants="1")
        assert done.status_code == 303
        stay_id = done.location.partition("done=")[2]
        page = words(school.browser.get(done.location).text)
        assert "受付番号 1：4人・乳幼児1 を受け付けました。" in page
        assert "受付 4人・1家族" in page
        path = f"{school.path}/{stay_id}"
        assert faults(school.browser.get(path), path) == []
        school.post("amend", stay=stay_id, people="5")
        assert "受付 5人・1家族" in words(school.open())
        school.post("leave", stay=stay_id)
        assert "受付 0人・0家族" in words(school.open())
        school.post("back", stay=stay_id)
        assert "受付 5人・1家族" in words(school.open())
        school.post("slip", stay=stay_id)
        page = words(school.open())
        assert "受付 0人・0家族" in page
        assert "取り消し" in page

    def test_a_larger_group_is_typed(self, school: Door) -> None:
        school.post("walk_in", quick="8", people="３２")
        assert "受付 32人・1家族" in words(school.open())

    @pytest.mark.parametrize("fields", [{}, {"quick": "0"}, {"people": "many"}, {"people": "201"}])
    def test_a_family_of_nobody_is_refused_in_words(
        self, school: Door, fields: dict[str, str]
    ) -> None:
        answer = school.post("walk_in", **fields)
        assert answer.status_code == 422
        assert "人数は1〜200で入れてください" in words(answer.text)
        assert faults(answer, school.path) == []

    def test_a_code_lets_its_family_in_once(self, school: Door, hanako: Family) -> None:
        code = hanako.code(people=4)
        assert school.post("accept", code=f"{code[:3]}-{code[3:]}").status_code == 303
        answer = school.post("accept", code=code)
        assert answer.status_code == 422
        assert "この番号は使えません" in words(answer.text)
        assert school.state()["checked_in"] == 4

    @pytest.mark.parametrize("code", ["1234567890", "12345", "１２３４５６７", ""])
    def test_a_code_of_another_length_is_refused_as_such_and_is_no_guess(
        self, school: Door, monkeypatch: pytest.MonkeyPatch, code: str
    ) -> None:
        monkeypatch.setattr("liff_app.shelters.checkin.reception.trying", None)  # not reached
        answer = school.post("accept", code=code)
        assert (answer.status_code, faults(answer, school.path)) == (422, [])
        assert "6けたで入れてください。" in words(answer.text)

    def test_the_head_count_is_set_to_the_check_in_by_one_tap(self, school: Door) -> None:
        school.post("walk_in", quick="4")
        school.browser.post(
            school.path.replace("reception", "change"),
            data={"people": "9", "request_key": "k" * 20},
        )
        assert "受付していない人が5人います。" in words(school.open())
        school.post("align")
        page = words(school.open())
        assert "人数と受付は同じです。" in page
        assert school.state()["people"] == 4

    def test_the_report_page_shows_both_counts_and_the_way_to_the_door(self, school: Door) -> None:
        school.post("walk_in", quick="4")
        page = school.browser.get(school.path.removesuffix("/reception")).text
        assert f'href="{school.path}"' in page
        assert "受付した人 4人" in words(page)

    def test_where_it_is_not_used_there_is_no_door(self, app: Flask, doors: Doors) -> None:
        stop()
        start(checkin=False)
        with transaction() as session:
            keys = app.config["SETTINGS"].keys
            passes.make_all(session, by="test", keys=keys, now=clock.now())
        token = passes.sheets(db.session, keys=keys)[1][0].token
        assert doors.school_pass != token
        browser = Visitor(app)
        assert browser.get(f"/s/{token}/reception").status_code == 404
        assert "受付" not in words(browser.get(f"/s/{token}").text)


class TestScript:
    """What the page's script sends and is told."""

    def test_it_is_told_how_the_door_stands(self, school: Door) -> None:
        answer = school.say("walk_in", people=4, infants=1, age_s=60, device="a-phone-of-staff")
        assert answer["http"] == 200
        (line,) = answer["state"]["lines"]
        assert (line["number"], line["text"], line["state"]) == (1, "4人・乳幼児1", "in")
        assert answer["done"] == line["id"]
        assert (answer["state"]["people"], answer["state"]["differs"]) == (4, False)

    def test_what_it_sends_twice_is_done_once(self, school: Door) -> None:
        key = "one-key-of-the-phone"
        for _ in range(3):
            assert school.say("walk_in", people=4, request_key=key)["http"] == 200
        assert school.state()["checked_in"] == 4
        refused = school.say("walk_in", people=5, request_key=key)
        assert (refused["http"], refused["code"]) == (422, "idempotency_key_reused")

    def test_an_unchanged_door_costs_no_bytes(self, school: Door) -> None:
        path = f"{school.path}/state.json"
        etag = school.browser.get(path).headers["ETag"]
        again = school.browser.get(path, headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")
        school.say("walk_in", people=1)
        assert school.browser.get(path, headers={"If-None-Match": etag}).status_code == 200

    def test_it_learns_that_the_disaster_is_over(self, school: Door) -> None:
        stop()
        answer = school.say("walk_in", people=4)
        assert (answer["http"], answer["code"]) == (410, "pass_over")

    @pytest.mark.parametrize(
        "body", [{"act": "open"}, {"act": "walk_in", "people": "4"}, {"act": "leave", "name": "x"}]
    )
    def test_what_it_may_not_send_is_refused(self, school: Door, body: dict[str, object]) -> None:
        answer = school.browser.post(school.path, json={"request_key": "k" * 20} | body)
        assert answer.status_code == 422

    def test_another_sites_page_cannot_send_it(self, school: Door) -> None:
        answer = school.browser.post(
            school.path, json={"act": "walk_in", "people": 4, "request_key": "k" * 20},
            headers={"Origin": "https://evil.example"},
        )  # fmt: skip
        assert answer.status_code == 403
        assert school.state()["checked_in"] == 0


class TestCodesByCamera:
    """`/s/check/<code>`."""

    def test_on_the_shelters_phone_it_asks_and_a_tap_lets_in(
        self, school: Door, hanako: Family
    ) -> None:
        code = hanako.code(people=4, medical=1)
        school.open()
        page = school.browser.get(f"/s/check/{code}")
        assert faults(page, f"/s/check/{code}") == []
        assert "中央小学校 4人・医療機器・持病1" in words(page.text)
        assert school.state()["checked_in"] == 0
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        assert school.browser.post(school.path, data=fields).status_code == 303
        assert school.state()["checked_in"] == 4
        assert "この番号は使えません" in words(school.browser.get(f"/s/check/{code}").text)

    def test_on_any_other_phone_it_says_nothing_of_the_family(
        self, app: Flask, hanako: Family, doors: Doors
    ) -> None:
        assert doors
        code = hanako.code(people=13)
        known = Visitor(app).get(f"/s/check/{code}")
        unknown = Visitor(app).get("/s/check/000000")
        assert "係の人が読むコードです" in words(known.text)
        assert "13人" not in known.text
        spaced = f"{code[:3]} {code[3:]}"
        assert words(known.text).replace(spaced, "000 000") == words(unknown.text)

    def test_a_revoked_pass_reads_nothing(
        self, app: Flask, school: Door, hanako: Family, doors: Doors
    ) -> None:
        code = hanako.code(people=13)
        school.open()
        with transaction() as session:
            passes.revoke(session, [doors.school], by="test", now=clock.now())
        assert app
        assert "係の人が読むコードです" in words(school.browser.get(f"/s/check/{code}").text)
        assert school.post("accept", code=code).status_code == 410
        assert db.session.scalars(select(CheckIn)).all() == []

    def test_the_cookie_of_the_door_goes_to_that_address_alone(self, school: Door) -> None:
        (cookie,) = school.browser.get(school.path).headers.getlist("Set-Cookie")
        assert "Path=/s/check;" in f"{cookie};"
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie

    def test_codes_cannot_be_tried_one_after_the_other(
        self, school: Door, hanako: Family, ticks: Ticks
    ) -> None:
        school.open()
        for _ in range(15):  # a code that is good may be looked at as often as needed
            assert school.browser.get(f"/s/check/{hanako.code(people=4)}").status_code == 200
            ticks.now += 61
        code = hanako.code(people=4)
        for n in range(5):
            assert school.browser.get(f"/s/check/{n:06d}").status_code == 200
            assert school.post("accept", code=f"{n:06d}").status_code == 422
        assert school.browser.get(f"/s/check/{code}").status_code == 429
        refused = school.post("accept", code=code)
        assert refused.status_code == 429
        assert "まちがった番号が続いた" in words(refused.text)
        said = school.say("accept", code=code)
        assert (said["http"], said["code"]) == (429, "codes_blocked")
        assert school.post("walk_in", quick="2").status_code == 303
        ticks.now += 61
        assert school.post("accept", code=code).status_code == 303

    def test_guessing_for_an_hour_ends_too_and_the_log_has_each_block_once(
        self, app: Flask, school: Door, hall: Door, ticks: Ticks
    ) -> None:
        answers = []
        for turn in range(7):
            ticks.now = 3600.0 * 9 + 61 * turn
            answers += [school.say("accept", code=f"{n:06d}")["http"] for n in range(12)]
        assert answers == ([422] * 10 + [429] * 2) * 5 + [429] * 24
        assert hall.say("accept", code="000000")["http"] == 422
        blocks = [one for one in actions(app) if one[1] == "checkin.codes_blocked"]
        assert blocks == [("pass", "checkin.codes_blocked", 0)] * 5
        ticks.now += 3600
        assert school.say("accept", code="000000")["http"] == 422

    @pytest.mark.parametrize("typed", ["x", "12345", "123456789012345678901234567890", "%00"])
    def test_what_is_no_code_leads_nowhere(self, school: Door, typed: str) -> None:
        school.open()
        assert "係の人が読むコードです" in words(school.browser.get(f"/s/check/{typed}").text)


class TestOthers:
    """Another shelter's families, and the log."""

    def test_another_shelters_family_is_not_there(self, school: Door, hall: Door) -> None:
        stay_id = school.say("walk_in", people=4)["done"]
        for act in ("leave", "slip", "back", "amend"):
            assert hall.say(act, stay=stay_id, people=1)["http"] == 404
            assert hall.post(act, stay=stay_id, people="1").status_code == 404
        assert hall.browser.get(f"{hall.path}/{stay_id}").status_code == 404
        assert school.state()["checked_in"] == 4
        assert hall.state()["checked_in"] == 0

    def test_the_log_has_every_act_and_every_look(
        self, app: Flask, school: Door, hanako: Family
    ) -> None:
        code = hanako.code(people=4)
        stay_id = school.say("accept", code=code)["done"]
        school.say("leave", stay=stay_id)
        school.say("walk_in", people=3)
        school.open()
        school.post("align")
        assert actions(app) == [
            ("pass", "checkin.accepted", 4),
            ("pass", "checkin.viewed", 4),  # with the answer; once in ten minutes
            ("pass", "checkin.checked_out", 4),
            ("pass", "checkin.counted_in", 3),
            ("pass", "checkin.aligned", 0),
        ]

    @pytest.mark.parametrize("way", ["page", "state", "family", "refused", "camera"])
    def test_whichever_way_families_are_read_the_log_has_it_once_in_ten_minutes(
        self, app: Flask, school: Door, hanako: Family, frozen: Frozen, way: str
    ) -> None:
        code = hanako.code(people=5)
        stay_id = school.post("walk_in", quick="3").location.partition("done=")[2]
        school.browser.get(school.path)  # the camera's cookie comes with the page
        ways: dict[str, Callable[[], TestResponse]] = {
            "page": lambda: school.browser.get(school.path),
            "state": lambda: school.browser.get(f"{school.path}/state.json"),
            "family": lambda: school.browser.get(f"{school.path}/{stay_id}"),
            "refused": lambda: school.post("walk_in", quick="0"),
            "camera": lambda: school.browser.get(f"/s/check/{code}"),
        }
        frozen.later(minutes=9.9)
        ways[way]()
        views = [one for one in actions(app) if one[1] == "checkin.viewed"]
        assert views == [("pass", "checkin.viewed", 3)]
        frozen.later(minutes=0.2)
        if way == "camera":
            code = hanako.code(people=5)
        for _ in range(3):
            assert ways[way]().status_code in (200, 422)
        views = [one for one in actions(app) if one[1] == "checkin.viewed"]
        shown = 8 if way == "camera" else 3
        assert views == [("pass", "checkin.viewed", 3), ("pass", "checkin.viewed", shown)]

    def test_a_sheet_cannot_flood_the_door(
        self, school: Door, hall: Door, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(guard, "SAID_A_MINUTE", 3)
        answers = [school.say("walk_in", people=1)["http"] for _ in range(5)]
        assert answers == [200, 200, 200, 429, 429]
        page = school.post("walk_in", quick="1")
        assert (page.status_code, faults(page, school.path)) == (429, [])
        assert hall.say("walk_in", people=1)["http"] == 200
        ticks.now += 60
        assert school.say("walk_in", people=1)["http"] == 200

    def test_a_repeat_is_one_event(self, app: Flask, school: Door) -> None:
        for _ in range(3):
            school.say("walk_in", people=4, request_key="one-key-of-the-phone")
        done = [one[1] for one in actions(app) if one[1] != "checkin.viewed"]
        assert done == ["checkin.counted_in"]

    def test_what_residents_do_names_nobody_in_the_history(
        self, hanako: Family, doors: Doors
    ) -> None:
        hanako.go(f"/liff/checkin/{doors.school}", people="3")
        hanako.go("/liff/checkin/leave")
        rows = db.session.execute(select(CheckIn.resident_id, CheckIn.in_by, CheckIn.out_by)).all()
        assert [(row.in_by, row.out_by) for row in rows] == [("resident", "resident")]
        assert rows[0].resident_id
