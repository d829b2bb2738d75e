"""A shelter's page without a script, and what it and the script may not say."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.house.page import faults
from tests.shelters.passes.conftest import Doors
from tests.shelters.passes.said import by_headquarters, press, say, state


def test_every_button_works_without_a_script(client: FlaskClient, doors: Doors) -> None:
    token = doors.school_pass
    for form in (
        {"opening": "open"}, {"people": "１２０"}, {"people_change": "-1"}, {"level": "full"},
        {"need": "+baby"}, {"note": "毛布は\r\n体育館"}, {"unchanged": "yes"},
    ):  # fmt: skip
        answer = press(client, token, **form)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/s/{token}"), form
    now = state(client, token)
    assert (now["opening"], now["people"], now["level"]) == ("open", 119, "full")
    assert (now["needs"], now["note"]) == (["baby"], "毛布は\n体育館")
    page = client.get(f"/s/{token}")
    assert faults(page, "/s") == []
    undo = re.search(r'name="undo" value="(\d+)" aria-label="取り消す：足りない', page.text)
    assert undo
    press(client, token, undo=undo[1])
    assert state(client, token)["needs"] == []
    press(client, token, need="-baby")


def test_without_a_script_a_conflict_offers_both_ways(client: FlaskClient, doors: Doors) -> None:
    press(client, doors.school_pass, people="10", base_version="0")
    by_headquarters(doors.school, people=95)
    answer = press(client, doors.school_pass, people="12", base_version="1")
    assert answer.status_code == 409
    assert faults(answer, "/s") == []
    assert "あなたの人数：12" in answer.text
    form = dict(
        re.findall(
            r'name="(\w+)" value="([^"]*)"',
            answer.text.split('class="phone-ways"')[1].split("</form>")[0],
        )
    )
    assert client.post(f"/s/{doors.school_pass}/change", data=form).status_code == 303
    assert state(client, doors.school_pass)["people"] == 12


def test_without_a_script_an_improbable_count_is_confirmed(
    client: FlaskClient, doors: Doors
) -> None:
    answer = press(client, doors.hall_pass, people="800")
    assert answer.status_code == 422
    assert "800人で合っていますか" in answer.text
    assert "この内容にする" in answer.text
    press(client, doors.hall_pass, people="800", confirmed="yes")
    assert state(client, doors.hall_pass)["people"] == 800


@pytest.mark.parametrize(("people", "status"), [("８００", 422), ("たくさん", 422), ("12", 409)])
def test_a_number_that_is_refused_leaves_the_text_beside_it(
    client: FlaskClient, doors: Doors, people: str, status: int
) -> None:
    by_headquarters(doors.hall, people=40, note="本部から")
    form = {"people": people, "note": "<2階>は満室", "set": "people"}
    form["base_version"] = "0" if status == 409 else "1"
    answer = press(client, doors.hall_pass, **form)
    assert (answer.status_code, faults(answer, "/s")) == (status, [])
    assert ">&lt;2階&gt;は満室</textarea>" in answer.text
    shown = "40" if status == 409 else people  # who must decide reads what stands there
    assert re.search(rf'id="people"[^>]*value="{shown}"', answer.text)
    asked = answer.text.split('data-ref="asks"')[1].split('aria-labelledby="l-opening"')[0]
    assert "2階" not in asked, "only the number is asked about"


def test_each_typed_field_is_sent_by_its_own_button(client: FlaskClient, doors: Doors) -> None:
    both = {"people": "50", "note": "裏門から"}
    press(client, doors.school_pass, **both, set="people")
    now = state(client, doors.school_pass)
    assert (now["people"], now["note"]) == (50, "")
    press(client, doors.school_pass, **both | {"people": "60"}, set="note")
    now = state(client, doors.school_pass)
    assert (now["people"], now["note"]) == (50, "裏門から")


def test_without_a_script_nothing_is_promised_that_needs_one(
    client: FlaskClient, doors: Doors
) -> None:
    text = client.get(f"/s/{doors.school_pass}").text
    found = re.search(r"<p([^>]*)>電波がないときも", text)
    assert found
    assert " hidden" in found[1]


@pytest.mark.parametrize(
    "form", [{"people": "たくさん"}, {"people": "-3"}, {"note": "あ" * 201}, {"opening": "always"},
             {"level": "x"}, {"need": "+gold"}, {"undo": "zero"}, {"request_key": "short"}]
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(
    client: FlaskClient, doors: Doors, form: dict[str, str]
) -> None:
    answer = press(client, doors.school_pass, **form)
    assert answer.status_code == 422
    assert "入力に誤りがあります。" in answer.text
    assert faults(answer, "/s") == []
    assert state(client, doors.school_pass)["version"] == 0


@pytest.mark.parametrize(
    "said", [{"people": -1}, {"people": 1.5}, {"people": "3"}, {"note": "あ" * 201},
             {"opening": "unknown"}, {"needs_added": ["gold"]}, {"age_s": -1}, {"extra": 1}]
)  # fmt: skip
def test_json_that_cannot_be_is_refused(
    client: FlaskClient, doors: Doors, said: dict[str, Any]
) -> None:
    answer = say(client, doors.school_pass, **said)
    assert answer.status_code == 422
    assert answer.get_json()["errors"]
