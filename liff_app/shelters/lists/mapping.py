"""How the columns of one kind of list become the fields of a row: a mapping file.

A town keeps its own as TOML (or JSON of the same shape):

    format = 1
    name = "our_town"                # how the mapping is called
    title = "わが町の避難所一覧"
    role = "site"                    # site, shelter, welfare or ad_hoc, for rows without a 種別
    id = "content"                   # gsi: 共通ID; column: the list's own ID; content: made
    attribution = "出典：…"          # （公開している自治体） in it becomes the town's name
    detect = ["施設名", "洪水対応"]  # headings that tell this list, or lists of such headings;
                                     # empty: used only when named
    header_line = 2                  # optional; else the first line with the name heading
    sheet = "避難所"                 # optional, workbooks only
    municipality_code = "132195"     # optional, for lists of one town
    municipality_name = "狛江市"
    datum = "tokyo"                  # optional: coordinates are in the old 日本測地系
    swapped = false                  # true: the columns 緯度 and 経度 hold each other's values

    [columns]                        # field = heading, or headings in order of preference
    name = "施設名"
    address = ["所在地", "住所"]
    remarks = ["備考1", "備考2"]     # remarks and towns: all are joined

    [hazards]                        # several headings: the worse one counts
    flood = ["洪水（計画規模）", "洪水（想定最大規模）"]

    [fixed_hazards]                  # for lists whose every row is right for one hazard
    tsunami = "yes"

    [labels]                         # words before a value that joins others in a text
    "担当" = "所管"

    [checks]                         # columns only checked: email, url, extension, code
    "連絡先" = "email"

    [values.hazard]                  # cell = yes, conditional, no, unknown
    "可" = "yes"
    [values.role]                    # cell = site, shelter, welfare, ad_hoc
    [values.flag]                    # cell = yes, no (also_other_role, always_open)
    [values.publish]                 # cell = yes, no
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from liff_app.shelters.lists.text import heading_key
from liff_app.shelters.vocabulary import Fits, Hazard, Role

FORMAT: Final = 1
NAMELESS: Final = "（公開している自治体）"  # in an attribution: whose list it is must be filled in

# Fields that a heading can be mapped to. `address_parts` are joined where `address` is empty;
# `building` is added to either.
FIELDS: Final = (
    "source_id",
    "name",
    "kana",
    "name_en",
    "role",
    "address",
    "address_parts",
    "building",
    "municipality_code",
    "municipality_name",
    "prefecture",
    "publisher_code",
    "lat",
    "lon",
    "elevation_m",
    "capacity",
    "target",
    "also_other_role",
    "phone",
    "url",
    "remarks",
    "floors",
    "towns",
    "always_open",
    "publish",
)
# Kinds of dictionary in [values.…] and what their entries may say.
VALUE_KINDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "hazard": frozenset(Fits),
        "role": frozenset(Role),
        "flag": frozenset({"yes", "no"}),
        "publish": frozenset({"yes", "no"}),
    }
)
CHECKS: Final = frozenset({"email", "url", "extension", "code"})


class IdRule(StrEnum):
    """Where the ID of a row comes from. Rows with an empty ID get one made from their content."""

    GSI = "gsi"
    COLUMN = "column"
    CONTENT = "content"


class Datum(StrEnum):
    """Geodetic datum of the coordinates; WORLD is WGS84 and the JGDs alike."""

    WORLD = "world"
    TOKYO = "tokyo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """A mapping file's content; the module's text tells what each part means."""

    name: str
    title: str = ""
    role: Role = Role.SITE
    id_rule: IdRule = IdRule.CONTENT
    attribution: str = ""
    detect: tuple[tuple[str, ...], ...] = ()
    header_line: int | None = None
    sheet: str | None = None
    municipality_code: str | None = None
    municipality_name: str = ""
    datum: Datum = Datum.WORLD
    swapped: bool = False
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hazards: Mapping[Hazard, tuple[str, ...]] = field(default_factory=dict)
    fixed_hazards: Mapping[Hazard, Fits] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def detects(self, keys: frozenset[str]) -> int:
        """How many headings tell this kind of list among `keys` (of `heading_key`); 0: not it."""
        return max(
            (len(group) for group in self.detect if all(heading_key(one) in keys for one in group)),
            default=0,
        )

    def knows_name(self, keys: frozenset[str]) -> bool:
        """Whether a heading for the name, without which no row can be read, is there."""
        return any(heading_key(heading) in keys for heading in self.columns.get("name", ()))
