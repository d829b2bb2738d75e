"""The index against measuring every point, where indexes go wrong: ties, edges, crowds, threads."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from math import dist, inf, nextafter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liff_app.geo.ellipsoid import locate
from liff_app.geo.index import CellMemo, NearestIndex, Spot, spot_at


def rows_by_measuring_all(spots: list[Spot], lat: float, lon: float, k: int) -> list[int]:
    fix = locate(lat, lon)
    squares = (
        ((s[0] - fix.x) ** 2 + (s[1] - fix.y) ** 2 + (s[2] - fix.z) ** 2, s[3]) for s in spots
    )
    return [row for _, row in sorted(squares)[:k]]


def rows(index: NearestIndex, lat: float, lon: float, k: int) -> list[int]:
    return [row for _, row in index.nearest(locate(lat, lon), k)]


def scattered(count: int, seed: int, *, spread: float = 0.2) -> list[Spot]:
    """Points of a town, clustered, with every tenth at the place of the one before."""
    dice = random.Random(seed)
    spots: list[Spot] = []
    for number in range(count):
        if spots and number % 10 == 0:
            spots.append((*spots[-1][:3], number))
            continue
        centre = dice.choice((-spread, 0, spread))
        lat = 35.6 + centre + dice.gauss(0, spread / 4)
        spots.append(spot_at(lat, 139.4 - centre + dice.gauss(0, spread / 4), number))
    return spots


TOWN = scattered(1500, seed=3)
INDEX = NearestIndex(TOWN)


@settings(max_examples=300)
@given(st.floats(35.0, 36.2), st.floats(138.8, 140.0), st.integers(1, 60))
def test_the_nearest_are_those_found_by_measuring_every_point(
    lat: float, lon: float, k: int
) -> None:
    assert rows(INDEX, lat, lon, k) == rows_by_measuring_all(TOWN, lat, lon, k)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_queries_from_anywhere_on_earth_are_exact(lat: float, lon: float) -> None:
    assert rows(INDEX, lat, lon, 10) == rows_by_measuring_all(TOWN, lat, lon, 10)


@given(st.integers(7_100, 7_140), st.integers(27_860, 27_900), st.booleans(), st.booleans())
def test_queries_on_the_very_edge_of_a_cell_are_exact(
    row: int,
    column: int,
    below: bool,  # noqa: FBT001 - hypothesis fills it
    left: bool,  # noqa: FBT001 - same
) -> None:
    lat = nextafter(row / 200, -inf) if below else row / 200
    lon = nextafter(column / 200, -inf) if left else column / 200
    assert rows(INDEX, lat, lon, 10) == rows_by_measuring_all(TOWN, lat, lon, 10)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("lat", "lon"), [(89.9999, 10.0), (90.0, 180.0), (0.001, 179.9999), (60.0, -179.9999)]
)
def test_poles_and_the_date_line_are_no_exception(lat: float, lon: float, sign: int) -> None:
    dice = random.Random(5)
    lat *= sign
    spots = []
    for number in range(400):
        turned = (lon + dice.gauss(0, 0.05) + 180) % 360 - 180
        spots.append(spot_at(max(-90, min(90, lat + dice.gauss(0, 0.05))), turned, number))
    index = NearestIndex(spots)
    for _ in range(60):
        at_lat = max(-90, min(90, lat + dice.gauss(0, 0.01)))
        at_lon = (lon + dice.gauss(0, 0.01) + 180) % 360 - 180
        assert rows(index, at_lat, at_lon, 10) == rows_by_measuring_all(spots, at_lat, at_lon, 10)


@pytest.mark.parametrize("count", [0, 1, 9, 24, 25, 26, 40])
def test_few_points_are_all_found_nearest_first(count: int) -> None:
    spots = scattered(count, seed=count)
    index = NearestIndex(spots)
    assert len(index) == count
    assert rows(index, 35.6, 139.4, 50) == rows_by_measuring_all(spots, 35.6, 139.4, 50)
    assert rows(index, 35.6, 139.4, 3) == rows_by_measuring_all(spots, 35.6, 139.4, 3)


def test_a_thousand_places_at_one_point_come_in_the_order_of_their_numbers() -> None:
    point = spot_at(35.6, 139.4, 0)[:3]
    numbers = list(range(1000))
    random.Random(1).shuffle(numbers)
    index = NearestIndex([(*point, number) for number in numbers])
    assert rows(index, 35.61, 139.41, 10) == list(range(10))
    assert rows(index, 35.61, 139.41, 40) == list(range(40))


def test_squared_chords_are_given_with_the_places() -> None:
    fix = locate(35.6, 139.4)
    for square, row in INDEX.nearest(fix, 5) + INDEX.nearest(fix, 30):
        assert square**0.5 == pytest.approx(dist(fix[2:5], TOWN[row][:3]))


def test_a_small_memo_forgets_and_answers_stay_right() -> None:
    memo = CellMemo(max_cells=5)
    index = NearestIndex(TOWN, memo)
    dice = random.Random(9)
    for _ in range(300):
        lat, lon = 35.6 + dice.gauss(0, 0.1), 139.4 + dice.gauss(0, 0.1)
        assert rows(index, lat, lon, 10) == rows_by_measuring_all(TOWN, lat, lon, 10)
        assert len(memo) <= 5


def test_indexes_that_share_a_memo_do_not_share_answers() -> None:
    memo = CellMemo()
    even = [spot for spot in TOWN if spot[3] % 2 == 0]
    odd = [spot for spot in TOWN if spot[3] % 2]
    both = (NearestIndex(even, memo), NearestIndex(odd, memo))
    for step in range(40):
        lat, lon = 35.5 + step / 199, 139.3 + step / 201
        for index, spots in zip(both, (even, odd), strict=True):
            assert rows(index, lat, lon, 10) == rows_by_measuring_all(spots, lat, lon, 10)


def test_threads_that_ask_together_all_get_exact_answers() -> None:
    index = NearestIndex(TOWN, CellMemo(max_cells=20))
    dice = random.Random(2)
    queries = [(35.6 + dice.gauss(0, 0.1), 139.4 + dice.gauss(0, 0.1)) for _ in range(400)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda query: rows(index, query[0], query[1], 10), queries * 3))
    expected = [rows_by_measuring_all(TOWN, *query, 10) for query in queries]
    assert answers == expected * 3


def test_the_memo_keeps_tens_of_candidates_not_the_town() -> None:
    memo = CellMemo()
    index = NearestIndex(TOWN, memo)
    lat, lon = 35.6, 139.4
    index.nearest(locate(lat, lon), 10)
    assert len(memo) == 1
    kept = memo.recall(memo.claim() - 10**10 + 7120 * 100_000 + 27_880)
    assert kept is not None
    assert 10 <= len(kept) <= 96
