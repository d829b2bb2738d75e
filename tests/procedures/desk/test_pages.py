"""The desk's pages: what they show, what their forms do, what they refuse, and what the log has."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from liff_app import clock
from liff_app.audit.models import AuditEvent
from liff_app.clock import JST
from liff_app.db import db
from liff_app.procedures.desk import casework
from liff_app.procedures.models import SubmissionRead
from liff_app.procedures.vocabulary import Source, Status
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.house.page import faults

from .desk import (
    ANSWERS,
    department,
    do,
    history,
    kinds,
    made_case,
    made_form,
    messages,
    reviewer,
    row,
    somebody,
    version_of,
)

pytestmark = [pytest.mark.usefixtures("app"), on_sqlite]
HOME = "/console/procedures"
SIDES = ("left", "top", "width", "height")


@pytest.fixture
def desk(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.PROCEDURE_REVIEWER)


def get(who: ConsoleVisitor, address: str) -> str:
    """The page there, without faults of any page of ours."""
    answer = who.get(f"{HOME}{address}")
    assert answer.status_code == 200, answer.text
    assert faults(answer, HOME) == []
    return answer.text


def post(who: ConsoleVisitor, ref: str, what: str, **fields: Any) -> TestResponse:  # noqa: ANN401 - any field
    """The form of the case's page, at the version the case has now unless one is given."""
    seen = {"version": str(version_of(ref))} | fields
    return who.post(f"{HOME}/cases/{ref}/{what}", data=seen)


def done(answer: TestResponse) -> None:
    """The form was taken."""
    assert answer.status_code == 303, answer.text


def actions() -> list[str]:
    """What the log has, but for who looked."""
    db.session.close()
    found = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)).all()
    db.session.close()
    return [one for one in found if one != "procedure.viewed"]


def test_the_queue_shows_numbers_and_no_answers(desk: ConsoleVisitor) -> None:
    form = made_form()
    ref = made_case(form, source=Source.TELEPHONE)
    page = get(desk, "")
    assert row(ref).number in page
    assert "見本の手続き" in page
    assert "電話" in page
    assert "未読" in page
    for said in ("山田", "+8190", "ヤマダ"):
        assert said not in page


def test_the_queue_asks_by_every_field_and_tells_what_it_asked(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form())
    number = row(ref).number
    procedure = row(ref).procedure_id
    found = {
        "": True,
        "?state=closed": False,
        "?state=all": True,
        "?status=received": True,
        "?status=accepted": False,
        f"?procedure={procedure}": True,
        "?procedure=abc": False,
        "?assignee=none": True,
        "?assignee=me": False,
        "?source=liff": True,
        "?source=counter": False,
        "?overdue=1": False,
        "?unread=1": True,
        "?proposed=1": False,
        "?from=2026-11-23&to=2026-11-23": True,
        "?from=2026-11-24": False,
        "?to=2026-11-22": False,
        "?order=newest": True,
        "?order=oldest&after=0": True,
        "?after=x_y&status=%3C&department='": True,
    }
    for asked, is_there in found.items():
        assert (number in get(desk, asked)) == is_there, asked


def test_a_person_is_found_by_what_they_wrote_and_no_address_says_so(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form())
    made_case(made_form("other"), {"name": "鈴木 一", "phone": "+81312345678"})
    number = row(ref).number
    for typed in (
        "山田花子",
        "山田　花子",
        "やまだはなこ",
        "090-1234-5678",
        "＋８１９０１２３４５６７８",
    ):
        answer = desk.post(f"{HOME}/search", data={"q": typed})
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert number in answer.text, typed
        assert answer.text.count('class="inbox-row"') == 1, typed
    for typed in ("山田", "花子", "", "03-1234-567", "%"):
        assert number not in desk.post(f"{HOME}/search", data={"q": typed}).text, typed
    assert set(actions()) == {"procedure.searched"}
    said = db.session.scalars(select(AuditEvent.detail)).all()
    assert "山田" not in str(said)


def test_a_number_leads_to_its_case_however_it_is_typed(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form())
    wide = row(ref).number.translate(str.maketrans("0123456789-", "０１２３４５６７８９ー"))
    answer = desk.post(f"{HOME}/search", data={"q": wide})
    assert answer.headers["Location"].endswith(f"/cases/{ref}")


def test_the_case_shows_answers_and_counts_as_read_and_as_looked_at(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form(), ANSWERS | {"other": "かくれた答え", "name": "<b>𠮷野</b>"})
    page = get(desk, f"/cases/{ref}")
    assert "&lt;b&gt;𠮷野&lt;/b&gt;" in page
    assert "090-1234-5678" in page
    assert "お子さん 2" in page
    assert "かくれた答え" not in page
    assert db.session.scalars(select(SubmissionRead.version)).all() == [1]
    db.session.close()
    get(desk, f"/cases/{ref}")
    looked = select(AuditEvent).where(AuditEvent.action == "procedure.viewed")
    (event,) = db.session.scalars(looked)
    assert (event.subject, event.persons) == (f"procedure:{ref}", 1)


def test_a_step_is_taken_told_and_noted(desk: ConsoleVisitor) -> None:
    who = somebody()
    ref = made_case(made_form(), resident_id=who)
    page = get(desk, f"/cases/{ref}")
    assert "申請は認められませんでした。" in page  # what LINE would say, before it is sent
    done(post(desk, ref, "move", to="rejected", text="対象外でした。"))
    assert row(ref).status == Status.REJECTED
    assert [text.split("\n")[0] for text, _link in messages(who)] == [
        "申請は認められませんでした。"
    ]
    assert "対象外でした。" in get(desk, f"/cases/{ref}?done=step")
    assert actions() == ["procedure.moved"]


def test_what_was_typed_stays_when_it_is_refused(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form())
    long = "あ" * 2001
    sent = {
        "move": ({"to": "rejected", "text": long}, 422, long[:50]),
        "note": ({"note": "あ" * 4001}, 422, long[:50]),
        "desk": ({"due_on": "いつか", "assignee_id": ""}, 422, "いつか"),
    }
    for what, (fields, status, kept) in sent.items():
        answer = post(desk, ref, what, **fields)
        assert answer.status_code == status, what
        assert kept in answer.text
        assert "エラー：" in answer.text
        assert faults(answer, HOME) == []
    answer = post(desk, ref, "move", to="nowhere")
    assert answer.status_code == 422
    assert kinds(ref) == ["submitted"]


def test_a_stale_page_tells_what_came_first_and_keeps_what_was_typed(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form())
    do(casework.note, ref, "先に書いたメモ", who=reviewer("鈴木 一"))
    for what, fields in {
        "move": {"to": "rejected", "text": "わたしの文"},
        "note": {"note": "わたしの文"},
        "return": {"item": "name", "comment.name": "わたしの文"},
    }.items():
        answer = post(desk, ref, what, version="1", **fields)
        assert answer.status_code == 409, what
        assert "わたしの文" in answer.text, what
        assert faults(answer, HOME) == []
    assert "鈴木 一" in post(desk, ref, "note", version="1", note="x").text
    assert kinds(ref) == ["submitted", "noted"]


def test_a_preview_changes_nothing(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form(), resident_id=somebody())
    answer = post(desk, ref, "move", to="accepted", text="みとめます", preview="yes")
    assert answer.status_code == 200
    assert "申請が認められました。" in answer.text
    assert kinds(ref) == ["submitted"]


def test_answers_are_pointed_at_and_returned(desk: ConsoleVisitor) -> None:
    who = somebody()
    ref = made_case(made_form(), resident_id=who)
    page = get(desk, f"/cases/{ref}/return")
    paths = re.findall(r'name="item" value="([^"]+)"', page)
    assert paths == [
        "name", "kana", "phone", "kind", "photo", "children/0", "children/0/child",
        "children/0/birth", "children/1", "children/1/child", "children/1/birth",
    ]  # fmt: skip
    fields = {
        "item": ["children/1/birth", "name"],
        "comment.name": "戸籍の字で書いてください。",
        "comment.children/1/birth": "生まれた日を確かめてください。",
        "comment.kana": "印のない欄は送られない",
        "due_on": "2099-12-01",
        "text": "よろしくお願いします。",
    }
    done(post(desk, ref, "return", **fields))
    assert row(ref).status == Status.RETURNED
    kind, public, private = history(ref)[-1]
    assert (kind, public) == ("returned", "よろしくお願いします。")
    assert private.splitlines() == [
        "name: 戸籍の字で書いてください。",
        "children/1/birth: 生まれた日を確かめてください。",
    ]
    ((text, link),) = messages(who)
    assert "戸籍" not in text
    assert link == f"/procedures/sent/{ref}"
    page = get(desk, f"/cases/{ref}?done=return")
    assert "お子さん 2 birth" in page
    assert "印のない欄" not in page
    assert desk.get(f"{HOME}/cases/{ref}/return").status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "1つ以上えらんで"),
        ({"item": "name"}, "文を書いてください"),
        ({"item": "fixed", "comment.fixed": "x"}, "画面をひらき直して"),
        ({"item": "other", "comment.other": "x"}, "画面をひらき直して"),
        ({"item": "children/7/child", "comment.children/7/child": "x"}, "画面をひらき直して"),
        ({"item": "name", "comment.name": "x" * 501}, "500字まで"),
        ({"item": "name", "comment.name": "のこる文", "due_on": "2020-01-01"}, "今日か、今日より"),
        ({"item": "name", "comment.name": "のこる文", "due_on": "13月"}, "2026-11-30"),
        (
            {"item": "name", "comment.name": "のこる文", "picture.name": "f" * 32,
             f"spot.name.{'f' * 32}.left": "あ"},
            "1か所だけ",
        ),
        (
            {"item": "name", "comment.name": "のこる文", "picture.name": "f" * 32,
             **{f"spot.name.{'f' * 32}.{side}": "10" for side in SIDES}},
            "もう一度かこんで",
        ),
    ],
)  # fmt: skip
def test_a_return_that_points_at_nothing_right_is_refused_with_all_that_was_typed(
    desk: ConsoleVisitor, fields: dict[str, str], said: str
) -> None:
    ref = made_case(made_form())
    answer = post(desk, ref, "return", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert faults(answer, HOME) == []
    if "のこる文" in str(fields):
        assert "のこる文" in answer.text
    assert kinds(ref) == ["submitted"]


def test_two_people_decide_on_the_pages(app: Flask, desk: ConsoleVisitor) -> None:
    ref = made_case(made_form(two_person=True), resident_id=somebody())
    second = colleague(app, Role.PROCEDURE_REVIEWER)
    done(post(desk, ref, "move", to="accepted", text="よい"))
    assert "ほかの職員に承認をたのんで" in get(desk, f"/cases/{ref}")
    assert "この決定を承認する" in get(second, f"/cases/{ref}")
    assert post(desk, ref, "approve").status_code == 409
    assert post(second, ref, "disapprove", why="").status_code == 422
    done(post(second, ref, "approve"))
    assert row(ref).status == Status.ACCEPTED
    assert actions() == ["procedure.moved", "procedure.approved"]


def test_a_closed_case_that_somebody_would_reopen_waits_in_the_queue_for_the_second(
    app: Flask, desk: ConsoleVisitor
) -> None:
    ref = made_case(made_form(two_person=True), status=Status.REJECTED)
    assert row(ref).number not in get(desk, "?proposed=1")
    assert "もう一度審査する（承認が要ります）" in get(desk, f"/cases/{ref}")
    done(post(desk, ref, "move", to="reviewing", text="書類が見つかりました"))
    for address in ("?proposed=1", "?proposed=1&state=closed", "?state=closed"):
        page = get(desk, address)
        assert row(ref).number in page
        assert page.count("承認待ち") > get(desk, "?state=open").count("承認待ち")
    second = colleague(app, Role.PROCEDURE_REVIEWER)
    assert "の提案：もう一度の審査" in get(second, f"/cases/{ref}")
    done(post(second, ref, "approve"))
    assert row(ref).status == Status.REVIEWING
    assert "「もう一度の審査」を承認しました" in get(second, f"/cases/{ref}")
    assert row(ref).number not in get(desk, "?proposed=1")


def test_a_returned_case_says_from_when_on_it_may_lapse(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form())
    later = (clock.now().astimezone(JST) + timedelta(days=30)).date()
    done(post(desk, ref, "return", item="name", due_on=later.isoformat(),
              **{"comment.name": "読めません。"}))  # fmt: skip
    page = get(desk, f"/cases/{ref}")
    assert re.search(r'value="lapsed"[^>]* disabled', page)
    assert f"{later.month}月{later.day}日" in page
    assert "が過ぎてからです。" in page
    refused = post(desk, ref, "move", to="lapsed", text="期限")
    assert refused.status_code == 409
    assert refused.text.count("が過ぎてからです。") == 2
    assert row(ref).status == Status.RETURNED


def test_who_is_in_charge_is_changed_and_may_leave_ones_sight(app: Flask) -> None:
    ours, theirs = department("福祉課"), department("税務課")
    narrow = colleague(app, (Role.PROCEDURE_REVIEWER, {"department": ours}))
    ref = made_case(made_form(department_id=ours))
    done(post(narrow, ref, "take"))
    stranger = reviewer("税務の人", department_id=theirs)
    answer = post(narrow, ref, "desk", department_id=ours, assignee_id=stranger.id)
    assert answer.status_code == 422
    answer = post(narrow, ref, "desk", department_id=theirs, assignee_id=stranger.id,
                  due_on="2026/12/1")  # fmt: skip
    done(answer)
    assert answer.headers["Location"].endswith(HOME)
    assert (row(ref).department_id, row(ref).assignee_id) == (theirs, stranger.id)
    assert narrow.get(f"{HOME}/cases/{ref}").status_code == 404


def test_who_is_narrowed_to_a_department_finds_nothing_else(app: Flask) -> None:
    ours, theirs = department("福祉課"), department("税務課")
    narrow = colleague(app, (Role.PROCEDURE_REVIEWER, {"department": ours}))
    mine = made_case(made_form("fukushi", department_id=ours))
    hidden = [
        made_case(made_form("zeimu", department_id=theirs)),
        made_case(made_form("nobody")),
    ]
    page = get(narrow, "?state=all")
    assert row(mine).number in page
    assert page.count('class="inbox-row"') == 1
    found = narrow.post(f"{HOME}/search", data={"q": "山田花子"}).text
    assert found.count('class="inbox-row"') == 1
    for ref in hidden:
        number = row(ref).number
        assert number not in narrow.post(f"{HOME}/search", data={"q": number}).text.replace(
            f'value="{number}"', ""
        )
        for address in ("", "/return", "/sheet", f"/files/{'0' * 32}/whole"):
            assert narrow.get(f"{HOME}/cases/{ref}{address}").status_code == 404, address
        for what in ("move", "approve", "disapprove", "note", "take", "desk", "return",
                     "documents", f"documents/{'0' * 32}/remove"):  # fmt: skip
            sent = post(narrow, ref, what, to="reviewing", note="x", why="x", item="name")
            assert sent.status_code == 404, what
        pick = f"{ref}.{version_of(ref)}"
        narrow.post(f"{HOME}/bulk/apply", data={"verb": "take", "pick": pick})
        assert kinds(ref) == ["submitted"]


def test_a_change_for_many_asks_once_more_and_names_whom_it_could_not_change(
    desk: ConsoleVisitor,
) -> None:
    form, who = made_form(), somebody()
    refs = [made_case(form, resident_id=who, minutes=n) for n in range(3)]
    do(casework.move, refs[2], Status.ACCEPTED, who=reviewer())
    picks = [f"{ref}.1" for ref in refs]
    asked = desk.post(
        f"{HOME}/bulk", data={"verb": "review", "pick": picks, "query": "order=newest"}
    )
    assert asked.status_code == 303
    page = desk.get(asked.headers["Location"])
    assert faults(page, HOME) == []
    assert "3件の審査を始める" in page.text
    assert "ほかの人が変えました" in page.text
    applied = desk.post(f"{HOME}/bulk/apply", data={"verb": "review", "pick": picks})
    page = desk.get(applied.headers["Location"])
    assert faults(page, HOME) == []
    assert "2件を変えました" in page.text
    assert "1件は、変わっていません" in page.text
    assert [row(ref).status for ref in refs] == ["reviewing", "reviewing", "accepted"]
    assert "procedure.bulk_changed" in actions()
    again = desk.post(f"{HOME}/bulk/apply", data={"verb": "review", "pick": picks})
    assert "3件は、変わっていません" in desk.get(again.headers["Location"]).text


@pytest.mark.parametrize("verb", ["take", "assign", "review", "complete", "read"])
def test_every_change_for_many_does_what_it_says(desk: ConsoleVisitor, verb: str) -> None:
    ref = made_case(made_form(), status=Status.ACCEPTED if verb == "complete" else Status.RECEIVED)
    person = reviewer()
    sent = {"verb": verb, "pick": f"{ref}.{version_of(ref)}", "assignee_id": person.id}
    assert desk.post(f"{HOME}/bulk/apply", data=sent).status_code == 303
    found = row(ref)
    assert {
        "take": found.assignee_id not in (None, person.id),
        "assign": found.assignee_id == person.id,
        "review": found.status == Status.REVIEWING,
        "complete": found.status == Status.COMPLETED,
        "read": bool(db.session.scalars(select(SubmissionRead)).all()),
    }[verb]


def test_nothing_picked_and_nothing_known_is_told(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form())
    for sent in ({"verb": "review"}, {"verb": "what", "pick": f"{ref}.1"}, {"pick": "x.y"}):
        for address in ("", "/apply"):
            answer = desk.post(f"{HOME}/bulk{address}", data=sent)
            assert answer.status_code == 422
            assert faults(answer, HOME) == []
    assert desk.get(f"{HOME}/bulk/done?of=forged").status_code == 404


def test_paper_has_answers_and_history_and_notes_where_asked(desk: ConsoleVisitor) -> None:
    ref = made_case(made_form())
    do(casework.note, ref, "庁内だけのメモ", who=reviewer())
    page = get(desk, f"/cases/{ref}/sheet")
    assert "山田 花子" in page
    assert "庁内だけのメモ" not in page
    assert "庁内だけのメモ" in get(desk, f"/cases/{ref}/sheet?internal=1")
    assert actions() == ["procedure.printed"] * 2


def test_sentences_are_kept_brought_and_offered(app: Flask, desk: ConsoleVisitor) -> None:
    ref = made_case(made_form())
    address = f"{HOME}/templates"
    assert desk.post(address, data={"title": "", "text": ""}).status_code == 422
    done(desk.post(address, data={"title": "電話ください", "text": "お電話ください。"}))
    done(desk.post(f"{address}/bring"))
    page = get(desk, "/templates")
    assert "写真が読めません" in page
    assert "お電話ください。" in get(desk, f"/cases/{ref}")
    assert "写真の文字が読めませんでした" in get(desk, f"/cases/{ref}/return")
    one = re.findall(r"/templates/([0-9a-f]{16})\"", page)[0]
    assert "version" in get(desk, f"/templates/{one}")
    changed = {"title": "新", "text": "新しい文", "version": "1", "for_status": "returned"}
    done(desk.post(f"{address}/{one}", data=changed))
    assert desk.post(f"{address}/{one}", data=changed).status_code == 409
    done(desk.post(f"{address}/{one}/remove"))
    assert desk.get(f"{address}/{one}").status_code == 404
    narrow = colleague(app, (Role.PROCEDURE_REVIEWER, {"department": department("福祉課")}))
    assert narrow.get(address).status_code == 200
    assert narrow.post(f"{address}/bring").status_code == 403


def test_what_was_forgotten_says_so(desk: ConsoleVisitor) -> None:
    from liff_app.db import transaction  # noqa: PLC0415 - one test
    from liff_app.procedures import dossiers  # noqa: PLC0415 - one test

    ref = made_case(made_form())
    with transaction() as session:
        dossiers.destroy(session, row(ref).dossier_id)
    page = get(desk, f"/cases/{ref}")
    assert "内容は消えています" in page
    assert "山田" not in page
    get(desk, f"/cases/{ref}/sheet")
    assert desk.get(f"{HOME}/cases/{ref}/return").status_code == 303
    assert post(desk, ref, "note", note="x").status_code == 404


def test_the_card_counts_what_waits(app: Flask, desk: ConsoleVisitor) -> None:
    from liff_app.procedures.desk.console import card  # noqa: PLC0415 - one test

    ref, who = made_case(made_form()), reviewer()
    with app.test_request_context():
        made = card.make_card(db.session, who, clock.now())
        assert made is not None
        assert dict(made.figures) == {
            "新しい受付": "1件", "未読": "1件", "期限を過ぎた": "0件", "承認待ち": "0件",
        }  # fmt: skip
        assert not made.urgent
    yesterday = (clock.now() - timedelta(days=2)).date()
    do(casework.set_due, ref, yesterday, who=who)
    with app.test_request_context():
        late = card.make_card(db.session, who, clock.now())
        assert late is not None
        assert late.urgent
        assert "overdue" in late.href
