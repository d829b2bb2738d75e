"""The board's page and what refreshes it."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from liff_app import clock
from liff_app.db import db
from liff_app.shelters.console.pieces import FIELDS
from liff_app.shelters.console.words import row_view
from liff_app.shelters.disasters import queries
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.figures import figures
from liff_app.shelters.occupancy.vocabulary import Need
from liff_app.shelters.vocabulary import Level, Opening
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, Visitor, colleague
from tests.house.page import faults

from . import town
from .test_attention import line, status
from .town import GYM, HALL, HILL, SCHOOL, begin, id_of, say

BOARD = "/console/shelters"


@pytest.fixture
def clerk(app: Flask) -> ConsoleVisitor:
    """An administrator, and four places in a flood."""
    town.found()
    begin()
    return colleague(app, Role.ADMINISTRATOR)


def order(page: str) -> list[str]:
    """Names of the rows, from the page."""
    return re.findall(r'data-ref="name">([^<]+)</a>', page.split("<template", maxsplit=1)[0])


def feed(visitor: FlaskClient, query: str = "") -> dict[str, Any]:
    answer = visitor.get(f"{BOARD}/board.json{query}")
    assert answer.status_code == 200
    body: dict[str, Any] = answer.get_json()
    return body


def rows(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    assert body["fields"] == list(FIELDS)
    return {one["name"]: one for one in (dict(zip(FIELDS, r, strict=True)) for r in body["rows"])}


def test_urgent_places_stand_on_top_and_say_why_in_words(clerk: ConsoleVisitor) -> None:
    long_ago = clock.now() - timedelta(hours=5)
    say(SCHOOL, opening=Opening.OPEN, people=30, now=long_ago)
    say(GYM, opening=Opening.OPEN, people=100, note="玄関は東側", by="command:x")
    say(HALL, opening=Opening.OPEN, needs_added=frozenset({Need.WATER}))
    answer = clerk.get(BOARD)
    assert faults(answer, BOARD) == []
    page = answer.text
    assert order(page) == [SCHOOL, GYM, HALL, HILL]
    for word in ("情報が古い", "5時間前", "現場用QR", "100／100人", "満員", "水", "玄関は東側"):
        assert word in page, word
    assert re.search(r"開設</span><b[^>]*>3か所", page)
    assert re.search(r"避難者</span><b[^>]*>130人", page)
    assert re.search(r"古い情報</span><b[^>]*>1件", page)
    assert re.search(r"まだ報告なし</span><b[^>]*>0件", page)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?show=full", [GYM]),
        ("?show=silent", [HALL]),
        ("?need=water", [SCHOOL]),
        ("?kind=site&order=name", [SCHOOL, GYM, HILL, HALL]),
        ("?q=みなと", [HALL]),
        ("?q=ミナト&show=open", []),
        ("?q=二丁目", [GYM]),
        ("?order=people", [GYM, SCHOOL, HILL, HALL]),
        ("?show=nonsense&need=ice&kind=x&order=y", [GYM, SCHOOL, HALL, HILL]),
    ],
)
def test_filters_and_orders_stand_in_the_address(
    clerk: ConsoleVisitor, query: str, names: list[str]
) -> None:
    say(SCHOOL, opening=Opening.OPEN, people=30, needs_added=frozenset({Need.WATER}))
    say(GYM, opening=Opening.OPEN, people=100)
    found = order(clerk.get(BOARD + query).text)
    assert sorted(found) == sorted(names)
    if "order=" in query or len(names) < 3:
        assert [n for n in found if n in (SCHOOL, GYM)] == [n for n in names if n in (SCHOOL, GYM)]
    assert [one["name"] for one in rows(feed(clerk, query)).values()] == found


def test_in_normal_times_every_place_is_there_and_nothing_can_be_changed(app: Flask) -> None:
    town.found()
    page = colleague(app, Role.ADMINISTRATOR).get(BOARD)
    assert faults(page, BOARD) == []
    assert len(order(page.text)) == 4
    assert "いまは災害時ではありません" in page.text
    assert 'id="bulk"' not in page.text


def test_a_closed_place_with_people_is_marked_and_not_counted(clerk: ConsoleVisitor) -> None:
    say(SCHOOL, opening=Opening.OPEN, people=30, now=clock.now() - timedelta(hours=5))
    say(HALL, opening=Opening.OPEN, people=8)
    say(HALL, opening=Opening.CLOSED, level=Level.EMPTY)
    body = feed(clerk)
    assert body["counts"]["people"] == 30
    assert rows(body)[HALL]["warning"] == "閉鎖だが人がいます"
    assert rows(body)[HALL]["level_label"] == "", "nobody is told that there is room"
    page = clerk.get(BOARD).text
    assert order(page)[:2] == [HALL, SCHOOL]
    assert "閉鎖だが人がいます" in page
    assert "閉鎖なのに人がいるところが1か所あります。" in clerk.get("/console/").text


def test_the_board_and_the_record_of_the_disaster_count_the_same_people(
    clerk: ConsoleVisitor,
) -> None:
    for name, opening in ((SCHOOL, Opening.OPEN), (GYM, Opening.CLOSED), (HALL, Opening.UNOPENED)):
        say(name, opening=opening, people=20)
    db.session.rollback()
    disaster = disasters.current(db.session)
    assert disaster
    record = figures(queries.place_histories(db.session, disaster.id), until=clock.now())
    assert record.counts[-1].people == feed(clerk)["counts"]["people"] == 40


def test_a_place_reported_without_an_opening_is_told_from_an_unreported_one(
    clerk: ConsoleVisitor,
) -> None:
    say(GYM, people=12)
    body = feed(clerk)
    found = rows(body)
    labels = (found[GYM]["opening_label"], found[HALL]["opening_label"])
    assert labels == ("開設か未確認", "未報告")
    assert body["counts"]["silent"] == 3
    assert GYM in order(clerk.get(f"{BOARD}?show=silent").text)


def test_the_board_says_where_head_count_and_check_in_disagree() -> None:
    told = line(GYM, status(people=50, checked_in=38))
    assert row_view(told).difference == "受付していない人が12人います。"
    for people, checked_in in ((50, 50), (50, None), (None, 3)):
        agreeing = replace(told, status=status(people=people, checked_in=checked_in))
        assert row_view(agreeing).difference == ""


def test_a_hidden_place_is_on_the_board_and_says_so(clerk: ConsoleVisitor) -> None:
    from tests.shelters.published import publish, row  # noqa: PLC0415 - this test's own list

    publish(row("H1", name="かくれ家", publish=False), list_id="hidden")
    page = clerk.get(BOARD).text
    assert "かくれ家" in page
    assert "住民には見えません" in page


def test_a_change_is_in_the_feed_at_once_and_nothing_else_is_sent(clerk: ConsoleVisitor) -> None:
    first = clerk.get(f"{BOARD}/board.json")
    tag = {"If-None-Match": first.headers["ETag"]}
    again = clerk.get(f"{BOARD}/board.json", headers=tag)
    assert (again.status_code, again.data) == (304, b"")
    say(GYM, opening=Opening.OPEN, people=81)
    news = clerk.get(f"{BOARD}/board.json", headers=tag)
    assert news.status_code == 200
    assert news.headers["ETag"] != first.headers["ETag"]
    view = rows(news.get_json())[GYM]
    assert (view["opening"], view["people"], view["count"], view["bar"]) == (
        "open", "81／100人", 81, 81,
    )  # fmt: skip
    assert view["level"] == Level.CROWDED.value
    assert not view["by_hand"]
    assert abs(view["updated_at"] / 1000 - clock.now().timestamp()) < 5
    assert news.get_json()["counts"]["open"] == 1


def test_the_feed_turns_stale_by_time_alone(
    clerk: ConsoleVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(GYM, opening=Opening.OPEN, people=3)
    tag = clerk.get(f"{BOARD}/board.json").headers["ETag"]
    later = clock.now() + timedelta(hours=4)
    monkeypatch.setattr(clock, "now", lambda: later)
    # The session has grown too old as well: somebody signs in anew.
    news = colleague(clerk.application, Role.VIEWER).get(
        f"{BOARD}/board.json", headers={"If-None-Match": tag}
    )
    assert rows(news.get_json())[GYM]["warning"] == "情報が古い"


def test_another_question_or_another_reader_has_another_tag(
    app: Flask, clerk: ConsoleVisitor
) -> None:
    viewer = colleague(app, Role.VIEWER)
    tags = {
        clerk.get(f"{BOARD}/board.json").headers["ETag"],
        clerk.get(f"{BOARD}/board.json?show=open").headers["ETag"],
        viewer.get(f"{BOARD}/board.json").headers["ETag"],
    }
    assert len(tags) == 3


def test_the_feed_is_small_and_never_kept(clerk: ConsoleVisitor) -> None:
    answer = clerk.get(f"{BOARD}/board.json", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert gzip.decompress(answer.data) == clerk.get(f"{BOARD}/board.json").data


def test_a_viewer_sees_and_changes_nothing(app: Flask, clerk: ConsoleVisitor) -> None:
    viewer = colleague(app, Role.VIEWER)
    page = viewer.get(BOARD)
    assert faults(page, BOARD) == []
    assert GYM in page.text
    for part in ('data-ref="change"', 'name="shelter"', 'id="bulk"', "/console/shelters/new"):
        assert part not in page.text.split("<template")[0], part
    assert feed(viewer)["mine"] == []


def test_staff_of_one_place_may_change_that_one(app: Flask, clerk: ConsoleVisitor) -> None:
    teacher = colleague(app, (Role.SHELTER_STAFF, {"shelter": id_of(GYM)}))
    page = teacher.get(BOARD).text.split("<template")[0]
    assert re.findall(r'name="shelter" value="(\w+)"', page) == [id_of(GYM)]
    assert feed(teacher)["mine"] == [id_of(GYM)]
    assert "/console/shelters/new" not in page
    assert feed(colleague(app, Role.SHELTER_STAFF))["mine"] is None


def test_nobody_else_opens_it(app: Flask, clerk: ConsoleVisitor, resident: FlaskClient) -> None:
    for path in (BOARD, f"{BOARD}/board.json", f"{BOARD}/map", f"{BOARD}/map.json"):
        assert colleague(app, Role.REPORT_REVIEWER).get(path).status_code == 403
        for stranger in (Visitor(app), resident):
            answer = stranger.get(path)
            assert answer.status_code == 302
            assert "/console/login" in answer.headers["Location"]


def test_what_a_stranger_wrote_is_shown_as_text(clerk: ConsoleVisitor) -> None:
    hostile = "<img src=x onerror=alert(1)>{{7*7}}"
    say(GYM, opening=Opening.OPEN, note=hostile)
    page = clerk.get(BOARD)
    assert faults(page, BOARD) == []
    assert "<img" not in page.text
    assert "&lt;img" in page.text
    assert rows(feed(clerk))[GYM]["note"] == hostile


def test_a_board_costs_few_questions_to_the_database(clerk: ConsoleVisitor) -> None:
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    clerk.get(BOARD)
    assert len(seen) <= 10, seen
    seen.clear()
    clerk.get(f"{BOARD}/board.json")
    assert len(seen) <= 4, seen
