"""`PUT …/status`: three ways in, one way to say it, and who was faster is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from liff_app import apidoc, clock
from liff_app.audit import service as audit
from liff_app.audit.models import AuditEvent
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.shelters.api_status import StatusOut
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.passes import service as passes
from liff_app.shelters.vocabulary import Hazard
from liff_app.staff import api_keys
from liff_app.staff.api_keys import KeyDraft
from liff_app.staff.vocabulary import KeyScope, Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite

from .ground import KEY, town

pytestmark = on_sqlite


@pytest.fixture
def places(app: Flask) -> list[str]:
    """The town's places, in a disaster that began just now."""
    ids = town()
    with transaction() as session:
        draft = DisasterDraft(name="台風第19号", hazards=(Hazard.FLOOD,), drill=False)
        disasters.start(session, draft, by="command:x", now=clock.now())
    return ids


@pytest.fixture
def gym(places: list[str]) -> str:
    return places[0]


def key_with(*scopes: KeyScope) -> str:
    """The text of a new key."""
    with transaction() as session:
        draft = KeyDraft(name=f"外のシステム{len(scopes)}", scopes=frozenset(scopes))
        return api_keys.issue(session, draft, by="command:x", now=clock.now())[1]


def pass_of(settings: Settings, shelter_id: str) -> str:
    """The text of the place's pass."""
    with transaction() as session:
        passes.make_all(session, by="command:x", keys=settings.keys, now=clock.now())
    return passes.sheets(db.session, keys=settings.keys, shelters=[shelter_id])[1][0].token


def put(client: FlaskClient, shelter_id: str, token: str | None, **said: Any) -> TestResponse:  # noqa: ANN401 - JSON
    """Say it, with a key or a pass; `headers` are handed on."""
    headers = said.pop("headers", {})
    if token is not None:
        headers = {"Authorization": f"Bearer {token}"} | headers
    return client.put(f"/api/v1/shelters/{shelter_id}/status", json=said, headers=headers)


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    body: dict[str, Any] = answer.get_json()
    assert body["code"] == code
    return body


def test_another_system_opens_a_shelter(client: FlaskClient, gym: str) -> None:
    key = key_with(KeyScope.SHELTERS_WRITE)
    answer = put(client, gym, key, opening="open", people=12, needs={"add": ["water"]})
    assert answer.status_code == 200, answer.text
    body = answer.get_json()
    read = StatusOut.model_validate_json(json.dumps(body), strict=True)
    assert read.model_dump(mode="json") == body
    assert (body["opening"], body["people"], body["needs"]) == ("open", 12, ["water"])
    assert (body["version"], body["applied"], body["repeated"]) == (1, 12, False)
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_residents_see_it(client: FlaskClient, gym: str) -> None:
    put(client, gym, key_with(KeyScope.SHELTERS_WRITE), opening="open", people=12)
    status = client.get("/api/v1/shelters/status.json").get_json()
    assert 12 in status["people"]


def test_who_comes_without_anything_is_not_let_in(client: FlaskClient, gym: str) -> None:
    problem(put(client, gym, None, people=1), 401, "not_signed_in")
    problem(put(client, gym, "abcdefgh", people=1), 401, "pass_invalid")
    problem(put(client, gym, "mmk_" + "0" * 12 + "_" + "x" * 43, people=1), 401, "key_invalid")
    basic = put(client, gym, None, people=1, headers={"Authorization": "Basic eDp5"})
    problem(basic, 401, "pass_invalid")


def test_wrong_passes_are_counted(client: FlaskClient, gym: str) -> None:
    codes = {put(client, gym, f"{number:028}", people=1).status_code for number in range(61)}
    assert codes == {401, 429}


def test_a_key_needs_the_scope(client: FlaskClient, gym: str) -> None:
    problem(put(client, gym, key_with(KeyScope.SHELTERS_READ), people=1), 403, "scope_missing")


def test_a_pass_changes_its_own_place_alone(
    client: FlaskClient, settings: Settings, places: list[str]
) -> None:
    shown = pass_of(settings, places[0])
    assert put(client, places[0], shown, people_change=3).get_json()["people"] == 3
    problem(put(client, places[1], shown, people_change=3), 404, "not_found")


def test_a_pass_of_a_disaster_that_is_over_opens_nothing(
    client: FlaskClient, settings: Settings, gym: str
) -> None:
    shown = pass_of(settings, gym)
    with transaction() as session:
        disasters.stop(session, by="command:x", now=clock.now())
    problem(put(client, gym, shown, people_change=3), 404, "pass_over")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SHELTER_STAFF])
def test_a_colleague_changes_every_place(app: Flask, places: list[str], role: Role) -> None:
    browser = colleague(app, role)
    for place in places:
        assert put(browser, place, None, people_change=1).status_code == 200


def test_a_colleague_of_one_place_changes_that_one(app: Flask, places: list[str]) -> None:
    browser = colleague(app, (Role.SHELTER_STAFF, {"shelter": places[0]}))
    assert put(browser, places[0], None, people_change=1).status_code == 200
    problem(put(browser, places[1], None, people_change=1), 404, "not_found")


@pytest.mark.parametrize(
    "role", [r for r in Role if r not in {Role.ADMINISTRATOR, Role.SHELTER_STAFF}]
)
def test_other_colleagues_change_nothing(app: Flask, gym: str, role: Role) -> None:
    problem(put(colleague(app, role), gym, None, people_change=1), 403, "not_allowed")


def test_a_cookie_alone_is_not_enough(app: Flask, gym: str) -> None:
    browser = colleague(app, Role.ADMINISTRATOR)
    for headers in ({"X-CSRF-Token": "x"}, {"Origin": "https://elsewhere.example"}):
        answer = put(browser, gym, None, people_change=1, headers=headers)
        problem(answer, 403, "not_allowed")
    plain = ConsoleVisitor(app)  # knows the cookie, sends no token
    plain.set_cookie("machimado-staff", browser.cookie)
    problem(put(plain, gym, None, people_change=1), 403, "not_allowed")


def test_a_resident_changes_nothing(resident: FlaskClient, gym: str) -> None:
    problem(put(resident, gym, None, people_change=1), 401, "not_signed_in")


def test_who_was_faster_is_told_with_how_it_stands(client: FlaskClient, gym: str) -> None:
    first, second = (
        key_with(KeyScope.SHELTERS_WRITE),
        key_with(*set(KeyScope) - {KeyScope.SUBMISSIONS_READ}),
    )
    put(client, gym, first, people=30)
    answer = put(client, gym, second, people=31, base_version=0)
    body = problem(answer, 409, "version_conflict")
    assert (body["current"]["people"], body["current"]["version"]) == (30, 1)
    assert body["fields"] == ["people"]
    answer = put(client, gym, second, people=31, headers={"If-Match": '"0"'})
    problem(answer, 409, "version_conflict")
    answer = put(client, gym, second, people=31, headers={"If-Match": '"1"'})
    assert answer.headers["ETag"] == '"2"'


def test_sent_twice_is_stored_once(client: FlaskClient, gym: str) -> None:
    key = key_with(KeyScope.SHELTERS_WRITE)
    headers = {"Idempotency-Key": KEY}
    first = put(client, gym, key, people_change=5, headers=headers)
    again = put(client, gym, key, people_change=5, age_s=30, headers=headers)
    assert again.get_json() == first.get_json() | {"repeated": True}
    reused = put(client, gym, key, people_change=6, headers=headers)
    problem(reused, 422, "idempotency_key_reused")


def test_an_improbable_count_is_asked_about(client: FlaskClient, gym: str) -> None:
    key = key_with(KeyScope.SHELTERS_WRITE)
    body = problem(put(client, gym, key, people=900), 422, "people_improbable")
    assert body["errors"][0]["field"] == "people"
    assert put(client, gym, key, people=900, confirmed=True).status_code == 200


def test_a_level_is_set_and_given_back(client: FlaskClient, gym: str) -> None:
    key = key_with(KeyScope.SHELTERS_WRITE)
    assert put(client, gym, key, level="full").get_json()["level_by_hand"] is True
    body = put(client, gym, key, level=None).get_json()
    assert (body["level"], body["level_by_hand"]) == (None, False)


def test_nothing_new_is_said_by_name(client: FlaskClient, gym: str) -> None:
    key = key_with(KeyScope.SHELTERS_WRITE)
    assert put(client, gym, key, unchanged=True).get_json()["version"] == 1
    for said in ({}, {"unchanged": False}, {"unchanged": True, "people": 3}, {"people": None}):
        body = problem(put(client, gym, key, **said), 422, "input_invalid")
        assert [one["field"] for one in body["errors"]] == ["unchanged"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"people": -1}, "people"),
        ({"people": "3"}, "people"),
        ({"people": True}, "people"),
        ({"people": 1.5}, "people"),
        ({"people_change": 100_001}, "people_change"),
        ({"people": 1, "people_change": 1}, "people_change"),
        ({"opening": "half"}, "opening"),
        ({"level": "none"}, "level"),
        ({"note": "長" * 501}, "note"),
        ({"needs": {"add": ["gold"]}}, "needs.add.0"),
        ({"needs": ["water"]}, "needs"),
        ({"base_version": -1, "people": 1}, "base_version"),
        ({"age_s": -1, "people": 1}, "age_s"),
        ({"device": "x", "people": 1}, "device"),
        ({"people": 1, "by": "pass:me"}, "by"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    client: FlaskClient, gym: str, said: dict[str, Any], field: str
) -> None:
    answer = put(client, gym, key_with(KeyScope.SHELTERS_WRITE), **said)
    body = problem(answer, 422, "input_invalid")
    assert [one["field"] for one in body["errors"]] == [field]
    apidoc.Problem.model_validate(body)


@pytest.mark.parametrize(
    "headers", [{"If-Match": "*"}, {"If-Match": "1"}, {"Idempotency-Key": "short"}]
)
def test_headers_are_read_strictly(client: FlaskClient, gym: str, headers: dict[str, str]) -> None:
    key = key_with(KeyScope.SHELTERS_WRITE)
    body = problem(put(client, gym, key, people=1, headers=headers), 422, "input_invalid")
    assert [one["field"] for one in body["errors"]] == list(headers)


def test_a_place_there_is_not_and_a_time_without_disaster(client: FlaskClient, gym: str) -> None:
    key = key_with(KeyScope.SHELTERS_WRITE)
    problem(put(client, "nowhere", key, people=1), 404, "not_found")
    with transaction() as session:
        disasters.stop(session, by="command:x", now=clock.now())
    problem(put(client, gym, key, people=1), 404, "not_found")


def test_every_change_is_one_event_of_the_log_without_words(
    client: FlaskClient, settings: Settings, gym: str
) -> None:
    key = key_with(KeyScope.SHELTERS_WRITE)
    headers = {"Idempotency-Key": KEY}
    for _ in range(2):
        put(client, gym, key, people_change=5, note="山田さんへ", headers=headers)
    put(client, gym, key, people=4000)  # refused
    changed = AuditEvent.action == "shelter.status_changed"
    events = db.session.scalars(select(AuditEvent).where(changed)).all()
    assert [(one.actor.split(":")[0], one.subject) for one in events] == [("key", f"shelter:{gym}")]
    assert json.loads(events[0].detail)["applied"] == 5
    assert "山田" not in events[0].detail
    db.session.rollback()
    assert audit.verify(db.session, settings.keys).broken is None


def test_a_public_address_beside_it_stays_public(client: FlaskClient, gym: str) -> None:
    assert client.get("/api/v1/shelters/status.json").headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(f"/api/v1/shelters/{gym}/status").status_code == 405
