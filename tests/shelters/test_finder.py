"""The finder's lists against a plain reading of the rules, and its bytes against its objects."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from geopy.distance import geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from liff_app.geo.ellipsoid import PositionOutOfRangeError
from liff_app.shelters.finder import (
    Answer,
    DisasterView,
    Finder,
    Found,
    LimitOutOfRangeError,
    Live,
    Place,
    Policy,
    Purpose,
)
from liff_app.shelters.places import PlaceInvalidError
from liff_app.shelters.rules import Label
from liff_app.shelters.vocabulary import Fits, Hazard, Level, Opening, Role
from tests.shelters.random_towns import NOW, disaster, random_town

POLICY = Policy()
HERE = (35.6, 139.4)
FLOOD = disaster(Hazard.FLOOD, Hazard.LANDSLIDE)
SITE = frozenset({Role.SITE})
FRESH = NOW - timedelta(minutes=5)
OLD = NOW - timedelta(hours=4)


def place(
    name: str,
    metres: float,
    *,
    fit: Fits = Fits.YES,
    roles: frozenset[Role] = SITE,
    capacity: int | None = None,
    always_open: bool = False,
    public: bool = True,
) -> Place:
    """A place so many metres north of HERE, with one fitness for every hazard."""
    north = geodesic(meters=metres).destination(HERE, bearing=0).latitude
    fits = dict.fromkeys(Hazard, fit)
    return Place(
        id=name,
        name=name,
        lat=north,
        lon=HERE[1],
        roles=roles,
        fits=fits,
        capacity=capacity,
        always_open=always_open,
        public=public,
    )


def finder(
    *reports: tuple[Place, Live | None], during: DisasterView | None = FLOOD, now: datetime = NOW
) -> Finder:
    live = {one.id: said for one, said in reports if said is not None}
    return Finder([one for one, _ in reports], live, during, POLICY, now)


def names(found: list[Found]) -> list[str]:
    return [one.place.name for one in found]


def opened(people: int | None = None) -> Live:
    return Live(opening=Opening.OPEN, people=people, updated_at=FRESH)


# Order


def test_in_a_disaster_usable_places_come_first_and_none_is_hidden() -> None:
    town = finder(
        (place("closed", 100), Live(opening=Opening.CLOSED, updated_at=FRESH)),
        (place("unopened", 200), Live(opening=Opening.UNOPENED, updated_at=FRESH)),
        (place("preparing", 300), Live(opening=Opening.PREPARING, updated_at=FRESH)),
        (place("unknown", 400), None),
        (place("full", 500, capacity=20), opened(people=20)),
        (place("stale", 600), Live(opening=Opening.OPEN, updated_at=OLD)),
        (place("conditional", 700, fit=Fits.CONDITIONAL), opened()),
        (place("hill", 800, always_open=True), None),
        (place("open", 900), opened()),
    )
    found = town.nearest(*HERE, limit=50)
    assert names(found) == [
        *("hill", "open", "conditional", "stale", "full"),
        *("unknown", "preparing", "unopened", "closed"),
    ]
    assert [one.usable for one in found] == [True] * 3 + [False] * 6


def test_what_is_not_designated_for_the_hazard_is_not_listed() -> None:
    town = finder(
        (place("no", 100, fit=Fits.NO), opened()),
        (place("unknown", 200, fit=Fits.UNKNOWN), opened()),
        (place("yes", 3000), opened()),
        (replace(place("only earthquake", 50), fits={Hazard.EARTHQUAKE: Fits.YES}), opened()),
        (place("shelter", 10, roles=frozenset({Role.SHELTER})), opened()),
        (place("welfare", 20, roles=frozenset({Role.WELFARE})), opened()),
        (place("hidden", 30, public=False), opened()),
        (place("ad hoc", 4000, roles=frozenset({Role.AD_HOC})), opened()),
    )
    assert names(town.nearest(*HERE, Hazard.FLOOD)) == ["yes", "ad hoc"]


def test_a_query_without_a_hazard_goes_by_the_disasters_first() -> None:
    town = finder(
        (replace(place("quake", 50), fits={Hazard.EARTHQUAKE: Fits.YES}), opened()),
        (replace(place("slide", 60), fits={Hazard.LANDSLIDE: Fits.YES}), opened()),
        (replace(place("flood", 70), fits={Hazard.FLOOD: Fits.YES}), opened()),
    )
    answer = town.answer(*HERE)
    assert answer.hazard is Hazard.FLOOD
    assert names(list(answer.found)) == ["flood"]


def test_a_disaster_of_another_kind_lists_both_kinds_by_rank() -> None:
    town = finder(
        (place("site", 100), None),
        (place("shelter", 200, roles=frozenset({Role.SHELTER})), opened()),
        during=disaster(),
    )
    assert names(town.nearest(*HERE)) == ["shelter", "site"]


def test_staying_asks_for_shelters_and_warns_where_the_hazard_reaches() -> None:
    shelter = frozenset({Role.SHELTER})
    town = finder(
        (place("site", 10), opened()),
        (place("wet", 100, roles=shelter, fit=Fits.NO), opened()),
        (place("dry", 200, roles=shelter), opened()),
        (place("shut", 50, roles=shelter), Live(opening=Opening.UNOPENED, updated_at=FRESH)),
    )
    found = town.nearest(*HERE, Hazard.FLOOD, purpose=Purpose.STAY)
    assert names(found) == ["wet", "dry", "shut"]
    assert [one.labels for one in found] == [(Label.NOT_FOR_HAZARD,), (), ()]


def test_normal_times_list_both_kinds_by_distance_without_any_status() -> None:
    town = finder(
        (place("shelter", 200, roles=frozenset({Role.SHELTER})), opened(people=9)),
        (place("hill", 300, always_open=True), None),
        (place("site", 100), Live(opening=Opening.CLOSED, updated_at=FRESH)),
        (place("welfare", 50, roles=frozenset({Role.WELFARE})), None),
        during=None,
    )
    found = town.nearest(*HERE)
    assert names(found) == ["site", "shelter", "hill"]
    assert [one.opening for one in found] == [None, None, Opening.ALWAYS]
    assert {(one.live, one.level, one.people, one.updated_at) for one in found} == {(None,) * 4}
    assert not any(one.usable or one.stale for one in found)


def test_normal_times_with_a_hazard_list_the_unconditional_first() -> None:
    town = finder(
        (place("conditional", 100, fit=Fits.CONDITIONAL), None),
        (place("no", 110, fit=Fits.NO), None),
        (place("yes", 900), None),
        during=None,
    )
    found = town.nearest(*HERE, Hazard.TSUNAMI)
    assert names(found) == ["yes", "conditional"]
    assert [one.fits for one in found] == [Fits.YES, Fits.CONDITIONAL]


def test_groups_are_walked_until_enough_places_are_found() -> None:
    town = finder(
        *((place(f"open{n}", 1000 + n), opened()) for n in range(3)),
        *((place(f"shut{n}", 100 + n), None) for n in range(5)),
    )
    for limit in range(1, 12):
        expected = ["open0", "open1", "open2", *(f"shut{n}" for n in range(5))]
        assert names(town.nearest(*HERE, limit=limit)) == expected[:limit]


def key_by_reading_the_rules(one: Found, origin: tuple[float, float]) -> tuple[float, ...]:
    """Rank in words, fitness, then the geodesic: written apart from the code under test."""
    openings = [Opening.UNKNOWN, Opening.PREPARING, Opening.UNOPENED, Opening.CLOSED]
    if one.opening in openings:
        rank = 3 + openings.index(one.opening)
    elif one.level is Level.FULL:
        rank = 2
    else:
        rank = 1 if one.stale else 0
    at = (round(one.place.lat, 6), round(one.place.lon, 6))
    return (rank, one.fits is Fits.CONDITIONAL, round(geodesic(origin, at).m, 3))


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.sampled_from([None, *Hazard]), st.sampled_from([5, 40, 200]))
def test_a_whole_list_stands_in_the_order_the_rules_give(
    seed: int, hazard: Hazard | None, count: int
) -> None:
    places, live = random_town(seed, count)
    town = Finder(places, live, FLOOD, POLICY, NOW)
    found = town.nearest(*HERE, hazard, limit=1000)
    keys = [key_by_reading_the_rules(one, HERE) for one in found]
    assert keys == sorted(keys)
    asked = hazard or Hazard.FLOOD
    expected = {
        p.id
        for p in places
        if p.public
        and p.roles & {Role.SITE, Role.AD_HOC}
        and p.fits.get(asked) in {Fits.YES, Fits.CONDITIONAL}
    }
    assert {one.place.id for one in found} == expected
    assert all(
        one.distance_m == pytest.approx(geodesic(HERE, (one.place.lat, one.place.lon)).m, abs=0.7)
        for one in found
    )


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.floats(35.4, 35.8), st.floats(139.2, 139.6))
def test_a_short_answer_is_the_beginning_of_the_whole_list(
    seed: int, lat: float, lon: float
) -> None:
    places, live = random_town(seed % 7, 300)
    town = Finder(places, live, FLOOD, POLICY, NOW)
    for purpose in Purpose:
        whole = town.nearest(lat, lon, limit=1000, purpose=purpose)
        for limit in (1, 10, 23):
            assert town.nearest(lat, lon, limit=limit, purpose=purpose) == whole[:limit]


# Far


def test_far_means_no_listed_place_of_any_rank_within_the_distance() -> None:
    open_far = (place("far", 6000), opened())
    shut_near = (place("near", 4000), Live(opening=Opening.CLOSED, updated_at=FRESH))
    unfit_near = (place("unfit", 100, fit=Fits.NO), opened())
    assert finder(open_far, unfit_near).answer(*HERE).far
    assert not finder(open_far, shut_near).answer(*HERE).far
    assert not finder(open_far, shut_near).answer(*HERE, limit=1).far
    assert finder(unfit_near).answer(*HERE).far


# JSON


def as_json(answer: Answer, during: DisasterView | None) -> dict[str, Any]:
    """What the objects say, in the words of docs/api.md."""
    return {
        "disaster": during
        and {
            "id": during.id,
            "name": during.name,
            "hazards": list(during.hazards),
            "drill": during.drill,
            "area": "",
            "started_at": "2025-11-22T00:05:30Z",
        },
        "hazard": answer.hazard,
        "purpose": answer.purpose,
        "far": answer.far,
        "shelters": [
            {
                "id": one.place.id,
                "name": one.place.name,
                "kana": one.place.kana,
                "address": one.place.address,
                "lat": round(one.place.lat, 6),
                "lon": round(one.place.lon, 6),
                "kind": one.place.kind,
                "distance_m": one.distance_m,
                "walk_minutes": list(one.walk_minutes),
                "fits": one.fits
                if answer.hazard
                else {hazard: one.place.fits.get(hazard, "unknown") for hazard in Hazard},
                "opening": one.opening,
                "level": one.level,
                "people": one.people,
                "capacity": one.place.capacity,
                "updated_at": one.updated_at and f"{one.updated_at:%Y-%m-%dT%H:%M:%S}Z",
                "stale": one.stale,
                "remarks": one.place.remarks,
            }
            for one in answer.found
        ],
    }


@pytest.mark.parametrize("during", [None, FLOOD, disaster(), disaster(Hazard.FIRE, drill=True)])
@pytest.mark.parametrize("purpose", list(Purpose))
def test_bytes_and_objects_agree(during: DisasterView | None, purpose: Purpose) -> None:
    places, live = random_town(11, 250)
    town = Finder(places, live, during, POLICY, NOW)
    dice = random.Random(3)
    for hazard, limit in product((None, *Hazard), (1, 10, 37)):
        query = (35.6 + dice.gauss(0, 0.1), 139.4 + dice.gauss(0, 0.1), hazard, limit, purpose)
        expected = as_json(town.answer(*query), during)
        body = town.nearest_json(*query)
        assert json.loads(body) == expected
        assert list(json.loads(body)) == list(expected)
        assert town.nearest_json(*query) == body


def test_an_empty_list_is_json_too() -> None:
    body = json.loads(Finder([], {}, None, POLICY, NOW).nearest_json(*HERE, Hazard.VOLCANO))
    assert body == {
        "disaster": None,
        "hazard": "volcano",
        "purpose": "flee",
        "far": True,
        "shelters": [],
    }


# Time, renewal, refusal, threads


def test_a_finder_is_valid_until_the_next_report_turns_stale() -> None:
    reports = (
        (place("a", 1), Live(opening=Opening.OPEN, updated_at=NOW - timedelta(minutes=50))),
        (place("b", 2), Live(opening=Opening.OPEN, updated_at=NOW - timedelta(minutes=90))),
        (place("c", 3), Live(opening=Opening.OPEN, updated_at=OLD)),
        (place("d", 4, always_open=True), Live(updated_at=NOW - timedelta(minutes=170))),
    )
    town = finder(*reports)
    assert town.valid_until == datetime(2025, 11, 22, 6, 35, tzinfo=UTC)
    later = finder(*reports, now=town.valid_until)
    assert [one.stale for one in sorted(later.nearest(*HERE), key=lambda one: one.place.id)] == [
        *(False, True, True, False)
    ]
    assert finder(*reports, during=None).valid_until is None
    assert finder(reports[2]).valid_until is None


def test_a_renewed_finder_answers_as_a_new_one_and_leaves_the_old_alone() -> None:
    places, live = random_town(5, 200)
    _, other_live = random_town(6, 200)
    later = NOW + timedelta(hours=1)
    first = Finder(places, live, None, POLICY, NOW)
    before = first.nearest_json(*HERE)
    for during, reports in ((FLOOD, live), (FLOOD, other_live), (None, other_live)):
        renewed = first.renewed(reports, during, later)
        fresh = Finder(places, reports, during, POLICY, later)
        for hazard in (None, Hazard.FLOOD):
            assert renewed.nearest_json(*HERE, hazard) == fresh.nearest_json(*HERE, hazard)
        assert renewed.status("v") == fresh.status("v")
        first = renewed
    assert Finder(places, live, None, POLICY, NOW).nearest_json(*HERE) == before


def test_what_cannot_be_answered_is_refused() -> None:
    town = finder((place("a", 1), None))
    with pytest.raises(PositionOutOfRangeError):
        town.nearest_json(float("nan"), 139.4)
    with pytest.raises(LimitOutOfRangeError) as refused:
        town.nearest(*HERE, limit=0)
    assert refused.value.code == "limit_out_of_range"
    with pytest.raises(PlaceInvalidError):
        finder((place("a", 1), None), (place("a", 2), None))
    with pytest.raises(PlaceInvalidError):
        finder(now=NOW.replace(tzinfo=None))


def test_threads_that_ask_a_new_finder_together_get_the_same_answers() -> None:
    places, live = random_town(8, 400)
    dice = random.Random(1)
    queries = [
        (35.6 + dice.gauss(0, 0.05), 139.4 + dice.gauss(0, 0.05), dice.choice(tuple(Hazard)))
        for _ in range(200)
    ]
    alone = Finder(places, live, FLOOD, POLICY, NOW)
    shared = Finder(places, live, FLOOD, POLICY, NOW)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda query: shared.nearest_json(*query), queries))
    assert answers == [alone.nearest_json(*query) for query in queries]


def test_a_place_outside_the_general_list_is_shown_as_in_one() -> None:
    welfare = place("welfare", 700, roles=frozenset({Role.WELFARE}), fit=Fits.NO)
    town = finder((welfare, opened(people=4)), (place("site", 1), None))
    shown = town.found(welfare, 700, Hazard.FLOOD)
    assert (shown.people, shown.opening, shown.distance_m) == (4, Opening.OPEN, 700)
    assert shown.labels == (Label.NOT_FOR_HAZARD,)
    hidden = place("hidden", 2, public=False)
    with pytest.raises(KeyError):
        finder((hidden, None)).found(hidden, 2)
