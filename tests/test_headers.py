"""What every answer carries, and which Host may be asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from liff_app import create_app
from liff_app.config import Settings
from liff_app.db import db
from tests.conftest import Visitor, on_sqlite

pytestmark = on_sqlite
KINDS = [
    ("/shelters", 200),
    ("/liff/", 200),
    ("/liff/menu", 302),
    ("/api/v1/shelters/nearest", 422),
    ("/api/v1/shelters/nearest?lat=35&lon=135", 200),
    ("/api/v1/shelters.geojson", 200),
    ("/api/v1/nothing", 404),
    ("/nothing", 404),
    ("/livez", 200),
]


@pytest.mark.parametrize(("path", "status"), KINDS)
def test_every_answer_carries_the_security_headers_once(
    client: FlaskClient, path: str, status: int
) -> None:
    for _ in range(2):  # the second may take a shortcut
        answer = client.get(path)
        assert answer.status_code == status
        for name, value in {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Frame-Options": "DENY",
        }.items():
            assert answer.headers.getlist(name) == [value]
        for name in ("Content-Security-Policy", "Cache-Control", "X-Request-Id"):
            assert len(answer.headers.getlist(name)) == 1, name
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy


def test_a_nonce_is_never_used_twice(client: FlaskClient) -> None:
    policies = {client.get("/liff/").headers["Content-Security-Policy"] for _ in range(20)}
    assert len(policies) == 20


def test_a_page_that_caches_keep_has_no_nonce(client: FlaskClient) -> None:
    one, two = client.get("/shelters"), client.get("/shelters")
    assert "nonce" not in one.headers["Content-Security-Policy"] + one.text
    assert one.headers["Content-Security-Policy"] == two.headers["Content-Security-Policy"]
    assert one.headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize("path", ["/liff/", "/liff/shelters", "/nothing", "/api/v1/nothing"])
def test_what_depends_on_the_visitor_is_stored_nowhere(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_a_position_in_the_address_keeps_the_page_out_of_caches(client: FlaskClient) -> None:
    answer = client.get("/shelters?lat=33.5&lon=130.5")
    assert answer.headers["Cache-Control"] == "no-store"


FOREIGN = [
    "evil.example",
    "localhost.evil.example",
    "evil.example:80",
    "localhost@evil.example",
    "localhost:80@evil.example",
    "localhost:evil",
    "",
    "localhost/evil",
    "localhost\tevil",
    "[::1]",
    "127.0.0.1.evil.example",
    "LOCALHOST.",
]


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_host_is_refused_and_never_repeated(client: FlaskClient, host: str) -> None:
    for path in ("/shelters", "/api/v1/openapi.json", "/liff/menu", "/nothing"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 400, path
        assert "evil" not in answer.text
        assert "evil" not in str(answer.headers)
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "LocalHost", "127.0.0.1:5000"])
def test_our_own_host_is_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/shelters", headers={"Host": host}).status_code == 200


def test_production_answers_only_to_its_public_name(settings: Settings) -> None:
    public = replace(settings, env="production", public_url="https://line.example.lg.jp")
    app = create_app(public)
    with app.app_context():
        browser = Visitor(app)
        good = browser.get("/livez", headers={"Host": "line.example.lg.jp"})
        assert good.status_code == 200
        assert good.headers["Strict-Transport-Security"].startswith("max-age=63072000")
        assert browser.get("/shelters", headers={"Host": "localhost"}).status_code == 400
        db.engine.dispose()


def test_forwarded_hosts_are_never_believed(settings: Settings) -> None:
    app = create_app(replace(settings, trusted_proxies=1))
    with app.app_context():
        answer = Visitor(app).get("/liff/menu", headers={"X-Forwarded-Host": "evil.example"})
        assert answer.headers["Location"].startswith("/liff/")
        db.engine.dispose()


IDS = [("abcdefgh-1234", True), ("x", False), ("a b" * 5, False), ("<b>" * 5, False)]


@pytest.mark.parametrize(("given", "kept"), IDS)
def test_a_request_id_is_taken_over_only_in_its_own_shape(
    client: FlaskClient,
    given: str,
    kept: bool,  # noqa: FBT001 - a table of cases
) -> None:
    answer = client.get("/nothing", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) == kept
    assert (f"：{given}<" in answer.text) == kept


def test_every_answer_has_an_id_of_its_own(client: FlaskClient) -> None:
    assert len({client.get("/livez").headers["X-Request-Id"] for _ in range(20)}) == 20


def test_the_emulator_may_frame_our_pages_and_nobody_else(settings: Settings) -> None:
    app = create_app(replace(settings, line_api_url="http://localhost:8765"))
    with app.app_context():
        answer = Visitor(app).get("/liff/")
        assert "frame-ancestors http://localhost:8765" in answer.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in answer.headers
        db.engine.dispose()
