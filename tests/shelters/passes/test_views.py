"""A shelter's page: what it shows, what it takes, what it refuses, and to whom."""

from __future__ import annotations

import json
import re
import secrets

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from liff_app import clock, telemetry
from liff_app.audit.models import AuditEvent
from liff_app.db import db, transaction
from liff_app.shelters import service as shelters
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.passes import guard, service, tokens
from liff_app.shelters.vocabulary import Opening
from tests.conftest import on_sqlite
from tests.house.page import faults
from tests.shelters.passes.conftest import Doors, begin_disaster, end_disaster, make_sheets
from tests.shelters.passes.said import by_headquarters, press, say, state


def test_the_page_names_its_shelter_and_its_disaster(client: FlaskClient, doors: Doors) -> None:
    answer = client.get(f"/s/{doors.school_pass}")
    assert answer.status_code == 200
    assert faults(answer, "/s") == []
    for words in ("中央小学校", "台風第19号", "定員 300人", "まだ報告がありません"):
        assert words in answer.text
    assert "湊公民館" not in answer.text
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in answer.headers


def test_everything_the_page_offers_is_taken_and_shown(client: FlaskClient, doors: Doors) -> None:
    token = doors.school_pass
    for said in (
        {"opening": "open"}, {"people": 120}, {"people_change": 5}, {"level": "crowded"},
        {"needs_added": ["water", "medical"]}, {"needs_removed": ["water"]}, {"note": "2階は満室"},
    ):  # fmt: skip
        assert say(client, token, **said).status_code == 200, said
    now = state(client, token)
    assert (now["opening"], now["people"], now["level"]) == ("open", 125, "crowded")
    assert (now["needs"], now["note"], now["level_by_hand"]) == (["medical"], "2階は満室", True)
    assert [one["text"] for one in now["events"]] == [
        "ひとことを書きました", "足りた：水", "足りない：水・医療", "混みぐあい 混雑",
        "＋5人（計 125人）", "120人にしました", "開設にしました",
    ]  # fmt: skip
    say(client, token, level="auto")
    now = state(client, token)
    assert (now["level"], now["level_by_hand"]) == ("empty", False)


def test_saying_nothing_new_moves_the_time_alone(client: FlaskClient, doors: Doors) -> None:
    say(client, doors.school_pass, people=3, opening="open")
    answer = say(client, doors.school_pass)
    assert answer.get_json()["state"]["people"] == 3
    assert answer.get_json()["state"]["events"][0]["text"] == "変わりなし"


def test_nothing_is_the_same_before_an_opening_was_said(client: FlaskClient, doors: Doors) -> None:
    token, key = doors.school_pass, secrets.token_hex(16)
    say(client, token, people=3)
    refused = say(client, token)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "opening_unknown")
    assert "まず「開設」「準備中」「閉鎖」" in refused.get_json()["errors"][0]["message"]
    assert "まず「開設」「準備中」「閉鎖」" in press(client, token, unchanged="yes").text
    assert state(client, token)["version"] == 1
    logged = db.session.scalars(select(AuditEvent).where(AuditEvent.actor.startswith("pass:")))
    assert len(logged.all()) == 1
    opened = say(client, token, opening="open").get_json()["state"]["events"][0]["id"]
    assert say(client, token, request_key=key).status_code == 200
    say(client, token, undo=opened)
    assert state(client, token)["opening"] == "unknown"
    assert say(client, token, request_key=key).status_code == 200, "an answer that got lost"
    assert say(client, token).status_code == 422


def test_the_button_for_no_change_waits_for_an_opening(client: FlaskClient, doors: Doors) -> None:
    def button() -> str:
        found = re.search(r'<button[^>]*name="unchanged".*?</button>', page(), re.DOTALL)
        assert found
        return found[0]

    def page() -> str:
        return client.get(f"/s/{doors.school_pass}").text

    assert " disabled" in button().split(">")[0]
    assert "まず「開設」「準備中」「閉鎖」のどれかを押してください" in button()
    say(client, doors.school_pass, opening="preparing")
    assert " disabled" not in button().split(">")[0]
    assert "最後の報告" in button()


def test_the_same_key_counts_once_however_late_it_comes(client: FlaskClient, doors: Doors) -> None:
    key = secrets.token_hex(16)
    for age in (0, 1, 900):
        answer = say(client, doors.school_pass, people_change=7, request_key=key, age_s=age)
        assert answer.get_json()["state"]["people"] == 7
    again = say(client, doors.school_pass, people_change=8, request_key=key)
    assert (again.status_code, again.get_json()["code"]) == (422, "idempotency_key_reused")


def test_steps_of_two_phones_add_up(client: FlaskClient, doors: Doors) -> None:
    for device in ("phone-aaaa", "phone-bbbb") * 5:
        say(client, doors.school_pass, people_change=2, base_version=0, device=device)
    assert state(client, doors.school_pass)["people"] == 20


def test_a_count_that_would_overwrite_anothers_is_shown_with_both(
    client: FlaskClient, doors: Doors
) -> None:
    seen = say(client, doors.school_pass, people=10, device="phone-aaaa").get_json()["state"]
    by_headquarters(doors.school, people=95)
    late = {"people": 12, "base_version": seen["version"], "device": "phone-aaaa"}
    answer = say(client, doors.school_pass, **late)
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (409, "version_conflict")
    assert answer.mimetype == "application/problem+json"
    assert problem["current"]["people"] == 95
    stands = late | {"base_version": problem["current"]["version"]}
    assert say(client, doors.school_pass, **stands).get_json()["state"]["people"] == 12


def test_a_count_nobody_believes_is_asked_about(client: FlaskClient, doors: Doors) -> None:
    answer = say(client, doors.hall_pass, people=800)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "people_improbable")
    assert "800人で合っていますか" in answer.get_json()["errors"][0]["message"]
    assert state(client, doors.hall_pass)["people"] is None
    assert say(client, doors.hall_pass, people=800, confirmed=True).status_code == 200
    larger = say(client, doors.hall_pass, people=12000).get_json()["errors"][0]["message"]
    assert "12,000人で合っていますか" in larger


def test_ones_own_is_taken_back_and_anothers_is_not(client: FlaskClient, doors: Doors) -> None:
    say(client, doors.school_pass, people_change=30, device="phone-aaaa")
    by_headquarters(doors.school, people_change=5)
    mine, theirs = state(client, doors.school_pass)["events"][1], state(client, doors.school_pass)
    assert not theirs["events"][0]["undoable"]
    assert theirs["events"][0]["who"] == "本部"
    assert mine["undoable"]
    after = say(client, doors.school_pass, undo=mine["id"]).get_json()["state"]
    assert after["people"] == 5
    assert after["events"][2]["undone"]
    refused = say(client, doors.school_pass, undo=theirs["events"][0]["id"])
    assert (refused.status_code, refused.get_json()["code"]) == (404, "not_found")
    page = press(client, doors.school_pass, undo=str(theirs["events"][0]["id"]))
    assert (page.status_code, faults(page, "/s")) == (404, [])
    assert "その記録はありません。" in page.text


def test_another_phone_with_the_same_sheet_is_told_apart(client: FlaskClient, doors: Doors) -> None:
    say(client, doors.school_pass, people=4, device="phone-aaaa")
    seen = {
        device: client.get(f"/s/{doors.school_pass}/state.json?device={device}").get_json()[
            "events"
        ][0]
        for device in ("phone-aaaa", "phone-bbbb")
    }
    assert [(one["who"], one["undoable"]) for one in seen.values()] == [
        ("この電話", True), ("ここの別の電話", False),
    ]  # fmt: skip


def test_a_page_that_is_open_asks_for_what_is_new_only(client: FlaskClient, doors: Doors) -> None:
    address = f"/s/{doors.school_pass}/state.json"
    first = client.get(address)
    assert first.headers["Cache-Control"] == "no-store"
    tag = {"If-None-Match": first.headers["ETag"]}
    unchanged = client.get(address, headers=tag)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    say(client, doors.school_pass, people_change=1)
    assert client.get(address, headers=tag).status_code == 200


def test_an_unknown_pass_a_revoked_one_and_one_of_an_ended_disaster_say_what_to_do(
    client: FlaskClient, doors: Doors
) -> None:
    def answers(token: str) -> list[TestResponse]:
        return [
            client.get(f"/s/{token}"), client.get(f"/s/{token}/state.json"),
            say(client, token, people=1), press(client, token, people="1"),
        ]  # fmt: skip

    for unknown in (tokens.new_token(), "x", "a" * 300):
        found = answers(unknown)
        assert [one.status_code for one in found] == [404] * 4
        assert "000-000-0000" in found[0].text
        assert faults(found[0], "/s") == []
        assert "data-pass" not in found[0].text
    with transaction() as session:
        service.revoke(session, [doors.school], by="staff:a", now=clock.now())
    revoked = answers(doors.school_pass)
    end_disaster()
    for found in (revoked, answers(doors.hall_pass)):
        assert [one.status_code for one in found] == [410] * 4
        assert "000-000-0000" in found[0].text
        assert faults(found[0], "/s") == []
        assert found[1].get_json()["code"] == "pass_over"
        assert {one.headers["Cache-Control"] for one in found} == {"no-store"}


def test_a_pass_changes_no_other_shelter(client: FlaskClient, doors: Doors) -> None:
    say(client, doors.school_pass, people=9)
    assert state(client, doors.hall_pass)["version"] == 0


def test_another_site_cannot_post(client: FlaskClient, doors: Doors) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = client.post(f"/s/{doors.school_pass}/change", data={"people": "1"}, headers=headers)
    assert answer.status_code == 403
    assert state(client, doors.school_pass)["version"] == 0


@on_sqlite
def test_wrong_passes_are_counted_and_right_ones_are_not(
    client: FlaskClient, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "WRONG_A_MINUTE", 5)
    # All of it within one minute of the counter, whatever the clock says.
    monkeypatch.setattr(client.application.extensions["limits"], "_clock", lambda: 60.0)
    for _ in range(5):
        assert client.get(f"/s/{tokens.new_token()}").status_code == 404
    assert client.get(f"/s/{tokens.new_token()}").status_code == 429
    assert client.get(f"/s/{doors.school_pass}").status_code == 200


@on_sqlite
def test_a_sheet_cannot_flood_the_town(
    client: FlaskClient, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "SAID_A_MINUTE", 3)
    monkeypatch.setattr(client.application.extensions["limits"], "_clock", lambda: 60.0)
    answers = [say(client, doors.school_pass, people_change=1).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    assert say(client, doors.hall_pass, people_change=1).status_code == 200
    page = press(client, doors.school_pass, people="1")
    assert (page.status_code, faults(page, "/s")) == (429, [])
    # The same sheet shown another way is the same sheet.
    put = {"path": f"/api/v1/shelters/{doors.school}/status", "json": {"people_change": 1}}
    bearer = {"Authorization": f"Bearer {doors.school_pass}"}
    assert client.put(**put, headers=bearer).status_code == 429
    assert state(client, doors.school_pass)["people"] == 3


def test_every_change_is_in_the_log_once_without_words_of_people(
    client: FlaskClient, doors: Doors
) -> None:
    key = secrets.token_hex(16)
    for _ in range(2):
        say(client, doors.school_pass, people_change=4, note="山田さんの犬", request_key=key)
    event = state(client, doors.school_pass)["events"][0]["id"]
    say(client, doors.school_pass, undo=event)
    logged = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number)).all()
    mine = [one for one in logged if one.actor.startswith("pass:")]
    assert [one.action for one in mine] == ["shelter.status_changed", "shelter.status_undone"]
    assert {one.subject for one in mine} == {f"shelter:{doors.school}"}
    assert json.loads(mine[0].detail)["applied"] == 4
    assert "山田" not in "".join(one.detail for one in mine)


@on_sqlite
def test_the_pass_stands_in_no_log(
    app: Flask, client: FlaskClient, doors: Doors, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    telemetry.configure_logging("DEBUG")
    monkeypatch.setattr(telemetry, "SLOW_MS", -1.0)  # every request is told of
    client.get(f"/s/{doors.school_pass}")
    say(client, doors.school_pass, people=5)
    end_disaster()
    client.get(f"/s/{doors.school_pass}")
    told = "".join(capfd.readouterr())
    assert "/s/<token>" in told
    assert doors.school_pass not in told


def test_the_last_use_is_noted_by_looking(client: FlaskClient, doors: Doors) -> None:
    client.get(f"/s/{doors.school_pass}")
    found = service.board_of_passes(db.session)
    assert found is not None
    seen = {line.shelter_id: line.seen_at for line in found[1]}
    assert seen[doors.school] is not None
    assert seen[doors.hall] is None


def test_a_drill_says_so(client: FlaskClient, app: Flask, doors: Doors) -> None:
    end_disaster()
    begin_disaster(drill=True)
    token = make_sheets(app)["中央小学校"]
    assert "【訓練】" in client.get(f"/s/{token}").text
    assert state(client, token)["drill"] is True


def test_residents_see_what_the_shelter_says(client: FlaskClient, doors: Doors) -> None:
    say(client, doors.school_pass, opening="open", people=120)
    view = occupancy.current(db.session, doors.school, now=clock.now(), policy=shelters.policy())
    assert (view.opening, view.people) == (Opening.OPEN, 120)
