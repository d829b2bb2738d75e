"""Photos on their way in: counted by what they cost, never decoded twice, no files left over."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.photos import gate as gates
from liff_app.photos import service as photos
from liff_app.photos.service import Prepared
from liff_app.reports import api_limits
from liff_app.reports.models import Report, ReportPhoto
from tests.conftest import Visitor, on_sqlite
from tests.reports.reporting import GOOD, filed, form, picture, post, press, token

pytestmark = on_sqlite

BROKEN = b"\xff\xd8\xff" + b"junk" * 100


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was decoded so far."""
    seen: list[bytes] = []
    prepare = photos.prepare

    def noted(raw: bytes, **named: Any) -> Prepared:  # noqa: ANN401 - handed on
        seen.append(raw)
        return prepare(raw, **named)

    monkeypatch.setattr(photos, "prepare", noted)
    return seen


def files(app: Flask) -> int:
    return sum(one.is_file() for one in Path(app.config["SETTINGS"].file_store).rglob("*"))


def page(resident: FlaskClient, raw: bytes) -> TestResponse:
    said: dict[str, Any] = {name: str(value) for name, value in GOOD.items()}
    photo = (io.BytesIO(raw), "a.jpg")
    return press(resident, "new", step="check", request_key="k" * 32, photo=photo, **said)


def add(who: FlaskClient, ref: str, raw: bytes) -> TestResponse:
    return post(who, f"/reports/{ref}/photos", key=None, data=raw, content_type="image/jpeg")


def test_the_form_decodes_the_same_photo_once_and_keeps_two_files(
    app: Flask, resident: FlaskClient, decoded: list[bytes]
) -> None:
    for _ in range(5):
        assert page(resident, picture()).status_code == 200
    assert (len(decoded), files(app)) == (1, 2)


def test_files_shelved_for_a_photo_that_is_there_go(app: Flask, resident: FlaskClient) -> None:
    store = app.extensions["file_store"]
    for _ in range(2):  # as two processes do that have it in hand at the same time
        ready = photos.shelve(store, photos.prepare(picture()), now=clock.now())
        with transaction() as session:
            photos.keep(session, store, ready, owner="hanako", now=clock.now())
            photos.keep(session, store, ready, owner="hanako", now=clock.now())
    assert files(app) == 2
    assert resident


def test_a_refused_photo_is_not_decoded_again_in_that_hour(
    resident: FlaskClient, decoded: list[bytes]
) -> None:
    ref = filed(resident)
    answers = [post(resident, key="a-key-of-the-phone-0002", data=form(BROKEN)) for _ in range(3)]
    answers += [add(resident, ref, BROKEN), page(resident, BROKEN)]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert {answer.get_json()["code"] for answer in answers[:4]} == {"photo_broken"}
    assert len(decoded) == 1


def test_every_decoding_counts_whatever_the_key(
    resident: FlaskClient, decoded: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_limits, "PHOTOS_AN_HOUR", 4)
    sent = [form(picture(), BROKEN + bytes([number])) for number in range(4)]
    codes = [post(resident, key="a-key-of-the-phone-0002", data=one).status_code for one in sent]
    assert codes == [422, 422, 429, 429]
    assert len(decoded) == 4


@contextmanager
def in_hand(
    app: Flask, resident: FlaskClient, ref: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[int]]:
    """While a photo to the report is being decoded; the status of its answer is there after."""
    headers, prepare = token(resident), photos.prepare
    begun, go_on = threading.Event(), threading.Event()

    def slow(raw: bytes) -> Prepared:
        begun.set()
        assert go_on.wait(60)
        return prepare(raw)

    monkeypatch.setattr(photos, "prepare", slow)
    cookie = resident.get_cookie("machimado")
    assert cookie is not None
    other, codes = Visitor(app), list[int]()
    other.set_cookie("machimado", cookie.value)

    def first() -> None:
        path = f"/api/v1/reports/{ref}/photos"
        codes.append(other.post(path, data=picture(), headers=headers).status_code)

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(60)
    try:
        yield codes
    finally:
        go_on.set()
        thread.join()


def test_a_second_photo_of_the_same_sender_waits_hardly_and_may_come_again(
    app: Flask, resident: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "WAIT_SECONDS", 0.05)
    ref = filed(resident)
    with in_hand(app, resident, ref, monkeypatch) as codes:
        busy = [add(resident, ref, picture(1)), page(resident, picture(1))]
    assert [(one.status_code, one.headers["Retry-After"]) for one in busy] == [(503, "30")] * 2
    assert busy[0].get_json()["code"] == "photo_busy"
    assert GOOD["description"] in busy[1].text
    assert codes == [201]
    assert add(resident, ref, picture(1)).status_code == 201


def test_nothing_is_decoded_for_whoever_may_add_none(
    resident: FlaskClient, stranger: FlaskClient, decoded: list[bytes]
) -> None:
    ref = filed(resident)
    assert post(stranger, f"/reports/{ref}/join", key=None).status_code == 200
    assert add(stranger, ref, picture()).status_code == 404
    assert decoded == []
    assert [add(resident, ref, picture(red)).status_code for red in range(3)] == [201] * 3
    many = add(resident, ref, picture(3))
    assert (many.status_code, many.get_json()["code"]) == (409, "photo_many")
    late_ref = filed(resident, key="a-key-of-the-phone-0002")
    with transaction() as session:
        long_ago = clock.now() - timedelta(hours=73)
        session.execute(update(Report).where(Report.ref == late_ref).values(created_at=long_ago))
    late = add(resident, late_ref, picture(4))
    assert (late.status_code, late.get_json()["code"]) == (409, "photo_late")
    assert len(decoded) == 3
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(ReportPhoto)) == 3
