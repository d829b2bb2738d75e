"""The words of occupancy, as other programs meet them in JSON and CSV."""

from __future__ import annotations

from enum import StrEnum


class Need(StrEnum):
    """What a place lacks, in the order it is shown. For headquarters; residents do not see it."""

    WATER = "water"
    FOOD = "food"
    BLANKETS = "blankets"
    MEDICAL = "medical"
    TOILET = "toilet"
    POWER = "power"
    BABY = "baby"
    PRIVACY = "privacy"


class EventKind(StrEnum):
    """What sort of change an event of the history is."""

    CHANGE = "change"
    UNCHANGED = "unchanged"  # 変わりなし: only the time moved
    CHECKIN = "checkin"  # the check-in counted people in
    CHECKOUT = "checkout"
    UNDO = "undo"
