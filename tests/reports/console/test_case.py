"""One report on the desk: what its page shows, what its forms do, and what they refuse."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import event, select

from liff_app.db import db, transaction
from liff_app.reports import casework, following
from liff_app.reports.models import ReportRead
from liff_app.reports.vocabulary import FixAnswer, Priority, Status
from liff_app.staff import service as staff
from liff_app.staff.models import Department
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.house.page import faults
from tests.reports import ground
from tests.reports.ground import at, file, merge, move, resident, row, told

from .case_desk import WORDS, actions, done, get, post, with_photo


@pytest.fixture
def reviewer(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.REPORT_REVIEWER)


def test_the_page_says_what_was_reported_and_runs_none_of_it(reviewer: ConsoleVisitor) -> None:
    ref = file(resident(), description=WORDS, place_text="公民館の前").ref
    page = get(reviewer, ref)
    assert "&lt;b&gt;つまずきました&lt;/b&gt;" in page
    assert "<b>つまずき" not in page
    assert "公民館の前" in page
    assert "誤差 12 m" in page


def test_who_looked_has_read_it(reviewer: ConsoleVisitor) -> None:
    ref = file(resident()).ref
    get(reviewer, ref)
    read = db.session.scalars(select(ReportRead)).one()
    assert read.version == row(ref).version


def test_another_departments_report_is_not_there(app: Flask) -> None:
    ref = file(resident()).ref
    with transaction() as session:
        roads, parks = Department(name="道路課"), Department(name="公園課")
        session.add_all([roads, parks])
        session.flush()
        ours, theirs = roads.id, parks.id
    narrow = colleague(app, (Role.REPORT_REVIEWER, {"department": ours}))
    assert narrow.get(f"/console/reports/{ref}").status_code == 200
    ground.by_staff(casework.assign, ref, department_id=theirs, assignee_id=None)
    assert narrow.get(f"/console/reports/{ref}").status_code == 404
    for what in ("move", "note", "desk", "place", "kind", "merge", "split", "publish", "hide",
                 "show", "contact", "photos"):  # fmt: skip
        sent = post(narrow, ref, what, to="fixed", text="直しました", note="x", priority="1",
                    lat="34", lon="134", category="road", into=ref)  # fmt: skip
        assert sent.status_code == 404, what
    assert ground.kinds(ref) == ["filed", "assigned"]


def test_a_step_is_taken_and_told(reviewer: ConsoleVisitor) -> None:
    who = resident()
    ref = file(who).ref
    done(post(reviewer, ref, "move", to="fixed", text="穴をふさぎました。"))
    assert row(ref).status == Status.FIXED
    assert len(told(who)) == 2
    page = get(reviewer, ref, "?done=step")
    assert "住民に知らせました" in page
    assert "穴をふさぎました。" in page
    assert actions() == ["report.moved"]


def test_an_answer_takes_no_step(reviewer: ConsoleVisitor) -> None:
    who = resident()
    ref = file(who).ref
    done(post(reviewer, ref, "move", to="answer", text="明日見に行きます。"))
    assert row(ref).status == Status.RECEIVED
    assert ground.kinds(ref)[-1] == "answered"


@on_sqlite
def test_a_step_without_its_sentence_is_asked_for_again(reviewer: ConsoleVisitor) -> None:
    ref = file(resident()).ref
    refused = post(reviewer, ref, "move", to="forwarded", text="", receiver="")
    assert refused.status_code == 422
    assert refused.text.count("文を書いてください") >= 3  # in the summary and beside both fields
    assert 'value="forwarded" data' not in refused.text
    assert re.search(r'value="forwarded"[^>]* checked', refused.text)
    nothing = post(reviewer, ref, "move", text="何か")
    assert nothing.status_code == 422
    assert "何か</textarea>" in nothing.text
    assert row(ref).status == Status.RECEIVED


@on_sqlite
def test_what_residents_will_see_can_be_looked_at_without_script(reviewer: ConsoleVisitor) -> None:
    who = resident()
    ref = file(who).ref
    seen = post(reviewer, ref, "move", to="fixed", text="ふさぎました", preview="yes")
    assert seen.status_code == 200
    assert "ふさぎました</p>" in seen.text
    assert "直ったかどうか、教えてください" in seen.text
    assert row(ref).status == Status.RECEIVED
    assert len(told(who)) == 1


def test_whoever_was_slower_sees_what_the_other_did_and_keeps_the_words(
    app: Flask, reviewer: ConsoleVisitor
) -> None:
    ref = file(resident()).ref
    seen = row(ref).version
    other = colleague(app, Role.REPORT_REVIEWER)
    done(post(other, ref, "note", note="下見に行った"))
    late = reviewer.post(
        f"/console/reports/{ref}/move",
        data={"version": str(seen), "to": "fixed", "text": "ふさぎました"},
    )
    assert late.status_code == 409
    assert "ほかの人が先に変えました" in late.text
    assert "窓口 一郎：メモを書きました" in late.text
    assert "ふさぎました</textarea>" in late.text
    assert row(ref).status == Status.RECEIVED
    assert faults(late, f"/console/reports/{ref}") == []
    again = re.search(r'name="version" value="(\d+)"', late.text)
    assert again
    assert int(again[1]) == row(ref).version
    done(post(reviewer, ref, "move", to="fixed", text="ふさぎました"))


@on_sqlite
def test_a_button_pressed_twice_does_it_once_and_blames_nobody(reviewer: ConsoleVisitor) -> None:
    who = resident()
    ref = file(who).ref
    sent = {"version": str(row(ref).version), "to": "fixed", "text": "ふさぎました"}
    done(reviewer.post(f"/console/reports/{ref}/move", data=sent))
    again = reviewer.post(f"/console/reports/{ref}/move", data=sent)
    assert again.status_code == 409
    assert "あなたの変更は、もう届いています" in again.text
    assert "ほかの人が先に" not in again.text
    assert len(told(who)) == 2


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "９", "1e9", "99999999999999999999"])
@on_sqlite
def test_a_version_that_is_none_changes_nothing(reviewer: ConsoleVisitor, version: str) -> None:
    ref = file(resident()).ref
    assert post(reviewer, ref, "note", note="x", version=version).status_code == 409
    assert ground.kinds(ref) == ["filed"]


def test_not_yet_stands_in_the_face_of_the_reviewer(reviewer: ConsoleVisitor) -> None:
    who = resident()
    ref = file(who).ref
    move(ref, Status.FIXED)
    ground.do(following.answer_fix, ref, FixAnswer.NOT_YET, "まだ穴があります",
              resident_id=who, minutes=5)  # fmt: skip
    page = get(reviewer, ref)
    assert "まだ直っていない 1回" in page
    assert "まだ穴があります" in page
    assert "「まだ直っていない」と返事がありました" in page


def test_desk_fields_change_what_is_other_than_it_was(app: Flask, reviewer: ConsoleVisitor) -> None:
    ref = file(resident()).ref
    colleague(app, Role.VIEWER)
    mate = _account(Role.REPORT_REVIEWER)
    done(post(reviewer, ref, "desk", department_id="", assignee_id=mate, priority="3",
              due_on="2026-12-01"))  # fmt: skip
    after = row(ref)
    assert (after.assignee_id, after.priority) == (mate, Priority.URGENT)
    assert str(after.due_on) == "2026-12-01"
    done(post(reviewer, ref, "desk", assignee_id=mate, priority="3", due_on="2026/12/01"))
    assert row(ref).version == after.version


def _account(*roles: Role) -> str:
    from tests.conftest import make_colleague  # noqa: PLC0415 - beside its only use

    return make_colleague(*roles)[0]


def test_only_who_may_see_it_can_be_in_charge(reviewer: ConsoleVisitor) -> None:
    ref = file(resident()).ref
    viewer = _account(Role.VIEWER)
    gone = _account(Role.REPORT_REVIEWER)
    with transaction() as session:
        staff.disable(session, gone, now=at())
    for person in (viewer, gone, "nobody"):
        sent = post(reviewer, ref, "desk", assignee_id=person, priority="1")
        assert sent.status_code == 422, person
    assert row(ref).assignee_id is None
    assert f'value="{viewer}"' not in get(reviewer, ref)


@on_sqlite
def test_given_to_another_department_it_leaves_the_narrow_desk(app: Flask) -> None:
    ref = file(resident()).ref
    with transaction() as session:
        roads, parks = Department(name="道路課"), Department(name="公園課")
        session.add_all([roads, parks])
        session.flush()
        ours, theirs = roads.id, parks.id
    narrow = colleague(app, (Role.REPORT_REVIEWER, {"department": ours}))
    gone = post(narrow, ref, "desk", department_id=theirs, priority="2")
    assert gone.status_code == 303
    assert gone.location.endswith("/console/reports")
    assert (row(ref).department_id, row(ref).priority) == (theirs, Priority.HIGH)


@pytest.mark.parametrize("typed", ["2026-02-30", "明日", "0-0-0", "2026-1", "1-2-3-4", "٣-٣-٣"])
@on_sqlite
def test_a_day_that_is_none_is_asked_for_again(reviewer: ConsoleVisitor, typed: str) -> None:
    ref = file(resident()).ref
    answer = post(reviewer, ref, "desk", priority="1", due_on=typed)
    assert answer.status_code == 422
    assert "期限を" in answer.text


def test_place_and_kind_are_put_right(reviewer: ConsoleVisitor) -> None:
    ref = file(resident()).ref
    done(post(reviewer, ref, "place", lat="３４．３５", lon="134.05", place_text="橋のたもと"))
    assert (row(ref).lat, row(ref).lon, row(ref).place_text) == (34.35, 134.05, "橋のたもと")
    done(post(reviewer, ref, "kind", category="light"))
    assert row(ref).category == "light"
    for lat in ("", "nan", "inf", "北"):
        assert post(reviewer, ref, "place", lat=lat, lon="1").status_code == 422
    assert post(reviewer, ref, "place", lat="91", lon="1").status_code == 422
    assert post(reviewer, ref, "kind", category="nothing").status_code == 422


def test_a_twin_is_shown_and_put_together_with_one_tap(reviewer: ConsoleVisitor) -> None:
    first, second = file(resident()), file(resident(), minutes=30)
    far = file(resident(), lat=34.3501, minutes=31)
    page = get(reviewer, second.ref)
    assert first.number in page
    assert far.number not in page
    form = re.search(r'action="(/console/reports/\w+/merge)">(.*?)</form>', page, re.DOTALL)
    assert form
    assert second.ref in form[1]  # the newer goes to the older
    hidden = dict(re.findall(r'name="(\w+)" value="(\w+)"', form[2]))
    hidden.pop("csrf_token", None)
    done(reviewer.post(form[1], data=hidden))
    assert row(second.ref).lead_id == row(first.ref).id
    assert second.number in get(reviewer, first.ref)
    assert "次の通報にまとめてあります" in get(reviewer, second.ref)
    done(post(reviewer, second.ref, "split"))
    assert row(second.ref).lead_id is None


def test_by_its_number_both_are_shown_before(reviewer: ConsoleVisitor) -> None:
    one, lead = file(resident()), file(resident(), lat=34.3501)
    asked = reviewer.get(f"/console/reports/{one.ref}/merge?number={lead.number}")
    assert asked.status_code == 200
    assert faults(asked, "/console/reports/x/merge") == []
    assert lead.number in asked.text
    done(post(reviewer, one.ref, "merge", into=lead.ref, into_version=str(row(lead.ref).version)))
    assert row(one.ref).lead_id == row(lead.ref).id
    assert post(reviewer, one.ref, "merge").status_code == 422
    for wrong in ("", "26-0000000", one.number, "x" * 50):
        again = reviewer.get(f"/console/reports/{one.ref}/merge", query_string={"number": wrong})
        assert again.status_code == 422


def test_earlier_reports_of_the_same_person_are_facts(reviewer: ConsoleVisitor) -> None:
    who = resident()
    old = file(who, lat=34.36)
    new = file(who)
    file(resident())
    page = get(reviewer, new.ref)
    assert "この人のほかの通報（1件）" in page
    assert old.number in page


def test_a_merged_report_leaves_its_steps_to_the_lead(reviewer: ConsoleVisitor) -> None:
    one, lead = file(resident()), file(resident())
    merge(one.ref, lead.ref)
    assert "まとめた先で行います" in get(reviewer, one.ref)
    refused = post(reviewer, one.ref, "move", to="reopened", text="x")
    assert refused.status_code == 409
    assert row(one.ref).status == Status.DUPLICATE


@on_sqlite
def test_the_page_asks_the_database_seldom(app: Flask, reviewer: ConsoleVisitor) -> None:
    who = resident()
    ref, _photo = with_photo(app, who)
    for minutes in range(3):
        file(resident(), minutes=minutes)
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    get(reviewer, ref)
    first = len(asked)
    get(reviewer, ref)
    assert len(asked) - first <= 27, "\n".join(asked[first:])
    assert first <= 35, "the day's first look writes the log, the first of all its head, too"
