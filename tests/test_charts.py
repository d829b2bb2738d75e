"""Step charts: what was counted is what is drawn."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta

import pytest

from liff_app.charts import MOST_ACROSS, MOST_UP, SIDE, Band, StepChart, Tick, step_chart

START = datetime(2025, 11, 22, 3, 0, tzinfo=UTC)  # 12:00 in Japan
HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    return START + hours * HOUR


def chart(
    *points: tuple[float, int | None], hours: float = 10, limit: int | None = None
) -> StepChart:
    return step_chart([(at(h), n) for h, n in points], start=START, end=at(hours), limit=limit)


def height_at(drawn: StepChart, x: int) -> list[int]:
    """Heights of the line over that column, from the path itself."""
    found, here, y = [], 0, 0
    for kind, numbers in re.findall(r"([MHV])([\d ]+)", drawn.line):
        before = here
        if kind == "M":
            here, y = map(int, numbers.split())
            found += [y] if here == x else []
        elif kind == "H":
            here = int(numbers)
            found += [y] if min(before, here) <= x <= max(before, here) else []
        else:
            y = int(numbers)
            found += [y] if here == x else []
    return found


def test_a_count_holds_until_the_next_one() -> None:
    drawn = chart((0, 0), (2, 100), (5, 40))
    assert drawn.line == f"M0 {SIDE}H200V0H500V600H1000"
    assert drawn.area == drawn.line + f"V{SIDE}H0Z"
    assert (drawn.peak, drawn.peak_at) == (100, at(2))


def test_what_held_before_the_span_counts_from_its_beginning() -> None:
    assert chart((-3, 80), (-1, 50), (5, 100)).line == f"M0 {SIDE // 2}H500V0H1000"


def test_a_time_nobody_counted_in_is_a_gap_and_not_zero() -> None:
    drawn = chart((1, 10), (3, None), (6, 10))
    assert drawn.line == "M100 0H300 M600 0H1000"
    assert chart((3, None)).line == ""


def test_nothing_known_makes_an_empty_chart_that_still_has_its_scale() -> None:
    drawn = chart()
    assert (drawn.line, drawn.area, drawn.peak, drawn.peak_at) == ("", "", 0, None)
    assert [one.label for one in drawn.up] == ["0", "1"]


def test_a_span_of_nothing_is_drawn_as_a_minute() -> None:
    drawn = step_chart([(START, 3)], start=START, end=START)
    assert drawn.end - drawn.start == timedelta(minutes=1)
    assert drawn.line.startswith("M0 ")


def test_the_limit_is_drawn_where_it_can_be_told_from_the_ground() -> None:
    assert chart((0, 90), limit=300).limit_at == 0
    assert chart((0, 10), limit=300).limit_at is None
    assert chart((0, 10), limit=0).limit_at is None


@pytest.mark.parametrize("most", [0, 1, 3, 4, 5, 7, 19, 99, 100, 101, 999, 12_345, 100_000])
def test_the_scale_is_round_and_reaches_above_the_peak(most: int) -> None:
    labels = [int(one.label.replace(",", "")) for one in chart((0, most)).up]
    assert labels[0] == 0
    assert labels[-1] >= most
    assert 2 <= len(labels) <= MOST_UP + 1
    assert str(labels[1]).strip("0") in {"1", "2", "5"}


@pytest.mark.parametrize("minutes", [1, 7, 40, 95, 300, 800, 2_000, 6_000, 30_000, 600_000])
def test_moments_stand_on_round_hours_of_japan_and_fit(minutes: int) -> None:
    drawn = step_chart([], start=START, end=START + timedelta(minutes=minutes))
    assert 1 <= len(drawn.across) <= MOST_ACROSS + 1
    assert [one.at for one in drawn.across] == sorted(one.at for one in drawn.across)
    assert all(0 <= one.at <= 100 for one in drawn.across)


def test_hours_are_those_of_japan_and_midnight_is_a_day() -> None:
    drawn = step_chart([], start=at(10), end=at(14))  # 22:00 to 2:00
    assert [one.label for one in drawn.across] == ["22:00", "23:00", "11/23", "1:00", "2:00"]
    assert [Tick(0, "").anchor, Tick(50, "").anchor, Tick(99, "").anchor] == [
        "start",
        "middle",
        "end",
    ]


def test_a_band_is_named_where_its_word_fits() -> None:
    bands = [
        Band(start=at(-2), end=at(5), tone="ok", label="開設"),
        Band(start=at(5), end=at(5.5), tone="err", label="閉鎖"),
        Band(start=at(20), end=at(30), tone="ok", label="あと"),
    ]
    drawn = step_chart([], start=START, end=at(10), bands=bands)
    assert [(b.left, b.width, b.named_at) for b in drawn.bands] == [(0, 500, 0), (500, 50, None)]


def test_ten_thousand_changes_stay_a_small_drawing_that_hides_no_extreme() -> None:
    rng = random.Random(7)
    points = [(10 * i / 10_000, rng.randrange(400)) for i in range(10_000)]
    points[5_003] = (points[5_003][0], 1_000)
    drawn = chart(*points)
    assert len(drawn.line) < 40_000
    column = round(SIDE * points[5_003][0] / 10)
    assert 0 in height_at(drawn, column)
    for _ in range(300):
        hour, count = points[rng.randrange(10_000)]
        heights = height_at(drawn, round(SIDE * hour / 10))
        assert min(heights) <= SIDE - count <= max(heights)
