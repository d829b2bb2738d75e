"""What the finder prepares: the ground (all that depends on places alone) and its lists.

A list is one purpose and one hazard. Its places fall into groups by rank and fitness; within a
group distance alone decides, so each group has an index of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import sqrt
from threading import Lock
from typing import Final, TypeAlias

from liff_app.geo.ellipsoid import Fix, arc_m
from liff_app.geo.index import CellMemo, Hit, NearestIndex, spot_at
from liff_app.shelters import fragments, rules
from liff_app.shelters.places import DisasterView, Place, PlaceInvalidError, Purpose
from liff_app.shelters.rules import Standing
from liff_app.shelters.vocabulary import Hazard

ListKey: TypeAlias = tuple[Purpose, Hazard | None]


class Ground:
    """The public places, their points and texts, shared by all finders over them.

    Raises PlaceInvalidError if two places have one id.
    """

    __slots__ = ("calm", "calm_lists", "heads", "kinds", "places", "rows", "spots")

    def __init__(self, places: Sequence[Place]) -> None:
        self.places: Final = tuple(place for place in places if place.public)
        self.rows: Final = {place.id: row for row, place in enumerate(self.places)}
        if len(self.rows) < len(self.places):
            raise PlaceInvalidError("two places have the same id")
        self.kinds: Final = tuple(place.kind for place in self.places)
        self.spots: Final = tuple(
            spot_at(fragments.degrees(place.lat), fragments.degrees(place.lon), row)
            for row, place in enumerate(self.places)
        )
        self.heads: Final[list[bytes | None]] = [None] * len(self.places)
        self.calm: Final = tuple(rules.calm_standing(place) for place in self.places)
        self.calm_lists: Final = ListShelf()

    def write_head(self, row: int) -> bytes:
        """Write a place's JSON up to its distance, with the comma before it, and keep it."""
        head = self.heads[row] = b"," + fragments.head_bytes(self.places[row])
        return head


class ListShelf:
    """Lists prepared so far, and the memo their indexes share. Safe in several threads."""

    __slots__ = ("_lists", "_lock", "memo")

    def __init__(self) -> None:
        self.memo: Final = CellMemo()
        self._lists: dict[ListKey, PlaceList] = {}
        self._lock = Lock()

    def take(self, key: ListKey, prepare: Callable[[ListKey], PlaceList]) -> PlaceList:
        """Give the list for a key, prepared once even if several threads ask together."""
        chosen = self._lists.get(key)
        if chosen is None:
            with self._lock:
                chosen = self._lists.get(key)
                if chosen is None:
                    chosen = self._lists[key] = prepare(key)
        return chosen


class PlaceList:
    """One list: its groups in order, and the pieces its JSON answers are joined from."""

    __slots__ = ("_far", "_ground", "_groups", "_near", "_standings", "_tails", "hazard", "purpose")

    def __init__(
        self,
        ground: Ground,
        standings: Sequence[Standing],
        disaster: DisasterView | None,
        key: ListKey,
        memo: CellMemo,
    ) -> None:
        self.purpose, self.hazard = key
        self._ground = ground
        self._standings = standings
        self._groups = self._grouped(memo)
        self._near = fragments.opening_bytes(disaster, self.hazard, self.purpose, far=False)
        self._far = fragments.opening_bytes(disaster, self.hazard, self.purpose, far=True)
        self._tails: list[bytes | None] = [None] * len(ground.places)

    def _grouped(self, memo: CellMemo) -> tuple[NearestIndex, ...]:
        groups = defaultdict(list)
        ground = self._ground
        hazard = self.hazard
        for spot in ground.spots:
            row = spot[3]
            fits = None if hazard is None else fragments.fit_of(ground.places[row], hazard)
            key = rules.group_key(ground.kinds[row], fits, self._standings[row].rank, self.purpose)
            if key is not None:
                groups[key].append(spot)
        return tuple(NearestIndex(spots, memo) for _, spots in sorted(groups.items()))

    def __len__(self) -> int:
        return sum(map(len, self._groups))

    def first(self, fix: Fix, limit: int) -> list[Hit]:
        """Give the first `limit` places: squared chord in square metres, and row."""
        hits: list[Hit] = []
        for group in self._groups:
            hits += group.nearest(fix, limit - len(hits))
            if len(hits) >= limit:
                break
        return hits

    def is_far(self, fix: Fix, hits: Sequence[Hit], far_m: int) -> bool:
        """Whether no place of this list, shown in `hits` or not, is within `far_m` metres."""
        if any(metres(square, fix) <= far_m for square, _ in hits):
            return False
        # Rarely reached: everything shown is far. A nearer place of a lower rank may be unshown.
        return not any(
            metres(square, fix) <= far_m
            for group in self._groups
            for square, _ in group.nearest(fix, 1)
        )

    def answer_bytes(self, fix: Fix, hits: Sequence[Hit], *, far: bool) -> bytes:
        """Join an answer's JSON."""
        heads = self._ground.heads
        tails = self._tails
        pieces: list[bytes] = []
        for square, row in hits:
            pieces += (
                heads[row] or self._ground.write_head(row),
                measured_bytes(metres(square, fix)),
                tails[row] or self._write_tail(row),
            )
        # Every head begins with the comma before it; the first has nothing to part from.
        return b"%b%b]}" % (self._far if far else self._near, b"".join(pieces)[1:])

    def _write_tail(self, row: int) -> bytes:
        place = self._ground.places[row]
        tail = fragments.tail_bytes(place, self._standings[row], self.hazard)
        self._tails[row] = tail
        return tail


def metres(square: float, fix: Fix) -> int:
    """Give the straight distance of a hit in whole metres."""
    return int(arc_m(sqrt(square), fix.radius_m) + 0.5)


# One entry for each whole metre lately shown, at most 2 MB; most are under 10 km.
@lru_cache(maxsize=16_384)
def measured_bytes(distance_m: int) -> bytes:
    """Write a distance and its walking time, the piece between a place's head and its tail."""
    return b'%d,"walk_minutes":[%d,%d]' % (distance_m, *rules.walk_minutes(distance_m))
