"""Questions kept by name, and how a question is read from an address and written into one."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select

from liff_app.db import db
from liff_app.reports.console import filters as query
from liff_app.reports.console import saved
from liff_app.reports.desk_filters import Area, Filters, Order, State
from liff_app.reports.desk_queries import Cursor
from liff_app.reports.models import ReportView
from liff_app.reports.vocabulary import Priority, Source, Status
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague

from .desk import INBOX, visitor

VIEWS = f"{INBOX}/views"
ASKED = "status=asked&q=%E7%A9%B4&bbox=140.10000%2C35.10000%2C140.20000%2C35.20000"


@pytest.fixture
def reviewer(app: Flask) -> ConsoleVisitor:
    """Somebody who reviews every department's reports."""
    return colleague(app, Role.REPORT_REVIEWER)


def kept(visit: ConsoleVisitor) -> dict[str, str]:
    """Name and query of what the page offers."""
    part = visit.get(INBOX).text.split('class="inbox-views"')
    links = re.findall(r'<li><a href="([^"]+)">([^<]+)</a>', part[1]) if len(part) > 1 else []
    return {name: urlsplit(href.replace("&amp;", "&")).query for href, name in links}


def test_a_question_is_kept_by_name_and_leads_back(reviewer: ConsoleVisitor) -> None:
    answer = reviewer.post(VIEWS, data={"name": "質問の 返事待ち", "query": ASKED})
    assert answer.status_code == 303
    address = urlsplit(answer.headers["Location"])
    assert address.path == INBOX
    assert dict(parse_qsl(address.query)) == dict(parse_qsl(ASKED))
    assert kept(reviewer) == {"質問の 返事待ち": address.query}
    reviewer.post(VIEWS, data={"name": "質問の 返事待ち", "query": "status=fixed"})
    assert kept(reviewer) == {"質問の 返事待ち": "status=fixed"}


def test_only_what_the_inbox_knows_is_kept(reviewer: ConsoleVisitor) -> None:
    told = "status=asked&next=https://elsewhere.example&after=12&order=nonsense&x=<script>"
    reviewer.post(VIEWS, data={"name": "a", "query": told})
    assert kept(reviewer) == {"a": "status=asked"}


@pytest.mark.parametrize("name", ["", "   ", "\u0007", "あ" * 41])
def test_a_view_needs_a_name_of_moderate_length(reviewer: ConsoleVisitor, name: str) -> None:
    assert reviewer.post(VIEWS, data={"name": name, "query": ""}).status_code == 422
    assert kept(reviewer) == {}


def test_views_are_ones_own(app: Flask) -> None:
    me, mine = visitor(app, Role.REPORT_REVIEWER)
    _, other = visitor(app, Role.REPORT_REVIEWER)
    mine.post(VIEWS, data={"name": "わたしの", "query": ASKED})
    assert kept(other) == {}
    view_id = db.session.scalars(select(ReportView.id).where(ReportView.account_id == me)).one()
    db.session.rollback()
    other.post(f"{VIEWS}/{view_id}/remove")
    assert list(kept(mine)) == ["わたしの"]
    mine.post(f"{VIEWS}/{view_id}/remove")
    assert kept(mine) == {}


def test_nobody_keeps_more_views_than_fit_a_list(
    reviewer: ConsoleVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "MOST", 2)
    for name in ("a", "b", "a"):
        assert reviewer.post(VIEWS, data={"name": name, "query": ""}).status_code == 303
    assert reviewer.post(VIEWS, data={"name": "c", "query": ""}).status_code == 422


WORDS = some.text(max_size=60).map(
    lambda text: " ".join("".join(c for c in text if c.isprintable()).split())
)
CODES = some.from_regex(r"[a-z0-9_]{0,12}", fullmatch=True)
DAYS = some.dates(date(2000, 1, 1), date(2999, 12, 31))
DEGREES = some.integers(-17_999_999, 17_999_998).map(lambda n: n / 100_000)


@some.composite
def areas(draw: some.DrawFn) -> Area:
    west, east = sorted(draw(some.lists(DEGREES, min_size=2, max_size=2, unique=True)))
    south, north = sorted(
        one / 2
        for one in draw(
            some.lists(
                DEGREES.map(lambda one: round(one / 2, 5) * 2), min_size=2, max_size=2, unique=True
            )
        )
    )
    return Area(west, round(south, 5), east, round(north, 5))


@given(
    some.builds(
        Filters,
        state=some.sampled_from(State), status=some.none() | some.sampled_from(Status),
        category=CODES, department=CODES, assignee=CODES,
        priority=some.none() | some.sampled_from(Priority),
        overdue=some.booleans(), unread=some.booleans(), again=some.booleans(),
        hidden=some.booleans(), town=WORDS, source=some.none() | some.sampled_from(Source),
        since=some.none() | DAYS, until=some.none() | DAYS,
        text=WORDS, area=some.none() | areas(), order=some.sampled_from(Order),
    )
)  # fmt: skip
def test_every_question_survives_its_address(asked: Filters) -> None:
    assert query.read(query.write(asked)) == asked


@given(some.dictionaries(some.sampled_from(
    ["state", "status", "priority", "from", "to", "q", "bbox", "order", "town", "department"]
), some.text(max_size=80)))  # fmt: skip
def test_whatever_an_address_holds_is_read_and_written_the_same_way_again(
    told: dict[str, str],
) -> None:
    once = query.write(query.read(told))
    assert query.write(query.read(once)) == once


@pytest.mark.parametrize(
    ("cursor", "text"),
    [
        (Cursor(12), "12"),
        (Cursor(12, 3), "12_3"),
        (Cursor(12, date(2026, 11, 22)), "12_2026-11-22"),
    ],
)
def test_a_place_in_the_order_survives_its_address(cursor: Cursor, text: str) -> None:
    assert query.write_cursor(cursor) == text
    assert query.read_cursor(text) == cursor
