"""A resident fills in a form page by page, without a script: nothing is lost, nothing twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from liff_app import clock
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.messaging.models import LineMessage
from liff_app.procedures import dossiers, revisions
from liff_app.procedures.engine.document import Kind
from liff_app.procedures.filling import bodies, drafts
from liff_app.procedures.forms import Form
from liff_app.procedures.models import (
    PageCount,
    Procedure,
    ProcedureDraft,
    Submission,
    SubmissionEvent,
    SubmissionMark,
)
from tests.conftest import on_sqlite
from tests.house.page import faults
from tests.procedures.ground import children, document, page, publish, question, small_pages

from .journeys import LIFF, SOFA, WHO, Journey, begin, filled, proof, sent


@pytest.fixture
def form(app: Flask) -> Form:
    """The small form, open."""
    with transaction() as session:
        return publish(session, document())


def rows() -> list[Submission]:
    db.session.rollback()
    return list(db.session.scalars(select(Submission).order_by(Submission.id)))


def values(row: Submission, settings: Settings, number: int | None = None) -> dict[str, Any]:
    key = dossiers.key_of(db.session, settings.keys, row.dossier_id)
    return revisions.read(db.session, row, number or row.revision, key=key)


def test_a_form_is_found_read_filled_in_checked_and_sent(
    form: Form, resident: FlaskClient, settings: Settings
) -> None:
    listed = resident.get(LIFF)
    assert faults(listed, LIFF) == []
    assert "見本の手続き" in listed.text
    assert "申請の審査だけに使います。" in resident.get(f"{LIFF}/mihon").text
    journey = filled(resident)
    check = journey.get("check-answers")
    assert "山田 花子" in check
    assert "1,600円" in check
    assert "sofaです" in check
    answer = journey.send()
    assert answer.status_code == 303
    text = journey.get("received-answers")
    (row,) = rows()
    assert row.number in text
    assert row.number == "令8-例-000001-" + row.number[-1]
    assert values(row, settings) == {
        "name": "山田 花子", "phone": "+819012345678", "kind": "sofa", "count": 2, "fee": 1600,
    }  # fmt: skip
    assert (row.fee_yen, row.status, row.version) == (1600, "received", 1)
    assert row.consent_sha256
    assert row.consented_at
    assert db.session.scalar(select(func.count()).select_from(ProcedureDraft)) == 0
    assert db.session.scalar(select(func.count()).select_from(SubmissionMark))
    messages = list(db.session.scalars(select(LineMessage)))
    assert [one.link for one in messages] == [f"/procedures/sent/{row.ref}"]
    assert "山田" not in messages[0].text


def test_sent_twice_is_one_submission_with_one_receipt(form: Form, resident: FlaskClient) -> None:
    journey = filled(resident)
    first, second, third = journey.send(), journey.send(), journey.send()
    assert {a.headers["Location"] for a in (first, second, third)} == {
        f"{LIFF}/drafts/{journey.ref}/received-answers"
    }
    (row,) = rows()
    assert row.number in journey.get("received-answers")
    assert len(list(db.session.scalars(select(LineMessage)))) == 1


def test_a_receipt_and_a_draft_are_for_nobody_else(
    form: Form, resident: FlaskClient, stranger: FlaskClient
) -> None:
    journey = filled(resident)
    theirs = Journey(stranger, journey.ref)
    for path in ("who", "check-answers", "received-answers", "take-away", "newer-edition"):
        assert stranger.get(f"{LIFF}/drafts/{journey.ref}/{path}").status_code == 404
    assert (
        theirs.send_form("who", {"step": "next", "asked": "name", "name": "x"}).status_code == 404
    )
    assert theirs.send_form("check-answers", {}).status_code == 404
    assert theirs.send_form("take-away", {}).status_code == 404
    journey.send()
    assert stranger.get(f"{LIFF}/drafts/{journey.ref}/received-answers").status_code == 404
    assert theirs.send_form("check-answers", {}).status_code == 404


def test_what_is_wrong_is_said_and_what_was_typed_stays(form: Form, resident: FlaskClient) -> None:
    journey = begin(resident)
    refused = journey.post("who", name="", phone="12-まちがい")
    assert refused.status_code == 422
    assert "<title>エラー：" in refused.text
    assert "直してほしいところが 2つあります" in refused.text
    assert 'href="#f-name"' in refused.text
    assert "12-まちがい" in refused.text
    assert "12-まちがい" in journey.get("who"), "also when the page is opened again"
    late = journey.send()
    assert late.headers["Location"].endswith("/who?wrong=1"), "nothing of it is sent"
    assert rows() == []
    assert journey.post("who", **WHO).status_code == 303
    assert "12-まちがい" not in journey.get("who")


def test_a_question_that_a_choice_brings_is_asked_before_going_on(
    form: Form, resident: FlaskClient, settings: Settings
) -> None:
    journey = begin(resident)
    journey.post("who", **WHO)
    assert journey.asked("what") == "kind count"
    more = journey.post("what", kind="other", count="1")
    assert more.headers["Location"].endswith("/what?more=1")
    assert journey.asked("what") == "kind other count"
    assert "質問がふえました" in journey.get("what?more=1")
    assert journey.post("what", kind="other", other="", count="1").status_code == 422
    done = journey.post("what", kind="other", other="古い机", count="1")
    assert done.headers["Location"].endswith("/check-answers")
    assert journey.post("what", kind="bed", other="古い机", count="1").status_code == 303
    draft = db.session.scalars(select(ProcedureDraft)).one()
    key = dossiers.key_of(db.session, settings.keys, draft.dossier_id)
    kept = bodies.opened(draft.body_sealed, key, draft.ref)
    assert kept.answers["other"] == "古い机", "a draft keeps what became hidden"
    journey.send()
    assert "other" not in values(rows()[0], settings), "a submission does not"


def test_after_the_check_a_change_leads_back_to_it_by_way_of_what_is_new(
    app: Flask, resident: FlaskClient
) -> None:
    pages = (
        page("first", question("kind", required="true()")),
        page("extra", question("why", required="true()"), relevant="${kind} = 'b'"),
        page("last", question("end")),
    )
    with transaction() as session:
        publish(session, document(*pages))
    journey = begin(resident)
    assert journey.post("first", kind="a").headers["Location"].endswith("/last")
    assert journey.post("last", end="z").headers["Location"].endswith("/check-answers")
    assert journey.post("first", kind="c").headers["Location"].endswith("/check-answers")
    assert journey.post("first", kind="b").headers["Location"].endswith("/extra")
    assert journey.browser.get(f"{LIFF}/drafts/{journey.ref}/check-answers").status_code == 302
    assert journey.post("extra", why="x").headers["Location"].endswith("/check-answers")


def test_back_and_later_lose_nothing_and_the_way_back_comes_by_line(
    form: Form, resident: FlaskClient
) -> None:
    journey = begin(resident)
    journey.post("who", **WHO)
    assert (
        journey.post("what", "back", kind="bed", count="とても")
        .headers["Location"]
        .endswith("/who")
    )
    assert "とても" in journey.get("what")
    for _ in range(2):
        later = journey.post("what", "later", kind="bed", count="3")
        assert later.headers["Location"] == f"{LIFF}?kept=1"
    (message,) = db.session.scalars(select(LineMessage))
    assert message.link == f"/procedures/drafts/{journey.ref}"
    assert "山田" not in message.text
    listed = resident.get(LIFF).text
    assert "つづきから" in listed
    resumed = resident.get(f"{LIFF}/drafts/{journey.ref}")
    assert resumed.headers["Location"].endswith("/what")
    assert journey.post("who", "back", **WHO).headers["Location"] == f"{LIFF}/mihon"


def test_instances_are_added_and_taken_away_with_what_was_typed(
    app: Flask, resident: FlaskClient, settings: Settings
) -> None:
    with transaction() as session:
        publish(session, document(page("kids", children())))
    journey = begin(resident)
    typed = {"children/0/child": "山田 一郎", "children/0/birth.era": "reiwa"}
    assert "children/0/child" in journey.asked("kids")
    journey.post("kids", "add:children", **typed)
    assert "山田 一郎" in journey.get("kids")
    assert "children/1/child" in journey.asked("kids")
    born = {"birth.era": "R", "birth.y": "2", "birth.m": "3", "birth.d": "4"}
    both = {f"children/{i}/{k}": v for i in (0, 1) for k, v in born.items()}
    both |= {"children/0/child": "山田 一郎", "children/1/child": "山田 次郎"}
    journey.post("kids", "remove:children/0", **both)
    text = journey.get("kids")
    assert "山田 次郎" in text
    assert "山田 一郎" not in text
    one = {f"children/0/{k}": v for k, v in born.items()} | {"children/0/child": "山田 次郎"}
    assert journey.post("kids", **one).headers["Location"].endswith("/check-answers")
    journey.send()
    assert values(rows()[0], settings)["children"] == [
        {"child": "山田 次郎", "birth": "2020-03-04"}
    ]
    assert journey.send_form("kids", {"step": "add:nothing"}).status_code == 404


def test_a_form_edited_in_mid_journey_is_finished_on_its_version(
    form: Form, resident: FlaskClient, settings: Settings
) -> None:
    old, kept = begin(resident), begin(resident)
    for one in (old, kept):
        one.post("who", **WHO)
    changed = (page("who", question("name", required="true()"), question("why", required="true()")),
               small_pages()[1])  # fmt: skip
    with transaction() as session:
        newer = publish(session, document(*changed), number=2)
    assert "この手続きは、新しくなりました" in old.get("what")
    assert old.post("what", **SOFA).headers["Location"].endswith("/check-answers")
    old.send()
    assert rows()[0].version_id == form.version_id
    asked = kept.get("newer-edition")
    assert "新しいほうで続ける" in asked
    consent = asked.split('name="consent" value="')[1].split('"')[0]
    carried = kept.send_form("newer-edition", {"consent": consent})
    assert carried.status_code == 303, carried.text
    assert "山田 花子" in kept.get("who")
    assert kept.post("who", name="山田 花子", why="").status_code == 422
    assert kept.post("who", name="山田 花子", why="引っこし").status_code == 303
    kept.post("what", **SOFA)
    kept.send()
    second = rows()[1]
    assert second.version_id == newer.version_id
    assert values(second, settings)["why"] == "引っこし"


def test_what_was_begun_in_time_is_not_taken_once_the_form_is_closed(
    form: Form, resident: FlaskClient
) -> None:
    journey = filled(resident)
    with transaction() as session:
        session.execute(update(Procedure).values(is_closed=True))
    refused = journey.send()
    assert refused.status_code == 409
    assert "受付は終わりました" in refused.text
    assert "山田 花子" in journey.get("check-answers")
    assert rows() == []


def test_the_same_questions_in_a_new_edition_offer_nothing(
    form: Form, resident: FlaskClient
) -> None:
    journey = begin(resident)
    with transaction() as session:
        publish(session, document(), number=2)
    assert "新しくなりました" not in journey.get("who")


def test_a_draft_thrown_away_opens_for_nobody(
    form: Form, resident: FlaskClient, settings: Settings
) -> None:
    journey = begin(resident)
    journey.post("who", **WHO)
    dossier_id = db.session.scalars(select(ProcedureDraft.dossier_id)).one()
    assert "消しますか" in journey.get("take-away")
    assert journey.send_form("take-away", {}).headers["Location"] == LIFF
    db.session.rollback()
    with pytest.raises(dossiers.Forgotten):
        dossiers.key_of(db.session, settings.keys, dossier_id)
    assert journey.browser.get(f"{LIFF}/drafts/{journey.ref}/who").status_code == 404


def test_a_draft_is_over_after_thirty_days(form: Form, resident: FlaskClient) -> None:
    journey = begin(resident)
    with transaction() as session:
        old = clock.now() - drafts.KEPT - timedelta(minutes=1)
        session.execute(update(ProcedureDraft).values(updated_at=old))
    assert resident.get(f"{LIFF}/drafts/{journey.ref}/who").status_code == 404
    assert "つづきから" not in resident.get(LIFF).text


@on_sqlite
def test_a_start_with_other_words_of_consent_shows_the_new_ones(
    form: Form, resident: FlaskClient
) -> None:
    page_ = resident.get(f"{LIFF}/mihon").text
    token = page_.split('name="csrf-token" content="')[1].split('"')[0]
    answer = resident.post(f"{LIFF}/mihon", data={"csrf_token": token, "consent": "0" * 64})
    assert answer.status_code == 409
    assert "説明が新しくなりました" in answer.text
    assert db.session.scalar(select(func.count()).select_from(ProcedureDraft)) == 0


@on_sqlite
def test_a_resident_sends_ten_of_a_form_an_hour_and_repeats_cost_nothing(
    form: Form, resident: FlaskClient
) -> None:
    for _ in range(10):
        sent(resident)
    more = filled(resident)
    for _ in range(2):
        refused = more.send()
        assert refused.status_code == 429
    assert "山田 花子" in more.get("check-answers")
    assert len(rows()) == 10


@on_sqlite
def test_one_draft_is_tried_sixty_times_an_hour(form: Form, resident: FlaskClient) -> None:
    journey = begin(resident)
    token = proof(resident)
    path = f"{LIFF}/drafts/{journey.ref}/check-answers"
    answers = [resident.post(path, data=token).status_code for _ in range(61)]
    assert answers == [303] * 60 + [429]


@on_sqlite
def test_pages_and_questions_are_counted_once_for_a_draft(
    form: Form, resident: FlaskClient
) -> None:
    journey = begin(resident)
    for _ in range(3):
        journey.post("who", name="", phone="")
    journey.post("who", **WHO)
    journey.post("who", name="", phone="")
    journey.post("who", **WHO)
    journey.post("what", "back", **SOFA)
    journey.post("who", **WHO)
    found = {(one.what, one.name): one.count for one in db.session.scalars(select(PageCount))}
    assert found == {("reached", "who"): 1, ("refused", "name"): 1, ("passed", "who"): 1,
                     ("reached", "what"): 1}  # fmt: skip


@on_sqlite
def test_the_script_hears_what_is_shown_and_what_it_typed_is_kept(
    form: Form, resident: FlaskClient
) -> None:
    journey = begin(resident)
    journey.post("who", **WHO)
    head = resident.get(LIFF).text.split('name="csrf-token" content="')[1].split('"')[0]
    fields = [["asked", "kind other count"], ["kind", "other"], ["count", "3"], ["other", "机"]]
    path = f"{LIFF}/drafts/{journey.ref}/what/live"
    answer = resident.post(path, json={"fields": fields}, headers={"X-CSRF-Token": head})
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert set(told["shown"]) >= {"kind", "other", "count"}
    assert "机" in journey.get("what")
    for bad in ({}, {"fields": [["a"]]}, {"fields": "x"}, [1]):
        refused = resident.post(path, json=bad, headers={"X-CSRF-Token": head})
        assert refused.status_code == 422


@on_sqlite
def test_a_draft_with_defaults_begins_with_them(app: Flask, resident: FlaskClient) -> None:
    with transaction() as session:
        publish(session, document(page("one", question("n", Kind.INTEGER, default="3"))))
    assert 'value="3"' in begin(resident).get("one")


@on_sqlite
def test_a_submission_has_one_event_and_the_day_it_is_due(
    app: Flask, resident: FlaskClient
) -> None:
    with transaction() as session:
        publish(session, document(due_days=5))
    sent(resident)
    (row,) = rows()
    assert row.due_on is not None
    assert [one.kind for one in db.session.scalars(select(SubmissionEvent))] == ["submitted"]
