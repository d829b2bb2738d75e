"""The drawing of a place for paper: north is up, and names can be read."""

from __future__ import annotations

import random
from itertools import combinations

from liff_app.reports.console.sketch import LETTER, SIDE, Mark, sketch


def test_north_is_up_and_east_is_right() -> None:
    made = sketch(35.0, 135.0, [("北", 35.01, 135.0), ("東", 35.0, 135.01)])
    north, east = made.marks
    assert north.y < SIDE / 2
    assert abs(north.x - SIDE / 2) <= 1
    assert east.x > SIDE / 2
    assert abs(east.y - SIDE / 2) <= 1


def test_the_ring_says_its_metres_and_fits() -> None:
    made = sketch(35.0, 135.0, [("北", 35.01, 135.0)])  # 1,112 m to the north
    assert made.ring_m == 1000
    north = made.marks[0]
    assert abs((SIDE / 2 - north.y) / made.ring - 1.112) < 0.02


def test_without_a_list_of_towns_the_spot_stands_alone() -> None:
    made = sketch(35.0, 135.0, [])
    assert made.marks == ()
    assert 0 < made.ring <= SIDE / 2


def test_no_name_covers_another_or_leaves_the_paper() -> None:
    dice = random.Random(7)
    written = 0
    for _drawing in range(200):
        towns = [
            (
                "一二三四丁目"[: dice.randint(2, 6)],
                35 + dice.gauss(0, 0.01),
                135 + dice.gauss(0, 0.01),
            )
            for _town in range(4)
        ]
        named = [mark for mark in sketch(35.0, 135.0, towns).marks if mark.name]
        written += len(named)
        assert not any(_overlap(*pair) for pair in combinations(named, 2))
        for mark in named:
            half = LETTER * len(mark.name) / 2
            assert mark.name_x - half >= -1
            assert mark.name_x + half <= SIDE + 1
            assert 0 < mark.name_y <= SIDE
    assert written > 400


def _overlap(one: Mark, other: Mark) -> bool:
    wide = LETTER * (len(one.name) + len(other.name)) / 2
    return abs(one.name_y - other.name_y) < LETTER and abs(one.name_x - other.name_x) < wide - 1
