"""Coordinates in every writing met in lists."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app.geo.positions import (
    decimals,
    from_tokyo_datum,
    in_japan,
    looks_swapped,
    parse_degrees,
)

# 日本経緯度原点: 35°39′29.1572″ N 139°44′28.8759″ E on JGD2000 (測量法施行令 2002), and
# 35°39′17.5148″ N 139°44′40.5020″ E in the old datum.
ORIGIN = (35 + 39 / 60 + 29.1572 / 3600, 139 + 44 / 60 + 28.8759 / 3600)
OLD_ORIGIN = (35 + 39 / 60 + 17.5148 / 3600, 139 + 44 / 60 + 40.5020 / 3600)
METRES_PER_DEGREE = 111_000


@pytest.mark.parametrize(
    "written",
    [
        "35.658099222",
        "３５．６５８０９９２２２",
        "35°39′29.1572″",
        "35度39分29.1572秒",
        "北緯35度39分29.1572秒",
        "35°39'29.1572\"",
        "35º39’29.1572”",
        "N35.39.29.1572",
        "35.39.29.1572N",
        "35:39:29.1572",
        "35° 39′ 29.1572″ N",
        "35.658099222°",
    ],
)
def test_every_writing_of_one_latitude_gives_the_same_degrees(written: str) -> None:
    read = parse_degrees(written)
    assert read is not None
    assert math.isclose(read, ORIGIN[0], abs_tol=1e-8)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "-",
        "nan",
        "NaN",
        "inf",
        "Infinity",
        "1e2",
        "35,658",
        "35°60′00″",
        "35°10′61″",
        "三五",
        "#N/A",
        "35.6.5.4.3",
    ],
)
def test_what_is_no_coordinate_gives_none(written: str) -> None:
    assert parse_degrees(written) is None


def test_west_and_south_are_negative() -> None:
    assert parse_degrees("西経139度30分") == -139.5
    assert parse_degrees("S35.5") == -35.5


@given(st.floats(20, 154, allow_nan=False).map(lambda value: round(value, 6)))
def test_degrees_minutes_and_seconds_give_back_the_decimal(value: float) -> None:
    degrees, rest = divmod(value * 3600, 3600)
    minutes, seconds = divmod(rest, 60)
    read = parse_degrees(f"{int(degrees)}度{int(minutes)}分{min(seconds, 59.9999):.4f}秒")
    assert read is not None
    assert math.isclose(read, value, abs_tol=1e-7)


@given(st.text(max_size=20))
def test_any_text_gives_a_finite_number_or_none(text: str) -> None:
    read = parse_degrees(text)
    assert read is None or math.isfinite(read)


def test_the_box_holds_japan_and_a_swapped_pair_never_looks_right() -> None:
    assert in_japan(24.05, 122.94)  # 与那国島
    assert in_japan(45.52, 141.94)  # 宗谷岬
    assert in_japan(24.28, 153.98)  # 南鳥島
    assert not in_japan(0, 0)
    assert not in_japan(math.nan, 139.0)
    assert looks_swapped(139.5, 35.6)
    assert not looks_swapped(35.6, 139.5)
    assert not looks_swapped(0, 0)


def test_decimals_are_counted_as_written() -> None:
    assert decimals("35.500000") == 6
    assert decimals("139") == 0
    assert decimals("３５．６３２") == 3
    assert decimals("35°39′") is None


def test_the_old_datum_origin_moves_to_the_official_new_position_within_a_metre() -> None:
    moved = from_tokyo_datum(*OLD_ORIGIN)
    assert abs(moved.lat - ORIGIN[0]) * METRES_PER_DEGREE < 1
    assert abs(moved.lon - ORIGIN[1]) * METRES_PER_DEGREE * math.cos(math.radians(35.66)) < 1


@given(st.floats(31, 45), st.floats(130, 145))
def test_the_change_of_datum_is_a_shift_to_the_north_west_by_300_to_550_m(
    lat: float, lon: float
) -> None:
    moved = from_tokyo_datum(lat, lon)
    north_m = (moved.lat - lat) * METRES_PER_DEGREE
    east_m = (moved.lon - lon) * METRES_PER_DEGREE * math.cos(math.radians(lat))
    assert north_m > 0 > east_m
    assert 280 < math.hypot(north_m, east_m) < 560


def test_a_coordinate_of_a_novels_length_is_refused_unread() -> None:
    assert parse_degrees("35度" + " " * 3_900 + "x") is None
    assert parse_degrees("3" * 4_000) is None
