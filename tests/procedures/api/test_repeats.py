"""A program sends twice: the first answer comes again; beside an anonymous one stands nothing."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from liff_app import clock, idempotency
from liff_app.config import Settings
from liff_app.db import db
from liff_app.idempotency import KeptAnswer
from liff_app.procedures.engine.document import Kind
from liff_app.procedures.models import SealedFile, Submission
from liff_app.procedures.vocabulary import FilePurpose
from tests.conftest import HANAKO, Tokens
from tests.procedures.ground import document, page, question, small_pages

from .test_api import API, GOOD, Caller, body, pdf, put

HERE = f"{API}/mihon/submissions"


def caller(app: Flask, tokens: Tokens) -> Caller:
    return Caller(app, tokens, HANAKO)


def sent() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Submission)) or 0


def test_an_anonymous_answer_is_kept_beside_nobody(
    app: Flask, client: FlaskClient, tokens: Tokens
) -> None:
    put(document(*small_pages(), kind="survey", anonymous=True))
    hanako, said = caller(app, tokens), body(client, GOOD)
    refused = hanako.send(HERE, json=said)
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"] == "Idempotency-Key"
    first, again = (hanako.send(HERE, json=said, key="k" * 20) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert first.get_json()["number"] is None
    assert sent() == 1
    kept = db.session.scalars(select(KeptAnswer)).one()
    row = db.session.scalars(select(Submission)).one()
    assert kept.owner.startswith(idempotency.NAMELESS)
    assert row.number not in kept.body
    assert row.resident_id is None
    plain = idempotency.fingerprint(b"mihon", json.dumps(said).encode())
    assert kept.fingerprint != plain
    assert kept.created_at == row.created_at != clock.now()


def test_an_equal_body_is_a_repeat_for_ten_minutes(
    app: Flask, client: FlaskClient, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(document())
    hanako, said, now = caller(app, tokens), body(client, GOOD), clock.now()
    codes = []
    for minutes in (0, 9, 21):
        at = now + timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        codes.append(hanako.send(HERE, json=said).status_code)
    assert codes == [201, 200, 201]
    assert sent() == 2


def test_a_file_that_no_answer_names_goes(
    app: Flask, client: FlaskClient, tokens: Tokens, settings: Settings
) -> None:
    put(document(page("one", question("paper", Kind.FILE))))
    hanako = caller(app, tokens)
    draft = hanako.send(f"{API}/mihon/drafts").get_json()
    files = f"{draft['files_url']}?path=paper&name=a.pdf"
    one = hanako.send(files, data=io.BytesIO(pdf()), content_type="application/pdf")
    assert one.status_code == 201
    said = body(client, {}) | {"draft": draft["draft"]}
    assert hanako.send(HERE, json=said, key="k" * 20).status_code == 201
    left = select(SealedFile.id).where(SealedFile.purpose == FilePurpose.ANSWER.value)
    assert not db.session.scalars(left).all()
    late = hanako.send(files, data=io.BytesIO(pdf()), content_type="application/pdf")
    assert late.status_code == 404
