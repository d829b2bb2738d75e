"""What is remembered across a restart and across threads."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from liff_app.emulator.store import Store

from .conftest import CONFIG, make_town
from .test_menus import create, seen_by


def test_a_restart_keeps_key_talks_friendship_menus_images_and_retry_keys(tmp_path: Path) -> None:
    config = replace(CONFIG, state=tmp_path / "deep" / "state.db")
    before = make_town(config)
    kid = before.client.get("/oauth2/v2.1/certs").get_json()
    menu_id = create(before)
    before.api("POST", f"/user/all/richmenu/{menu_id}")
    key = {"X-Line-Retry-Key": "123e4567-e89b-12d3-a456-426614174000"}
    body = {"to": before.user(), "messages": [{"type": "text", "text": "残る"}]}
    assert before.api("POST", "/message/push", body, headers=key).status_code == 200
    before.client.post("/phone/act", json={"as": "mei", "kind": "block"})
    before.world.close()

    after = make_town(config)
    assert after.client.get("/oauth2/v2.1/certs").get_json() == kid
    assert (seen_by(after), after.talk()) == (menu_id, ["残る"])
    assert after.api("GET", f"/richmenu/{menu_id}/content").status_code == 200
    assert after.api("POST", "/message/push", body, headers=key).status_code == 409
    friends = {
        one["key"]: one["blocked"] for one in after.client.get("/emulator/residents").json or []
    }
    assert friends["mei"] is True
    assert friends["haru"] is False
    after.world.close()


def test_a_reset_forgets_all_but_the_key(tmp_path: Path) -> None:
    town = make_town(replace(CONFIG, state=tmp_path / "state.db"))
    kid = town.client.get("/oauth2/v2.1/certs").get_json()
    town.api("POST", f"/user/all/richmenu/{create(town)}")
    town.client.post("/phone/act", json={"as": "mei", "kind": "block"})
    town.client.post("/phone/act", json={"as": "haru", "kind": "say", "text": "消える"})
    town.client.post("/emulator/troubles", json={"target": "api", "kind": "error"})
    town.world.webhooks.wait()
    assert town.client.post("/emulator/reset", json={}).status_code == 204
    assert town.talk() == []
    assert seen_by(town) is None
    assert town.client.get("/emulator/calls").get_json() == []
    assert town.client.get("/emulator/troubles").get_json() == []
    assert town.api("GET", f"/profile/{town.user('mei')}").status_code == 200
    assert town.client.get("/oauth2/v2.1/certs").get_json() == kid
    town.world.close()


def test_a_failed_change_leaves_nothing_behind() -> None:
    store = Store(None)

    def change() -> None:
        with store.transaction():
            store.put("menu", "a", {"n": 1})
            with store.transaction():
                store.say([("U1", {"n": 2})])
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        change()
    assert store.items("menu") == []
    assert store.talk("U1") == []
    store.close()


def test_of_many_takers_one_gets_the_document() -> None:
    store = Store(None)
    store.put("code", "c", {"n": 1})
    got: list[object] = []
    threads = [
        threading.Thread(target=lambda: got.append(store.take("code", "c"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one for one in got if one] == [{"n": 1}]
    store.close()


def test_only_the_first_of_two_adds_counts() -> None:
    store = Store(None)
    assert store.add("alias", "a", {"n": 1}) is True
    assert store.add("alias", "a", {"n": 2}) is False
    assert store.get("alias", "a") == {"n": 1}
    store.close()
