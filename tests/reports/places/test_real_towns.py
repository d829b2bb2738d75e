"""What the two numbers of `places.rules` do in towns that exist: printed with `-s`, and held.

Every town of the municipality is taken out of the list and asked for: how often would somebody who
stands there be sent away? And every town of the neighbours: how often is it recognised as theirs?
Both are harder than life, where the town one stands in is in the list.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from liff_app.reports.places import rules
from liff_app.reports.rules import metres_between

Point = tuple[float, float]
# A large plain city, a tiny dense one, a dense one among others, a flat rural one, a mountain one.
PLACES = {"372013": "高松市", "132195": "狛江市", "402184": "春日市", "112402": "幸手市"} | {
    "172049": "輪島市"
}
SENT_AWAY, RECOGNISED = 0.02, 0.90  # held by this test; measured figures are printed


@pytest.fixture(scope="module")
def points(lists: Path) -> dict[str, list[Point]]:
    """Every town's point by municipality."""
    found: defaultdict[str, dict[str, Point]] = defaultdict(dict)
    with gzip.open(lists / "towns" / "towns_geolonia_20231115.csv.gz", "rt", encoding="utf-8") as f:
        for line in csv.DictReader(f):
            if line["緯度"] and line["経度"]:
                point = (float(line["緯度"]), float(line["経度"]))
                found[line["団体コード"]].setdefault(line["大字町丁目名"], point)
    return {code: list(towns.values()) for code, towns in found.items()}


def around(points: dict[str, list[Point]], code: str) -> list[Point]:
    """The towns of others up to 15 km around."""
    own = points[code]
    south, north = min(own)[0], max(own)[0]
    west, east = min(lon for _lat, lon in own), max(lon for _lat, lon in own)
    return [
        (lat, lon)
        for other, towns in points.items()
        if other != code
        for lat, lon in towns
        if south - 0.13 < lat < north + 0.13 and west - 0.16 < lon < east + 0.16
    ]


def nearest(place: Point, others: Sequence[Point], *, but: int = -1) -> float:
    """Metres to the nearest of the others, leaving out the one numbered `but`."""
    distances = (metres_between(*place, *other) for n, other in enumerate(others) if n != but)
    return min(distances, default=1e9)


def spacing(place: Point, own: Sequence[Point], but: int) -> float:
    """How far apart our towns lie where the nearest to `place` is, as the service takes it."""
    left = [point for n, point in enumerate(own) if n != but]
    home = min(left, key=lambda point: metres_between(*place, *point))
    near = sorted(metres_between(*home, *point) for point in left if point != home)[:3]
    return near[len(near) // 2]


def sent_away(own: Sequence[Point], others: Sequence[Point]) -> Iterator[bool]:
    for n, place in enumerate(own):
        ours, theirs = nearest(place, own, but=n), nearest(place, others)
        far = ours > rules.FAR_M and rules.is_far(ours, spacing(place, own, n))
        yield far or rules.is_elsewhere(ours, theirs)


def recognised(own: Sequence[Point], others: Sequence[Point]) -> Iterator[bool]:
    for n, place in enumerate(others):
        ours = nearest(place, own)
        if ours < 15_000:  # nobody stands further away and means our town
            theirs = nearest(place, others, but=n)
            yield rules.is_elsewhere(ours, theirs)


@pytest.mark.parametrize("code", PLACES)
def test_few_are_sent_away_and_most_neighbours_recognised(
    points: dict[str, list[Point]], code: str
) -> None:
    own, others = points[code], around(points, code)
    away, seen = list(sent_away(own, others)), list(recognised(own, others))
    print(  # noqa: T201 - the figures are the point of this file
        f"\n{PLACES[code]}: {len(own)} towns, {sum(away)} sent away ({sum(away) / len(own):.1%});"
        f" neighbours' {len(seen)}, recognised {sum(seen) / len(seen):.1%}"
    )
    assert sum(away) / len(own) <= SENT_AWAY
    assert sum(seen) / len(seen) >= RECOGNISED
