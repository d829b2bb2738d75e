"""Every page, for every role, in normal times and in a disaster, as HTML and by its policy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from liff_app import access, clock, demo_town
from liff_app.db import db, transaction
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.vocabulary import Hazard
from tests.conftest import HANAKO, Tokens, Visitor, on_sqlite, signed_in
from tests.house.page import Page, faults

pytestmark = on_sqlite
BUDGET = 15 * 1024  # gzip bytes of a resident's page (facts on the front end, section 11)
QUERIES = 10
DEEPER = [
    "/shelters?hazard=flood",
    "/shelters?hazard=flood&purpose=stay&lat=33.53&lon=130.47",
    "/shelters?purpose=welfare&lat=33.53&lon=130.47",
    "/shelters?q=nowhere",
    "/shelters?lat=x&lon=y",
    "/liff/shelters?hazard=tsunami&lat=33.53&lon=130.47",
    '/liff/shelters?q="><script>alert(1)</script>',
    "/liff/?next=/menu",
    "/no-such-page",
    "/liff/no-such-page",
]


@pytest.fixture(params=["normal times", "a disaster", "a drill"])
def town(app: Flask, tokens: Tokens, request: pytest.FixtureRequest) -> Flask:
    """まど市, with its places, towns, and what the parameter names."""
    now = clock.now()
    demo_town.load(now=now)
    if request.param != "normal times":
        with transaction() as session:
            draft = DisasterDraft(
                name="台風19号による大雨",
                hazards=(Hazard.FLOOD,),
                drill=request.param == "a drill",
                checkin=True,
            )
            disasters.start(session, draft, by="test", now=now)
    return app


def visitors(app: Flask, tokens: Tokens) -> dict[str, FlaskClient]:
    operator = Visitor(app)
    operator.environ_base["REMOTE_ADDR"] = "127.0.0.1"
    return {
        "visitor": Visitor(app),
        "resident": signed_in(app, tokens, HANAKO),
        "operator": operator,
    }


def paths(app: Flask) -> list[str]:
    """Every rule that can be opened by its address alone, and some with a question."""
    rules = [row.rule for row in access.table(app) if "GET" in row.methods and "<" not in row.rule]
    return sorted(set(rules)) + DEEPER


def pages(app: Flask, tokens: Tokens) -> Iterator[tuple[str, str, TestResponse]]:
    """Every HTML page that every role gets, whatever its status."""
    for role, browser in visitors(app, tokens).items():
        for path in paths(app):
            answer = browser.get(path)
            if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303):
                yield role, path, answer


def test_every_page_of_every_role_is_right(town: Flask, tokens: Tokens) -> None:
    found, seen = [], set()
    for role, path, answer in pages(town, tokens):
        seen.add(path)
        found += [f"{role} {path}: {fault}" for fault in faults(answer, path)]
    assert not found, "\n".join(found)
    assert {"/shelters", "/liff/", "/liff/menu", "/liff/shelters", "/_components"} <= seen


def test_every_page_fits_its_budget(town: Flask, tokens: Tokens) -> None:
    large = [
        f"{path}: {size}"
        for _, path, answer in pages(town, tokens)
        if path != "/_components" and (size := Page(answer).gzip_bytes) > BUDGET
    ]
    assert not large, large


def test_no_page_asks_the_database_more_than_ten_times(town: Flask, tokens: Tokens) -> None:
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    many = []
    for role, browser in visitors(town, tokens).items():
        for path in paths(town):
            seen.clear()
            browser.get(path)
            if len(seen) > QUERIES:
                many.append(f"{role} {path}: {len(seen)}")
    assert not many


def test_what_a_stranger_typed_is_shown_as_text(town: Flask, client: FlaskClient) -> None:
    hostile = '"><img src=x onerror=alert(1)>{{7*7}}</script>'
    for path in ("/shelters", "/liff/shelters"):
        answer = client.get(path, query_string={"q": hostile[:40], "town": hostile[:20]})
        assert faults(answer, path) == []
        assert "<img" not in answer.text
        assert "49" not in answer.text.split("</style>")[1].split('value="')[1][:40]


def test_nothing_foreign_is_loaded_but_lines_script_on_the_entry_page(
    town: Flask, tokens: Tokens
) -> None:
    for _, path, answer in pages(town, tokens):
        sources = [
            e.attrs.get("src") or e.attrs.get("href", "")
            for e in Page(answer).elements
            if e.tag in ("script", "link", "img", "iframe", "source")
        ]
        foreign = [s for s in sources if not s.startswith(("/", "data:"))]
        entry = path.startswith("/liff/?") or path == "/liff/"
        assert all(s.startswith("https://static.line-scdn.net/") for s in foreign), path
        assert bool(foreign) <= entry, (path, foreign)


def test_every_static_file_a_page_names_is_there(town: Flask, tokens: Tokens) -> None:
    browser, asked = Visitor(town), set()
    for _, _, answer in pages(town, tokens):
        for e in Page(answer).elements:
            for value in e.attrs.values():
                if value.startswith(("/static/", "/vendor/")):
                    asked.add(value)
    assert len(asked) >= 5
    for address in asked:
        answer = browser.get(address)
        answer.close()
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]


GOOD = (
    '<!doctype html><html lang="ja"><head><title>{title}</title><style nonce="n">a{{}}</style>'
    "</head><body><main>{body}</main></body></html>"
)


def page_of(body: str, title: str = "題", policy: str = "style-src 'nonce-n'") -> TestResponse:
    made = Response(GOOD.format(title=title, body=body), mimetype="text/html")
    made.headers["Content-Security-Policy"] = policy
    headers = made.headers
    return TestResponse(made.response, made.status, headers, None)  # type: ignore[arg-type]  # no request is looked at


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("", "headings"),
        ("<h1>a</h1><h1>b</h1>", "headings"),
        ("<h1>a</h1><h3>b</h3>", "h3 after h1"),
        ("<h1>a</h1><input name=x>", "no label"),
        ("<h1>a</h1><label for=x></label><input id=x>", "no label"),
        ("<h1>a</h1><img src=/x>", "no alt"),
        ("<h1>a</h1><button></button>", "says nothing"),
        ("<h1>a</h1><p id=x></p><p id=x></p>", "id twice"),
        ("<h1>a</h1><a href='#x'>b</a>", "leads nowhere"),
        ("<h1>a</h1><input aria-label=a aria-describedby=y>", "leads nowhere"),
        ("<h1>a</h1><p onclick=x>b</p>", "inline handler"),
        ("<h1>a</h1><p style='x'>b</p>", "inline style"),
        ("<h1>a</h1><a href='javascript:x'>b</a>", "script address"),
        ("<h1>a</h1><script nonce=n>x</script>", "inline script"),
        ("<h1>a</h1><script src=/x nonce=m></script>", "policy refuses"),
        ("<h1>a</h1><a href=/x download>b</a>", "download"),
    ],
)
def test_the_check_finds_each_planted_fault(app: Flask, body: str, fault: str) -> None:
    found = faults(page_of(body), "/liff/x")
    assert any(fault in one for one in found), found


def test_the_check_takes_a_right_page(app: Flask) -> None:
    right = "<h1>a</h1><label for=x>b</label><input id=x><script src=/x nonce=n></script>"
    assert faults(page_of(right), "/liff/x") == []
    assert faults(page_of(right, title="あ" * 13), "/liff/x")
