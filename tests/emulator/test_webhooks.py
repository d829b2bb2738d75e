"""Signed webhooks: what arrives at the product, and what happens when it does not answer."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from liff_app.emulator.events import ulid

from .conftest import CONFIG, Town, make_town


@dataclass
class Product:
    """A product that keeps every webhook it gets and answers as told."""

    url: str = ""
    status: int = 200
    stall: threading.Event | None = None
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def events(self) -> list[dict[str, Any]]:
        """Return all events in the order they came."""
        return [event for _, _, body in self.requests for event in json.loads(body)["events"]]


@pytest.fixture
def product(socket_enabled: None) -> Iterator[Product]:
    """Give a listening product."""
    made = Product()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.requests.append((self.path, dict(self.headers), body))
            if made.stall:
                made.stall.wait(10)
            self.send_response(made.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    made.url = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def town(product: Product) -> Iterator[Town]:
    """Give an emulator whose product listens."""
    made = make_town(replace(CONFIG, app_url=product.url, webhook_timeout_s=0.5))
    yield made
    made.world.close()


def act(town: Town, kind: str, **fields: object) -> None:
    """Let haru do something and wait until the webhook is out."""
    answer = town.client.post("/phone/act", json={"as": "haru", "kind": kind, **fields})
    assert answer.status_code == 200
    town.world.webhooks.wait()


def test_the_signature_fits_the_very_bytes(town: Town, product: Product) -> None:
    act(town, "say", text="こんにちは 🌀")
    path, headers, body = product.requests[0]
    digest = hmac.new(b"a channel secret", body, hashlib.sha256).digest()
    assert path == "/line/webhook"
    assert headers["x-line-signature"] == base64.b64encode(digest).decode()
    assert "こんにちは 🌀".encode() in body


def test_a_text_event_has_every_field_line_sends(town: Town, product: Product) -> None:
    act(town, "say", text="避難所はどこ")
    body = json.loads(product.requests[0][2])
    assert body["destination"] == town.world.account_id
    event = body["events"][0]
    assert set(event) == {
        *("type", "message", "webhookEventId", "deliveryContext"),
        *("timestamp", "source", "mode", "replyToken"),
    }
    assert event["message"]["text"] == "避難所はどこ"
    assert event["source"] == {"type": "user", "userId": town.user()}
    assert event["timestamp"] == int(town.clock.now * 1000)
    assert event["deliveryContext"] == {"isRedelivery": False}


def test_each_tap_sends_its_kind_of_event(town: Town, product: Product) -> None:
    act(town, "sticker")
    act(town, "place", latitude="34.34", longitude="134.04", title="学校", address="")
    act(town, "postback", data="open=1", displayText="開く")
    act(town, "postback", data="when", params={"date": "2026-11-22"})
    act(town, "switch", richMenuAliasId="gone", data="tab")
    act(town, "unknown_event")
    town.client.post("/phone/photo?as=haru", data=b"x", content_type="image/png")
    town.world.webhooks.wait()
    events = product.events()
    kinds = [event.get("message", {}).get("type") or event["type"] for event in events]
    assert kinds == [
        *("sticker", "location", "postback", "postback", "postback", "neverSeenBefore", "image")
    ]
    assert events[1]["message"]["latitude"] == 34.34
    assert "address" not in events[1]["message"]
    assert events[3]["postback"]["params"] == {"date": "2026-11-22"}
    status = {"newRichMenuAliasId": "gone", "status": "RICHMENU_ALIAS_ID_NOTFOUND"}
    assert events[4]["postback"]["params"] == status
    assert town.talk()[2] == "開く"


def test_blocking_and_coming_back_are_told_once_each(town: Town, product: Product) -> None:
    for kind in ("block", "block", "befriend", "befriend"):
        act(town, kind)
    kinds = [(event["type"], event.get("follow")) for event in product.events()]
    assert kinds == [("unfollow", None), ("follow", {"isUnblocked": True})]
    assert "replyToken" not in product.events()[0]


def test_who_blocks_can_write_but_the_product_hears_nothing(town: Town, product: Product) -> None:
    act(town, "block")
    act(town, "say", text="聞こえますか")
    assert [event["type"] for event in product.events()] == ["unfollow"]
    assert town.talk() == ["聞こえますか"]


def test_scripted_webhook_troubles(town: Town, product: Product) -> None:
    for kind in ("duplicate", "redelivered", "wrong_signature", "reordered"):
        town.client.post("/emulator/troubles", json={"target": "webhook", "kind": kind})
    for text in ("1", "2", "3", "4", "5"):
        act(town, "say", text=text)
    events = product.events()
    assert [event["message"]["text"] for event in events] == ["1", "1", "2", "2", "3", "5", "4"]
    assert events[0]["webhookEventId"] == events[1]["webhookEventId"]
    assert [e["deliveryContext"]["isRedelivery"] for e in events[2:4]] == [False, True]
    body, headers = product.requests[4][2], product.requests[4][1]
    right = base64.b64encode(hmac.digest(b"a channel secret", body, hashlib.sha256)).decode()
    assert headers["x-line-signature"] != right


def test_an_empty_webhook_is_what_the_verify_button_sends(town: Town, product: Product) -> None:
    told = town.api("POST", "/channel/webhook/test", {}).get_json()
    assert (told["success"], told["statusCode"], told["reason"]) == (True, 200, "OK")
    assert json.loads(product.requests[0][2])["events"] == []


@pytest.mark.parametrize(
    ("status", "reason"), [(500, "ERROR_STATUS_CODE"), (301, "ERROR_STATUS_CODE")]
)
def test_another_status_than_2xx_is_a_failure(
    town: Town, product: Product, status: int, reason: str
) -> None:
    product.status = status
    told = town.api("POST", "/channel/webhook/test", {}).get_json()
    assert (told["success"], told["statusCode"], told["reason"]) == (False, status, reason)


def test_a_product_that_stalls_holds_up_neither_the_page_nor_the_log(
    town: Town, product: Product
) -> None:
    product.stall = threading.Event()
    answer = town.client.post("/phone/act", json={"as": "haru", "kind": "say", "text": "急ぎ"})
    # The page has its answer while the product still sits on the webhook.
    assert answer.status_code == 200
    assert not product.stall.is_set()
    assert town.client.get("/phone/state?as=haru").get_json()["hooks"] == []
    told = town.client.get("/emulator/webhooks").get_json()
    assert [one["reason"] for one in told] == ["REQUEST_TIMEOUT"]
    product.stall.set()


def test_a_product_that_is_down_is_told_in_the_log() -> None:
    town = make_town()
    town.client.post("/phone/act", json={"as": "haru", "kind": "say", "text": "もしもし"})
    told = town.client.get("/emulator/webhooks").get_json()
    assert [(one["status"], one["reason"]) for one in told] == [(0, "COULD_NOT_CONNECT")]
    town.world.close()


class TestRawWebhooks:
    """POST /emulator/webhook."""

    def post(self, town: Town, **body: object) -> dict[str, Any]:
        answer = town.client.post("/emulator/webhook", json=body)
        assert answer.status_code == 200
        told: dict[str, Any] = answer.get_json()
        return told

    def test_events_travel_as_they_are(self, town: Town, product: Product) -> None:
        odd = {"type": "odd", "mode": "standby", "anything": [1, {"深い": None}]}
        told = self.post(town, events=[odd])
        assert product.events() == [odd]
        assert told["deliveries"][0]["success"] is True

    def test_reversed_repeated_and_redelivered(self, town: Town, product: Product) -> None:
        two = [{"type": "a"}, {"type": "b"}]
        self.post(town, events=two, reverse=True, repeat=2, redelivery=True)
        bodies = [json.loads(body)["events"] for _, _, body in product.requests]
        assert [[e["type"] for e in events] for events in bodies] == [["b", "a"]] * 4
        assert [e[0].get("deliveryContext") for e in bodies] == [
            *(None, None),
            *({"isRedelivery": True}, {"isRedelivery": True}),
        ]

    def test_a_missing_signature(self, town: Town, product: Product) -> None:
        self.post(town, type="message", text="名乗らない", signed="missing")
        assert "x-line-signature" not in product.requests[0][1]

    def test_a_made_event_can_be_bent(self, town: Town, product: Product) -> None:
        self.post(town, **{"as": "mei", "type": "follow", "fields": {"mode": "standby"}})
        assert product.events()[0]["source"]["userId"] == town.user("mei")


def test_ulids_sort_by_time() -> None:
    now = time.time()
    made = [ulid(now + step) for step in range(20)]
    assert made == sorted(made)
    assert {len(one) for one in made} == {26}
