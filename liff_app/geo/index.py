"""Exact nearest places among any number of points, in plain Python.

Two layers, both exact:

- a k-d tree over earth-centred coordinates, split at the median of the widest axis, with a tight
  box around each branch, searched best-first;
- a bounded memo of cells of 0.005° (about 550 m x 450 m in Japan). For a cell with centre C and
  no point further than r from C, a place among the k nearest of *any* query in the cell lies
  within D + 2r of C, where D is the distance from C to its k-th nearest place (triangle
  inequality, applied twice). The places within that reach are kept, some tens instead of
  thousands, and each query in the cell measures those alone.

Points are plain tuples shared between indexes, so a second index over the same places costs
eight bytes a point and its branches.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from math import cos, floor, inf, radians, sqrt
from operator import itemgetter
from threading import Lock
from typing import Final, NamedTuple, TypeAlias

from liff_app.geo.ellipsoid import LARGEST_RADIUS_M, Fix, locate

# x, y, z in metres, and the caller's number for the place. Ties go to the smaller number.
Spot: TypeAlias = tuple[float, float, float, int]

# Squared chord in square metres, and the place's number.
Hit: TypeAlias = tuple[float, int]

_COLUMNS: Final = 100_000  # more than there are cells around the earth
_KEYS: Final = _COLUMNS * _COLUMNS
_LEAF: Final = 12  # points a branch end holds; 8 to 16 measured alike
_SAMPLE: Final = 64  # points looked at to choose the axis of a split
_SCAN: Final = 24  # up to here every point is measured: quicker than any memo
_CELLS_PER_DEGREE: Final = 200
_HALF_CELL_M: Final = LARGEST_RADIUS_M * radians(0.5 / _CELLS_PER_DEGREE)
# Covers rounding at a cell's edge and the few square metres by which a step north and a step
# east are not perpendicular (dot product < 2 m² at this cell size).
_SLACK_M: Final = 0.05
_CELL_K: Final = 10  # a memo answers for up to so many places: a page of the list
# A cell with more candidates than this is searched in the tree instead: seen far from every
# place, where hundreds lie at almost the same distance.
_CELL_MOST: Final = 96


class _Branch(NamedTuple):
    """A box in metres with two branches inside it, or (then `spots` is not empty) its points."""

    x0: float
    x1: float
    y0: float
    y1: float
    z0: float
    z1: float
    low: _Branch | None
    high: _Branch | None
    spots: tuple[Spot, ...]


def spot_at(lat: float, lon: float, number: int) -> Spot:
    """Give the point of a place at WGS84 degrees; raises PositionOutOfRangeError."""
    fix = locate(lat, lon)
    return (fix.x, fix.y, fix.z, number)


class CellMemo:
    """Candidates of recently asked cells, shared by any number of indexes.

    Holds at most `max_cells` cells over all of them (a cell is some 300 bytes) and drops the
    oldest, so that queries from everywhere cannot fill the memory. Safe in several threads.
    """

    __slots__ = ("_cells", "_claims", "_lock", "_max_cells")

    def __init__(self, max_cells: int = 16_384) -> None:
        self._cells: dict[int, tuple[Spot, ...]] = {}
        self._claims = 0
        self._lock = Lock()
        self._max_cells = max_cells

    def __len__(self) -> int:
        return len(self._cells)

    def claim(self) -> int:
        """Give the first key of a range that belongs to one index alone."""
        with self._lock:
            self._claims += 1
            return self._claims * _KEYS

    def recall(self, key: int) -> tuple[Spot, ...] | None:
        """Give what was kept, None if nothing is; without a lock, a dict read being atomic."""
        return self._cells.get(key)

    def keep(self, key: int, spots: tuple[Spot, ...]) -> None:
        """Keep a cell's candidates. Two threads may both have measured it: they found the same."""
        with self._lock:
            if key not in self._cells and len(self._cells) >= self._max_cells:
                del self._cells[next(iter(self._cells))]
            self._cells[key] = spots


class NearestIndex:
    """Answers "which k of these points are nearest", exactly, for any k and any position.

    Immutable but for the memo; safe to ask from several threads.
    """

    __slots__ = ("_claim", "_memo", "_root", "_spots")

    def __init__(self, spots: Sequence[Spot], memo: CellMemo | None = None) -> None:
        self._spots = tuple(spots)
        self._root = _grow(list(spots)) if len(self._spots) > _SCAN else None
        self._memo = CellMemo() if memo is None else memo
        self._claim = self._memo.claim()

    def __len__(self) -> int:
        return len(self._spots)

    def nearest(self, fix: Fix, k: int) -> list[Hit]:
        """Give the k nearest (all, if there are fewer), nearest first, ties by number."""
        _, _, x, y, z, _ = fix
        root = self._root
        if root is None:
            spots = self._spots
        else:
            spots = self._candidates(fix, root) if k <= _CELL_K else ()
            if not spots:
                return [(square, number) for square, number, _ in _gather(root, (x, y, z), k, 0.0)]
        hits = [
            ((px - x) * (px - x) + (py - y) * (py - y) + (pz - z) * (pz - z), number)
            for px, py, pz, number in spots
        ]
        hits.sort()
        return hits[:k]

    def _candidates(self, fix: Fix, root: _Branch) -> tuple[Spot, ...]:
        """Give every point that may be among the _CELL_K nearest; empty: ask the tree."""
        row = floor(fix.lat * _CELLS_PER_DEGREE)
        column = floor(fix.lon * _CELLS_PER_DEGREE)
        key = self._claim + row * _COLUMNS + column
        spots = self._memo.recall(key)
        if spots is None:
            spots = _cell_candidates(root, row, column)
            self._memo.keep(key, spots)
        return spots


def _cell_candidates(root: _Branch, row: int, column: int) -> tuple[Spot, ...]:
    """Measure one cell from its centre; empty if it has too many candidates to be worth it."""
    # Clamped: the cells that begin at 90° north and at 180° east hold only their first edge.
    centre = locate(
        min(90.0, (row + 0.5) / _CELLS_PER_DEGREE), min(180.0, (column + 0.5) / _CELLS_PER_DEGREE)
    )
    # A parallel is longest at the cell's edge nearest the equator; rows below 0 are south of it.
    widest = cos(radians(min(abs(row), abs(row + 1)) / _CELLS_PER_DEGREE))
    radius = _HALF_CELL_M * sqrt(1 + widest * widest) + _SLACK_M
    found = _gather(root, (centre.x, centre.y, centre.z), _CELL_K, 2 * radius)
    return tuple(spot for _, _, spot in found) if len(found) <= _CELL_MOST else ()


def _gather(
    root: _Branch, centre: tuple[float, float, float], k: int, beyond_m: float
) -> list[tuple[float, int, Spot]]:
    """Give the k nearest and, if `beyond_m` is not 0, all up to so many metres past the k-th."""
    x, y, z = centre
    reach = inf
    found: list[tuple[float, int, Spot]] = []
    serial = 0  # keeps the heap from comparing branches
    queue: list[tuple[float, int, _Branch]] = [(0.0, 0, root)]
    while queue:
        least, _, branch = heappop(queue)
        if least > reach:
            break
        for part in (branch.low, branch.high):
            if part is not None and (square := _box_square(part, x, y, z)) <= reach:
                serial += 1
                heappush(queue, (square, serial, part))
        if branch.spots:
            found += [
                (square, spot[3], spot)
                for spot in branch.spots
                if (square := (spot[0] - x) ** 2 + (spot[1] - y) ** 2 + (spot[2] - z) ** 2) <= reach
            ]
            found.sort()
            if len(found) >= k:
                reach = (sqrt(found[k - 1][0]) + beyond_m) ** 2 if beyond_m else found[k - 1][0]
            if not beyond_m:
                del found[k:]
    return [one for one in found if one[0] <= reach]


def _box_square(branch: _Branch, x: float, y: float, z: float) -> float:
    """Squared distance in square metres from a point to a branch's box; 0 inside it."""
    x0, x1, y0, y1, z0, z1, _, _, _ = branch
    dx = x0 - x if x < x0 else x - x1 if x > x1 else 0.0
    dy = y0 - y if y < y0 else y - y1 if y > y1 else 0.0
    dz = z0 - z if z < z0 else z - z1 if z > z1 else 0.0
    return dx * dx + dy * dy + dz * dz


def _grow(spots: list[Spot]) -> _Branch:
    """Build the tree over at least one point; reorders `spots`."""
    if len(spots) <= _LEAF:
        xs, ys, zs, _ = zip(*spots, strict=True)
        return _Branch(
            min(xs), max(xs), min(ys), max(ys), min(zs), max(zs), None, None, tuple(spots)
        )
    # The widest axis of a sample will do: any axis gives a correct tree.
    sample = zip(*spots[:: len(spots) // _SAMPLE + 1], strict=True)
    widths = [max(along) - min(along) for along in tuple(sample)[:3]]
    spots.sort(key=itemgetter(widths.index(max(widths))))
    # Halves by count, not by value: equal coordinates (one point for a whole estate) cannot
    # make the recursion deeper than the logarithm of the number of points.
    half = len(spots) // 2
    low = _grow(spots[:half])
    high = _grow(spots[half:])
    return _Branch(
        min(low.x0, high.x0),
        max(low.x1, high.x1),
        min(low.y0, high.y0),
        max(low.y1, high.y1),
        min(low.z0, high.z0),
        max(low.z1, high.z1),
        low,
        high,
        (),
    )
