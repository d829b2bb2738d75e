"""Whose place it is, from the points of towns alone: no list of borders can be had for free use.

Every wrong "outside" sends a resident away, every wrong "inside" costs a colleague one step
(forwarded): so a place is inside unless a neighbour's point is clearly nearer. The two numbers
come from the national list of towns, leaving out the very town asked about
(`tests/reports/places/test_real_towns.py` prints and holds what they do).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

RATIO = 2.0  # a neighbour's point must be nearer than half the way to our own nearest one
MARGIN_M = 200.0  # and nearer by as much: in narrow streets half the way is nothing
FAR_M = 5_000.0  # from our nearest point on a place is nobody's we know
FAR_SPACINGS = 4.0  # but in the mountains points lie apart: so many times their distance
LONGEST_M = 1_000_000.0  # no place in Japan is further from its town's points
METRES_A_DEGREE = 111_195.0  # on the sphere of 6,371 km


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of degrees around a position, as a query compares it."""

    south: float
    north: float
    west: float
    east: float


def box_around(lat: float, lon: float, radius_m: float) -> Box:
    """A box that holds every point within `radius_m`."""
    high = radius_m / METRES_A_DEGREE
    wide = high / max(0.05, math.cos(math.radians(min(86.0, abs(lat) + high))))
    return Box(lat - high, lat + high, lon - wide, lon + wide)


def is_elsewhere(own_m: float, other_m: float) -> bool:
    """Whether a neighbour's point at `other_m` is clearly nearer than ours at `own_m`."""
    return own_m > RATIO * other_m and own_m - other_m > MARGIN_M


def is_far(own_m: float, spacing_m: float) -> bool:
    """Whether our nearest point is too far away for points that lie `spacing_m` apart."""
    return own_m > max(FAR_M, FAR_SPACINGS * spacing_m)
