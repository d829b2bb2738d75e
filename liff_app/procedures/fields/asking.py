"""What staff ask to be put right, as it stands beside its field. Plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A picture with the part that is meant. Sides in points; the part in the picture's points."""

    href: str
    width: int
    height: int
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing to put right: why, and where on a picture."""

    comment: str
    picture: Marked | None = None
