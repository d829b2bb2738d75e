"""`/liff/reports`: what a resident sees of their reports, and what they can still do."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from liff_app import clock, telemetry
from liff_app.db import db, transaction
from liff_app.photos import service as photos
from liff_app.reports import casework
from liff_app.reports.models import Report, ReportEvent, ReportPhoto
from liff_app.reports.scope import Scope
from liff_app.reports.vocabulary import EventKind, Status
from tests.conftest import on_sqlite
from tests.house.page import faults
from tests.reports.reporting import filed, picture, post, press

WORDS = "marker-words-4f21 歩道に穴"
STAFF = "staff:000000000001"


def move(ref: str, to: Status, text: str = "確かめました。", **more: Any) -> None:  # noqa: ANN401 - of any step
    """A colleague takes a step."""
    with transaction() as session:
        version = session.scalars(select(Report.version).where(Report.ref == ref)).one()
        casework.move(
            session, ref, to=to, text=text, version=version, actor=STAFF, scope=Scope(),
            now=clock.now(), **more,
        )  # fmt: skip


def status_of(ref: str) -> str:
    db.session.rollback()  # what browsers did since the last look
    return db.session.scalars(select(Report.status).where(Report.ref == ref)).one()


def kinds(ref: str) -> list[str]:
    db.session.rollback()
    wanted = select(ReportEvent.kind).join(Report, Report.id == ReportEvent.report_id)
    return list(db.session.scalars(wanted.where(Report.ref == ref).order_by(ReportEvent.number)))


def page(browser: FlaskClient, ref: str = "", status: int = 200) -> str:
    """A page of ours, right in every way a page can be."""
    path = f"/liff/reports/{ref}".rstrip("/")
    answer = browser.get(path)
    assert answer.status_code == status, answer.text
    assert faults(answer, path) == []
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text.split("<main")[1]


def test_ones_own_reports_stand_in_a_list_with_where_they_stand(resident: FlaskClient) -> None:
    assert "まだ、知らせたことはありません。" in page(resident)
    ref = filed(resident, place_text="駅の前")
    text = page(resident)
    assert f"/liff/reports/{ref}" in text
    assert "受け付けました" in text
    assert "駅の前" in text
    move(ref, Status.FIXED)
    assert "直りましたか" in page(resident)


def test_the_page_tells_what_happened_in_plain_words(resident: FlaskClient) -> None:
    ref = filed(resident, description=WORDS)
    move(ref, Status.CHECKING)
    move(ref, Status.PLANNED, "12月に直します。")
    text = page(resident, ref)
    assert re.search(r"確かめ始めました.*直す予定です.*12月に直します。", text, re.DOTALL)
    assert WORDS in text
    assert "文と写真は、役所が確かめて出すまで見えません。" in text


@pytest.mark.parametrize("answer", ["fixed", "not_yet"])
def test_the_question_is_answered_once_however_often_it_is_sent(
    resident: FlaskClient, answer: str
) -> None:
    ref = filed(resident)
    move(ref, Status.FIXED)
    assert "直った" in page(resident, ref)
    for _ in range(2):
        sent = press(resident, f"{ref}/fix", answer=answer, text="まだ深い")
        assert (sent.status_code, sent.headers["Location"]) == (
            303, f"/liff/reports/{ref}?done={answer}",
        )  # fmt: skip
    text = page(resident, ref)
    if answer == "not_yet":
        assert status_of(ref) == Status.REOPENED
        assert kinds(ref).count(EventKind.FIX_DENIED) == 1
        assert "まだ深い" in text
    else:
        assert status_of(ref) == Status.FIXED
        assert kinds(ref).count(EventKind.FIX_CONFIRMED) == 1
        assert "やっぱり直っていないときは" in text
    assert "と受け付けました" in resident.get(sent.headers["Location"]).text


def test_a_late_answer_says_how_it_stands_and_loses_nothing(resident: FlaskClient) -> None:
    ref = filed(resident)
    sent = press(resident, f"{ref}/fix", answer="not_yet", text="まだ深い")
    assert sent.status_code == 409
    assert faults(sent, "/liff/reports/x") == []
    assert "いまは「直しました」となっていません。" in sent.text


def test_a_question_of_the_town_is_answered(resident: FlaskClient) -> None:
    ref = filed(resident)
    move(ref, Status.ASKED, "どちら側の歩道ですか。")
    assert "どちら側の歩道ですか。" in page(resident, ref).split("これまでのこと")[0]
    empty = press(resident, f"{ref}/reply", text=" ")
    assert (empty.status_code, status_of(ref)) == (422, Status.ASKED)
    for _ in range(2):
        assert press(resident, f"{ref}/reply", text="北側です").status_code == 303
    assert status_of(ref) == Status.CHECKING
    assert kinds(ref).count(EventKind.REPLIED) == 1
    assert "北側です" in page(resident, ref)


def test_photos_are_added_shown_and_taken_back(
    resident: FlaskClient, stranger: FlaskClient
) -> None:
    ref = filed(resident)
    for _ in range(2):
        files = {"photo": (io.BytesIO(picture()), "a.jpg")}
        assert press(resident, f"{ref}/photos", **files).status_code == 303
    found = re.findall(r'src="(/liff/reports/[^"]+/thumb)"', page(resident, ref))
    assert len(found) == 1
    assert resident.get(found[0]).mimetype == "image/jpeg"
    assert stranger.get(found[0]).status_code == 404
    photo_id = found[0].split("/")[-2]
    for _ in range(2):
        assert press(resident, f"{ref}/photos/{photo_id}/take-back").status_code == 303
    assert resident.get(found[0]).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(ReportPhoto)) == 0


def test_a_refused_photo_is_said_on_the_page(resident: FlaskClient) -> None:
    ref = filed(resident)
    files = {"photo": (io.BytesIO(b"<svg>"), "a.jpg")}
    sent = press(resident, f"{ref}/photos", **files)
    assert (sent.status_code, faults(sent, "/liff/reports/x")) == (422, [])
    assert "この形式の写真は使えません" in sent.text


def test_the_public_sees_a_photo_only_while_it_is_let_out(
    resident: FlaskClient, client: FlaskClient
) -> None:
    ref = filed(resident)
    post(resident, f"/reports/{ref}/photos", key=None, data=picture(), content_type="image/jpeg")
    photo_id = db.session.scalars(select(ReportPhoto.photo_id)).one()
    for version in (0, 1):
        assert client.get(f"/reports/photos/{photo_id}/{version}/large").status_code == 404
    with transaction() as session:
        version = photos.release(session, photo_id, now=clock.now()).public_version
    shown = client.get(f"/reports/photos/{photo_id}/{version}/large")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert client.get(f"/reports/photos/{photo_id}/{version + 1}/large").status_code == 404
    assert client.get(f"/reports/photos/{photo_id}/{version}/whole").status_code == 404
    with transaction() as session:
        photos.unrelease(session, photo_id)
    assert client.get(f"/reports/photos/{photo_id}/{version}/large").status_code == 404


@pytest.mark.parametrize("how", ["hidden", "withdrawn"])
def test_the_public_sees_no_photo_of_a_report_it_may_not_see(
    resident: FlaskClient, client: FlaskClient, how: str
) -> None:
    ref = filed(resident)
    post(resident, f"/reports/{ref}/photos", key=None, data=picture(), content_type="image/jpeg")
    photo_id = db.session.scalars(select(ReportPhoto.photo_id)).one()
    with transaction() as session:
        version = photos.release(session, photo_id, now=clock.now()).public_version
    path = f"/reports/photos/{photo_id}/{version}"
    assert client.get(f"{path}/large").status_code == 200
    if how == "withdrawn":
        assert press(resident, f"{ref}/withdraw").status_code == 303
    else:
        with transaction() as session:
            seen = session.scalars(select(Report.version).where(Report.ref == ref)).one()
            casework.hide(
                session, ref, "家が写っています。", version=seen, actor=STAFF, scope=Scope(),
                now=clock.now(),
            )  # fmt: skip
    assert [client.get(f"{path}/{size}").status_code for size in ("large", "thumb")] == [404, 404]


@on_sqlite
def test_who_joined_is_not_asked_and_does_not_answer(
    resident: FlaskClient, stranger: FlaskClient
) -> None:
    ref = filed(resident)
    assert press(stranger, f"{ref}/join").status_code == 303
    move(ref, Status.ASKED, "どちら側の歩道ですか。")
    assert f"{ref}/reply" in page(resident, ref)
    assert f"{ref}/reply" not in page(stranger, ref)
    sent = press(stranger, f"{ref}/reply", text="いたずらでした")
    assert (sent.status_code, faults(sent, "/liff/reports/x")) == (409, [])
    assert "知らせた方だけが答えられます。" in sent.text
    assert (status_of(ref), kinds(ref).count(EventKind.REPLIED)) == (Status.ASKED, 0)


def test_words_are_taken_back_and_the_report_withdrawn(resident: FlaskClient) -> None:
    ref = filed(resident, description=WORDS)
    assert press(resident, f"{ref}/take-back-text").status_code == 303
    assert WORDS not in page(resident, ref)
    for _ in range(2):
        assert press(resident, f"{ref}/withdraw").status_code == 303
    assert "取り下げました" in page(resident, ref)
    assert status_of(ref) == Status.WITHDRAWN


def test_a_neighbour_joins_and_leaves(resident: FlaskClient, stranger: FlaskClient) -> None:
    ref = filed(resident, description=WORDS)
    text = page(stranger, ref)
    assert "わたしも" in text
    assert WORDS not in text
    for _ in range(2):
        assert press(stranger, f"{ref}/join").headers["Location"].endswith("?done=joined")
    text = page(stranger, ref)
    assert WORDS not in text
    assert "「わたしも」をやめる" in text
    assert f"/liff/reports/{ref}" in page(stranger)
    for _ in range(2):
        assert press(stranger, f"{ref}/leave").status_code == 303
    assert ref not in page(stranger)


STEPS = ["fix", "reply", "take-back-text", "withdraw", f"photos/{'a' * 32}/take-back"]


@on_sqlite
@pytest.mark.parametrize("step", STEPS)
def test_a_stranger_changes_nothing_of_anothers(
    resident: FlaskClient, stranger: FlaskClient, step: str
) -> None:
    ref = filed(resident)
    move(ref, Status.FIXED)
    before = kinds(ref)
    sent = press(stranger, f"{ref}/{step}", answer="not_yet", text="x")
    assert sent.status_code == 404, sent.text
    assert (kinds(ref), status_of(ref)) == (before, Status.FIXED)


@on_sqlite
@pytest.mark.parametrize("step", [*STEPS, "photos", "join", "leave"])
def test_no_step_is_taken_without_the_pages_token(resident: FlaskClient, step: str) -> None:
    ref = filed(resident)
    before = kinds(ref)
    sent = {"answer": "not_yet", "text": "x"}
    assert resident.post(f"/liff/reports/{ref}/{step}", data=sent).status_code == 403
    assert kinds(ref) == before


@on_sqlite
def test_a_visitor_is_led_to_the_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/liff/reports/0123456789abcdef")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("next=%2Fliff%2Freports%2F0123456789abcdef")


@on_sqlite
def test_lines_permalink_leads_to_the_report(resident: FlaskClient) -> None:
    ref = filed(resident)
    answer = resident.get("/liff/", query_string={"liff.state": f"/reports/{ref}"})
    assert answer.headers["Location"] == f"/liff/reports/{ref}"


@on_sqlite
def test_nothing_of_a_report_reaches_a_log(
    app: Flask, resident: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    telemetry.configure_logging("DEBUG")
    telemetry.log().warning("job_failed", job="proof-that-logs-are-read")
    ref = filed(resident, description=WORDS, lat=35.612345, place_text=WORDS, contact=WORDS)
    files = {"photo": (io.BytesIO(picture()), f"{WORDS}.jpg")}
    seen: list[TestResponse] = [
        press(resident, f"{ref}/photos", **files),
        press(resident, f"{ref}/reply", text=WORDS),
        press(resident, f"{ref}/fix", answer="not_yet", text=WORDS),
        press(resident, f"{ref}/take-back-text"),
        resident.get(f"/api/v1/reports/place?lat=35.612345&lon=x{WORDS}"),
    ]
    logged = "".join(capfd.readouterr())
    assert "proof-that-logs-are-read" in logged
    assert [one.status_code for one in seen] == [303, 409, 409, 303, 422]
    assert "4f21" not in logged
    assert "35.612345" not in logged
