"""The entry page and the only redirects that follow what somebody wrote into an address."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from liff_app.identity.views import KEPT_PARAMETERS, destination
from tests.conftest import on_sqlite

pytestmark = on_sqlite
PAGES = {"/liff/shelters", "/liff/menu"}

HOSTILE = [
    "//evil.example",
    "//evil.example/liff/shelters",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/liff/shelters\r\nSet-Cookie: a=b",
    "/liff/shelters\x00",
    "/liff/../api/v1/session",
    "/liff/shelters/../../console",
    "/%2f%2fevil.example",
    "/liff//evil.example",
    "/liff/shelters@evil.example",
    "//[",
    "//[::1",
    "http://[::1",
    "/liff/shelters?" + "&".join(f"a{n}=1" for n in range(50)),
    "/" * 499,
    "/liff/shelters?" + "x" * 600,
    "/liff/",
    "/display?size=large",
    "/api/v1/openapi.json",
    "/metrics",
    "liff/shelters",
    "",
    " /liff/shelters",
    "\u2028/liff/shelters",
]


def check(found: str | None) -> None:
    if found is None:
        return
    parts = urlsplit(found)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("", "", "")
    assert parts.path in PAGES
    assert not set(found) & set("\\\r\n\t\0 ")
    assert {name for name, _ in parse_qsl(parts.query)} <= KEPT_PARAMETERS


@pytest.mark.parametrize("wanted", HOSTILE)
def test_a_hostile_address_leads_nowhere_else(client: FlaskClient, wanted: str) -> None:
    for name in ("next", "liff.state"):
        answer = client.get("/liff/", query_string={name: wanted})
        assert answer.status_code in (200, 302)
        check(answer.headers.get("Location"))
    answer = client.get("/display", query_string={"size": "large", "next": wanted})
    assert answer.status_code == 303
    check(answer.headers["Location"])


def test_without_the_check_the_same_list_would_lead_away(app: Flask) -> None:
    """The planted flaw: following `next` as it comes."""
    away = 0
    for wanted in HOSTILE:
        try:
            check(wanted)
        except (AssertionError, ValueError):
            away += 1
    assert away >= 20


pieces = st.sampled_from(
    ["/", "//", "\\", "liff", "shelters", "menu", "http:", "https://", "evil.example", "@", ":",
     "?", "#", "%2f", "%0d%0a", "\t", "\n", "[", "]", "town=1", "&", "=", "next", ".", ".."]
)  # fmt: skip


@settings(
    max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(pieces, max_size=12).map("".join) | st.text(max_size=60).map(lambda t: "/" + t))
@example("//[")
@example("/liff/menu?" + "a=1&" * 30)
def test_no_address_whatever_leads_out_of_our_pages(app: Flask, wanted: str) -> None:
    with app.test_request_context("/liff/"):
        check(destination(wanted))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("/liff/shelters", "/liff/shelters"),
        ("/shelters", "/liff/shelters"),
        ("/menu", "/liff/menu"),
        (
            "/liff/shelters?hazard=flood&town=4799930001",
            "/liff/shelters?hazard=flood&town=4799930001",
        ),
        ("/shelters?utm=x&hazard=flood", "/liff/shelters?hazard=flood"),
        ("/shelters?q=" + quote("まど町"), "/liff/shelters?q=" + quote("まど町")),
        ("/shelters?q=//evil.example", "/liff/shelters?q=%2F%2Fevil.example"),
        ("/shelters#answer", "/liff/shelters"),
        ("/nowhere", None),
    ],
)
def test_our_pages_are_found_with_the_parameters_they_know(
    app: Flask, wanted: str, found: str | None
) -> None:
    with app.test_request_context("/liff/"):
        assert destination(wanted) == found


def test_where_to_flee_is_shown_without_a_sign_in(client: FlaskClient) -> None:
    answer = client.get("/liff/", query_string={"liff.state": "/shelters?hazard=flood"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/liff/shelters?hazard=flood")


def test_a_residents_page_waits_for_the_sign_in(client: FlaskClient) -> None:
    answer = client.get("/liff/", query_string={"liff.state": "/menu"})
    assert answer.status_code == 200
    assert 'data-next="/liff/menu"' in answer.text


def test_a_signed_in_resident_goes_straight_on(resident: FlaskClient) -> None:
    assert resident.get("/liff/").headers["Location"] == "/liff/menu"
    # While LINE's SDK is in the middle of its login it must run, whoever is signed in.
    assert resident.get("/liff/?code=abc&state=x").status_code == 200


def test_only_the_entry_page_may_run_lines_script(
    client: FlaskClient, resident: FlaskClient
) -> None:
    entry = client.get("/liff/").headers["Content-Security-Policy"]
    menu = resident.get("/liff/menu").headers["Content-Security-Policy"]
    assert "https://static.line-scdn.net" in entry
    assert "line" not in menu
    assert "require-trusted-types-for 'script'" in menu


@pytest.mark.parametrize("size", ["normal", "large", "xlarge"])
def test_the_text_size_is_kept_and_shown(client: FlaskClient, size: str) -> None:
    answer = client.get(f"/display?size={size}&next=/liff/shelters")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert {"HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert f'data-size="{size}"' in client.get("/liff/shelters").text
    assert 'data-size="normal"' in client.get("/shelters").text  # the same for every cache


@pytest.mark.parametrize("size", ["", "huge", '"><script>', "large\n"])
def test_another_text_size_is_not_found(client: FlaskClient, size: str) -> None:
    answer = client.get("/display", query_string={"size": size})
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


def test_a_text_size_written_into_the_cookie_by_hand_is_not_printed(client: FlaskClient) -> None:
    client.set_cookie("text_size", '"><script>')
    page = client.get("/liff/shelters").text
    assert 'data-size="normal"' in page
    assert "><script>" not in page
