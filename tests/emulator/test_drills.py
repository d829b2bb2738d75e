"""The drill master's API and the phone's guards."""

from dataclasses import replace
from typing import Any

import pytest

from .conftest import CONFIG, Town, make_town


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "push", "kind": "stale"},
        {"target": "id_token", "kind": "rate"},
        {"target": "push", "kind": "rate", "times": 0},
        {"target": "push", "kind": "delay", "seconds": 999},
        {"target": "push", "kind": "delay", "seconds": "soon"},
    ],
)
def test_a_trouble_that_does_not_exist_is_refused(town: Town, wrong: dict[str, Any]) -> None:
    assert town.client.post("/emulator/troubles", json=wrong).status_code == 400
    assert town.client.get("/emulator/troubles").get_json() == []


def test_troubles_wait_in_order_and_can_be_called_off(town: Town) -> None:
    for kind in ("rate", "error"):
        body = {"target": "push", "kind": kind, "times": 3}
        assert town.client.post("/emulator/troubles", json=body).status_code == 201
    waiting = town.client.get("/emulator/troubles").get_json()
    assert [(one["kind"], one["times"]) for one in waiting] == [("rate", 3), ("error", 3)]
    assert town.client.delete("/emulator/troubles").status_code == 204
    assert town.client.get("/emulator/troubles").get_json() == []


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("stale", {"iat": -7200, "exp": -3600}),
        ("short", {"iat": 0, "exp": 3}),
    ],
)
def test_the_next_id_token_is_as_old_as_scripted(
    town: Town, kind: str, path: dict[str, int]
) -> None:
    town.client.post("/emulator/troubles", json={"target": "id_token", "kind": kind})
    claims = town.world.key.claims_of(town.tokens()["id_token"])
    assert claims is not None
    now = int(town.clock.now)
    assert {name: claims[name] - now for name in path} == path


def test_the_next_id_token_is_forged_and_the_one_after_is_not(town: Town) -> None:
    town.client.post("/emulator/troubles", json={"target": "id_token", "kind": "forged"})
    claims = [town.world.key.claims_of(town.tokens()["id_token"]) for _ in range(2)]
    assert claims[0] is None
    assert claims[1] is not None


def test_friendship_is_denied_once(town: Town) -> None:
    town.client.post("/emulator/troubles", json={"target": "friendship", "kind": "not_friend"})
    bearer = {"Authorization": f"Bearer {town.tokens()['access_token']}"}
    told = [town.client.get("/friendship/v1/status", headers=bearer).get_json() for _ in range(2)]
    assert [one["friendFlag"] for one in told] == [False, True]


def test_init_troubles_are_told_to_the_sdk_once(town: Town) -> None:
    town.client.post("/emulator/troubles", json={"target": "init", "kind": "hangs"})
    told = [town.client.post("/liff/emulated/init").get_json()["trouble"] for _ in range(2)]
    assert told == ["hangs", None]


def test_auto_login_needs_no_choice(town: Town) -> None:
    assert town.client.post("/emulator/auto-login", json={"as": "mei"}).status_code == 204
    assert town.world.key.claims_of(town.tokens("")["id_token"]) == town.world.key.claims_of(
        town.tokens("mei")["id_token"]
    )
    assert town.client.post("/emulator/auto-login", json={"as": "nobody"}).status_code == 404


def test_calls_are_listed_with_bodies_but_login_calls_without_tokens(town: Town) -> None:
    body = {"to": town.user(), "messages": [{"type": "text", "text": "記録"}]}
    town.api("POST", "/message/push", body)
    access = town.tokens()["access_token"]
    town.client.get(f"/oauth2/v2.1/verify?access_token={access}")
    listed = town.client.get("/emulator/calls").get_json()
    push = [one for one in listed if one["endpoint"] == "push"]
    assert push[0]["body"] == body
    assert town.client.get("/emulator/calls?endpoint=push").get_json() == push
    assert access not in str(listed)
    after = town.client.get(f"/emulator/calls?after={push[0]['number']}").get_json()
    assert push[0] not in after


def test_messages_are_listed_by_short_name_or_user_id(town: Town) -> None:
    body = {"to": town.user(), "messages": [{"type": "text", "text": "ひとつ"}]}
    town.api("POST", "/message/push", body)
    by_key = town.client.get("/emulator/messages?user=haru").get_json()
    assert by_key[0]["message"]["text"] == "ひとつ"
    assert town.client.get(f"/emulator/messages?user={town.user()}").get_json() == by_key
    assert town.client.get("/emulator/messages?user=nobody").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/emulator/reset", "/emulator/troubles", "/emulator/tokens", "/phone/act", "/phone/holder"],
)
def test_a_foreign_page_cannot_post_a_form(town: Town, path: str) -> None:
    answer = town.client.post(path, data='{"as": "haru"}', content_type="text/plain")
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "body",
    [{"kind": "dance", "as": "haru"}, {"kind": "place", "as": "haru", "latitude": "north"}],
)
def test_a_tap_that_makes_no_sense_is_400(town: Town, body: dict[str, str]) -> None:
    assert town.client.post("/phone/act", json=body).status_code == 400
    assert town.talk() == []


def test_a_change_of_hands_ends_the_named_cookies_of_the_product() -> None:
    town = make_town(replace(CONFIG, resident_cookies=("resident", "__Host-resident")))
    answers = [
        town.client.post("/phone/holder", json={"as": key}) for key in ("haru", "haru", "mei")
    ]
    ended = [
        [line.split("=")[0] for line in answer.headers.getlist("Set-Cookie") if "Max-Age=0" in line]
        for answer in answers
    ]
    assert ended == [["resident", "__Host-resident"], [], ["resident", "__Host-resident"]]
    town.world.close()
