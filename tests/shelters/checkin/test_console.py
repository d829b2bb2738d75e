"""What the town hall sees: sums."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app.db import db
from liff_app.shelters.checkin import sums
from liff_app.staff.vocabulary import Role
from tests.conftest import colleague, on_sqlite
from tests.house.page import faults
from tests.shelters.published import publish, row

from .conftest import Door, Doors, Family, words
from .test_reception import actions

pytestmark = on_sqlite
PATH = "/console/shelters/checkin"


@pytest.fixture
def office(app: Flask) -> FlaskClient:
    """A colleague at headquarters who may look."""
    return colleague(app, Role.VIEWER)


def fill(school: Door, hall: Door) -> None:
    """Two families at the school, one of which left, and one at the hall."""
    stay_id = school.say("walk_in", people=4, infants=1, pets=1)["done"]
    school.say("walk_in", people=2, mobility=2)
    hall.say("walk_in", people=7)
    school.say("leave", stay=stay_id)


def test_headquarters_sees_sums_by_shelter(office: FlaskClient, school: Door, hall: Door) -> None:
    fill(school, hall)
    answer = office.get(PATH)
    assert faults(answer, PATH) == []
    page = words(answer.text)
    assert "中央小学校 2 2 人数と受付は同じです。 1 2 0 0 0 0 0" in page
    assert "湊公民館 7 7 人数と受付は同じです。 1 0 0 0 0 0 0" in page


def test_the_export_holds_sums_and_nobody(
    app: Flask, office: FlaskClient, school: Door, hall: Door
) -> None:
    fill(school, hall)
    answer = office.get(f"{PATH}/sums.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [len(line) for line in table] == [12, 12, 12]
    found = dict(zip(table[0], table[1], strict=True))
    assert found["避難所"] == "中央小学校"
    assert (found["受付した人"], found["うち車いす・歩行"], found["のべ人数"]) == ("2", "2", "6")
    assert ("staff", "checkin.exported", 9) in actions(app)


def test_a_name_is_no_formula(office: FlaskClient, doors: Doors, school: Door) -> None:
    publish(row("A1", name="＝1+1", kana="ちゅうおう"), row("A2", name="湊公民館", lat=35.7))
    assert doors
    school.say("walk_in", people=1)
    table = list(csv.reader(io.StringIO(office.get(f"{PATH}/sums.csv").data.decode("utf-8-sig"))))
    assert table[1][0] == "'＝1+1"


def test_shelter_staff_see_their_own(app: Flask, doors: Doors, school: Door, hall: Door) -> None:
    fill(school, hall)
    mine = colleague(app, (Role.SHELTER_STAFF, {"shelter": doors.hall}))
    page = words(mine.get(PATH).text)
    assert "湊公民館" in page
    assert "中央小学校" not in page
    posters = mine.get(f"{PATH}/posters")
    assert faults(posters, PATH) == []
    assert "湊公民館" in words(posters.text)
    assert "中央小学校" not in words(posters.text)


@pytest.mark.usefixtures("doors")
def test_who_has_another_role_sees_nothing(app: Flask, client: FlaskClient) -> None:
    sender = colleague(app, Role.SENDER)
    for path in (PATH, f"{PATH}/sums.csv", f"{PATH}/posters"):
        assert sender.get(path).status_code == 403
        assert client.get(path).status_code == 302
    assert colleague(app, Role.VIEWER).get(f"{PATH}/posters").status_code == 403


def test_in_normal_times_the_page_says_so_and_there_is_nothing_to_export(
    office: FlaskClient,
) -> None:
    assert "いまは受付をしていません" in words(office.get(PATH).text)
    assert office.get(f"{PATH}/sums.csv").status_code == 404


def test_a_shelters_own_page_can_show_its_sums(
    app: Flask, doors: Doors, school: Door, hall: Door, hanako: Family
) -> None:
    assert app
    fill(school, hall)
    hanako.go(f"/liff/checkin/{doors.school}", people="3")
    found = sums.of_shelter(db.session, doors.school)
    assert found is not None
    assert (found.families, found.inside.people, found.everybody.people) == (2, 5, 9)
