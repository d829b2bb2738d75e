"""Reports as numbers: counted by hand here, by SQL there."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from liff_app import bars
from liff_app.db import db
from liff_app.periods import Period
from liff_app.reports import statistics
from liff_app.reports.statistics import Figures, Spread, Sums, spread
from liff_app.reports.vocabulary import Status

from .console.desk import put

TODAY = date(2026, 11, 22)
PERIOD = Period(date(2026, 10, 1), TODAY)
OCTOBER = datetime(2026, 10, 10, 3, 0, 30, 250_000, tzinfo=UTC)


def made(period: Period = PERIOD) -> Figures:
    found = statistics.figures(db.session, period, today=TODAY)
    db.session.rollback()
    return found


def test_every_report_is_counted_once_and_every_incident_once(app: Flask) -> None:
    lead = put(created_at=OCTOBER, due_on=date(2026, 10, 20), reopened=2)
    put(created_at=OCTOBER, status=Status.DUPLICATE, lead_id=lead.id, reopened=1)
    put(created_at=OCTOBER, status=Status.FIXED, due_on=date(2026, 10, 20))
    put(created_at=OCTOBER, status=Status.FORWARDED, category="light", town_name="中町")
    put(created_at=OCTOBER, status=Status.WITHDRAWN, category="light", town_name="")
    put(created_at=OCTOBER, due_on=TODAY)
    found = made()
    assert found.total == Sums(received=6, incidents=5, open=2, done=2, overdue=1, reopened=1)
    assert [(one.code, one.sums.received) for one in found.categories] == [
        ("road", 4),
        ("light", 2),
    ]
    assert found.categories[1].sums == Sums(received=2, incidents=2, done=1)
    assert [(one.code, one.sums.received) for one in found.towns] == [
        ("本町一丁目", 4), ("", 1), ("中町", 1),
    ]  # fmt: skip
    assert [(one.code, one.sums.received) for one in found.months] == [
        ("2026-10", 6),
        ("2026-11", 0),
    ]


def test_days_and_months_are_those_of_japan(app: Flask) -> None:
    put(created_at=datetime(2026, 9, 30, 14, 59, 59, tzinfo=UTC))  # 23:59:59 of the day before
    put(created_at=datetime(2026, 9, 30, 15, 0, tzinfo=UTC))  # midnight
    put(created_at=datetime(2026, 10, 31, 15, 0, tzinfo=UTC))  # 1 November
    put(created_at=datetime(2026, 11, 22, 14, 59, 59, 999_999, tzinfo=UTC))  # today's last
    put(created_at=datetime(2026, 11, 22, 15, 0, tzinfo=UTC))  # tomorrow
    found = made()
    assert [(one.code, one.sums.received) for one in found.months] == [
        ("2026-10", 1),
        ("2026-11", 2),
    ]


def test_times_are_told_in_whole_hours_by_category(app: Flask) -> None:
    for hours, seconds in ((1, 0), (2, 3599), (23, 3599), (24, 0), (720, 1)):
        after = OCTOBER + timedelta(hours=hours, seconds=seconds)
        put(created_at=OCTOBER, first_answer_at=after, status=Status.FIXED, closed_at=after)
    put(created_at=OCTOBER, category="light", first_answer_at=OCTOBER + timedelta(minutes=59))
    put(created_at=OCTOBER, category="light")
    late = OCTOBER + timedelta(days=300)
    put(created_at=OCTOBER, category="light", status=Status.WITHDRAWN, closed_at=late)
    lead = put(created_at=OCTOBER, category="park")
    put(created_at=OCTOBER, category="park", lead_id=lead.id, status=Status.DUPLICATE,
        first_answer_at=late, closed_at=late)  # fmt: skip
    found = made()
    assert found.answered == {
        "": Spread(6, 2, 720), "road": Spread(5, 23, 720), "light": Spread(1, 0, 0),
    }  # fmt: skip
    assert found.ended == {"": Spread(5, 23, 720), "road": Spread(5, 23, 720)}


def test_a_period_in_which_nothing_came_in_has_zeros(app: Flask) -> None:
    put(created_at=OCTOBER)
    found = made(Period(date(2020, 1, 31), date(2020, 2, 1)))
    assert found.total == Sums()
    assert [one.code for one in found.months] == ["2020-01", "2020-02"]
    assert found.categories == found.towns == []
    assert found.answered == {"": Spread(0)}


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ({}, (0, None, None)),
        ({5: 1}, (1, 5, 5)),
        ({1: 5, 9: 5}, (10, 1, 9)),
        ({1: 9, 100: 1}, (10, 1, 1)),
        ({1: 89, 100: 11}, (100, 1, 100)),
        ({-3: 1}, (1, 0, 0)),
    ],
)
def test_median_and_ninetieth_are_hours_that_occurred(
    hours: dict[int, int], told: tuple[int, int | None, int | None]
) -> None:
    assert spread(Counter(hours)) == Spread(*told)


def test_bars_stand_side_by_side_below_a_round_number() -> None:
    chart = bars.bar_chart([("10月", 87, 40), ("11月", 0, 0)])
    assert [tick.label for tick in chart.up] == ["0", "50", "100"]
    assert [(bar.left, bar.width, bar.height, bar.part) for bar in chart.bars] == [
        (18.6, 30.8, 87.0, 40.0), (62.6, 30.8, 0.0, 0.0),
    ]  # fmt: skip
    assert [tick.label for tick in chart.across] == ["10月", "11月"]


@pytest.mark.parametrize("count", [0, 1, 6, 7, 60, 61])
def test_labels_never_crowd_and_bars_never_leave_the_drawing(count: int) -> None:
    chart = bars.bar_chart([(f"{n}", n, n // 2) for n in range(count)])
    assert len(chart.across) <= bars.MOST_ACROSS
    assert len(chart.bars) == count
    for bar in chart.bars:
        assert bars.LEFT <= bar.left < bar.left + bar.width <= 100
        assert 0 <= bar.part <= bar.height <= 100


def test_bars_of_a_table_are_shares_of_the_longest() -> None:
    assert bars.shares([4, 1, 0]) == [100.0, 25.0, 0.0]
    assert bars.shares([0]) == [0.0]
    assert bars.shares([]) == []
