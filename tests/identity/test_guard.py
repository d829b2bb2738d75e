"""What the gate asks of a resident: session, Origin, CSRF token, or a Bearer token."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Blueprint, Flask, g, render_template_string
from flask.testing import FlaskClient

from liff_app import create_app
from liff_app.access import Audience, mount
from liff_app.config import Settings
from liff_app.db import db
from tests.conftest import HANAKO, Tokens, Visitor, on_sqlite, signed_in

pytestmark = on_sqlite
FORM = (
    '<meta name="csrf-token" content="{{ csrf_token() }}">'
    '<input name="csrf_token" value="{{ csrf_token() }}">'
)


def mount_probe(app: Flask) -> None:
    """A resident's form as later features will have them, on a page and in the API."""
    page, api = Blueprint("probe", __name__), Blueprint("probe_api", __name__)

    @page.get("/probe")
    def show() -> str:
        return render_template_string(FORM)

    @page.post("/probe")
    def change() -> str:
        return str(g.resident_id)

    @api.route("/probe", methods=["GET", "POST"])
    def ask() -> str:
        return str(g.resident_id)

    mount(app, page, Audience.RESIDENT, "/liff")
    mount(app, api, Audience.RESIDENT, "/api/v1")


@pytest.fixture
def probed(app: Flask) -> Flask:
    mount_probe(app)
    return app


@pytest.fixture
def hanako(probed: Flask, tokens: Tokens) -> FlaskClient:
    return signed_in(probed, tokens, HANAKO)


def csrf_of(client: FlaskClient) -> str:
    found = re.search(r'value="([^"]+)"', client.get("/liff/probe").text)
    assert found
    return found[1]


def test_a_form_with_its_token_is_taken(hanako: FlaskClient) -> None:
    answer = hanako.post("/liff/probe", data={"csrf_token": csrf_of(hanako)})
    assert answer.status_code == 200
    assert re.fullmatch("[0-9a-f]{32}", answer.text)


def test_the_token_may_travel_as_a_header(hanako: FlaskClient) -> None:
    headers = {"X-CSRF-Token": csrf_of(hanako), "Origin": "http://localhost"}
    assert hanako.post("/api/v1/probe", json={}, headers=headers).status_code == 200


@pytest.mark.parametrize("token", ["", "forged", "IjEyMyI.aaaa.bbbb"])
def test_a_form_without_its_token_is_refused(hanako: FlaskClient, token: str) -> None:
    csrf_of(hanako)
    page = hanako.post("/liff/probe", data={"csrf_token": token})
    assert page.status_code == 403
    assert page.mimetype == "text/html"
    call = hanako.post("/api/v1/probe", json={}, headers={"X-CSRF-Token": token})
    assert (call.status_code, call.get_json()["code"]) == (403, "not_allowed")


def test_another_residents_form_token_is_refused(
    probed: Flask, tokens: Tokens, hanako: FlaskClient
) -> None:
    other = signed_in(probed, tokens, "U" + "a" * 32)
    csrf_of(hanako)
    assert hanako.post("/liff/probe", data={"csrf_token": csrf_of(other)}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_another_sites_form_is_refused_even_with_the_right_token(
    hanako: FlaskClient, headers: dict[str, str]
) -> None:
    data = {"csrf_token": csrf_of(hanako)}
    assert hanako.post("/liff/probe", data=data, headers=headers).status_code == 403
    assert hanako.post("/liff/probe", data=data).status_code == 200  # the twin without the header


def test_our_own_forms_send_their_origin_under_our_referrer_policy(client: FlaskClient) -> None:
    """With `no-referrer` browsers send `Origin: null`, and every form of ours would be refused."""
    assert client.get("/liff/").headers["Referrer-Policy"] == "same-origin"


def test_a_form_is_taken_on_https_without_a_referer(settings: Settings, tokens: Tokens) -> None:
    """Flask-WTF by itself refuses every https form that comes without one."""
    app = create_app(replace(settings, public_url="https://line.example.lg.jp"))
    app.extensions["line_login"] = tokens.gateway
    mount_probe(app)
    with app.app_context():
        browser = Visitor(app)
        browser.environ_base["wsgi.url_scheme"] = "https"
        browser.environ_base["HTTP_HOST"] = "line.example.lg.jp"
        base = "https://line.example.lg.jp"
        body = {"id_token": tokens.make(HANAKO)}
        answer = browser.post("/api/v1/session", json=body, base_url=base)
        (cookie,) = answer.headers.getlist("Set-Cookie")
        assert cookie.startswith("__Host-machimado=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        page = browser.get("/liff/probe", base_url=base)
        found = re.search(r'value="([^"]+)"', page.text)
        assert found
        data = {"csrf_token": found[1]}
        sent = browser.post("/liff/probe", data=data, base_url=base, headers={"Origin": base})
        assert sent.status_code == 200
        db.session.close()
        db.engine.dispose()


def test_without_a_session_a_page_leads_to_the_door_and_the_api_says_401(
    probed: Flask, client: FlaskClient
) -> None:
    page = client.get("/liff/probe?town=1")
    assert page.status_code == 302
    assert page.headers["Location"] == "/liff/?next=%2Fliff%2Fprobe%3Ftown%3D1"
    call = client.get("/api/v1/probe")
    assert (call.status_code, call.get_json()["code"]) == (401, "not_signed_in")
    assert call.headers["WWW-Authenticate"].startswith("Bearer")
    assert client.post("/liff/probe").status_code == 401


def test_a_bearer_token_opens_the_api_without_cookie_or_form_token(
    probed: Flask, client: FlaskClient, tokens: Tokens, hanako: FlaskClient
) -> None:
    headers = {"Authorization": f"Bearer {tokens.make(HANAKO)}"}
    answer = client.post("/api/v1/probe", json={}, headers=headers)
    assert answer.status_code == 200
    assert answer.text == hanako.get("/api/v1/probe").text
    assert "Set-Cookie" not in answer.headers


def test_a_bearer_token_opens_no_page(probed: Flask, client: FlaskClient, tokens: Tokens) -> None:
    headers = {"Authorization": f"Bearer {tokens.make(HANAKO)}"}
    assert client.get("/liff/probe", headers=headers).status_code == 302
    assert client.post("/liff/probe", headers=headers).status_code == 401


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer x", "bearer x y", "Bearer \t"])
def test_a_wrong_bearer_token_is_not_saved_by_a_good_cookie(
    hanako: FlaskClient, value: str
) -> None:
    answer = hanako.get("/api/v1/probe", headers={"Authorization": value})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "token_invalid")


@pytest.mark.parametrize("cookie", ["", "x" * 5000, "é", "%00", "\udcff", "a b;c"])
def test_no_cookie_value_breaks_a_page(probed: Flask, client: FlaskClient, cookie: str) -> None:
    raw = cookie.encode("utf-8", "surrogateescape").decode("latin-1")
    answer = client.get("/liff/probe", headers={"Cookie": f"machimado={raw}"})
    assert answer.status_code == 302
