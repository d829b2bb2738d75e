"""What an applicant sees afterwards, puts right, takes back; and what is offered again."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from liff_app import clock
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.messaging.models import LineMessage
from liff_app.procedures import dossiers
from liff_app.procedures.desk.returning import Item, Spot
from liff_app.procedures.engine.document import Kind, Page, Question
from liff_app.procedures.figures import recounting
from liff_app.procedures.files import service as files
from liff_app.procedures.forms import Form, open_form
from liff_app.procedures.models import (
    Participation,
    ProcedureDraft,
    RememberedAnswer,
    SealedFile,
    Submission,
)
from liff_app.procedures.vocabulary import FilePurpose, Status
from tests.conftest import on_sqlite
from tests.house.page import faults
from tests.procedures.filling.journeys import LIFF, SOFA, WHO, begin, filled, proof, sent
from tests.procedures.following.hands import SENT, corrected, moved, returned, row_of, seen, values
from tests.procedures.ground import (
    children,
    document,
    page,
    publish,
    question,
    small_pages,
    submit,
)
from tests.reports.reporting import picture


@pytest.fixture
def form(app: Flask) -> Form:
    """The small form, open."""
    with transaction() as session:
        return publish(session, document(appeal={"ja": "三か月以内に不服を申し立てられます。"}))


def test_the_status_page_tells_where_it_stands_and_what_was_sent(
    form: Form, resident: FlaskClient, stranger: FlaskClient, settings: Settings
) -> None:
    assert "まだ、送った手続きはありません。" in seen(resident, SENT)
    ref = sent(resident)
    text = seen(resident, f"{SENT}/{ref}")
    assert "受け付けました" in text
    assert "山田 花子" in text
    assert "1,600円" in text
    assert row_of(ref).number in seen(resident, SENT)
    for path in (ref, f"{ref}/withdraw", f"{ref}/correct", f"{ref}/revisions/1"):
        assert stranger.get(f"{SENT}/{path}").status_code == 404
    moved(ref, Status.REVIEWING, settings)
    assert "職員が確かめています" in seen(resident, f"{SENT}/{ref}")
    moved(ref, Status.REJECTED, settings, "写真が足りません。")
    text = seen(resident, f"{SENT}/{ref}")
    assert "認められませんでした" in text
    assert "写真が足りません。" in text
    assert "三か月以内に不服を申し立てられます。" in text
    for number in ("9", "0", str(2**31), str(10**30), "9" * 5000):
        assert resident.get(f"{SENT}/{ref}/revisions/{number}").status_code == 404


def test_it_is_taken_back_once_while_nobody_has_decided(
    form: Form, resident: FlaskClient, stranger: FlaskClient, settings: Settings
) -> None:
    ref, late = sent(resident), sent(resident)
    assert "取り下げますか" in seen(resident, f"{SENT}/{ref}/withdraw")
    path = f"{SENT}/{ref}/withdraw"
    assert stranger.post(path, data=proof(stranger)).status_code == 404
    for _ in range(2):
        answer = resident.post(path, data=proof(resident) | {"reason": "あげる人が見つかった"})
        assert answer.status_code == 303
    text = seen(resident, answer.headers["Location"])
    assert "あげる人が見つかった" in text
    assert row_of(ref).version == 2
    assert row_of(ref).status == "withdrawn"
    moved(late, Status.REVIEWING, settings)
    assert resident.get(f"{SENT}/{late}/withdraw").status_code == 302
    refused = resident.post(f"{SENT}/{late}/withdraw", data=proof(resident))
    assert refused.status_code == 409
    assert "いまは取り下げられません" in refused.text
    assert faults(refused, "/liff/x") == []


def test_only_what_was_named_is_put_right_under_the_same_number(  # noqa: PLR0915 - one journey, read as one
    form: Form, resident: FlaskClient, stranger: FlaskClient, settings: Settings
) -> None:
    ref = sent(resident)
    number = row_of(ref).number
    assert resident.get(f"{SENT}/{ref}/correct").status_code == 302
    returned(
        ref,
        settings,
        Item(path="count", comment="2つではなく3つですか。"),
        due_on=date(2026, 12, 8),
    )
    text = seen(resident, f"{SENT}/{ref}")
    assert "直すところを見る" in text
    assert "12月8日までにお願いします。" in text
    asked = seen(resident, f"{SENT}/{ref}/correct")
    assert "2つではなく3つですか。" in asked
    assert stranger.post(f"{SENT}/{ref}/correct", data=proof(stranger)).status_code == 404
    journey = corrected(resident, ref)
    assert corrected(resident, ref).ref == journey.ref, "begun once, gone on with"
    assert journey.browser.get(f"{LIFF}/drafts/{journey.ref}/who").status_code == 302
    what = journey.get("what")
    assert "2つではなく3つですか。" in what
    assert journey.asked("what") == "count"
    assert "sofaです" in what, "others are shown"
    wrong = journey.post("what", asked="kind count", kind="bed", count="30")
    assert wrong.status_code == 422
    assert "1から10までの数を入れてください。" in wrong.text
    done = journey.post("what", asked="kind count", kind="bed", count="3")
    assert done.headers["Location"].endswith("/check-answers")
    check = journey.get("check-answers")
    assert "前の答え：2" in check
    first, again = journey.send(), journey.send()
    assert first.headers["Location"] == again.headers["Location"]
    row = row_of(ref)
    assert (row.number, row.revision, row.status, row.fee_yen) == (number, 2, "received", 2400)
    assert values(ref, settings, 2) == values(ref, settings, 1) | {"count": 3, "fee": 2400}
    text = seen(resident, f"{SENT}/{ref}")
    assert "直して、もう一度送りました" in text
    assert "前の答え：2" in seen(resident, f"{SENT}/{ref}/revisions/2")
    assert db.session.scalars(select(ProcedureDraft)).all() == []
    assert {one.link for one in db.session.scalars(select(LineMessage))} == {
        f"/procedures/sent/{ref}"
    }


def test_questions_that_become_relevant_by_a_correction_open_too(
    form: Form, resident: FlaskClient, settings: Settings
) -> None:
    ref = sent(resident)
    returned(ref, settings, Item(path="kind", comment="ソファではないようです。"))
    journey = corrected(resident, ref)
    more = journey.post("what", kind="other")
    assert more.headers["Location"].endswith("/what?more=1")
    assert journey.asked("what") == "kind other"
    assert journey.post("what", kind="other", other="こたつ").status_code == 303
    journey.send()
    assert values(ref, settings, 2)["other"] == "こたつ"


def test_a_correction_that_nobody_waits_for_any_more_says_so_and_changes_nothing(
    form: Form, resident: FlaskClient, settings: Settings
) -> None:
    ref = sent(resident)
    returned(ref, settings, Item(path="count", comment="?"))
    journey = corrected(resident, ref)
    journey.post("what", count="3")
    moved(ref, Status.REVIEWING, settings, "電話で聞きました。")
    late = journey.send()
    assert late.status_code == 409
    assert "いまは、直すところがありません" in late.text
    assert row_of(ref).revision == 1
    assert resident.get(f"{LIFF}/drafts/{journey.ref}").status_code == 409


def test_a_second_return_begins_a_new_draft_and_every_revision_stays(
    form: Form, resident: FlaskClient, settings: Settings
) -> None:
    ref = sent(resident)
    for count in ("3", "4"):
        returned(ref, settings, Item(path="count", comment=f"{count}?"))
        journey = corrected(resident, ref)
        assert journey.post("what", count=count).status_code == 303
        assert journey.send().status_code == 303
    assert [values(ref, settings, n)["count"] for n in (1, 2, 3)] == [2, 3, 4]
    assert row_of(ref).revision == 3


def test_a_whole_repeat_that_was_named_is_put_right(
    app: Flask, resident: FlaskClient, settings: Settings
) -> None:
    with transaction() as session:
        publish(session, document(page("kids", children()), page("end", question("words"))))
    journey = begin(resident)
    born = {"birth.era": "R", "birth.y": "2", "birth.m": "3", "birth.d": "4"}
    one = {f"children/0/{k}": v for k, v in born.items()} | {"children/0/child": "一郎"}
    journey.post("kids", **one)
    journey.post("end", words="a")
    journey.send()
    ref = db.session.scalars(select(Submission.ref)).one()
    returned(ref, settings, Item(path="children/0", comment="生年月日"))
    journey = corrected(resident, ref)
    assert journey.asked("kids") == "children/0/child children/0/birth"
    assert "追加する" not in journey.get("kids")
    assert journey.post("kids", "add:children", **one).status_code == 404
    changed = one | {"children/0/birth.d": "5"}
    assert journey.post("kids", **changed).headers["Location"].endswith("/check-answers")
    journey.send()
    assert values(ref, settings, 2)["children"] == [{"child": "一郎", "birth": "2020-03-05"}]


def test_a_named_repeat_grows_and_shrinks(
    app: Flask, resident: FlaskClient, settings: Settings
) -> None:
    with transaction() as session:
        publish(session, document(page("kids", children())))
    born = {"birth.era": "R", "birth.y": "2", "birth.m": "3", "birth.d": "4"}
    both = {f"children/{n}/{k}": v for n in (0, 1) for k, v in born.items()}
    both |= {"children/0/child": "一郎", "children/1/child": "次郎"}
    journey = begin(resident)
    journey.post("kids", "add:children")
    journey.post("kids", **both)
    journey.send()
    ref = db.session.scalars(select(Submission.ref)).one()
    returned(ref, settings, Item(path="children", comment="お子さんは、次郎さんだけですか。"))
    journey = corrected(resident, ref)
    journey.post("kids", "remove:children/0", **both)
    one = {k.replace("/1/", "/0/"): v for k, v in both.items() if "/1/" in k}
    assert journey.post("kids", **one).status_code == 303
    journey.send()
    assert values(ref, settings, 2)["children"] == [{"child": "次郎", "birth": "2020-03-04"}]


def photo_form() -> tuple[Page, ...]:
    """One page with a photo."""
    photo: Question = question("photo", Kind.PHOTO, required="true()", most_files=2)
    return (page("pictures", photo, question("words")),)


def test_files_are_attached_kept_shown_and_taken_away(  # noqa: PLR0915 - one journey, read as one
    app: Flask, resident: FlaskClient, stranger: FlaskClient, settings: Settings
) -> None:
    with transaction() as session:
        publish(session, document(*photo_form()))
    journey = begin(resident)
    bad = journey.post("pictures", words="だいじな文", photo=(io.BytesIO(b"no picture"), "x.jpg"))
    assert bad.status_code == 422
    assert "だいじな文" in bad.text
    first = journey.post("pictures", "attach", photo=(io.BytesIO(picture(1)), "机.jpg"))
    assert first.status_code == 303
    text = journey.get("pictures")
    assert "机.jpg" in text
    address = re.search(r'src="([^"]+/thumb)"', text)
    assert address
    assert resident.get(address[1]).content_type == "image/jpeg"
    assert stranger.get(address[1]).status_code == 404
    both = journey.post("pictures", photo=(io.BytesIO(picture(2)), "二.jpg"))
    assert both.headers["Location"].endswith("/check-answers")
    detach = re.search(r'value="(detach:photo:[0-9a-f]+)"', journey.get("pictures"))
    assert detach
    journey.post("pictures", detach[1])
    assert "机.jpg" not in journey.get("pictures")
    journey.send()
    ref = db.session.scalars(select(Submission.ref)).one()
    kept = values(ref, settings, 1)["photo"]
    assert len(kept) == 1
    living = select(SealedFile.id).where(SealedFile.purpose == FilePurpose.ANSWER.value)
    assert list(db.session.scalars(living)) == kept, "what was taken away is gone"
    assert resident.get(f"{SENT}/{ref}/files/{kept[0]}/whole").content_type == "image/jpeg"
    assert stranger.get(f"{SENT}/{ref}/files/{kept[0]}/whole").status_code == 404
    spot = Spot(file_id=kept[0], x=0.1, y=0.2, w=0.3, h=0.4)
    returned(ref, settings, Item(path="photo", comment="暗いです", spot=spot))
    asked = seen(resident, f"{SENT}/{ref}/correct")
    assert "<rect" in asked
    assert "photo" in asked, "which answer it is about"
    correcting = corrected(resident, ref)
    page_ = correcting.get("pictures")
    assert "<rect" in page_.split('data-ref="items"')[1], "marked right where it is replaced"
    shown = re.search(r'<image href="([^"]+)"', page_)
    assert shown
    detach = re.search(r'value="(detach:photo:[0-9a-f]+)"', page_)
    assert detach
    correcting.post("pictures", detach[1])
    assert shown[1] in correcting.get("pictures"), "still to be seen once it is taken away"
    assert resident.get(shown[1]).content_type == "image/jpeg"


def test_a_document_opens_by_a_link_for_ten_minutes_and_by_nothing_else(
    form: Form, app: Flask, resident: FlaskClient, client: FlaskClient, settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    ref = sent(resident)
    store, now = app.extensions["file_store"], clock.now()
    row = row_of(ref)
    key = dossiers.key_of(db.session, settings.keys, row.dossier_id)
    ready = files.prepare(picture(3), Kind.FILE, "決定通知書 山田花子.jpg")
    with transaction() as session:
        view = files.keep(
            session, store, ready, dossier_id=row_of(ref).dossier_id, key=key,
            purpose=FilePurpose.DECISION, by="staff:1", now=now,
        )  # fmt: skip
    path = f"{SENT}/{ref}/files/{view.id}/whole"
    assert resident.get(path).status_code == 404, "not before the decision"
    moved(ref, Status.ACCEPTED, settings)
    text = seen(resident, f"{SENT}/{ref}")
    assert resident.get(path).status_code == 200
    link = re.search(r'href="(/procedures/documents/[^"?]+)\?openExternalBrowser=1"', text)
    assert link
    assert "山田" not in link[1]
    answer = client.get(link[1])
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get(link[1][:-6] + link[1][-6:][::-1]).status_code == 404
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    over = client.get(link[1])
    assert over.status_code == 410
    assert faults(over, link[1]) == []


def test_answers_are_kept_only_where_ticked_offered_once_and_forgotten_by_a_tap(  # noqa: PLR0915 - one journey, read as one
    form: Form, resident: FlaskClient, stranger: FlaskClient
) -> None:
    sent(resident)
    assert db.session.scalars(select(RememberedAnswer)).all() == []
    journey = filled(resident)
    assert "つぎの手続きで使えるように残す" in journey.get("check-answers")
    journey.send(remember="yes")
    kept = seen(resident, f"{LIFF}/remembered")
    assert "山田 花子" in kept
    assert "見本の手続き" in kept
    assert "山田 花子" not in seen(stranger, f"{LIFF}/remembered")
    fresh = begin(resident)
    assert "前の答えを使う：山田 花子" in fresh.get("who")
    fresh.post("who", "recall:name")
    fresh.post("who", "recall:phone", name="山田 花子")
    again = fresh.get("who")
    another = begin(resident)
    assert another.post("who", "forget:phone").status_code == 303
    assert "090-1234-5678" not in seen(resident, f"{LIFF}/remembered")
    assert "090-1234-5678" not in another.get("who")
    assert 'value="山田 花子"' in again
    assert 'value="090-1234-5678"' in again
    for _ in range(2):
        gone = resident.post(f"{LIFF}/remembered/forget", data=proof(resident) | {"what": "name"})
        assert gone.status_code == 303
    assert "山田 花子" not in seen(resident, f"{LIFF}/remembered")
    resident.post(f"{LIFF}/remembered/forget", data=proof(resident) | {"what": "everything"})
    db.session.rollback()
    assert db.session.scalars(select(RememberedAnswer)).all() == []


def survey(**more: Any) -> None:  # noqa: ANN401 - any setting
    """A survey, open."""
    settings: dict[str, Any] = {"kind": "survey", "anonymous": True, "once_a_person": True} | more
    with transaction() as session:
        publish(session, document(*small_pages(), **settings), slug="anketo")


def test_an_anonymous_survey_names_nobody_and_is_answered_once(  # noqa: PLR0915 - one journey, read as one
    app: Flask, resident: FlaskClient, settings: Settings
) -> None:
    survey()
    first, second = begin(resident, "anketo"), begin(resident, "anketo")
    for one in (first, second):
        one.post("who", **WHO)
        one.post("what", **SOFA)
    draft_dossiers = set(db.session.scalars(select(ProcedureDraft.dossier_id)))
    assert "残す" not in first.get("check-answers")
    assert first.send().status_code == first.send().status_code == 303
    thanks = first.get("received-answers")
    db.session.rollback()
    row = db.session.scalars(select(Submission)).one()
    assert "回答を受け付けました" in thanks
    assert row.number not in thanks
    assert row.ref not in thanks
    assert row.resident_id is None
    assert row.dossier_id not in draft_dossiers, "a copy from before does not tell whose it is"
    assert row.status == "completed"
    assert row.closed_at is not None
    refused = second.send()
    assert refused.status_code == 409
    assert "もう答えていただきました" in refused.text
    db.session.rollback()
    assert len(db.session.scalars(select(Submission)).all()) == 1
    assert len(db.session.scalars(select(Participation)).all()) == 1
    assert db.session.scalars(select(LineMessage)).all() == [], "a message's time would tell"
    assert "もう答えていただきました" in resident.get(f"{LIFF}/anketo").text
    assert resident.get(f"{SENT}/{row.ref}").status_code == 404


@on_sqlite
def test_results_are_shown_where_the_form_says_so(
    app: Flask, form: Form, resident: FlaskClient, settings: Settings
) -> None:
    survey(results_public=True)
    journey = begin(resident, "anketo")
    journey.post("who", **WHO)
    journey.post("what", **SOFA)
    journey.send()
    with transaction() as session:
        anketo = open_form(session, "anketo", now=clock.now())
        for _ in range(4):
            submit(session, anketo, {"name": "山田", "kind": "sofa"}, keys=settings.keys)
    recounting.count_due(keys=settings.keys, now=clock.now())
    text = seen(resident, f"{LIFF}/anketo/results")
    assert "およそ5" in text
    assert "山田" not in text
    assert "みんなの答えを見る" in journey.get("received-answers")
    assert resident.get(f"{LIFF}/mihon/results").status_code == 404


@on_sqlite
def test_an_old_correction_link_leads_to_the_status(form: Form, resident: FlaskClient) -> None:
    ref = sent(resident)
    with transaction() as session:
        session.execute(update(Submission).values(status="lapsed", is_open=False))
    refused = resident.post(f"{SENT}/{ref}/correct", data=proof(resident))
    assert refused.status_code == 409
    assert faults(refused, "/liff/x") == []
