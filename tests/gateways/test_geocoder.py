"""Addresses to positions: a service that may fail in any way, and the towns at hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from liff_app.gateways import geocoder
from liff_app.gateways.addresses import (
    AddressFinder,
    FirstOf,
    GeocoderFailed,
    Located,
    TownFinder,
)
from liff_app.gateways.geocoder import GsiAddressFinder
from liff_app.search_text import search_key


@dataclass
class Service:
    """An address service on loopback that answers as it is told."""

    url: str = ""
    status: int = 200
    body: bytes = b"[]"
    waits_s: float = 0.0
    asked: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


def feature(lat: Any, lon: Any, title: str = "まど県まど市湊") -> dict[str, Any]:  # noqa: ANN401 - also what no service should say
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {"title": title},
    }


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The service, asked directly whatever proxies this machine uses."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    told = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(parse_qs(urlsplit(self.path).query)["q"][0])
            if told.waits_s:
                told.released.wait(told.waits_s)
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, *_parts: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/search"
    yield told
    told.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_first_answer_is_taken_and_the_address_sent_as_it_is(service: Service) -> None:
    service.body = json.dumps([feature(35.58, 140.31), feature(43.0, 141.0)]).encode()
    found = GsiAddressFinder(service.url).locate("まど市湊3-18 & 裏")
    assert found == Located(lat=35.58, lon=140.31, source="geocoder")
    assert service.asked == ["まど市湊3-18 & 裏"]


def test_an_unknown_address_is_no_failure(service: Service) -> None:
    assert GsiAddressFinder(service.url).locate("どこでもない") is None


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_a_refusal_of_the_service_is_a_failure(service: Service, status: int) -> None:
    service.status = status
    with pytest.raises(GeocoderFailed):
        GsiAddressFinder(service.url).locate("湊")


@pytest.mark.parametrize(
    "body",
    [
        b"<html>maintenance</html>",
        b"",
        b"\xff\xfe",
        b'{"error": "quota"}',
        b'["x"]',
        b"[1]",
        json.dumps([{"geometry": None, "properties": {}}]).encode(),
        json.dumps([feature(None, 140)]).encode(),
        json.dumps([feature("north", 140)]).encode(),
        json.dumps([feature(float("nan"), 140)]).encode(),
        json.dumps([feature(float("inf"), 140)]).encode(),
        json.dumps(
            [{"geometry": {"coordinates": [1, 2, 3]}, "properties": {"title": ""}}]
        ).encode(),
    ],
)
def test_an_answer_of_another_form_is_a_failure(service: Service, body: bytes) -> None:
    service.body = body
    with pytest.raises(GeocoderFailed):
        GsiAddressFinder(service.url).locate("湊")


def test_a_service_that_does_not_answer_in_time_is_a_failure(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.waits_s = 30
    slow = GsiAddressFinder(service.url)
    monkeypatch.setattr(slow, "_geocoder", geocoder.GsiGeocoder(service.url, timeout=0.2))
    with pytest.raises(GeocoderFailed):
        slow.locate("湊")


def test_nobody_there_is_a_failure(service: Service) -> None:
    with pytest.raises(GeocoderFailed):
        GsiAddressFinder("http://127.0.0.1:9/search").locate("湊")


TOWNS = TownFinder(
    {"本町": (35.1, 140.1), "本町一丁目": (35.2, 140.2), "湊": (35.3, 140.3), "": (0.0, 0.0)},
    search_key,
)


@pytest.mark.parametrize(
    ("address", "lat"),
    [
        ("まど市本町3-1", 35.1),
        ("まど市本町一丁目3-1", 35.2),
        ("まど市 本町 一丁目", 35.2),
        ("湊18", 35.3),
    ],
)
def test_a_town_is_found_in_an_address_the_longest_name_first(address: str, lat: float) -> None:
    found = TOWNS.locate(address)
    assert found is not None
    assert (found.lat, found.source) == (lat, "town")


def test_an_address_without_a_known_town_has_no_position() -> None:
    assert TOWNS.locate("まど市北戸4") is None
    assert TOWNS.locate("") is None


class Counting:
    """A finder that counts and answers, or fails, as told."""

    def __init__(self, answer: Located | None, *, fails: bool = False) -> None:
        self.answer = answer
        self.fails = fails
        self.asked = 0

    def locate(self, address: str) -> Located | None:
        self.asked += 1
        if self.fails:
            raise GeocoderFailed(f"no answer for {len(address)} signs")
        return self.answer


def test_a_finder_that_fails_is_left_out_and_told_once() -> None:
    here = Located(lat=35.0, lon=140.0, source="town")
    broken, second = Counting(None, fails=True), Counting(here)
    finders: list[AddressFinder] = [broken, second]
    first_of = FirstOf(finders)
    assert [first_of.locate("湊"), first_of.locate("浜窓")] == [here, here]
    assert (broken.asked, second.asked) == (1, 2)
    assert first_of.failures == ["no answer for 1 signs"]
    assert finders == [broken, second]


def test_a_finder_that_knows_nothing_passes_the_question_on() -> None:
    here = Located(lat=35.0, lon=140.0, source="town")
    nothing, second = Counting(None), Counting(here)
    assert FirstOf([nothing, second]).locate("湊") == here
    assert FirstOf([nothing]).locate("湊") is None
    assert FirstOf([]).locate("湊") is None
