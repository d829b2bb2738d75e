"""Nothing of a person reaches a log, an error page or the database as it was sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from liff_app import telemetry
from liff_app.db import db
from tests.conftest import HANAKO, Tokens, Visitor, on_sqlite, signed_in

pytestmark = on_sqlite
TOKEN = "marker-token-7f3a9c51"
PERSON = "U" + "5ec2e7" * 5 + "00"
LAT, LON = "33.512345", "130.498765"
QUERY = "marker-query-2b8d"
MARKERS = [TOKEN, PERSON, LAT, LON, QUERY, "marker-cookie-91", "marker-referer-47"]


def requests() -> list[dict[str, Any]]:
    """Every way to hand something over: address, body, headers, cookies."""
    question = {"lat": LAT, "lon": LON, "q": QUERY, "next": f"/{QUERY}", "code": TOKEN}
    person = {
        "Authorization": f"Bearer {TOKEN}",
        "Referer": "http://localhost/?marker-referer-47",
        "Cookie": "machimado=marker-cookie-91; text_size=marker-cookie-91",
        "User-Agent": PERSON,
        "X-Line-Signature": TOKEN,
    }
    wrong = {"lat": f"{LAT}x", "lon": LON, "unknown": QUERY}
    return [
        {"query_string": question},
        {"query_string": question, "headers": person},
        {"query_string": wrong, "headers": person},
        {"query_string": question, "json": {"id_token": TOKEN, "unknown": PERSON}},
        {"query_string": question, "data": f'{{"id_token": "{TOKEN}'.encode(),
         "content_type": "application/json"},
        {"query_string": question, "data": {"id_token": TOKEN, "text": PERSON}},
    ]  # fmt: skip


def visit(app: Flask) -> list[str]:
    """Send everything to every address; gives the texts of what went wrong."""
    wrong = []
    for rule in list(app.url_map.iter_rules()):
        path = rule.rule.replace("<path:name>", QUERY).replace("<build>", TOKEN)
        path = path.replace("<version>", PERSON)
        for method in sorted(rule.methods or ()):
            for call in requests():
                answer = Visitor(app).open(path, method=method, **call)
                if answer.status_code >= 400:
                    wrong.append(answer.get_data(as_text=True))
    return wrong


def found_in(*texts: str) -> set[str]:
    return {marker for marker in MARKERS for text in texts if marker in text}


def test_no_log_and_no_error_tells_what_was_sent(
    capfd: pytest.CaptureFixture[str], app: Flask, tokens: Tokens
) -> None:
    telemetry.configure_logging("DEBUG")
    telemetry.log().warning("job_failed", job="proof-that-logs-are-read")
    wrong = visit(app)
    logged = "".join(capfd.readouterr())
    assert "proof-that-logs-are-read" in logged
    assert len(wrong) > 50
    assert found_in(logged, *wrong) == set()


def test_not_even_a_crash_tells_it(
    capfd: pytest.CaptureFixture[str], app: Flask, tokens: Tokens
) -> None:
    app.testing = app.config["PROPAGATE_EXCEPTIONS"] = False
    telemetry.configure_logging("DEBUG")
    statement = OperationalError(f"SELECT '{PERSON}'", {"q": QUERY}, Exception(QUERY))
    for crash, status in ((RuntimeError(TOKEN), 500), (KeyError(PERSON), 500), (statement, 503)):
        tokens.gateway.answers[TOKEN] = crash
        browser = Visitor(app)
        answer = browser.post("/api/v1/session", json={"id_token": TOKEN})
        assert answer.status_code == status
        logged = "".join(capfd.readouterr())
        assert logged, "a crash must be logged"
        assert found_in(logged, answer.text) == set()


def test_a_planted_leak_is_found(capfd: pytest.CaptureFixture[str], app: Flask) -> None:
    """The twins: an allow-listed field with a value of a person, and a plain print."""
    telemetry.log().error("job_failed", error=PERSON)
    print(TOKEN)  # noqa: T201 - the leak
    assert found_in(*capfd.readouterr()) == {PERSON, TOKEN}


def test_the_database_file_holds_nothing_readable_of_what_was_sent(
    app: Flask, tokens: Tokens
) -> None:
    browser = signed_in(app, tokens, PERSON)
    browser.get("/liff/menu")
    browser.get("/liff/shelters", query_string={"lat": LAT, "lon": LON, "q": QUERY})
    visit(app)
    file = str(db.engine.url.database)
    raw = Path(file).read_bytes() + Path(f"{file}-wal").read_bytes()
    assert b"residents" in raw
    for secret in (*MARKERS, *tokens.gateway.answers, HANAKO):
        assert secret.encode() not in raw
        assert bytes(secret, "utf-16-le") not in raw
