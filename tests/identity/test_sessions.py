"""The session costs nothing where nobody asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Blueprint, Flask, session
from flask.testing import FlaskClient
from sqlalchemy import event

from liff_app.access import Audience, mount
from liff_app.db import db
from tests.conftest import Visitor, on_sqlite

pytestmark = on_sqlite
PUBLIC = ["/shelters", "/api/v1/openapi.json", "/api/v1/shelters.geojson", "/livez", "/"]


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every SQL statement sent in the block."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, text: str, *_rest: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        seen.append(text)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_asks_for_no_session_and_sets_no_cookie(
    resident: FlaskClient, path: str
) -> None:
    with statements() as seen:
        answer = resident.get(path)
    assert answer.status_code in (200, 302)
    assert "Set-Cookie" not in answer.headers
    assert not [text for text in seen if "login_sessions" in text]


def test_the_count_would_see_a_session_that_is_asked_for(resident: FlaskClient) -> None:
    with statements() as seen:
        resident.get("/liff/menu")
    assert [text for text in seen if "login_sessions" in text]


@pytest.mark.parametrize("path", ["/liff/shelters", "/liff/", "/no-such-page"])
def test_reading_inside_line_without_signing_in_begins_no_session(
    client: FlaskClient, path: str
) -> None:
    with statements() as seen:
        answer = client.get(path)
    assert answer.status_code in (200, 404)
    assert "Set-Cookie" not in answer.headers
    assert not [text for text in seen if "INSERT" in text.upper()]


def test_values_are_kept_from_one_request_to_the_next(app: Flask) -> None:
    bp = Blueprint("counting", __name__)

    @bp.get("/count")
    def count() -> str:
        session["n"] = session.get("n", 0) + 1
        return str(session["n"])

    @bp.get("/forget")
    def forget() -> str:
        del session["n"]
        return str(len(session))

    mount(app, bp, Audience.ANYONE)
    browser = Visitor(app)
    assert [browser.get("/count").text for _ in range(3)] == ["1", "2", "3"]
    assert Visitor(app).get("/count").text == "1"
    assert browser.get("/forget").text == "0"
    assert browser.get("/count").text == "1"


def test_a_second_read_writes_nothing(resident: FlaskClient) -> None:
    resident.get("/liff/menu")
    with statements() as seen:
        resident.get("/liff/menu")
    assert not [text for text in seen if text.split()[0] in ("INSERT", "UPDATE", "DELETE")]
