"""The outermost layer: a shortcut must be the ordinary answer, only sooner."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from liff_app import clock, create_app, demo_town
from liff_app.config import Settings
from liff_app.shelters import service
from liff_app.shelters.vocabulary import Hazard
from tests.conftest import Visitor

NEAREST = "/api/v1/shelters/nearest"
STATUS = "/api/v1/shelters/status.json"


@pytest.fixture
def town(app: Flask) -> FlaskClient:
    demo_town.load(now=clock.now())
    return app.test_client()


def both_ways(
    app: Flask, client: FlaskClient, path: str, headers: dict[str, str] | None = None
) -> tuple[TestResponse, TestResponse]:
    """The answer by the shortcut and the answer by Flask to one request."""
    client.get(STATUS)  # the board has been looked at just now
    taken = app.extensions["shortcuts"]
    assert taken
    short = client.get(path, headers=headers)
    kept = dict(taken)
    taken.clear()
    try:
        ordinary = client.get(path, headers=headers)
    finally:
        taken.update(kept)
    return short, ordinary


def told(answer: TestResponse) -> tuple[int, bytes, dict[str, str]]:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    assert headers.pop("x-request-id")
    return answer.status_code, answer.data, headers


def questions() -> list[str]:
    rng = random.Random(2)
    plain = [
        f"lat={rng.uniform(35.58, 35.63):.5f}&lon={rng.uniform(140.27, 140.32):.5f}"
        f"&hazard={rng.choice(list(Hazard)).value}&limit={rng.randint(1, 50)}"
        f"&purpose={rng.choice(['flee', 'stay'])}"
        for _ in range(20)
    ]
    odd = [
        "",
        "lat=35.6",
        "lat=35.6&lon=140.3",
        "lat=35.6&lon=140.3&lat=1",
        "lat=nan&lon=140.3",
        "lat=1e400&lon=1",
        "lat=91&lon=1",
        "lat=35.6&lon=140.3&limit=0",
        "lat=35.6&lon=140.3&limit=51",
        "lat=35.6&lon=140.3&limit=",
        "lat=35.6&lon=140.3&hazard=",
        "lat=35.6&lon=140.3&hazard=x",
        "lat=35.6&lon=140.3&unknown=1",
        "lat=%2035.6&lon=140.3",
        "lat=35.6%00&lon=140.3",
        "lat=３５&lon=140.3",
        "lat=+35.6&lon=140.3",
        "&".join(f"a{n}=1" for n in range(30)),
    ]
    return plain + odd


def test_nearest_is_the_same_with_and_without_the_shortcut(app: Flask, town: FlaskClient) -> None:
    answered = 0
    for question in questions():
        short, ordinary = both_ways(app, town, f"{NEAREST}?{question}")
        if ordinary.status_code == 200:
            answered += 1
            assert told(short) == told(ordinary), question
            continue
        assert short.json is not None
        assert ordinary.json is not None
        assert short.json["errors"] == ordinary.json["errors"], question
        assert short.status_code == ordinary.status_code == 422
    assert answered >= 20


def test_the_status_is_the_same_with_and_without_the_shortcut(
    app: Flask, town: FlaskClient
) -> None:
    tag = town.get(STATUS).headers["ETag"]
    for match in ("", tag, f"W/{tag}", '"old"', "*"):
        for encoding in ("gzip", "identity"):
            headers = {"If-None-Match": match, "Accept-Encoding": encoding}
            short, ordinary = both_ways(app, town, STATUS, headers)
            assert told(short) == told(ordinary), headers


def test_the_shortcut_is_really_taken(app: Flask, town: FlaskClient) -> None:
    town.get(STATUS)
    board = service.board()
    assert board.known() is not None
    for path, shortcut in app.extensions["shortcuts"].items():
        assert shortcut({"QUERY_STRING": "lat=35.6&lon=140.3"}) is not None, path


def test_other_methods_go_the_ordinary_way(town: FlaskClient) -> None:
    for method in ("HEAD", "OPTIONS", "POST", "PUT", "DELETE"):
        town.get(STATUS)
        answer = town.open(f"{NEAREST}?lat=35.6&lon=140.3", method=method)
        assert answer.status_code == (200 if method in ("HEAD", "OPTIONS") else 405), method
        if method == "HEAD":
            assert answer.data == b""


def test_a_foreign_host_is_refused_before_any_shortcut(town: FlaskClient) -> None:
    town.get(STATUS)
    for host in ("evil.example", "localhost.evil.example", "", "localhost@evil.example"):
        answer = town.get(STATUS, headers={"Host": host})
        assert answer.status_code == 400, host
        assert answer.json is not None
        assert answer.json["code"] == "bad_request"


def test_every_answer_carries_an_id_of_its_own_or_the_one_given(town: FlaskClient) -> None:
    for path in (STATUS, "/shelters", "/nowhere"):
        first, second = (town.get(path).headers["X-Request-Id"] for _ in range(2))
        assert first != second
        given = town.get(path, headers={"X-Request-Id": "proxy-0123456789"})
        assert given.headers["X-Request-Id"] == "proxy-0123456789"
        forged = town.get(path, headers={"X-Request-Id": "a b<script>"})
        assert "script" not in forged.headers["X-Request-Id"]


PUBLIC = "machi.example.lg.jp"


@pytest.fixture
def in_production(settings: Settings) -> Iterator[FlaskClient]:
    """A caller of a town that serves residents by https, behind one proxy."""
    town = replace(settings, env="production", public_url=f"https://{PUBLIC}", trusted_proxies=1)
    app = create_app(town)
    yield Visitor(app)
    app.extensions["engine"].dispose()


HEALTH = ("/livez", "/readyz", "/metrics")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST:8080", "[::1]:80"])
@pytest.mark.parametrize("caller", ["127.0.0.1", "::1"])
def test_the_machine_itself_may_ask_for_health_by_its_own_name(
    in_production: FlaskClient, host: str, caller: str
) -> None:
    for path in HEALTH:
        answer = in_production.get(
            path, headers={"Host": host}, environ_overrides={"REMOTE_ADDR": caller}
        )
        assert answer.status_code == 200, path


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"]
)
def test_nobody_asks_for_health_by_that_name_through_a_proxy(
    in_production: FlaskClient, header: str
) -> None:
    for path in HEALTH:
        for value in ("127.0.0.1", ""):
            answer = in_production.get(path, headers={"Host": "localhost", header: value})
            assert answer.status_code == 400, path


def test_only_the_machine_itself_and_only_for_health_has_that_name(
    in_production: FlaskClient,
) -> None:
    def ask(path: str, host: str, caller: str) -> int:
        return in_production.get(
            path, headers={"Host": host}, environ_overrides={"REMOTE_ADDR": caller}
        ).status_code

    assert ask("/livez", PUBLIC, "192.0.2.1") == 200
    assert ask("/livez", "localhost", "192.0.2.1") == 400
    assert ask("/livez", "localhost", "127.0.0.1.example") == 400
    assert ask("/livez", "localhost.example", "127.0.0.1") == 400
    for path in ("/shelters", STATUS, "/livez/", "/nowhere"):
        assert ask(path, "localhost", "127.0.0.1") == 400, path


@pytest.mark.parametrize("told", [None, "http", "https", "gopher"])
def test_a_redirect_stays_on_the_public_address_scheme(
    in_production: FlaskClient, town: FlaskClient, told: str | None
) -> None:
    headers = {"X-Forwarded-Proto": told} if told else {}
    answer = in_production.get("/liff", headers={"Host": PUBLIC, **headers})
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"https://{PUBLIC}/liff/"
    assert town.get("/liff", headers=headers).headers["Location"] == "http://localhost/liff/"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"{NEAREST}?lat=95&lon=x", 422),
        ("GET", "/api/v1/shelters/nothing", 404),
        ("POST", "/api/v1/shelters.geojson", 405),
    ],
)
def test_other_sites_may_read_what_the_public_api_refuses(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.headers.getlist("Access-Control-Allow-Origin") == ["*"]


def test_other_sites_may_not_read_what_the_rest_refuses(client: FlaskClient) -> None:
    for path in ("/api/v1/session", "/api/v1/nothing", "/liff/menu", "/nowhere"):
        answer = client.put(path)
        assert answer.status_code >= 400, path
        assert "Access-Control-Allow-Origin" not in answer.headers, path
