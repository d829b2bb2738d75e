"""What the finder knows: a place as published, the last report on it, a disaster, a town's policy.

Plain records without a database or a web page behind them; each refuses what no decision could
work with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from math import isfinite
from typing import Final

from liff_app.shelters.vocabulary import Fits, Hazard, Level, Opening, Role

_LEVEL_ORDER: Final = tuple(Level)
_BOTH: Final = frozenset({Role.SITE, Role.SHELTER})


class CountInvalidError(ValueError):
    """A number of people, a capacity or a percentage that cannot be: negative or no number."""

    code = "count_invalid"


class ThresholdsInvalidError(ValueError):
    """Crowding thresholds that would leave a gap or contradict each other."""

    code = "thresholds_invalid"


class PlaceInvalidError(ValueError):
    """A place or a report on one that lacks what every decision needs."""

    code = "place_invalid"


class Purpose(StrEnum):
    """Why somebody looks for a place: to get away now, or to stay for days."""

    FLEE = "flee"
    STAY = "stay"


class Kind(StrEnum):
    """A place's roles in one word. AD_HOC wins over a single legal role, which it widens."""

    SITE = "site"
    SHELTER = "shelter"
    SITE_AND_SHELTER = "site_and_shelter"
    AD_HOC = "ad_hoc"
    WELFARE = "welfare"


def kind_of(roles: frozenset[Role]) -> Kind:
    """Word for a set of roles; never calls a place a designated site or shelter that is not."""
    if roles >= _BOTH:
        return Kind.SITE_AND_SHELTER
    for role in (Role.AD_HOC, Role.SITE, Role.SHELTER):
        if role in roles:
            return Kind(role.value)
    return Kind.WELFARE


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Crowding levels by their lower bounds in percent of capacity, in rising order.

    Lower bounds alone, so no value between two levels is left out: with separate upper bounds
    (51–80, 81 and more) a place at 80.5 % has shown as empty. Practice differs by town, so this
    is configuration; a town may leave levels out.
    """

    bounds: tuple[tuple[float, Level], ...] = (
        (0, Level.EMPTY),
        (50, Level.SOME),
        (80, Level.CROWDED),
        (100, Level.FULL),
    )

    def __post_init__(self) -> None:
        starts = [start for start, _ in self.bounds]
        order = [_LEVEL_ORDER.index(level) for _, level in self.bounds]
        if not starts or starts[0] != 0:
            raise ThresholdsInvalidError("the first level must begin at 0 percent")
        if not all(isfinite(start) for start in starts):
            raise ThresholdsInvalidError("every bound must be a finite number of percent")
        if any(low >= high for low, high in pairwise(starts)):
            raise ThresholdsInvalidError("bounds must increase")
        if any(low >= high for low, high in pairwise(order)):
            raise ThresholdsInvalidError("levels must run from free to full")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a town decides. `stale_after` in whole minutes, `far_m` in metres."""

    thresholds: Thresholds = field(default_factory=Thresholds)
    stale_after: timedelta = timedelta(hours=3)
    far_m: int = 5000

    def __post_init__(self) -> None:
        if self.stale_after <= timedelta(0) or self.stale_after % timedelta(minutes=1):
            raise ThresholdsInvalidError("stale_after must be one or more whole minutes")
        if self.far_m <= 0:
            raise ThresholdsInvalidError("far_m must be a positive number of metres")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place as published. A hazard missing from `fits` is one it is not designated for.

    `capacity` in persons, None when not stated (0 is a statement). `always_open`: nobody opens
    it. `target` is whom a 福祉避難所 takes in, `floors` which floors may be used. A place that is
    not `public` is left out of every output.
    """

    id: str
    name: str
    lat: float
    lon: float
    roles: frozenset[Role]
    fits: Mapping[Hazard, Fits] = field(default_factory=dict)
    kana: str = ""
    address: str = ""
    capacity: int | None = None
    always_open: bool = False
    remarks: str = ""
    target: str = ""
    floors: str = ""
    phone: str = ""
    url: str = ""
    public: bool = True

    def __post_init__(self) -> None:
        if not self.roles:
            raise PlaceInvalidError("a place needs a role")

    @property
    def kind(self) -> Kind:
        """The roles in one word."""
        return kind_of(self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """The last report on a place. `level` is set only when staff chose it by hand."""

    opening: Opening = Opening.UNKNOWN
    level: Level | None = None
    people: int | None = None
    note: str = ""
    updated_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.people is not None and self.people < 0:
            raise CountInvalidError("a number of people is never negative")
        if self.updated_at is not None and self.updated_at.tzinfo is None:
            raise PlaceInvalidError("updated_at needs a time zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class DisasterView:
    """A disaster (or drill) under way. The first of `hazards` is the one asked for by default.

    Without a hazard of the eight (heavy snow, a power cut) every place is listed, by rank.
    `area` is told to residents in the town's own words; `checkin`: people are checked in.
    """

    id: str
    name: str
    hazards: tuple[Hazard, ...]
    drill: bool
    started_at: datetime
    area: str = ""
    checkin: bool = False

    def __post_init__(self) -> None:
        if self.started_at.tzinfo is None:
            raise PlaceInvalidError("started_at needs a time zone")
