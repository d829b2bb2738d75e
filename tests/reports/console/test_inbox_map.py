"""The inbox's map: pins as columns, squares where they are many, nothing a resident wrote in it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from liff_app.reports import map_queries
from liff_app.reports.vocabulary import Priority, Status
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, Visitor, colleague

from .desk import INBOX, LAT, LON, put

HOSTILE = "${alert(1)}</script><img src=x onerror=alert(2)>`"


@pytest.fixture
def reviewer(app: Flask) -> ConsoleVisitor:
    """Somebody who reviews every department's reports."""
    return colleague(app, Role.REPORT_REVIEWER)


def points(visit: ConsoleVisitor, query: str = "") -> dict[str, Any]:
    answer = visit.get(f"{INBOX}/points{query}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def test_pins_say_where_and_how_a_report_stands_and_no_word(reviewer: ConsoleVisitor) -> None:
    new = put(description=HOSTILE, place_text=HOSTILE, lat=35.60731234, priority=Priority.URGENT)
    over = put(status=Status.FIXED, lat=35.7)
    answer = reviewer.get(f"{INBOX}/points?state=all")
    assert "alert" not in answer.text
    found = answer.get_json()
    assert dict(zip(found["ids"], found["marks"], strict=True)) == {new.id: 0, over.id: 2}
    at = found["ids"].index(new.id)
    assert (found["lats"][at], found["lons"][at]) == (35.60731, LON)
    assert found["priorities"][at] == Priority.URGENT
    assert points(reviewer)["ids"] == [new.id]


def test_pins_follow_the_filters_and_the_part_of_the_map(reviewer: ConsoleVisitor) -> None:
    here, far = put(), put(lat=LAT + 0.2, category="light")
    box = f"bbox={LON - 0.01},{LAT - 0.01},{LON + 0.01},{LAT + 0.01}"
    assert points(reviewer, f"?{box}")["ids"] == [here.id]
    assert points(reviewer, "?category=light")["ids"] == [far.id]
    assert points(reviewer, f"?{box}&category=light")["ids"] == []


@pytest.mark.parametrize("box", ["", f"bbox={LON - 1},{LAT - 1},{LON + 1},{LAT + 1}"])
def test_many_pins_become_counted_squares(
    reviewer: ConsoleVisitor, monkeypatch: pytest.MonkeyPatch, box: str
) -> None:
    monkeypatch.setattr(map_queries, "MOST_PINS", 10)
    for n in range(8):
        put(lat=LAT + n * 0.0001)
    for n in range(4):
        put(lat=LAT + 0.5, lon=LON + 0.5 + n * 0.0001)
    found = points(reviewer, f"?{box}")
    assert "ids" not in found
    assert sum(found["counts"]) == 12
    assert len(found["counts"]) <= 4
    south = [
        count for lat, count in zip(found["lats"], found["counts"], strict=True) if lat < LAT + 0.1
    ]
    assert sum(south) == 8


def test_of_what_is_over_the_map_shows_the_newest(
    reviewer: ConsoleVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_queries, "MOST_OLD", 2)
    reports = [put(status=Status.FIXED) for _ in range(4)]
    assert set(points(reviewer, "?state=closed")["ids"]) == {one.id for one in reports[2:]}


def test_a_pin_says_its_row_when_it_is_pressed(reviewer: ConsoleVisitor) -> None:
    report = put(description=HOSTILE)
    answer = reviewer.get(f"{INBOX}/peek?id={report.id}")
    assert answer.mimetype == "application/json"
    assert answer.get_json()["text"] == HOSTILE
    assert answer.get_json()["href"] == f"{INBOX}/{report.ref}"
    for wrong in ("", "?id=x", "?id=999999", "?id=-1"):
        assert reviewer.get(f"{INBOX}/peek{wrong}").status_code == 404


def test_what_folium_wrote_holds_no_report_and_no_foreign_host(
    app: Flask, reviewer: ConsoleVisitor
) -> None:
    put(description=HOSTILE)
    answer = Visitor(app).get(f"{INBOX}/map/drawing.js")
    assert answer.mimetype == "text/javascript"
    hosts = set(re.findall(r"https?://[^/\"']+", answer.text))
    assert hosts == {"https://cyberjapandata.gsi.go.jp"}
    for word in ("alert", "bindPopup", "bindTooltip", "innerHTML"):
        assert word not in answer.text
    assert "window.staffMap.attach(map_town, L)" in answer.text
    page = reviewer.get(INBOX).text
    frame = re.search(r"<iframe[^>]*>", page)
    assert frame
    assert re.search(r'sandbox="allow-scripts"', frame[0])
    assert "alert" not in frame[0]
