"""The finder over the whole country against the WGS84 geodesic, place by place.

Run: python -m bench.exactness [points]   (default 1,000 for each hazard)

For each hazard, positions are drawn (half near places where people are, half anywhere between
Okinawa and Hokkaido, the sea included) and the ten nearest designated sites of the published
list are compared, rank by rank, with the truth. The truth shares nothing with the code under
test: every site is measured on a sphere, which errs by less than 0.6 %, and those that could by
that measure be among the ten are measured with geopy's geodesic.

Prints for each hazard how many ranks hold a place that is more than 6 m further than the one
that belongs there, the largest such difference, and the largest
error of a distance shown (in whole metres, so half a metre is perfect) up to 100 km.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import nsmallest
from math import cos, pi, radians, sin

from geopy.distance import geodesic

from bench.sites import NATIONAL, national_sites
from liff_app.shelters.finder import Finder, Place, Policy
from liff_app.shelters.vocabulary import Hazard

NOW = datetime(2025, 11, 22, 5, 0, tzinfo=UTC)
RANKS = 10
ALLOWED_M = 6.0  # what haversine errs by at the nearest place; the product must do better
SPHERE_M = 6_371_008.8
# The radii of curvature, 6,335.4 to 6,399.6 km, differ from the sphere's by less than 0.57 %,
# and so does the length of any way.
SPHERE_ERROR = 0.006
NEAR_M = 100_000  # the largest error of a distance shown is looked for up to here

Query = tuple[float, float]
Unit = tuple[float, float, float, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One hazard's figures; metres."""

    points: int
    ranks: int
    mismatches: int
    worst_rank_m: float
    worst_shown_m: float


def main() -> None:
    """Print every hazard's verdict; end with 1 if any rank is wrong."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    places = national_sites(NATIONAL)
    finder = Finder(places, {}, None, Policy(), NOW)
    print(f"{len(places):,} sites, {RANKS} nearest, seed 1")
    print(
        f"{'hazard':13}{'points':>7}{'ranks':>8}"
        f"{'off by >6 m':>13}{'worst m':>10}{'shown off m':>13}"
    )
    wrong = 0
    for hazard in Hazard:
        verdict = judge(finder, places, hazard, count, seed=1)
        wrong += verdict.mismatches
        print(
            f"{hazard:13}{verdict.points:7}{verdict.ranks:8}{verdict.mismatches:13}"
            f"{verdict.worst_rank_m:10.4f}{verdict.worst_shown_m:13.3f}",
            flush=True,
        )
    sys.exit(1 if wrong else 0)


def judge(
    finder: Finder, places: Sequence[Place], hazard: Hazard, count: int, seed: int
) -> Verdict:
    """Compare so many queries for one hazard."""
    units = [unit(place, row) for row, place in enumerate(places) if hazard in place.fits]
    mismatches = 0
    worst_rank = worst_shown = 0.0
    ranks = 0
    for query in queries(places, count, seed):
        truth = true_distances(units, places, query)
        found = finder.nearest(*query, hazard, RANKS)
        assert len(found) == len(truth) == RANKS
        for one, true_m in zip(found, truth, strict=True):
            place_m = geodesic_m(query, one.place)
            mismatches += place_m - true_m > ALLOWED_M
            worst_rank = max(worst_rank, abs(place_m - true_m))
            if place_m <= NEAR_M:
                worst_shown = max(worst_shown, abs(one.distance_m - place_m))
            ranks += 1
    return Verdict(count, ranks, mismatches, worst_rank, worst_shown)


def queries(places: Sequence[Place], count: int, seed: int) -> list[Query]:
    """Draw positions: by turns within some kilometres of a site, and anywhere in the box."""
    dice = random.Random(seed)
    drawn = []
    for number in range(count):
        if number % 2:
            drawn.append((dice.uniform(24, 46), dice.uniform(123, 146)))
        else:
            near = dice.choice(places)
            drawn.append((near.lat + dice.gauss(0, 0.03), near.lon + dice.gauss(0, 0.03)))
    return drawn


def true_distances(units: Sequence[Unit], places: Sequence[Place], query: Query) -> list[float]:
    """Give the geodesic metres to the ten nearest, nearest first."""
    x, y, z = direction(*query)
    chords = [
        ((ux - x) * (ux - x) + (uy - y) * (uy - y) + (uz - z) * (uz - z), row)
        for ux, uy, uz, row in units
    ]
    nearest = [geodesic_m(query, places[row]) for _, row in nsmallest(RANKS, chords)]
    angle = max(nearest) / (1 - SPHERE_ERROR) / SPHERE_M
    reach = 2 * sin(min(angle, pi) / 2)
    possible = [row for square, row in chords if square <= reach * reach]
    return sorted(geodesic_m(query, places[row]) for row in possible)[:RANKS]


def unit(place: Place, row: int) -> Unit:
    """Give a place's direction from the centre of a sphere, and its row."""
    return (*direction(round(place.lat, 6), round(place.lon, 6)), row)


def direction(lat: float, lon: float) -> tuple[float, float, float]:
    """Give the direction of a latitude and a longitude on a sphere."""
    phi, lam = radians(lat), radians(lon)
    return (cos(phi) * cos(lam), cos(phi) * sin(lam), sin(phi))


def geodesic_m(query: Query, place: Place) -> float:
    """Give the metres along the WGS84 ellipsoid to a place as published."""
    return float(geodesic(query, (round(place.lat, 6), round(place.lon, 6))).m)


if __name__ == "__main__":
    main()
