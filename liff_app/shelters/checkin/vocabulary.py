"""The words of the check-in, as they stand in tables and exports."""

from __future__ import annotations

from enum import StrEnum


class Care(StrEnum):
    """What somebody of a family needs help with, in the order it is asked."""

    MOBILITY = "mobility"
    INFANTS = "infants"
    PREGNANT = "pregnant"
    MEDICAL = "medical"
    OTHER = "other"


class Way(StrEnum):
    """How a family was checked in."""

    SHOWN = "shown"  # they showed a code, staff took it
    READ = "read"  # they read the shelter's code themselves
    WALK_IN = "walk_in"  # staff counted them


class Ending(StrEnum):
    """Why a stay is over."""

    LEFT = "left"
    MOVED = "moved"  # checked in elsewhere
    MISTAKEN = "mistaken"  # it never was one: staff took it back
