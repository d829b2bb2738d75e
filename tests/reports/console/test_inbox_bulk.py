"""Many reports changed at once: in two steps, never over a colleague's head, and taken back."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.db import db, transaction
from liff_app.reports import bulk, events
from liff_app.reports.bulk import BulkDone, BulkKind
from liff_app.reports.console import bulk_results
from liff_app.reports.console.bulk_results import Result
from liff_app.reports.events import Held
from liff_app.reports.models import Report, ReportEvent, ReportRead
from liff_app.reports.vocabulary import Priority, Status
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.house.page import faults

from .desk import INBOX, LAT, department, fresh, put, visitor

BULK = f"{INBOX}/bulk"
MOST_OF_A_LINE = 4000  # the web server refuses a first line of 4,094 bytes


@pytest.fixture
def reviewer(app: Flask) -> ConsoleVisitor:
    """Somebody who reviews every department's reports."""
    return colleague(app, Role.REPORT_REVIEWER)


def send(visit: ConsoleVisitor, step: str, **data: object) -> TestResponse:
    """A form of the bulk pages is sent, and the page that it leads to is opened."""
    return visit.post(BULK + step, data=data, follow_redirects=True)


def pick(*reports: Report) -> list[str]:
    return [f"{one.ref}.{one.version}" for one in reports]


def notes() -> list[str]:
    """What the log says was done to many reports, oldest first."""
    found = [one.action for one in audit.events(db.session) if one.subject == "reports"]
    db.session.rollback()
    return found


@pytest.mark.parametrize("verb", ["assign", "prioritise", "set_due", "move", "merge", "read"])
def test_the_second_step_names_every_report_and_changes_nothing(
    reviewer: ConsoleVisitor, verb: str
) -> None:
    one, two = put(description="一つ目"), put(description="二つ目", category="light")
    answer = send(reviewer, "", verb=verb, pick=pick(one, two), query="order=due")
    assert answer.status_code == 200
    assert faults(answer, BULK) == []
    for word in ("一つ目", "二つ目", "2件", "/console/reports?order=due"):
        assert word in answer.text, word
    assert fresh(one).version == one.version
    assert "ほかの人が変えました" not in answer.text


def test_a_department_is_put_in_charge_and_taken_out_again(
    app: Flask, reviewer: ConsoleVisitor
) -> None:
    roads, before = department("道路課"), department("公園課")
    one, two = put(department_id=before), put()
    answer = send(reviewer, "/apply", verb="assign", pick=pick(one, two), department_id=roads)
    assert answer.status_code == 200
    assert faults(answer, BULK) == []
    assert "2件を変えました" in answer.text
    assert {fresh(row).department_id for row in (one, two)} == {roads}
    assert notes() == ["report.bulk_changed"]
    undo = re.findall(r'name="pick" value="([^"]+)"', answer.text)
    assert len(undo) == 2
    back = send(reviewer, "/undo", verb="assign", pick=undo)
    assert "元に戻しました" in back.text
    assert (fresh(one).department_id, fresh(two).department_id) == (before, None)
    assert notes() == ["report.bulk_changed", "report.bulk_undone"]
    assert 'action="/console/reports/bulk/undo"' not in back.text


def test_half_a_minute_later_nothing_is_taken_back(reviewer: ConsoleVisitor) -> None:
    one = put()
    answer = send(reviewer, "/apply", verb="prioritise", pick=pick(one), priority="3")
    undo = re.findall(r'name="pick" value="([^"]+)"', answer.text)
    with transaction() as session:
        session.execute(update(ReportEvent).values(at=clock.now() - timedelta(seconds=31)))
    late = send(reviewer, "/undo", verb="prioritise", pick=undo)
    assert "30秒がすぎたので、戻せません" in late.text
    assert fresh(one).priority == Priority.URGENT


def test_what_a_colleague_changed_meanwhile_is_listed_and_left_alone(
    reviewer: ConsoleVisitor,
) -> None:
    one, two = put(category="light"), put()
    picked = pick(one, two)
    other = send(reviewer, "/apply", verb="prioritise", pick=pick(one), priority="0")
    assert other.status_code == 200
    asked = send(reviewer, "", verb="prioritise", pick=picked)
    assert asked.text.count("ほかの人が変えました") == 1
    answer = send(reviewer, "/apply", verb="prioritise", pick=picked, priority="3")
    assert "1件を変えました" in answer.text
    assert "1件は、変わっていません" in answer.text
    assert f'href="/console/reports/{one.ref}"' in answer.text
    assert "ほかの人が先に変更しました" in answer.text
    assert (fresh(one).priority, fresh(two).priority) == (Priority.LOW, Priority.URGENT)


def test_a_step_needs_its_sentence_and_what_was_typed_stays(reviewer: ConsoleVisitor) -> None:
    one, two = put(), put(status=Status.FIXED)
    data = {"verb": "move", "pick": pick(one, two), "to": "no_action", "receiver": "残る言葉"}
    wrong = send(reviewer, "/apply", **data)
    assert wrong.status_code == 422
    assert faults(wrong, BULK) == []
    assert "残る言葉" in wrong.text
    assert fresh(one).version == one.version
    done = send(reviewer, "/apply", **data, text="危険がないので見守ります。")
    assert fresh(one).status == Status.NO_ACTION
    assert fresh(two).status == Status.FIXED
    assert "1件は、変わっていません" in done.text
    assert 'action="/console/reports/bulk/undo"' not in done.text, "residents were told"


def test_many_become_one_incident(reviewer: ConsoleVisitor) -> None:
    one, two, three = put(), put(), put()
    reviewer.post(
        f"{BULK}/apply", data={"verb": "merge", "pick": pick(one, two, three), "into": two.ref}
    )
    assert [fresh(row).lead_id for row in (one, two, three)] == [two.id, None, two.id]
    row = reviewer.get(f"{INBOX}/rows").get_json()["rows"][0]
    assert row["size"].startswith("3件をまとめた")


def test_a_day_is_set_and_nonsense_is_refused(reviewer: ConsoleVisitor) -> None:
    one = put()
    data = {"verb": "set_due", "pick": pick(one)}
    wrong = reviewer.post(f"{BULK}/apply", data=data | {"due_on": "32日"})
    assert wrong.status_code == 422
    reviewer.post(f"{BULK}/apply", data=data | {"due_on": "2026-12-01"})
    assert fresh(one).due_on == date(2026, 12, 1)


def test_reading_marks_are_ones_own_and_not_in_the_log(app: Flask) -> None:
    me, visit = visitor(app, Role.REPORT_REVIEWER)
    one, two = put(), put()
    visit.post(f"{BULK}/apply", data={"verb": "read", "pick": pick(one)})
    assert [row["unread"] for row in visit.get(f"{INBOX}/rows").get_json()["rows"]] == ["未読", ""]
    marks = db.session.scalars(select(ReportRead.account_id)).all()
    assert marks == [me]
    db.session.rollback()
    assert notes() == []
    assert two.version == fresh(two).version


def test_another_departments_reports_cannot_be_touched(app: Flask) -> None:
    roads, parks = department("道路課"), department("公園課")
    theirs = put(department_id=roads, description="内緒の話")
    _, visit = visitor(app, (Role.REPORT_REVIEWER, {"department": parks}))
    asked = send(visit, "", verb="prioritise", pick=pick(theirs))
    assert asked.status_code == 422
    assert "内緒" not in asked.text
    answer = send(visit, "/apply", verb="prioritise", pick=pick(theirs), priority="3")
    assert "変えられませんでした" in answer.text
    assert theirs.ref not in answer.text
    assert fresh(theirs).priority == Priority.NORMAL


def test_the_log_names_every_report_that_was_changed(reviewer: ConsoleVisitor) -> None:
    many = [put() for _ in range(102)]
    picked = pick(*many)
    answer = send(reviewer, "/apply", verb="prioritise", pick=picked, priority="3")
    assert "102件を変えました" in answer.text
    (noted,) = [one for one in audit.events(db.session) if one.action == "report.bulk_changed"]
    db.session.rollback()
    detail = json.loads(noted.detail)
    named = ",".join((detail["refs"], detail["further_refs"])).split(",")
    assert named == [one.ref for one in many]


@on_sqlite
def test_no_row_out_of_sight_is_locked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    roads, parks = department("道路課"), department("公園課")
    theirs, lead, mine = put(department_id=roads), put(department_id=roads), put()
    _, visit = visitor(app, (Role.REPORT_REVIEWER, {"department": parks}))
    held: set[str] = set()
    hold = events.hold_all

    def watched(session: Session, refs: Sequence[str], *, members: bool = False) -> list[Held]:
        held.update(refs)
        return hold(session, refs, members=members)

    monkeypatch.setattr(events, "hold_all", watched)
    picked = pick(theirs, mine)
    visit.post(f"{BULK}/apply", data={"verb": "prioritise", "pick": picked, "priority": "3"})
    visit.post(f"{BULK}/undo", data={"verb": "prioritise", "pick": pick(theirs, fresh(mine))})
    assert held == {mine.ref}
    visit.post(f"{BULK}/apply", data={"verb": "merge", "pick": pick(fresh(mine)), "into": lead.ref})
    assert held == {mine.ref}
    assert fresh(mine).lead_id is None


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"verb": "prioritise"},
        {"verb": "nonsense", "pick": "0" * 16 + ".1"},
        {"verb": "prioritise", "pick": ["x", "0.1", "0" * 16, "0" * 16 + ".x", "'; --.1"]},
    ],
)
@pytest.mark.parametrize("path", ["", "/apply", "/undo"])
def test_nothing_picked_is_said_so(
    reviewer: ConsoleVisitor, path: str, data: dict[str, str]
) -> None:
    answer = reviewer.post(BULK + path, data=data)
    assert answer.status_code == 422
    assert faults(answer, BULK) == []
    assert "えらんでいません" in answer.text


def test_whatever_is_sent_leads_to_a_page_that_can_be_loaded_again(
    reviewer: ConsoleVisitor,
) -> None:
    one, two = put(), put()
    asked = reviewer.post(BULK, data={"verb": "prioritise", "pick": pick(one, two)})
    assert asked.status_code == 303
    assert "2件の急ぎ具合を変える" in reviewer.get(asked.location).text
    data = {"verb": "prioritise", "pick": pick(one, two), "priority": "3"}
    sent = reviewer.post(f"{BULK}/apply", data=data)
    assert sent.status_code == 303
    assert [("2件を変えました" in reviewer.get(sent.location).text) for _ in range(2)] == [True] * 2
    assert {fresh(row).version for row in (one, two)} == {one.version + 1}, "changed once"
    undone = reviewer.post(f"{BULK}/undo", data={"verb": "prioritise", "pick": pick(one)})
    assert undone.status_code == 303
    assert "変えられませんでした" in reviewer.get(undone.location).text


def test_a_result_carries_a_whole_page_of_reports_and_nobody_can_make_one_up(
    app: Flask, reviewer: ConsoleVisitor
) -> None:
    refs = [(secrets.token_hex(8), n) for n in range(bulk.MOST)]
    changed, refused = refs[::2], [(ref, f"理由{n % 3}。") for ref, n in refs[1::2]]
    done = BulkDone(done=tuple(changed), refused=tuple(refused), back=tuple(changed[1:]))
    result = Result(kind=BulkKind.ASSIGN, done=done, query="town=" + "町" * 60)
    with app.app_context():
        word = bulk_results.packed(result)
        assert bulk_results.unpacked(word) == result
    assert len(word) < MOST_OF_A_LINE
    middle = len(word) // 2
    other = "A" if word[middle] != "A" else "B"
    for wrong in ("", "x", word[:-1], word[:middle] + other + word[middle + 1 :]):
        assert reviewer.get(f"{BULK}/done", query_string={"of": wrong}).status_code == 404


def test_what_may_not_be_the_same_thing_is_said_before_it_is_merged(
    reviewer: ConsoleVisitor,
) -> None:
    one, near = put(), put(lat=LAT + 0.002)
    lamp, far = put(category="light"), put(lat=LAT + 0.0024)
    for others, words in (
        ([near], []),
        ([lamp], ["種類のちがう通報があります。"]),
        ([near, far], ["267 mはなれています。"]),
    ):
        page = send(reviewer, "", verb="merge", pick=pick(one, *others)).text
        assert ("同じものか、確かめてください" in page) == bool(words)
        for word in words:
            assert word in page
    assert "同じものか" not in send(reviewer, "", verb="assign", pick=pick(one, lamp)).text


def test_a_mistaken_merge_leads_to_its_lead_and_is_taken_back_at_any_time(
    reviewer: ConsoleVisitor,
) -> None:
    one, two, three = put(), put(), put()
    page = send(reviewer, "/apply", verb="merge", pick=pick(one, two, three), into=two.ref).text
    assert f'href="/console/reports/{two.ref}"' in page
    undo = re.findall(r'name="pick" value="([^"]+)"', page)
    assert {word.split(".")[0] for word in undo} == {one.ref, three.ref}
    with transaction() as session:
        session.execute(update(ReportEvent).values(at=clock.now() - timedelta(days=2)))
    back = send(reviewer, "/undo", verb="merge", pick=undo)
    assert "2件を変えました" in back.text
    assert [fresh(row).lead_id for row in (one, two, three)] == [None] * 3


def test_what_was_read_before_stays_read_when_the_marks_are_taken_back(app: Flask) -> None:
    _, visit = visitor(app, Role.REPORT_REVIEWER)
    before, now = put(), put()
    send(visit, "/apply", verb="read", pick=pick(before))
    page = send(visit, "/apply", verb="read", pick=pick(before, now)).text
    assert "2件を変えました" in page
    undo = re.findall(r'name="pick" value="([^"]+)"', page)
    assert undo == pick(now)
    send(visit, "/undo", verb="read", pick=undo)
    said = {row["id"]: row["unread"] for row in visit.get(f"{INBOX}/rows").get_json()["rows"]}
    assert said == {before.id: "", now.id: "未読"}
