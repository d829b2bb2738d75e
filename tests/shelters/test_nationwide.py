"""The finder over every published site in Japan against the geodesic."""

from __future__ import annotations

import os

import pytest

from bench.exactness import RANKS, judge
from bench.sites import NATIONAL, NATIONAL_ROWS, national_sites
from liff_app.shelters.finder import Finder, Place, Policy
from liff_app.shelters.vocabulary import Hazard
from tests.shelters.random_towns import NOW

# MACHIMADO_NATIONWIDE_POINTS=1000 is the long form; python -m bench.exactness prints the same.
POINTS = int(os.environ.get("MACHIMADO_NATIONWIDE_POINTS", "40"))


@pytest.fixture(scope="module")
def country() -> tuple[list[Place], Finder]:
    if not NATIONAL.exists():
        pytest.skip(f"the published list {NATIONAL.name} is not beside the project")
    places = national_sites()
    return places, Finder(places, {}, None, Policy(), NOW)


@pytest.mark.lists
def test_every_rank_over_the_whole_country_holds_the_place_that_belongs_there(
    country: tuple[list[Place], Finder],
) -> None:
    places, finder = country
    assert len(places) == NATIONAL_ROWS
    for number, hazard in enumerate(Hazard):
        verdict = judge(finder, places, hazard, POINTS, seed=100 + number)
        assert verdict.ranks == POINTS * RANKS
        assert verdict.mismatches == 0
        # Ranks may be exchanged only among places equally far to within centimetres.
        assert verdict.worst_rank_m < 1.0
        assert verdict.worst_shown_m < 0.52
