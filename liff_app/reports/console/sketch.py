"""A place as a drawing for paper: the spot in the middle, the towns around it, and a scale.

Tiles of a map come from elsewhere and may be missing when somebody prints; this is always there.
Pure: numbers in, coordinates out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

SIDE = 200  # units of the drawing; the spot is at its middle
MARGIN = 30  # so that names at the edge stay inside
LETTER = 14  # height and width of a letter, in units
METRES_A_DEGREE = 111_195.0  # on the sphere of 6,371 km
SCALES_M = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the drawing; its name is written around `name_x`, above `name_y`.

    Where there is no room for the name, it is empty.
    """

    x: int
    y: int
    name: str
    name_x: int = 0
    name_y: int = 0


@dataclass(frozen=True, slots=True)
class Sketch:
    """North is up. `ring` is the radius, in units, of a circle of `ring_m` metres."""

    marks: tuple[Mark, ...]
    ring: int
    ring_m: int
    size: int = SIDE


def sketch(lat: float, lon: float, around: Iterable[tuple[str, float, float]]) -> Sketch:
    """The towns (name, latitude, longitude) as they lie around the spot."""
    placed = [(name, *_metres(lat, lon, other, beside)) for name, other, beside in around]
    far = max([max(abs(east), abs(north)) for _name, east, north in placed], default=SCALES_M[2])
    reach = SIDE / 2 - MARGIN
    scale = reach / max(far, SCALES_M[0])
    middle = SIDE / 2
    points = [
        Mark(round(middle + east * scale), round(middle - north * scale), name)
        for name, east, north in placed
    ]
    fitting = [one for one in SCALES_M if one * scale <= reach]
    ring_m = fitting[-1] if fitting else SCALES_M[0]
    return Sketch(marks=_named(points), ring=round(ring_m * scale), ring_m=ring_m)


def _named(points: list[Mark]) -> tuple[Mark, ...]:
    """The points with their names above them, else below, else without: none covers another."""
    done: list[Mark] = []
    taken = [(SIDE / 2, SIDE / 2 + LETTER / 2, LETTER)]  # the spot itself: x, base line, width
    for point in points:
        width = LETTER * len(point.name)
        x = min(max(point.x, width / 2), SIDE - width / 2)
        rows = (point.y - 4, point.y + 4 + LETTER)
        free = next((row for row in rows if all(_apart(x, row, width, one) for one in taken)), None)
        done.append(Mark(point.x, point.y, point.name if free else "", round(x), round(free or 0)))
        if free:
            taken.append((x, free, width))
    return tuple(done)


def _apart(x: float, row: float, width: float, other: tuple[float, float, float]) -> bool:
    return abs(row - other[1]) > LETTER or abs(x - other[0]) > (width + other[2]) / 2


def _metres(lat: float, lon: float, other_lat: float, other_lon: float) -> tuple[float, float]:
    """How far to the east and to the north."""
    east = (other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2)) * METRES_A_DEGREE
    return east, (other_lat - lat) * METRES_A_DEGREE
