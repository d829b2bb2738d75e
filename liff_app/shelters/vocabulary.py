"""The words of the shelter service, as other programs meet them in JSON and CSV.

Values are a public contract (`docs/api.md`); order within a class carries meaning where its
docstring says so.
"""

from __future__ import annotations

from enum import StrEnum


class Hazard(StrEnum):
    """The eight kinds a 指定緊急避難場所 is designated for, in the order of the national list."""

    FLOOD = "flood"
    LANDSLIDE = "landslide"
    STORM_SURGE = "storm_surge"
    EARTHQUAKE = "earthquake"
    TSUNAMI = "tsunami"
    FIRE = "fire"
    INLAND_FLOOD = "inland_flood"
    VOLCANO = "volcano"


class Fits(StrEnum):
    """Whether a place is right for one hazard. UNKNOWN means the list does not designate it."""

    YES = "yes"
    CONDITIONAL = "conditional"
    NO = "no"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """What the law, or the town, lets a place be used for."""

    SITE = "site"  # 指定緊急避難場所
    SHELTER = "shelter"  # 指定避難所（一般）
    WELFARE = "welfare"  # 指定避難所（福祉）
    AD_HOC = "ad_hoc"  # 臨時・自主避難所, opened in the field


class Opening(StrEnum):
    """Opening state. ALWAYS is for places nobody opens (a hill, a park)."""

    UNOPENED = "unopened"
    PREPARING = "preparing"
    OPEN = "open"
    CLOSED = "closed"
    ALWAYS = "always"
    UNKNOWN = "unknown"


class Level(StrEnum):
    """Crowding, from free to full. None beside it means nobody has said."""

    EMPTY = "empty"
    SOME = "some"
    CROWDED = "crowded"
    FULL = "full"
