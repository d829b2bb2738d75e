"""The finder: which places to show somebody, in which order, from a position and a hazard.

Groups of a list (`ranked.py`) are asked in order until enough places are found. Lists are prepared
when first asked for.

A finder is a moment's view and never changes: when a report or the disaster changes, or
`valid_until` passes, the owner takes a new one with `renewed`, which keeps all that depends on
the places alone. Reads need no lock; several threads may share a finder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from liff_app.geo.ellipsoid import Fix, locate
from liff_app.geo.index import Hit
from liff_app.shelters import fragments, rules
from liff_app.shelters.fragments import Published
from liff_app.shelters.places import (
    DisasterView,
    Live,
    Place,
    PlaceInvalidError,
    Policy,
    Purpose,
)
from liff_app.shelters.ranked import Ground, ListKey, ListShelf, PlaceList, metres
from liff_app.shelters.rules import Label, Rank
from liff_app.shelters.vocabulary import Fits, Hazard, Level, Opening

__all__ = [
    "Answer",
    "DisasterView",
    "Finder",
    "Found",
    "LimitOutOfRangeError",
    "Live",
    "Place",
    "Policy",
    "Published",
    "Purpose",
]

_PAGE: Final = 10


class LimitOutOfRangeError(ValueError):
    """Fewer places than one were asked for."""

    code = "limit_out_of_range"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A place in an answer. In normal times nothing is said of its state, `usable` being False.

    `distance_m` is straight, `walk_minutes` (brisk, slow); `fits` is for the answer's hazard,
    None if it has none.
    """

    place: Place
    live: Live | None
    distance_m: int
    walk_minutes: tuple[int, int]
    fits: Fits | None
    opening: Opening | None
    level: Level | None
    people: int | None
    updated_at: datetime | None
    stale: bool
    usable: bool
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found, for which hazard (the disaster's first if none was asked), and for what.

    `far`: no place of this list, of whatever rank, lies within the policy's distance. That is an
    answer too: a page then tells of higher floors, the telephone and the office.
    """

    hazard: Hazard | None
    purpose: Purpose
    far: bool
    found: tuple[Found, ...]


class Finder:
    """Nearest places under the rules of `rules.py`, as they stand at `now`.

    `live` holds reports by place id. Places that are not public appear in no output; those of
    one list at the same distance stand in the order given.
    """

    __slots__ = ("_disaster", "_ground", "_lists", "_live", "_now", "_policy", "_standings")

    def __init__(
        self,
        places: Sequence[Place],
        live: Mapping[str, Live],
        disaster: DisasterView | None,
        policy: Policy,
        now: datetime,
    ) -> None:
        self._build(Ground(places), live, disaster, policy, now)

    def _build(
        self,
        ground: Ground,
        live: Mapping[str, Live],
        disaster: DisasterView | None,
        policy: Policy,
        now: datetime,
    ) -> None:
        if now.tzinfo is None:
            raise PlaceInvalidError("now needs a time zone")
        self._ground = ground
        self._live = live
        self._disaster = disaster
        self._policy = policy
        self._now = now
        if disaster is None:
            self._standings = ground.calm
            self._lists = ground.calm_lists
        else:
            self._standings = tuple(
                rules.standing_of(place, live.get(place.id), now, policy) for place in ground.places
            )
            self._lists = ListShelf()

    def renewed(
        self,
        live: Mapping[str, Live],
        disaster: DisasterView | None,
        now: datetime,
    ) -> Finder:
        """Give a finder over the same places and policy, with other reports, disaster or time."""
        finder = object.__new__(Finder)
        finder._build(self._ground, live, disaster, self._policy, now)
        return finder

    @property
    def places(self) -> tuple[Place, ...]:
        """The public places, in the order of the snapshot's rows."""
        return self._ground.places

    @property
    def valid_until(self) -> datetime | None:
        """When the next report turns stale and with it the order; None: not by time alone."""
        return min(
            (
                rules.stale_from(one.updated_at, self._policy)
                for one in self._standings
                if one.updated_at and one.opening is not Opening.ALWAYS and not one.stale
            ),
            default=None,
        )

    def nearest(
        self,
        lat: float,
        lon: float,
        hazard: Hazard | None = None,
        limit: int = _PAGE,
        purpose: Purpose = Purpose.FLEE,
    ) -> list[Found]:
        """Give the first `limit` places of the list for a purpose and a hazard, best first."""
        return list(self.answer(lat, lon, hazard, limit, purpose).found)

    def answer(
        self,
        lat: float,
        lon: float,
        hazard: Hazard | None = None,
        limit: int = _PAGE,
        purpose: Purpose = Purpose.FLEE,
    ) -> Answer:
        """Give what `nearest` gives, with the hazard gone by and whether all of it is far."""
        fix = locate(lat, lon)
        chosen, hits, far = self._search(fix, hazard, limit, purpose)
        return Answer(
            hazard=chosen.hazard,
            purpose=chosen.purpose,
            far=far,
            found=tuple(
                self._found(row, metres(square, fix), chosen.hazard) for square, row in hits
            ),
        )

    def nearest_json(
        self,
        lat: float,
        lon: float,
        hazard: Hazard | None = None,
        limit: int = _PAGE,
        purpose: Purpose = Purpose.FLEE,
    ) -> bytes:
        """Give `answer` as JSON, the body of GET /api/v1/shelters/nearest."""
        fix = locate(lat, lon)
        chosen, hits, far = self._search(fix, hazard, limit, purpose)
        return chosen.answer_bytes(fix, hits, far=far)

    def found(self, place: Place, distance_m: int, hazard: Hazard | None = None) -> Found:
        """Give one of `places` as an answer shows it, in a list or not, at a distance known.

        Raises KeyError for a place this finder does not hold (not public, or of another edition).
        """
        return self._found(self._ground.rows[place.id], distance_m, hazard)

    def count(self, hazard: Hazard | None = None, purpose: Purpose = Purpose.FLEE) -> int:
        """Give how many places the list for a purpose and a hazard holds, near or far."""
        return len(self._list(hazard, purpose))

    def snapshot(self, *, code: str, name: str, attributions: Sequence[str]) -> Published:
        """Give snapshot.json for the municipality of that code and name."""
        return fragments.snapshot_bytes(
            self._ground.places, code=code, name=name, attributions=attributions
        )

    def status(self, snapshot: str) -> Published:
        """Give status.json over the snapshot of that version, row by row the same places."""
        notes = self._live if self._disaster else {}
        rows = [
            (standing, notes[place.id].note if place.id in notes else "")
            for place, standing in zip(self._ground.places, self._standings, strict=True)
        ]
        return fragments.status_bytes(
            rows, snapshot=snapshot, disaster=self._disaster, policy=self._policy, now=self._now
        )

    def _search(
        self, fix: Fix, hazard: Hazard | None, limit: int, purpose: Purpose
    ) -> tuple[PlaceList, list[Hit], bool]:
        if limit < 1:
            raise LimitOutOfRangeError("limit must be at least 1")
        chosen = self._list(hazard, purpose)
        hits = chosen.first(fix, limit)
        return chosen, hits, chosen.is_far(fix, hits, self._policy.far_m)

    def _list(self, hazard: Hazard | None, purpose: Purpose) -> PlaceList:
        if hazard is None and self._disaster is not None and self._disaster.hazards:
            # In a disaster an unfiltered list is unsafe: the nearest place of any kind is not
            # designated for the hazard in 23 % (earthquake) to 92 % (volcano) of queries.
            hazard = self._disaster.hazards[0]
        return self._lists.take((purpose, hazard), self._prepare)

    def _prepare(self, key: ListKey) -> PlaceList:
        return PlaceList(self._ground, self._standings, self._disaster, key, self._lists.memo)

    def _found(self, row: int, distance_m: int, hazard: Hazard | None) -> Found:
        place = self._ground.places[row]
        standing = self._standings[row]
        fits = None if hazard is None else fragments.fit_of(place, hazard)
        return Found(
            place=place,
            live=self._live.get(place.id) if self._disaster else None,
            distance_m=distance_m,
            walk_minutes=rules.walk_minutes(distance_m),
            fits=fits,
            opening=standing.opening,
            level=standing.level,
            people=standing.people,
            updated_at=standing.updated_at,
            stale=standing.stale,
            usable=standing.rank is Rank.USABLE,
            labels=rules.labels_for(standing, fits),
        )
