"""Followers, profiles, photos, quota, webhook address."""

import pytest

from .conftest import Town


def test_followers_come_in_pages_without_those_who_block(town: Town) -> None:
    town.client.post("/emulator/crowd", json={"count": 20})
    town.client.post("/phone/act", json={"as": "mei", "kind": "block"})
    ids, start = [], ""
    while True:
        page = town.api("GET", f"/followers/ids?limit=10{start}").get_json()
        assert len(page["userIds"]) <= 10
        ids += page["userIds"]
        if "next" not in page:
            break
        start = f"&start={page['next']}"
    assert len(ids) == len(set(ids)) == 24
    assert town.user("mei") not in ids


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "start=x", "start=-1"])
def test_a_faulty_page_of_followers_is_400(town: Town, query: str) -> None:
    assert town.api("GET", f"/followers/ids?{query}").status_code == 400


def test_a_profile_is_there_for_friends_only(town: Town) -> None:
    path = f"/profile/{town.user('hoa')}"
    told = town.api("GET", path).get_json()
    assert (told["displayName"], told["language"]) == ("グエン・ティ・ホア", "vi")
    town.client.post("/phone/act", json={"as": "hoa", "kind": "block"})
    assert town.api("GET", path).status_code == 404


def test_a_municipality_has_no_cap(town: Town) -> None:
    assert town.api("GET", "/message/quota").get_json() == {"type": "none"}


def test_a_photo_from_the_phone_is_fetched_by_its_id(town: Town) -> None:
    body = b"\xff\xd8 not looked into"
    sent = town.client.post("/phone/photo?as=haru", data=body, content_type="image/jpeg")
    assert sent.status_code == 201
    message = town.world.store.talk(town.user())[0]["message"]
    assert message["contentProvider"] == {"type": "line"}
    given = town.api("GET", f"/message/{message['id']}/content")
    assert (given.data, given.mimetype) == (body, "image/jpeg")
    assert town.api("GET", "/message/1/content").status_code == 404


def test_the_webhook_address_is_the_products_until_it_is_set(town: Town) -> None:
    told = town.api("GET", "/channel/webhook/endpoint").get_json()
    assert told == {"endpoint": "http://localhost:9/line/webhook", "active": True}
    new = {"endpoint": "https://town.example/line/webhook"}
    assert town.api("PUT", "/channel/webhook/endpoint", new).status_code == 200
    assert town.api("GET", "/channel/webhook/endpoint").get_json()["endpoint"] == new["endpoint"]


@pytest.mark.parametrize("url", ["http://town.example/hook", "ftp://localhost/", "", 5])
def test_a_webhook_address_without_https_is_refused(town: Town, url: object) -> None:
    answer = town.api("PUT", "/channel/webhook/endpoint", {"endpoint": url})
    assert answer.status_code == 400


def test_the_emulator_never_calls_another_machine(town: Town) -> None:
    body = {"endpoint": "https://town.example/line/webhook"}
    told = town.api("POST", "/channel/webhook/test", body).get_json()
    assert (told["success"], told["reason"]) == (False, "COULD_NOT_CONNECT")
