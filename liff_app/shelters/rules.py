"""Decisions of the shelter finder: crowding, age of a report, who is listed and in which order.

The same decisions run in the phone (`static/js/lib/shelters.js`), so that the list works without
the server; `tests/shelters/test_phone_agrees.py` holds the two together. Change both or neither.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum
from math import inf
from typing import Final, NamedTuple

from liff_app.shelters.places import (
    CountInvalidError,
    Kind,
    Live,
    Place,
    Policy,
    Purpose,
    Thresholds,
)
from liff_app.shelters.vocabulary import Fits, Level, Opening

_MINUTE_S: Final = 60


class Rank(IntEnum):
    """How a place may be used now, best first. All but the first are demoted, never hidden."""

    USABLE = 0  # open or always open, report fresh, not full
    STALE = 1  # said to be open, but too long ago
    FULL = 2
    UNKNOWN = 3
    PREPARING = 4
    UNOPENED = 5
    CLOSED = 6


class Label(StrEnum):
    """What a list must say beside a place besides its rank."""

    ALWAYS = "always"  # nobody opens it, nobody waits there
    STALE = "stale"
    FULL = "full"
    CONDITIONAL = "conditional"  # designated with a condition: show the remarks
    NOT_FOR_HAZARD = "not_for_hazard"  # open to stay in, but not safe from the hazard asked for


class Standing(NamedTuple):
    """A place's state as shown. In normal times only `opening` may be set, to ALWAYS."""

    opening: Opening | None
    level: Level | None
    people: int | None
    updated_at: datetime | None
    stale: bool
    rank: Rank | None


def level_at(percent: float, thresholds: Thresholds) -> Level:
    """Level at a share of capacity in percent: the highest one whose bound is reached."""
    if not 0 <= percent < inf:
        raise CountInvalidError("a share of capacity is a finite number of 0 or more percent")
    reached = (level for start, level in reversed(thresholds.bounds) if percent >= start)
    return next(reached)


def level_for(people: int | None, capacity: int | None, thresholds: Thresholds) -> Level | None:
    """Level by head count; None while the count, or a capacity above 0, is not known."""
    if (people or 0) < 0 or (capacity or 0) < 0:
        raise CountInvalidError("people and capacity are never negative")
    if people is None or not capacity:
        return None
    return level_at(100 * people / capacity, thresholds)


def stale_from(updated_at: datetime, policy: Policy) -> datetime:
    """Moment from which a report is stale, on a whole minute, at most 60 s early.

    Counted from the start of the report's minute: status.json carries whole minutes, and server
    and phone must not disagree in between.
    """
    return updated_at.replace(second=0, microsecond=0) + policy.stale_after


def is_stale(opening: Opening, updated_at: datetime | None, now: datetime, policy: Policy) -> bool:
    """Whether a report is too old to go by.

    Never for a place nobody opens. Without a report there is nothing to grow old: that is
    unknown, not stale.
    """
    if opening is Opening.ALWAYS or updated_at is None:
        return False
    return now >= stale_from(updated_at, policy)


def opening_of(said: Opening, *, always_open: bool) -> Opening:
    """Give the opening state to go by, from the last report and what the place is.

    A place nobody opens stays ALWAYS until somebody reports it closed or not yet ready: a tap on
    "open" three hours ago must not make a hill stale. Any other place reported as ALWAYS is
    UNKNOWN, since it does need opening.
    """
    if always_open:
        hindered = said is Opening.PREPARING or said is Opening.CLOSED
        return said if hindered else Opening.ALWAYS
    return Opening.UNKNOWN if said is Opening.ALWAYS else said


def rank_of(opening: Opening, level: Level | None, *, stale: bool) -> Rank:
    """Rank of a place in a disaster. Full goes before stale: an old "full" is still a warning."""
    if not (opening is Opening.OPEN or opening is Opening.ALWAYS):
        return Rank[opening.name]
    if level is Level.FULL:
        return Rank.FULL
    return Rank.STALE if stale else Rank.USABLE


def standing_of(place: Place, live: Live | None, now: datetime, policy: Policy) -> Standing:
    """State of a place in a disaster. A level set by hand wins over the counted one."""
    said = live or Live()
    opening = opening_of(said.opening, always_open=place.always_open)
    level = said.level or level_for(said.people, place.capacity, policy.thresholds)
    stale = is_stale(opening, said.updated_at, now, policy)
    rank = rank_of(opening, level, stale=stale)
    return Standing(opening, level, said.people, said.updated_at, stale, rank)


def calm_standing(place: Place) -> Standing:
    """State of a place in normal times: none, but that a place nobody opens says so."""
    return Standing(
        Opening.ALWAYS if place.always_open else None, None, None, None, stale=False, rank=None
    )


def group_key(
    kind: Kind, fits: Fits | None, rank: Rank | None, purpose: Purpose
) -> tuple[int, int] | None:
    """Place's position before distance decides, smaller first; None: not in this list.

    `fits` is for the hazard asked, None if none was; `rank` is None in normal times. 福祉避難所
    are in no general list, ever. Fleeing from a hazard: places for fleeing that are designated
    for it, and within a rank the unconditional ones first, in normal times too: the list is
    where people learn their way. Staying: places to live in, whatever the hazard; staff who
    opened one know the site, and the list warns. Without a hazard: both kinds.
    """
    if kind is Kind.WELFARE:
        return None
    first = rank or 0
    if purpose is Purpose.STAY:
        return None if kind is Kind.SITE else (first, 0)
    if fits is None:
        return (first, 0)
    if kind is Kind.SHELTER or not (fits is Fits.YES or fits is Fits.CONDITIONAL):
        return None
    return (first, 1 if fits is Fits.CONDITIONAL else 0)


def labels_for(standing: Standing, fits: Fits | None) -> tuple[Label, ...]:
    """List what to say beside a place, most urgent first."""
    pairs = (
        (Label.NOT_FOR_HAZARD, fits is Fits.NO),
        (Label.FULL, standing.level is Level.FULL),
        (Label.STALE, standing.stale),
        (Label.CONDITIONAL, fits is Fits.CONDITIONAL),
        (Label.ALWAYS, standing.opening is Opening.ALWAYS),
    )
    return tuple(label for label, holds in pairs if holds)


def walk_minutes(distance_m: int) -> tuple[int, int]:
    """Estimate walking time in whole minutes, rounded up, from a straight distance: (brisk, slow).

    Brisk: 1.0 m/s, the speed of tsunami planning, on a way 1.3 times the straight line. Slow:
    0.5 m/s, the guidance for older and disabled people and infants, on a way 1.5 times as long
    (宮城県 guideline; the detour factors are a convention, not a measurement). Night, which the
    same guideline takes at 80 % of the speed, is not applied: the page says so instead. In whole
    numbers, so that the phone finds the same minutes.
    """
    brisk = -(-13 * distance_m // (10 * _MINUTE_S))
    slow = -(-3 * distance_m // _MINUTE_S)
    return (max(1, brisk), max(1, slow))
