"""The inbox: what it finds, for whom, in which order, and what its rows say."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.reports import desk_queries
from liff_app.reports.desk_queries import PAGE
from liff_app.reports.models import Report, ReportRead
from liff_app.reports.vocabulary import Priority, Source, Status
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.house.page import faults

from .desk import INBOX, LAT, LON, ago, department, put, put_photo, visitor

MOST_QUESTIONS = 18
HOSTILE = "</li><img src=x onerror=alert(1)>${alert(2)}`{{7*7}}"


@pytest.fixture
def reviewer(app: Flask) -> ConsoleVisitor:
    """Somebody who reviews every department's reports."""
    return colleague(app, Role.REPORT_REVIEWER)


def rows(visit: ConsoleVisitor, query: str = "") -> list[dict[str, Any]]:
    answer = visit.get(f"{INBOX}/rows{query}")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.get_json()["rows"]
    return found


def ids(visit: ConsoleVisitor, query: str = "") -> list[int]:
    return [one["id"] for one in rows(visit, query)]


def on_page(page: str) -> list[int]:
    """Ids of the rows that the page itself holds."""
    return [int(one) for one in re.findall(r'id="r-(\d+)"', page)]


def test_the_page_lists_open_reports_newest_first_and_says_what_matters(
    reviewer: ConsoleVisitor,
) -> None:
    today = clock.now()
    first = put(created_at=today - timedelta(days=5), status=Status.REOPENED, reopened=2,
                due_on=date(2026, 1, 5), priority=Priority.URGENT, joined=3)  # fmt: skip
    put(status=Status.FIXED)
    second = put(created_at=today, category="light", description="街灯がつきません")
    put_photo(second)
    answer = reviewer.get(INBOX)
    assert faults(answer, INBOX) == []
    assert on_page(answer.text) == [second.id, first.id]
    for word in ("まだ 2回", "期限切れ", "期限 1月5日（月）", "わたしも 3人", "写真あり", "未読",
                 "すぐに", "街灯がつきません", "5日前", "担当なし", "2件"):  # fmt: skip
        assert word in answer.text, word
    assert "写真あり" in next(one for one in rows(reviewer) if one["id"] == second.id)["photo"]


def test_what_residents_wrote_is_text_on_the_page_and_in_the_feed(
    reviewer: ConsoleVisitor,
) -> None:
    put(description=HOSTILE, place_text=HOSTILE)
    page = reviewer.get(INBOX).text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    answer = reviewer.get(f"{INBOX}/rows")
    assert answer.mimetype == "application/json"
    assert rows(reviewer)[0]["text"] == HOSTILE


@pytest.fixture
def town(app: Flask) -> dict[str, Report]:
    """One report for each question."""
    roads = department("道路課")
    long_ago = clock.now() - timedelta(days=30)
    return {
        "plain": put(),
        "light": put(category="light"),
        "roads": put(department_id=roads),
        "urgent": put(priority=Priority.URGENT),
        "late": put(due_on=date(2026, 1, 5)),
        "again": put(status=Status.CHECKING, reopened=1),
        "asked": put(status=Status.ASKED),
        "hidden": put(hidden=True),
        "north": put(town_name="北戸二丁目"),
        "console": put(source=Source.CONSOLE),
        "old": put(created_at=long_ago),
        "words": put(description="Ｚ字の標識が 50%_まがっています"),
        "far": put(lat=LAT + 0.1, lon=LON + 0.1),
        "fixed": put(status=Status.FIXED),
        "withdrawn": put(status=Status.WITHDRAWN),
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("category=light", {"light"}),
        ("priority=3", {"urgent"}),
        ("overdue=1", {"late"}),
        ("again=1", {"again"}),
        ("status=asked", {"asked"}),
        ("hidden=1", {"hidden"}),
        ("town=北戸", {"north"}),
        ("source=console", {"console"}),
        ("q=50%25_まが", {"words"}),
        ("q=北戸", {"north"}),
        ("q=%25", {"words"}),
        ("state=closed", {"fixed", "withdrawn"}),
        ("status=fixed", {"fixed"}),
        (f"bbox={LON + 0.05},{LAT + 0.05},{LON + 0.2},{LAT + 0.2}", {"far"}),
        ("category=light&overdue=1", set()),
    ],
)
def test_filters_stand_in_the_address(
    reviewer: ConsoleVisitor, town: dict[str, Report], query: str, names: set[str]
) -> None:
    wanted = {town[name].id for name in names}
    assert set(ids(reviewer, f"?{query}")) == wanted
    assert set(on_page(reviewer.get(f"{INBOX}?{query}").text)) == wanted


def test_days_are_days_in_japan(reviewer: ConsoleVisitor) -> None:
    # 0:30 on 22 November in Japan is 15:30 of the day before in UTC.
    early = put(created_at=ago(hours=13, minutes=35))
    late = put(created_at=ago())
    before = put(created_at=ago(hours=14, minutes=10))
    found = ids(reviewer, "?from=2026-11-22&to=2026-11-22")
    assert found == [late.id, early.id]
    assert ids(reviewer, "?to=2026-11-21") == [before.id]


def test_departments_and_people_can_be_asked_for(app: Flask) -> None:
    roads = department("道路課")
    me, visit = visitor(app, Role.REPORT_REVIEWER)
    theirs, mine, free = put(department_id=roads), put(assignee_id=me), put()
    assert ids(visit, f"?department={roads}") == [theirs.id]
    assert ids(visit, "?department=none") == [free.id, mine.id]
    assert ids(visit, "?assignee=me") == ids(visit, f"?assignee={me}") == [mine.id]
    assert ids(visit, "?assignee=none") == [free.id, theirs.id]


def test_a_number_finds_its_report_whatever_else_is_asked(reviewer: ConsoleVisitor) -> None:
    closed = put(status=Status.FIXED)
    put()
    number = next(one["number"] for one in rows(reviewer, "?state=closed"))
    for typed in (
        number,
        number.replace("-", ""),
        "".join(chr(ord(d) + 0xFEE0) if d.isdigit() else "ー" for d in number),
    ):  # the last as a Japanese keyboard types it
        assert ids(reviewer, f"?category=light&q={typed}") == [closed.id]
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert ids(reviewer, f"?q={wrong}") == []


def test_a_merged_report_stands_under_its_lead(reviewer: ConsoleVisitor) -> None:
    lead = put(joined=1)
    member = put(status=Status.DUPLICATE, lead_id=lead.id, joined=2)
    found = rows(reviewer, "?state=all")
    assert [one["id"] for one in found] == [lead.id]
    assert found[0]["size"] == "2件をまとめた・わたしも 3人"
    assert ids(reviewer, "?status=duplicate") == [member.id]


def test_what_a_colleague_has_read_is_unread_again_after_a_change(app: Flask) -> None:
    me, visit = visitor(app, Role.REPORT_REVIEWER)
    stranger = colleague(app, Role.REPORT_REVIEWER)
    report = put(version=3)
    with transaction() as session:
        session.add(ReportRead(account_id=me, report_id=report.id, version=3))
    assert ids(visit, "?unread=1") == []
    assert rows(visit)[0]["unread"] == ""
    assert ids(stranger, "?unread=1") == [report.id]
    with transaction() as session:
        session.get_one(Report, report.id).version = 4
    assert ids(visit, "?unread=1") == [report.id]
    assert rows(visit)[0]["unread"] == "未読"


def test_another_departments_colleague_gets_nothing(app: Flask) -> None:
    roads, parks = department("道路課"), department("公園課")
    theirs, free = put(department_id=roads, description="内緒の話"), put()
    _, visit = visitor(app, (Role.REPORT_REVIEWER, {"department": parks}))
    queries = ("", "?state=all", f"?department={roads}", "?q=内緒", "?overdue=1&state=all")
    for query in queries:
        assert theirs.id not in ids(visit, query), query
        assert "内緒" not in visit.get(INBOX + query).text.replace('value="内緒"', ""), query
        assert theirs.id not in visit.get(f"{INBOX}/points{query}").get_json()["ids"], query
    number = rows(colleague(app, Role.REPORT_REVIEWER), f"?department={roads}")[0]["number"]
    assert ids(visit, f"?q={number}") == []
    assert visit.get(f"{INBOX}/peek?id={theirs.id}").status_code == 404
    assert visit.get(f"{INBOX}/peek?id={free.id}").status_code == 200
    assert "道路課" not in visit.get(INBOX).text


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("", ["c", "b", "a", "d"]),
        ("oldest", ["d", "a", "b", "c"]),
        ("due", ["c", "a", "d", "b"]),
        ("priority", ["b", "d", "a", "c"]),
    ],
)
def test_reports_stand_in_the_order_asked_for(
    reviewer: ConsoleVisitor, order: str, names: list[str]
) -> None:
    put_in = {
        "d": put(due_on=date(2026, 12, 2), priority=Priority.HIGH),
        "a": put(due_on=date(2026, 12, 1)),
        "b": put(priority=Priority.URGENT),
        "c": put(due_on=date(2026, 11, 30)),
    }
    assert ids(reviewer, f"?order={order}") == [put_in[name].id for name in names]


@pytest.mark.parametrize("order", ["newest", "oldest", "due", "priority"])
def test_pages_follow_each_other_without_a_gap_or_a_repeat(
    reviewer: ConsoleVisitor, order: str
) -> None:
    for n in range(2 * PAGE + 7):
        due = None if n % 3 == 0 else date(2026, 12, 1) + timedelta(days=n % 5)
        put(due_on=due, priority=Priority(n % 4))
    url, found, pages = f"{INBOX}?order={order}", [], 0
    while url and pages < 5:
        page = reviewer.get(url).text
        found += on_page(page)
        pages += 1
        link = re.search(r'href="([^"]*)" data-ref="next"(?! hidden)', page)
        url = link[1].replace("&amp;", "&") if link and link[1] else ""
    assert pages == 3
    assert len(found) == len(set(found)) == 2 * PAGE + 7


def test_many_are_counted_as_at_least_so_many(
    reviewer: ConsoleVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_queries, "MOST_COUNTED", 60)
    monkeypatch.setattr("liff_app.reports.console.inbox_page.MOST_COUNTED", 60)
    for _ in range(61):
        put()
    assert reviewer.get(f"{INBOX}/rows").get_json()["count"] == "60件以上"


def test_a_likely_duplicate_is_pointed_out(reviewer: ConsoleVisitor) -> None:
    near = {"lat": LAT + 0.0003, "lon": LON}  # 33 m
    one = put(created_at=ago(hours=1))
    put(created_at=ago(hours=70), **near)
    put(created_at=ago(hours=80), **near)  # too long before
    put(created_at=ago(hours=1), category="light", **near)
    put(created_at=ago(hours=1), lat=LAT + 0.0006)  # 67 m: too far
    put(created_at=ago(hours=1), status=Status.FIXED, **near)
    found = {row["id"]: row["twins"] for row in rows(reviewer)}
    assert found[one.id] == "近くに同じ種類 1件"


@pytest.mark.parametrize(
    "query",
    [
        "state=x&status=y&priority=9&order=z&source=fax&bbox=1,2,3&from=yesterday&after=..",
        "bbox=nan,nan,nan,nan&after=1_2_3",
        "bbox=141,36,140,35&department=%27--&assignee=%22%3E",
        "order=due&after=12_3",
        "order=priority&after=12_2026-11-22",
        "order=priority&after=12",
        "after=99999999999999999999&from=0000-00-00",
        "from=0001-01-01&to=9999-12-31",
    ],
)
def test_nonsense_in_the_address_asks_for_nothing(reviewer: ConsoleVisitor, query: str) -> None:
    report = put()
    answer = reviewer.get(f"{INBOX}?{query}")
    assert answer.status_code == 200
    assert on_page(answer.text) == [report.id]


def asked_for(visit: ConsoleVisitor, path: str) -> int:
    """How many questions to the database the answer costs."""
    seen: list[str] = []

    def hear(_c: object, _k: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        assert visit.get(path).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)
    return len(seen)


@on_sqlite
def test_a_page_of_many_costs_as_many_questions_as_a_page_of_one(reviewer: ConsoleVisitor) -> None:
    put()
    one = asked_for(reviewer, INBOX)
    for _ in range(60):
        put()
    assert asked_for(reviewer, INBOX) <= one + 1, "a second page is counted by one question more"
    assert one <= MOST_QUESTIONS


def test_the_card_counts_what_waits(app: Flask) -> None:
    _, visit = visitor(app, Role.REPORT_REVIEWER)
    calm = visit.get("/console/").text
    assert "読んでいない通報はありません" in calm
    put()
    put(status=Status.CHECKING, due_on=date(2026, 1, 5))
    put(status=Status.REOPENED, reopened=1)
    put(status=Status.FIXED)
    card = visit.get("/console/").text
    assert "「まだ直っていない」という返事があります" in card
    found = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", card))
    assert found == {"新しい受付": "1件", "未読": "3件", "期限切れ": "1件", "まだ（再開）": "1件"}


def test_the_menu_line_is_marked_on_every_page_of_reports(reviewer: ConsoleVisitor) -> None:
    page = reviewer.post(f"{INBOX}/bulk").text
    assert re.search(r'aria-current="page">通報<', page)
