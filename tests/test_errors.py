"""Every error has the one shape: problem+json below /api/, a page elsewhere."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

import pytest
from flask import Blueprint, Flask, session
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import Session

from liff_app.access import Audience, mount
from liff_app.db import db, transaction
from liff_app.errors import STATUS, DomainError, FieldError, InputInvalid
from liff_app.health import Heartbeat
from tests.conftest import Tokens, on_sqlite

pytestmark = on_sqlite
SESSION = "/api/v1/session"
MARKER = "marker-in-an-error-text"


def subclasses(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


def raised(kind: type[DomainError]) -> DomainError:
    if issubclass(kind, InputInvalid):
        return kind([FieldError("body", "missing", "入力してください。")])
    return kind(MARKER)


@pytest.fixture
def failing(app: Flask) -> Flask:
    """An app with a view that raises whatever a test puts into `app.extensions["fault"]`."""
    page, api = Blueprint("fail", __name__), Blueprint("fail_api", __name__)

    @page.get("/fail")
    @api.get("/fail")
    def fail() -> str:
        raise app.extensions["fault"]

    @page.get("/remember")
    def remember() -> str:
        session["x"] = 1
        return "kept"

    @api.post("/beat")
    def beat() -> str:
        with transaction() as database:
            database.merge(Heartbeat(name="x", at=app.extensions["now"]))
        return "{}"

    mount(app, page, Audience.ANYONE)
    mount(app, api, Audience.ANYONE, "/api/v1")
    return app


def check_problem(body: dict[str, object], status: int) -> None:
    assert set(body) - {"errors"} == {"type", "status", "code", "title", "request_id"}
    assert (body["type"], body["status"]) == ("about:blank", status)
    assert str(body["code"]).isidentifier()
    assert str(body["title"]).endswith("。")
    assert body["request_id"]


KINDS = sorted({*subclasses(DomainError)}, key=lambda kind: kind.__qualname__)


@pytest.mark.parametrize("kind", [k for k in KINDS if k.__module__ == "liff_app.errors"])
def test_every_domain_error_is_answered_in_the_one_shape(
    failing: Flask, client: FlaskClient, kind: type[DomainError]
) -> None:
    failing.extensions["fault"] = raised(kind)
    call = client.get("/api/v1/fail")
    status = next(STATUS[k] for k in kind.__mro__ if k in STATUS)
    assert call.status_code == status
    assert call.mimetype == "application/problem+json"
    check_problem(call.get_json(), status)
    assert call.headers["Cache-Control"] == "no-store"
    assert MARKER not in call.text
    page = client.get("/fail")
    assert page.status_code == (302 if status == 401 else status)
    if status != 401:
        assert page.mimetype == "text/html"
        assert kind.title in page.text
        assert MARKER not in page.text


def test_every_error_class_has_a_status_and_a_code_of_its_own(app: Flask) -> None:
    for kind in KINDS:
        assert any(parent in STATUS for parent in kind.__mro__), kind
        assert kind.code != DomainError.code, kind
        assert kind.title.endswith("。"), kind


def test_a_crash_says_nothing_about_its_cause(failing: Flask, client: FlaskClient) -> None:
    failing.extensions["fault"] = RuntimeError(MARKER)
    failing.testing = failing.config["PROPAGATE_EXCEPTIONS"] = False
    call, page = client.get("/api/v1/fail"), client.get("/fail")
    assert (call.status_code, page.status_code) == (500, 500)
    check_problem(call.get_json(), 500)
    assert call.get_json()["code"] == "internal_error"
    for answer in (call, page):
        assert MARKER not in answer.text
        assert "RuntimeError" not in answer.text
        assert "Traceback" not in answer.text
    assert page.headers["X-Request-Id"] in page.text


def test_a_locked_database_is_503_with_a_time_to_come_back(
    failing: Flask, client: FlaskClient
) -> None:
    with db.engine.connect() as connection:  # so that the test does not wait ten seconds
        connection.exec_driver_sql("PRAGMA busy_timeout=1")
    other = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    failing.extensions["now"] = None
    answer = client.post("/api/v1/beat")
    other.rollback()
    other.close()
    assert answer.status_code == 503
    check_problem(answer.get_json(), 503)
    assert int(answer.headers["Retry-After"]) > 0


def test_a_page_whose_session_cannot_be_stored_is_503_too(
    failing: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing.testing = failing.config["PROPAGATE_EXCEPTIONS"] = False

    def busy(_self: Session) -> None:
        raise OperationalError("COMMIT", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr(Session, "commit", busy)
    answer = client.get("/remember")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


def test_no_free_connection_is_503(failing: Flask, client: FlaskClient) -> None:
    failing.extensions["fault"] = PoolExhausted("QueuePool limit")
    answer = client.get("/api/v1/fail")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")


ABUSE = {
    "nan": b'{"id_token": NaN}',
    "infinity": b'{"id_token": 1e999}',
    "duplicate": b'{"id_token": "a", "id_token": "b"}',
    "deep": b"[" * 30_000,
    "deep object": b'{"id_token":' * 5_000,
    "surrogate": b'{"id_token": "\\ud800"}',
    "null byte": b'{"id_token": "\\u0000"}',
    "huge number": b'{"id_token": ' + b"9" * 60_000 + b"}",
    "not utf-8": b'{"id_token": "\xff\xfe"}',
    "number": b'{"id_token": 1}',
    "null": b'{"id_token": null}',
    "list": b'{"id_token": ["a"]}',
    "object": b'{"id_token": {"$ne": null}}',
    "unknown field": b'{"id_token": "a", "admin": true}',
    "too long": b'{"id_token": "' + b"a" * 9000 + b'"}',
    "nothing": b"",
    "array": b"[]",
    "text": b'"id_token"',
    "bare null": b"null",
}


@pytest.mark.parametrize("body", ABUSE.values(), ids=ABUSE.keys())
def test_json_abuse_is_422_and_never_a_crash(
    client: FlaskClient, tokens: Tokens, body: bytes
) -> None:
    answer = client.post(SESSION, data=body, content_type="application/json")
    assert answer.status_code == 422
    check_problem(answer.get_json(), 422)
    assert answer.get_json()["code"] == "input_invalid"
    for fault in answer.get_json()["errors"]:
        assert set(fault) == {"field", "code", "message"}
    assert tokens.gateway.asked == []


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ";",
             "text/json", "application/jsonx", "application/xml", "a/b; charset=\xe9"]
)  # fmt: skip
def test_only_json_is_taken_as_json(client: FlaskClient, tokens: Tokens, kind: str) -> None:
    """A form of another site can send all the others without asking first."""
    body = json.dumps({"id_token": tokens.make("U" + "1" * 32)})
    answer = client.post(SESSION, data=body, content_type=kind or None)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["code"] == "not_json"
    with_charset = "application/json; charset=utf-8"
    assert client.post(SESSION, data=body, content_type=with_charset).status_code == 200


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1024 * 1024 + 1, 3 * 1024 * 1024])
def test_a_large_body_is_413_in_the_one_shape(client: FlaskClient, size: int) -> None:
    answer = client.post(SESSION, data=b" " * size, content_type="application/json")
    assert answer.status_code == 413
    check_problem(answer.get_json(), 413)
    assert answer.get_json()["code"] == "too_large"


def test_a_large_form_is_413_as_a_page(failing: Flask, client: FlaskClient) -> None:
    bp = Blueprint("form", __name__)

    @bp.post("/form")
    def read() -> str:
        from flask import request  # noqa: PLC0415 - beside its only use

        return str(len(request.form))

    mount(failing, bp, Audience.ANYONE)
    assert client.post("/form", data={"a": "x" * 1000}).text == "1"
    answer = client.post("/form", data={"a": "x" * (1024 * 1024 + 1)})
    assert (answer.status_code, answer.mimetype) == (413, "text/html")
    assert "大きすぎます" in answer.text


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/", "/api/v1/session/x"])
def test_an_unknown_api_address_is_json(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    check_problem(answer.get_json(), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/v1/session", {"POST", "DELETE", "OPTIONS"}),
        ("GET", "/api/v1/session", {"POST", "DELETE", "OPTIONS"}),
        ("POST", "/api/v1/shelters/nearest", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/shelters", {"GET", "HEAD", "OPTIONS"}),
        ("BREW", "/shelters", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_method_that_is_not_allowed_tells_which_are(
    client: FlaskClient, method: str, path: str, allowed: set[str]
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert {name.strip() for name in answer.headers["Allow"].split(",")} == allowed
    assert (answer.mimetype == "application/problem+json") == path.startswith("/api/")


@pytest.mark.parametrize(
    "path", ["/shelters", "/api/v1/shelters/snapshot.json", "/livez", "/liff/"]
)
def test_head_is_get_without_the_body(client: FlaskClient, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert head.status_code == get.status_code == 200
    assert head.data == b""
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


def test_options_tells_the_methods_and_changes_nothing(client: FlaskClient) -> None:
    answer = client.options("/api/v1/session")
    assert answer.status_code == 200
    assert "POST" in answer.headers["Allow"]
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_an_error_page_needs_neither_database_nor_session(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_self: Session, *_: object, **__: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(Session, "execute", gone)
    monkeypatch.setattr(Session, "get", gone)
    client.set_cookie("machimado", "something")
    assert client.get("/no-such-page").status_code == 404
