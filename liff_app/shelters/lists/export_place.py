"""What goes out of a place, and the Japanese words for its states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from liff_app.shelters.lists.model import NO_CAPACITY, Capacity
from liff_app.shelters.vocabulary import Fits, Hazard, Level, Opening, Role

ROLE_NAMES: Final[Mapping[Role, str]] = {
    Role.SITE: "指定緊急避難場所",
    Role.SHELTER: "指定避難所",
    Role.WELFARE: "指定福祉避難所",
    Role.AD_HOC: "臨時避難所",
}
OPENING_NAMES: Final[Mapping[Opening, str]] = {
    Opening.UNOPENED: "未開設",
    Opening.PREPARING: "開設準備中",
    Opening.OPEN: "開設",
    Opening.CLOSED: "閉鎖",
    Opening.ALWAYS: "常設",
    Opening.UNKNOWN: "不明",
}
LEVEL_NAMES: Final[Mapping[Level, str]] = {
    Level.EMPTY: "空いています",
    Level.SOME: "やや混雑",
    Level.CROWDED: "混雑",
    Level.FULL: "満員",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlace:
    """One place as it goes out. Everything from `opening` on is the live status.

    `id` is this service's own; `source_id` the ID of the list it came from (a 共通ID where there
    is one). `roles` holds every role of the place. Times are aware; people are counts of persons.
    """

    id: str
    source_id: str
    roles: frozenset[Role]
    name: str
    kana: str = ""
    name_en: str = ""
    address: str = ""
    municipality_code: str | None = None
    municipality_name: str = ""
    lat: float | None = None
    lon: float | None = None
    hazards: Mapping[Hazard, Fits] = field(default_factory=dict)
    capacity: Capacity = NO_CAPACITY
    target: str = ""
    also_other_role: bool | None = None
    phone: str | None = None
    url: str | None = None
    elevation_m: float | None = None
    remarks: str = ""
    floors: str = ""
    towns: str = ""
    publish: bool = True
    opening: Opening = Opening.UNKNOWN
    level: Level | None = None
    people: int | None = None
    people_male: int | None = None
    people_female: int | None = None
    opened_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    opening_reason: str = ""
    support_wanted: str = ""
    updated_at: dt.datetime | None = None
