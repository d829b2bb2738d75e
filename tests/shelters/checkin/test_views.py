"""A family with its own phone, seeing only HTTP."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.shelters import service as shelters
from liff_app.shelters.checkin.models import CheckIn
from liff_app.shelters.checkin.rules import door_number
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change
from liff_app.shelters.vocabulary import Opening
from tests.conftest import on_sqlite
from tests.house.page import faults

from .conftest import Door, Doors, Family, Ticks, start, stop, words

pytestmark = on_sqlite


class TestOff:
    """Where people are not checked in."""

    @pytest.mark.usefixtures("app")
    def test_nothing_of_it_is_shown_in_normal_times(self, hanako: Family) -> None:
        assert "checkin" not in hanako.open("/liff/menu")
        assert "いまは受付をしていません" in hanako.open()
        assert hanako.browser.get("/liff/checkin/scan").status_code == 302
        answer = hanako.post("/liff/checkin/code", people="2", csrf_token=hanako.token())
        assert answer.status_code == 404

    @pytest.mark.usefixtures("app")
    def test_nothing_of_it_is_shown_in_a_disaster_without_it(
        self, hanako: Family, doors: Doors
    ) -> None:
        stop()
        start(checkin=False)
        assert "checkin" not in hanako.open("/liff/menu")
        assert "いまは受付をしていません" in hanako.open()
        assert "いまは受付をしていません" in hanako.open(f"/liff/checkin/{doors.school}")

    @pytest.mark.usefixtures("doors")
    def test_the_menu_leads_to_it_where_it_is_used(self, hanako: Family) -> None:
        assert 'href="/liff/checkin"' in hanako.open("/liff/menu")

    def test_who_is_not_signed_in_is_led_to_the_entry_and_back(
        self, client: FlaskClient, doors: Doors
    ) -> None:
        answer = client.get(f"/liff/checkin/{doors.school}")
        assert answer.status_code == 302
        assert answer.location == f"/liff/?next=%2Fliff%2Fcheckin%2F{doors.school}"


class TestFlood:
    """One account that sends and sends."""

    @pytest.mark.usefixtures("doors")
    def test_one_thing_too_many_in_a_minute_waits_and_nothing_typed_is_lost(
        self, hanako: Family, taro: Family, ticks: Ticks
    ) -> None:
        for n in range(20):
            assert hanako.post("/liff/checkin/code", people=str(n % 10 + 1)).status_code == 303
        refused = hanako.post("/liff/checkin/code", people="7", pets="2")
        assert refused.status_code == 429
        assert faults(refused, "/liff/checkin/code") == []
        assert "少し待ってから" in words(refused.text)
        assert re.search(r'name="people"[^>]*value="7"', refused.text)
        assert re.search(r'name="pets"[^>]*value="2"', refused.text)
        assert hanako.post("/liff/checkin/leave").status_code == 429
        assert "表示できません" not in words(hanako.open())
        assert taro.post("/liff/checkin/code", people="2").status_code == 303
        ticks.now += 60
        assert hanako.post("/liff/checkin/code", people="7").status_code == 303

    def test_a_hundred_and_twenty_things_in_an_hour_are_enough(
        self, hanako: Family, doors: Doors, ticks: Ticks
    ) -> None:
        answers = []
        for turn in range(7):
            ticks.now = 3600.0 * 9 + 61 * turn
            sent = [hanako.post("/liff/checkin/code", people="2") for _ in range(18)]
            answers += [one.status_code for one in sent]
        assert answers == [303] * 120 + [429] * 6
        for place in (doors.school, "zzzzzzzz"):
            ticks.now += 61
            assert hanako.post(f"/liff/checkin/{place}", people="2").status_code == 429
        ticks.now += 3600
        assert hanako.post(f"/liff/checkin/{doors.school}", people="2").status_code == 303


class TestShowing:
    """By a code for the desk."""

    @pytest.mark.usefixtures("doors")
    def test_the_page_says_what_is_kept_and_for_how_long(self, hanako: Family) -> None:
        page = words(hanako.open())
        assert "名前は聞きません" in page
        assert "30日で消します" in page

    def test_a_family_shows_a_code_and_follows_what_the_desk_does(
        self, hanako: Family, school: Door
    ) -> None:
        code = hanako.code(people=4, infants=1, pets=1)
        before = hanako.browser.get("/liff/checkin/state.json").get_json()["mark"]
        assert "4人・乳幼児1・ペット1" in words(hanako.open())
        assert school.post("accept", code=code).status_code == 303
        assert hanako.browser.get("/liff/checkin/state.json").get_json()["mark"] != before
        assert "中央小学校に 4人で入りました" in words(hanako.open())

    @pytest.mark.usefixtures("doors")
    def test_a_family_can_think_again(self, hanako: Family) -> None:
        hanako.code()
        hanako.go("/liff/checkin/withdraw")
        assert "checkin-digits" not in hanako.open().split("</style>")[1]

    @pytest.mark.usefixtures("doors")
    def test_what_was_typed_is_there_again_after_a_slip(self, hanako: Family) -> None:
        answer = hanako.post("/liff/checkin/code", people="四", infants="2", way="show")
        assert answer.status_code == 422
        assert "人数は1〜20で入れてください" in words(answer.text)
        assert 'name="infants" value="2"' in answer.text


class TestReading:
    """By the shelter's own code or number."""

    def test_a_shelters_address_asks_and_then_lets_in(self, hanako: Family, doors: Doors) -> None:
        path = f"/liff/checkin/{doors.school}"
        assert "中央小学校に入りますか" in words(hanako.open(path))
        assert db.session.scalars(select(CheckIn)).all() == []
        assert hanako.go(path, people="３", mobility="1") == "/liff/checkin"
        page = words(hanako.open())
        assert "中央小学校に 3人で入りました" in page
        assert "3人・車いす・歩行1" in page
        assert hanako.browser.get(path).status_code == 302

    def test_a_number_leads_to_its_shelter(self, hanako: Family, doors: Doors) -> None:
        number = door_number(doors.hall)
        typed = f"{number[:3]} {number[3:]}"
        there = f"/liff/checkin/{doors.hall}"
        assert hanako.go("/liff/checkin/code", people="5", door=typed, way="door") == there
        assert re.search(r'name="people" value="5"', hanako.open(there))
        assert hanako.browser.get(f"/liff/checkin/find?door={number}").location == there

    def test_a_number_of_no_shelter_is_told(self, hanako: Family, doors: Doors) -> None:
        taken = {door_number(doors.school), door_number(doors.hall)}
        free = next(f"{n:06d}" for n in range(3) if f"{n:06d}" not in taken)
        for typed in (free, "12", "abc"):
            answer = hanako.post("/liff/checkin/code", people="5", door=typed, way="door")
            assert answer.status_code == 422
            assert "その番号の避難所はありません" in words(answer.text)
            assert re.search(r'name="people" value="5"', answer.text)

    @pytest.mark.usefixtures("doors")
    def test_two_shelters_of_one_number_are_told_apart_by_name(
        self, hanako: Family, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("liff_app.shelters.checkin.queries.door_number", lambda _: "123456")
        page = hanako.open("/liff/checkin/find?door=123456")
        assert "中央小学校" in page
        assert "湊公民館" in page

    @pytest.mark.usefixtures("doors")
    def test_a_place_that_is_not_there_is_not_found(self, hanako: Family) -> None:
        hanako.open("/liff/checkin/zzzzzzzzzz", status=404)
        assert hanako.post("/liff/checkin/zzzzzzzzzz", people="2").status_code == 404

    def test_a_closed_shelter_says_whom_to_ask(self, hanako: Family, doors: Doors) -> None:
        with transaction() as session:
            occupancy.change(
                session, doors.school, Change(opening=Opening.CLOSED), by="test",
                now=clock.now(), policy=shelters.policy(),
            )  # fmt: skip
        answer = hanako.post(f"/liff/checkin/{doors.school}", people="2")
        assert answer.status_code == 409
        assert "係の人に聞いてください" in words(answer.text)


class TestAfterwards:
    """Changing, moving, leaving, and what is kept."""

    def test_a_family_changes_moves_and_leaves(self, hanako: Family, doors: Doors) -> None:
        hanako.go(f"/liff/checkin/{doors.school}", people="3")
        hanako.go("/liff/checkin/stay", people="4")
        assert "中央小学校に 4人で入りました" in words(hanako.open())
        there = f"/liff/checkin/{doors.hall}"
        assert "中央小学校 からは出たことになります" in words(hanako.open(there))
        hanako.go(there, people="4")
        assert "湊公民館に 4人で入りました" in words(hanako.open())
        hanako.go("/liff/checkin/leave")
        page = hanako.open()
        assert "受付で見せる番号を出す" in page
        assert page.count("この記録を消す") == 2

    def test_a_record_can_be_deleted_by_its_resident_alone(
        self, hanako: Family, taro: Family, doors: Doors
    ) -> None:
        hanako.go(f"/liff/checkin/{doors.school}", people="3")
        (stay_id,) = db.session.scalars(select(CheckIn.id))
        db.session.rollback()
        assert hanako.post("/liff/checkin/forget", stay=stay_id).status_code == 409
        hanako.go("/liff/checkin/leave")
        assert taro.post("/liff/checkin/forget", stay=stay_id).status_code == 404
        hanako.go("/liff/checkin/forget", stay=stay_id)
        assert "この記録を消す" not in hanako.open()

    def test_after_the_disaster_only_the_record_is_there(
        self, hanako: Family, doors: Doors
    ) -> None:
        hanako.go(f"/liff/checkin/{doors.school}", people="3")
        stop()
        page = words(hanako.open())
        assert "いまは受付をしていません" in page
        assert "中央小学校 3人" in page

    def test_a_form_sent_twice_lets_in_once(self, hanako: Family, doors: Doors) -> None:
        path, key = f"/liff/checkin/{doors.school}", "k" * 32
        for _ in range(3):
            hanako.go(path, people="3", request_key=key)
        assert len(db.session.scalars(select(CheckIn)).all()) == 1
        assert hanako.post(path, people="4", request_key=key).status_code == 422

    @pytest.mark.usefixtures("doors")
    def test_nobody_leaves_from_nowhere(self, hanako: Family) -> None:
        answer = hanako.post("/liff/checkin/leave")
        assert answer.status_code == 409
        assert "いま、どの避難所にも入っていません" in words(answer.text)

    def test_the_script_is_told_where_to_go(self, hanako: Family, doors: Doors) -> None:
        path = f"/liff/checkin/{doors.school}"
        headers = {"X-CSRF-Token": hanako.token()}
        said = {"people": "3", "request_key": "k" * 32}
        answer = hanako.browser.post(path, json=said, headers=headers)
        assert answer.get_json() == {"next": "/liff/checkin"}
        assert hanako.browser.post(path, json=said).status_code == 403

    def test_no_form_works_without_its_token(self, hanako: Family, doors: Doors) -> None:
        for path in ("code", "withdraw", "stay", "leave", "forget", doors.school):
            answer = hanako.browser.post(f"/liff/checkin/{path}", data={"people": "3"})
            assert answer.status_code == 403, path
        assert db.session.scalars(select(CheckIn)).all() == []
