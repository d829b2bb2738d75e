"""`/api/v1/reports`: filed once, seen by the right people, refused in one shape."""

from __future__ import annotations

import io
import json
import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select, update
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from liff_app.db import db, transaction
from liff_app.gateways.file_store import StoreFull
from liff_app.reports import api_input
from liff_app.reports.models import Report, ReportPhoto
from tests.conftest import HANAKO, ROOT, Tokens, Visitor, on_sqlite
from tests.reports.reporting import GOOD, KEY, filed, form, picture, post, token


def count(model: type[Any] = Report) -> int:
    db.session.rollback()  # what browsers did since the last look
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_report_is_filed_and_its_receipt_says_where_to_look(resident: FlaskClient) -> None:
    answer = post(resident, json=GOOD)
    body = answer.get_json()
    assert (answer.status_code, body["status"], body["photos_wanted"]) == (201, "received", 3)
    assert answer.headers["Location"] == f"/api/v1/reports/{body['id']}"
    assert body["url"].endswith(f"/liff/reports/{body['id']}")
    seen = resident.get(answer.headers["Location"]).get_json()
    assert (seen["description"], seen["mine"], seen["lat"]) == (GOOD["description"], True, 35.6073)
    assert [step["kind"] for step in seen["timeline"]] == ["filed"]
    assert [one["id"] for one in resident.get("/api/v1/reports").get_json()["reports"]] == [
        body["id"]
    ]


def test_a_repeat_gets_the_first_answer_and_other_content_is_refused(resident: FlaskClient) -> None:
    first, again = post(resident, json=GOOD), post(resident, json=GOOD)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    other = post(resident, json=GOOD | {"description": "ちがうこと"})
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
    assert count() == 1


def test_a_body_sent_again_without_a_key_is_the_same_report(resident: FlaskClient) -> None:
    first, again = post(resident, key=None, json=GOOD), post(resident, key=None, json=GOOD)
    assert first.get_json() == again.get_json()
    assert post(resident, key=None, json=GOOD | {"lat": 35.6}).status_code == 201
    assert count() == 2


def test_words_and_photos_may_come_as_one_form(resident: FlaskClient) -> None:
    answer = post(resident, data=form(picture(1), picture(2)))
    assert (answer.status_code, answer.get_json()["photos_wanted"]) == (201, 1)
    again = post(resident, data=form(picture(1), picture(2)))
    assert (again.status_code, again.get_json()) == (200, answer.get_json())
    seen = resident.get(answer.headers["Location"]).get_json()["photos"]
    assert len(seen) == count(ReportPhoto) == 2
    shown = resident.get(seen[0]["large_url"])
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert Image.open(io.BytesIO(shown.data)).size == (60, 40)


def test_a_form_with_large_photos_is_read_whole(resident: FlaskClient) -> None:
    """Werkzeug counts the pieces of a file in its buffer against the limit for words."""
    large = picture() + bytes(3_000_000)
    files = [FileStorage(io.BytesIO(large + bytes([n])), "a.jpg") for n in range(3)]
    told = [*((name, str(value)) for name, value in GOOD.items())]
    boundary, body = encode_multipart(MultiDict([*told, *(("photo", one) for one in files)]))
    kind = f"multipart/form-data; boundary={boundary}"
    answer = post(resident, data=body, content_type=kind)
    assert (answer.status_code, count(ReportPhoto)) == (201, 3)
    words = form(picture(), description="x" * 300_000)
    assert post(resident, key=f"{KEY}-2", data=words).status_code == 413


def test_a_refused_photo_in_a_form_stores_nothing(resident: FlaskClient) -> None:
    answer = post(resident, data=form(picture(), b"<svg onload=alert(1)>"))
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "photo")
    assert count() == 0
    too_many = post(resident, data=form(*(picture(red) for red in range(4))))
    assert too_many.get_json()["errors"][0]["code"] == "too_many"


@pytest.mark.parametrize("way", ["body", "form"])
def test_a_photo_is_added_once_however_it_is_sent(resident: FlaskClient, way: str) -> None:
    ref = filed(resident)

    def add(raw: bytes) -> TestResponse:
        sent: dict[str, Any] = {"data": raw, "content_type": "image/jpeg"}
        if way == "form":
            sent = {"data": {"photo": (io.BytesIO(raw), "a.jpg")}}
        return post(resident, f"/reports/{ref}/photos", key=None, **sent)

    first, again = add(picture()), add(picture())
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert first.get_json()["photos_wanted"] == 2
    assert [add(picture(red)).status_code for red in (1, 2)] == [201, 201]
    assert (add(picture(3)).status_code, add(picture(2)).status_code) == (409, 200)
    assert count(ReportPhoto) == 3


@on_sqlite
def test_a_broken_or_missing_photo_leaves_the_report_alone(resident: FlaskClient) -> None:
    ref = filed(resident)
    for raw in (b"", b"GIF89a", picture()[:300], b"%PDF-1.7"):
        answer = post(resident, f"/reports/{ref}/photos", key=None, data=raw)
        assert answer.status_code == 422, answer.text
        assert answer.get_json()["errors"][0]["field"] == "photo"
    assert count(ReportPhoto) == 0


@on_sqlite
def test_a_photo_whose_end_did_not_arrive_is_none(resident: FlaskClient) -> None:
    """Granian hands over what came before the line broke; a JPEG without its end still opens."""
    ref, raw = filed(resident), picture() + b"a tail that no decoder looks at"
    answer = post(
        resident, f"/reports/{ref}/photos", key=None, content_type="image/jpeg",
        input_stream=io.BytesIO(raw[:-9]),
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": str(len(raw))},
    )  # fmt: skip
    assert (answer.status_code, count(ReportPhoto)) == (400, 0)


def test_strangers_see_what_is_public_and_nothing_else(
    resident: FlaskClient, stranger: FlaskClient
) -> None:
    ref = filed(resident, place_text="山田さんの家の前")
    seen = stranger.get(f"/api/v1/reports/{ref}").get_json()
    assert (seen["mine"], seen["description"], seen["place_text"]) == (False, None, None)
    assert (seen["lat"], seen["lon"]) == (35.607, 140.294)
    assert (seen["photos"], seen["timeline"], seen["can"]) == ([], [], ["join"])
    sent = {"data": picture(), "content_type": "image/jpeg"}
    assert post(stranger, f"/reports/{ref}/photos", key=None, **sent).status_code == 404
    answer = {"json": {"answer": "not_yet"}}
    assert post(stranger, f"/reports/{ref}/fix-answer", key=None, **answer).status_code == 404
    assert stranger.get("/api/v1/reports").get_json() == {"reports": []}
    assert stranger.get("/api/v1/reports/0000000000000000").status_code == 404


def test_who_says_watashi_mo_follows_once(resident: FlaskClient, stranger: FlaskClient) -> None:
    ref = filed(resident)
    with transaction() as session:
        session.execute(update(Report).values(town_name="中央一丁目"))
    near = stranger.get(
        "/api/v1/reports/nearby", query_string={"lat": 35.607, "lon": 140.294, "category": "road"}
    ).get_json()["reports"]
    assert [(one["id"], one["mine"], one["text"]) for one in near] == [(ref, False, None)]
    assert (near[0]["distance_m"] % 10, near[0]["town"]) == (0, "中央一丁目")
    for _ in range(2):
        assert post(stranger, f"/reports/{ref}/join", key=None).get_json()["id"] == ref
    assert resident.get(f"/api/v1/reports/{ref}").get_json()["joined"] == 1
    seen = stranger.get(f"/api/v1/reports/{ref}").get_json()
    assert (seen["mine"], seen["can"]) == (True, ["leave"])
    line = stranger.get("/api/v1/reports").get_json()["reports"][0]
    assert (line["id"], line["mine"]) == (ref, False)


@on_sqlite
def test_nobody_asks_or_reports_without_signing_in(client: FlaskClient) -> None:
    for path in ("", "/nearby?lat=1&lon=1&category=road", "/categories", "/place?lat=1&lon=1"):
        assert client.get(f"/api/v1/reports{path}").status_code == 401
    assert client.post("/api/v1/reports", json=GOOD).status_code == 401


@on_sqlite
def test_a_session_needs_the_pages_token_and_a_program_its_own(
    app: Flask, resident: FlaskClient, tokens: Tokens
) -> None:
    assert resident.post("/api/v1/reports", json=GOOD).status_code == 403
    foreign = {**token(resident), "Origin": "https://elsewhere.example"}
    assert resident.post("/api/v1/reports", json=GOOD, headers=foreign).status_code == 403
    bearer = {"Authorization": f"Bearer {tokens.make(HANAKO)}"}
    assert Visitor(app).post("/api/v1/reports", json=GOOD, headers=bearer).status_code == 201
    assert db.session.scalars(select(Report.source)).all() == ["api"]


@on_sqlite
def test_what_is_offered_is_told_with_its_questions_and_stops(resident: FlaskClient) -> None:
    found = resident.get("/api/v1/reports/categories").get_json()
    assert found["disaster"] is False
    codes = [one["code"] for one in found["categories"]]
    assert {"road", "light", "park", "other"} <= set(codes)
    assert not [code for code in codes if code.startswith("d_")]
    place = resident.get("/api/v1/reports/place?lat=35.6&lon=140.29").get_json()
    assert place["inside"] is True
    assert resident.get("/api/v1/reports/assets?number=12").get_json() == {"assets": []}


HOSTILE: list[dict[str, Any]] = [
    {"lat": "x"}, {"lat": None}, {"lat": 91}, {"lon": -181}, {"lat": True}, {"lat": [1]},
    {"accuracy_m": -1}, {"accuracy_m": 10**9}, {"accuracy_m": 2000}, {"accuracy_m": 1.5},
    {"category": "nothing"}, {"category": ""}, {"category": "x" * 41}, {"category": 1},
    {"description": "x" * 1001}, {"description": 5}, {"place_text": "x" * 201},
    {"answers": []}, {"answers": {"a": {"b": 1}}},
    {"answers": {str(n): "x" for n in range(30)}}, {"place_way": "guess"}, {"unknown": 1},
    {"contact": "x" * 300}, {"asset_number": "9" * 500},
]  # fmt: skip


@on_sqlite
@pytest.mark.parametrize("wrong", HOSTILE, ids=str)
def test_wrong_fields_are_named_and_nothing_is_stored(
    resident: FlaskClient, wrong: dict[str, Any]
) -> None:
    answer = post(resident, json=GOOD | wrong)
    assert answer.status_code == 422, answer.text
    assert all(one["message"].endswith("。") for one in answer.get_json()["errors"])
    assert count() == 0


@on_sqlite
@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b"null", b'{"lat": NaN}', b'{"lat": 1e999}', b"[" * 60_000,
        json.dumps(GOOD).encode()[:-1], json.dumps(GOOD | {"description": "a\0b"}).encode(),
        json.dumps(GOOD | {"description": "\ud800"}).encode(), b"\xff\xfe", b'{"a":1,"a":2}',
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused(resident: FlaskClient, raw: bytes) -> None:
    answer = post(resident, data=raw, content_type="application/json")
    assert answer.status_code == 422, answer.text
    assert count() == 0


@on_sqlite
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"lat": "nan"}, 422), ({"lat": "inf"}, 422), ({"lat": ""}, 422), ({"lat": "1e999"}, 422),
        ({"description": "a\0b"}, 400), ({"description": "\x01\x1b[2J"}, 201),
        ({"accuracy_m": "9" * 5000}, 422), ({"answers.x": "y"}, 201), ({"x": "y"}, 422),
        ({"description": "x" * 70_000}, 413),
    ],
)  # fmt: skip
def test_a_hostile_form_is_no_crash(
    resident: FlaskClient, fields: dict[str, str], status: int
) -> None:
    assert post(resident, data=form(**fields)).status_code == status


@on_sqlite
@pytest.mark.parametrize("key", ["short", "x" * 81, "not a key at all!", "\u3042" * 20, ""])
def test_a_key_that_is_none_is_refused(resident: FlaskClient, key: str) -> None:
    headers = {**token(resident), "Idempotency-Key": key.encode().decode("latin-1")}
    answer = resident.post("/api/v1/reports", json=GOOD, headers=headers)
    assert (answer.status_code, count()) == (422, 0)


@on_sqlite
def test_bodies_have_a_size(resident: FlaskClient) -> None:
    assert post(resident, json=GOOD | {"description": "x" * 70_000}).status_code == 413
    ref = filed(resident)
    large = post(resident, f"/reports/{ref}/photos", key=None, data=bytes(14 * 1024 * 1024))
    assert large.status_code == 413
    refused = post(resident, f"/reports/{ref}/photos", key=None, data=bytes(12 * 1024 * 1024 + 1))
    assert (refused.status_code, refused.get_json()["code"]) == (422, "photo_too_large")


@on_sqlite
def test_ten_reports_an_hour_and_repeats_are_free(resident: FlaskClient) -> None:
    for number in range(10):
        assert filed(resident, key=f"{KEY}-{number}", lat=35.5 + number / 1000)
    over = post(resident, key=f"{KEY}-more", json=GOOD)
    assert (over.status_code, over.headers["Retry-After"]) == (429, "30")
    assert post(resident, key=f"{KEY}-more", json=GOOD).status_code == 429
    for number in range(10):
        again = post(resident, key=f"{KEY}-{number}", json=GOOD | {"lat": 35.5 + number / 1000})
        assert again.status_code == 200
    assert count() == 10


@on_sqlite
def test_a_wrong_field_uses_nothing_up(resident: FlaskClient) -> None:
    for number in range(20):
        assert post(resident, key=f"{KEY}-{number}", json=GOOD | {"lat": 91}).status_code == 422
    assert filed(resident, key=f"{KEY}-good")


@on_sqlite
def test_a_full_disk_refuses_photos_and_takes_words(app: Flask, resident: FlaskClient) -> None:
    class Full:
        def put(self, *_file: object) -> None:
            raise StoreFull("no room")

        def delete(self, _key: str) -> None:
            """Nothing is there."""

    app.extensions["file_store"] = Full()
    refused = post(resident, data=form(picture()))
    assert (refused.status_code, refused.get_json()["code"]) == (507, "storage_full")
    assert count() == 0
    ref = filed(resident, key=f"{KEY}-words")
    sent = {"data": picture(), "content_type": "image/jpeg"}
    assert post(resident, f"/reports/{ref}/photos", key=None, **sent).status_code == 507
    assert count() == 1


def test_the_server_in_front_lets_photos_through() -> None:
    conf = (ROOT / "deploy" / "nginx.conf").read_text()
    for place, size in (
        ("location = /api/v1/reports {", "40m"),
        ("location = /liff/reports/new {", "40m"),
        ("location ~ ^/(api/v1|liff|console)/reports/[^/]+/photos$ {", "13m"),
    ):
        part = conf.partition(place)[2].partition("}")[0]
        assert f"client_max_body_size {size};" in part, place
    assert api_input.PHOTO_REQUEST <= 13 * 1024 * 1024
    assert api_input.REPORT_REQUEST <= 40 * 1024 * 1024


def test_twenty_at_once_with_one_key_are_one_report(app: Flask, resident: FlaskClient) -> None:
    headers = token(resident) | {"Idempotency-Key": KEY}
    cookie = resident.get_cookie("machimado")
    assert cookie is not None
    ready, answers = threading.Barrier(20), []

    def one() -> None:
        browser = Visitor(app)
        browser.set_cookie("machimado", cookie.value)
        ready.wait()
        while True:  # as a phone does that is told to come again
            answer = browser.post("/api/v1/reports", data=form(picture()), headers=headers)
            if answer.status_code != 503:
                return answers.append(answer)

    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {200, 201}, [a.text for a in answers]
    assert [answer.status_code for answer in answers].count(201) == 1
    assert len({answer.get_json()["number"] for answer in answers}) == 1
    assert (count(), count(ReportPhoto)) == (1, 1)
