"""Decisions by table and by sweep."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise, product
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app.shelters.places import (
    CountInvalidError,
    Kind,
    Live,
    Place,
    PlaceInvalidError,
    Policy,
    Purpose,
    Thresholds,
    ThresholdsInvalidError,
    kind_of,
)
from liff_app.shelters.rules import (
    Label,
    Rank,
    calm_standing,
    group_key,
    is_stale,
    labels_for,
    level_at,
    level_for,
    opening_of,
    rank_of,
    stale_from,
    standing_of,
    walk_minutes,
)
from liff_app.shelters.vocabulary import Fits, Level, Opening, Role
from tests.shelters.random_towns import disaster

NOW = datetime(2025, 11, 22, 5, 5, 30, tzinfo=UTC)
POLICY = Policy()
DEFAULT = Thresholds()
GYM = Place(id="g", name="体育館", lat=35.6, lon=139.4, roles=frozenset({Role.SITE}), capacity=100)
HILL = replace(GYM, id="h", name="丘", always_open=True)


# Crowding


@pytest.mark.parametrize(
    ("percent", "level"),
    [
        (0, Level.EMPTY),
        (49.999, Level.EMPTY),
        (50, Level.SOME),
        (79.9, Level.SOME),
        (80, Level.CROWDED),
        (80.5, Level.CROWDED),
        (99.99, Level.CROWDED),
        (100, Level.FULL),
        (1e9, Level.FULL),
    ],
)
def test_a_level_begins_at_its_lower_bound(percent: float, level: Level) -> None:
    assert level_at(percent, DEFAULT) is level


def test_no_share_from_0_to_200_percent_falls_between_two_levels() -> None:
    order = list(Level)
    levels = [order.index(level_at(tenth / 10, DEFAULT)) for tenth in range(2001)]
    assert levels == sorted(levels)
    changes = [tenth + 1 for tenth, (low, high) in enumerate(pairwise(levels)) if low != high]
    assert changes == [500, 800, 1000]


@given(
    st.floats(0, 1e6),
    st.lists(st.floats(0.1, 1000), min_size=3, max_size=3, unique=True).map(sorted),
)
def test_any_share_has_the_highest_level_whose_bound_it_reaches(
    percent: float, starts: list[float]
) -> None:
    thresholds = Thresholds(tuple(zip((0, *starts), Level, strict=True)))
    reached = sum(percent >= start for start in starts)
    assert level_at(percent, thresholds) is list(Level)[reached]


@given(st.integers(0, 5000), st.integers(1, 3000))
def test_more_people_never_make_a_place_look_freer(people: int, capacity: int) -> None:
    order = list(Level)
    fewer = level_for(people, capacity, DEFAULT)
    more = level_for(people + 1, capacity, DEFAULT)
    assert fewer is not None
    assert more is not None
    assert order.index(fewer) <= order.index(more)
    assert (fewer is Level.FULL) == (people >= capacity)


@pytest.mark.parametrize(("people", "capacity"), [(None, 100), (30, None), (30, 0), (None, None)])
def test_without_a_count_or_a_capacity_no_level_is_claimed(
    people: int | None, capacity: int | None
) -> None:
    assert level_for(people, capacity, DEFAULT) is None


@pytest.mark.parametrize(("people", "capacity"), [(-1, 100), (30, -5), (-1, None), (None, -1)])
def test_negative_counts_are_refused(people: int | None, capacity: int | None) -> None:
    with pytest.raises(CountInvalidError) as refused:
        level_for(people, capacity, DEFAULT)
    assert refused.value.code == "count_invalid"


@pytest.mark.parametrize("percent", [-0.1, nan, inf])
def test_a_share_that_is_no_share_is_refused(percent: float) -> None:
    with pytest.raises(CountInvalidError):
        level_at(percent, DEFAULT)


@pytest.mark.parametrize(
    "bounds",
    [
        (),
        ((1, Level.EMPTY), (50, Level.FULL)),
        ((0, Level.EMPTY), (50, Level.SOME), (50, Level.FULL)),
        ((0, Level.EMPTY), (80, Level.SOME), (50, Level.FULL)),
        ((0, Level.SOME), (50, Level.EMPTY)),
        ((0, Level.EMPTY), (50, Level.EMPTY)),
        ((0, Level.EMPTY), (nan, Level.FULL)),
        ((0, Level.EMPTY), (inf, Level.FULL)),
    ],
)
def test_thresholds_that_contradict_each_other_are_refused(
    bounds: tuple[tuple[float, Level], ...],
) -> None:
    with pytest.raises(ThresholdsInvalidError):
        Thresholds(bounds)


def test_a_town_may_use_three_levels() -> None:
    three = Thresholds(((0, Level.EMPTY), (25, Level.SOME), (50, Level.CROWDED)))
    assert level_for(200, 100, three) is Level.CROWDED


def test_a_level_set_by_hand_wins_over_the_counted_one() -> None:
    live = Live(opening=Opening.OPEN, level=Level.FULL, people=3, updated_at=NOW)
    assert standing_of(GYM, live, NOW, POLICY).level is Level.FULL
    assert standing_of(GYM, replace(live, level=None), NOW, POLICY).level is Level.EMPTY


# Age of a report


def test_a_report_turns_stale_after_the_set_time_counted_from_its_minute() -> None:
    said = datetime(2025, 11, 22, 2, 5, 59, tzinfo=UTC)
    edge = datetime(2025, 11, 22, 5, 5, tzinfo=UTC)
    assert stale_from(said, POLICY) == edge
    assert is_stale(Opening.OPEN, said, edge, POLICY)
    assert not is_stale(Opening.OPEN, said, edge - timedelta(seconds=1), POLICY)


def test_a_report_in_another_time_zone_ages_alike() -> None:
    japan = timezone(timedelta(hours=9))
    said = datetime(2025, 11, 22, 11, 5, 59, tzinfo=japan)
    assert stale_from(said, POLICY) == datetime(2025, 11, 22, 5, 5, tzinfo=UTC)


def test_what_nobody_opens_and_what_nobody_said_is_never_stale() -> None:
    long_ago = NOW - timedelta(days=30)
    assert not is_stale(Opening.ALWAYS, long_ago, NOW, POLICY)
    assert not is_stale(Opening.UNKNOWN, None, NOW, POLICY)
    assert standing_of(GYM, None, NOW, POLICY).rank is Rank.UNKNOWN


@pytest.mark.parametrize("minutes", [0, -5, 0.5])
def test_a_time_to_stale_is_one_or_more_whole_minutes(minutes: float) -> None:
    with pytest.raises(ThresholdsInvalidError):
        Policy(stale_after=timedelta(minutes=minutes))


def test_moments_without_a_time_zone_and_impossible_records_are_refused() -> None:
    with pytest.raises(PlaceInvalidError):
        Live(updated_at=NOW.replace(tzinfo=None))
    with pytest.raises(PlaceInvalidError):
        replace(disaster(), started_at=NOW.replace(tzinfo=None))
    with pytest.raises(CountInvalidError):
        Live(people=-1)
    with pytest.raises(PlaceInvalidError):
        replace(GYM, roles=frozenset())
    with pytest.raises(ThresholdsInvalidError):
        Policy(far_m=0)


# Rank


@pytest.mark.parametrize(
    ("said", "always_open", "opening"),
    [
        (Opening.UNKNOWN, True, Opening.ALWAYS),
        (Opening.UNOPENED, True, Opening.ALWAYS),
        (Opening.OPEN, True, Opening.ALWAYS),
        (Opening.ALWAYS, True, Opening.ALWAYS),
        (Opening.CLOSED, True, Opening.CLOSED),
        (Opening.PREPARING, True, Opening.PREPARING),
        (Opening.ALWAYS, False, Opening.UNKNOWN),
        (Opening.OPEN, False, Opening.OPEN),
        (Opening.UNOPENED, False, Opening.UNOPENED),
    ],
)
def test_the_opening_gone_by_knows_what_the_place_is(
    said: Opening,
    always_open: bool,  # noqa: FBT001 - a column of the table
    opening: Opening,
) -> None:
    assert opening_of(said, always_open=always_open) is opening


@pytest.mark.parametrize(
    ("opening", "level", "stale", "rank"),
    [
        (Opening.OPEN, None, False, Rank.USABLE),
        (Opening.ALWAYS, Level.CROWDED, False, Rank.USABLE),
        (Opening.OPEN, Level.EMPTY, True, Rank.STALE),
        (Opening.OPEN, Level.FULL, False, Rank.FULL),
        (Opening.OPEN, Level.FULL, True, Rank.FULL),
        (Opening.ALWAYS, Level.FULL, False, Rank.FULL),
        (Opening.UNKNOWN, Level.EMPTY, False, Rank.UNKNOWN),
        (Opening.PREPARING, None, False, Rank.PREPARING),
        (Opening.UNOPENED, None, False, Rank.UNOPENED),
        (Opening.CLOSED, Level.FULL, True, Rank.CLOSED),
    ],
)
def test_rank_by_opening_crowding_and_age(
    opening: Opening,
    level: Level | None,
    stale: bool,  # noqa: FBT001 - a column of the table
    rank: Rank,
) -> None:
    assert rank_of(opening, level, stale=stale) is rank


@pytest.mark.parametrize(
    ("said", "level", "age_min"),
    list(product(Opening, (None, *Level), (None, 0, 179, 180, 600))),
)
def test_a_place_that_needs_opening_is_usable_only_if_freshly_said_to_be_open(
    said: Opening, level: Level | None, age_min: int | None
) -> None:
    updated_at = None if age_min is None else NOW - timedelta(minutes=age_min)
    live = Live(opening=said, level=level, updated_at=updated_at)
    fresh = age_min is None or age_min < 180
    expected = said is Opening.OPEN and fresh and level is not Level.FULL
    assert (standing_of(GYM, live, NOW, POLICY).rank is Rank.USABLE) == expected


def test_ranks_stand_in_the_order_of_the_list() -> None:
    assert [rank.name for rank in sorted(Rank)] == [
        *("USABLE", "STALE", "FULL", "UNKNOWN", "PREPARING", "UNOPENED", "CLOSED")
    ]


def test_normal_times_say_nothing_but_always() -> None:
    assert calm_standing(GYM) == (None, None, None, None, False, None)
    assert calm_standing(HILL).opening is Opening.ALWAYS


# Lists


@pytest.mark.parametrize(
    ("roles", "kind"),
    [
        ({Role.SITE}, Kind.SITE),
        ({Role.SHELTER}, Kind.SHELTER),
        ({Role.SITE, Role.SHELTER}, Kind.SITE_AND_SHELTER),
        ({Role.SITE, Role.SHELTER, Role.AD_HOC}, Kind.SITE_AND_SHELTER),
        ({Role.AD_HOC}, Kind.AD_HOC),
        ({Role.SITE, Role.AD_HOC}, Kind.AD_HOC),
        ({Role.SHELTER, Role.AD_HOC}, Kind.AD_HOC),
        ({Role.WELFARE}, Kind.WELFARE),
        ({Role.WELFARE, Role.SITE}, Kind.SITE),
        ({Role.WELFARE, Role.SHELTER}, Kind.SHELTER),
    ],
)
def test_a_kind_never_claims_a_legal_role_the_place_lacks(roles: set[Role], kind: Kind) -> None:
    assert kind_of(frozenset(roles)) is kind


@pytest.mark.parametrize("rank", [None, *Rank])
@pytest.mark.parametrize("fits", [None, *Fits])
@pytest.mark.parametrize("purpose", list(Purpose))
def test_welfare_shelters_are_in_no_general_list(
    fits: Fits | None, rank: Rank | None, purpose: Purpose
) -> None:
    assert group_key(Kind.WELFARE, fits, rank, purpose) is None


@pytest.mark.parametrize("rank", [None, *Rank])
@pytest.mark.parametrize("kind", [Kind.SITE, Kind.SITE_AND_SHELTER, Kind.AD_HOC])
def test_fleeing_lists_what_is_designated_unconditional_first(
    kind: Kind, rank: Rank | None
) -> None:
    keys = {fits: group_key(kind, fits, rank, Purpose.FLEE) for fits in Fits}
    assert keys[Fits.NO] is None
    assert keys[Fits.UNKNOWN] is None
    assert keys[Fits.YES] == (rank or 0, 0)
    assert keys[Fits.CONDITIONAL] == (rank or 0, 1)


@pytest.mark.parametrize("fits", list(Fits))
def test_fleeing_from_a_hazard_never_leads_to_a_mere_shelter(fits: Fits) -> None:
    assert group_key(Kind.SHELTER, fits, Rank.USABLE, Purpose.FLEE) is None


@pytest.mark.parametrize("fits", [None, *Fits])
def test_staying_lists_shelters_whatever_the_hazard(fits: Fits | None) -> None:
    for kind in (Kind.SHELTER, Kind.SITE_AND_SHELTER, Kind.AD_HOC):
        assert group_key(kind, fits, Rank.FULL, Purpose.STAY) == (Rank.FULL, 0)
    assert group_key(Kind.SITE, fits, Rank.USABLE, Purpose.STAY) is None


def test_without_a_hazard_both_kinds_are_listed() -> None:
    for kind in (Kind.SITE, Kind.SHELTER, Kind.SITE_AND_SHELTER, Kind.AD_HOC):
        assert group_key(kind, None, None, Purpose.FLEE) == (0, 0)


def test_every_rank_of_a_listed_place_stays_in_the_list() -> None:
    for rank, purpose in product(Rank, Purpose):
        assert group_key(Kind.SITE_AND_SHELTER, Fits.YES, rank, purpose) == (rank, 0)


def test_labels_name_what_the_resident_must_know() -> None:
    old = NOW - timedelta(hours=4)
    full = standing_of(GYM, Live(opening=Opening.OPEN, people=100, updated_at=old), NOW, POLICY)
    assert labels_for(full, Fits.NO) == (Label.NOT_FOR_HAZARD, Label.FULL, Label.STALE)
    assert labels_for(calm_standing(HILL), Fits.CONDITIONAL) == (Label.CONDITIONAL, Label.ALWAYS)
    assert labels_for(calm_standing(GYM), Fits.YES) == ()


# Walking


@pytest.mark.parametrize(
    ("metres", "minutes"),
    [(0, (1, 1)), (1, (1, 1)), (46, (1, 3)), (47, (2, 3)), (500, (11, 25)), (1000, (22, 50))],
)
def test_walking_takes_a_range_rounded_up(metres: int, minutes: tuple[int, int]) -> None:
    assert walk_minutes(metres) == minutes


@given(st.integers(1, 10**7))
def test_the_range_covers_both_speeds_and_is_less_than_a_minute_over(metres: int) -> None:
    brisk, slow = walk_minutes(metres)
    assert (brisk - 1) * 60 < metres * 1.3 / 1.0 + 1e-6
    assert brisk * 60 >= metres * 1.3 / 1.0 - 1e-6
    assert (slow - 1) * 60 < metres * 1.5 / 0.5 + 1e-6
    assert slow * 60 >= metres * 1.5 / 0.5 - 1e-6
