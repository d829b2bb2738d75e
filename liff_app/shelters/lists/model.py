"""What reading a list gives: rows, problems and counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from liff_app.search_text import search_key
from liff_app.shelters.vocabulary import Fits, Hazard, Role


class Severity(StrEnum):
    """ERROR leaves the row out; WARNING keeps it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to look at in the file. `line` as in `ShelterRow`; 0 speaks of the whole file.

    `column` is the heading as the file writes it, `value` the cell (cut at 80 characters).
    """

    line: int
    column: str | None
    value: str
    code: str
    message: str
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Persons, as stated. `raw` is the list's own text ("" when it says nothing).

    `indoor` is the 屋内 number where the list tells 屋内 and 屋外 apart, otherwise the only number
    it gives; `outdoor` is 屋外 only. They are never added. None means not stated; 0 means zero.
    """

    raw: str
    indoor: int | None
    outdoor: int | None


NO_CAPACITY = Capacity(raw="", indoor=None, outdoor=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelterRow:
    """One place with one role, as a list publishes it.

    `line` is the row number a spreadsheet shows for the file (a cell with line breaks is still one
    row), or the feature's number from 1. `source_id` is the list's own ID or, if the list gives
    none, one made from the content (`ids.py`). `facility_key` is the first 11 characters of a
    共通ID: the same for all rows of one facility, in both national lists. `hazards` has all eight.
    `flood_detail` is set where the list splits flood (計画規模 L1, 想定最大規模 L2): FLOOD is then
    the worse of the two, because a place that only withstands the smaller flood must not be
    offered for the larger; the same text begins `remarks`, so it is always shown.
    `lat` and `lon` are both set or both None (to be geocoded). `also_other_role` tells whether the
    list marks the place as 指定避難所 too (for sites) or 指定緊急避難場所 (for shelters).
    `always_open`: a place nobody opens (広域避難場所, 一時避難場所), as far as the list says so.
    `publish` is False where the town's list says so, or says something unreadable.
    """

    line: int
    source_id: str
    facility_key: str | None
    role: Role
    name: str
    kana: str
    name_en: str
    address: str
    municipality_code: str | None
    municipality_name: str
    lat: float | None
    lon: float | None
    hazards: Mapping[Hazard, Fits]
    flood_detail: str | None
    capacity: Capacity
    target: str
    also_other_role: bool | None
    phone: str | None
    url: str | None
    elevation_m: float | None
    remarks: str
    floors: str
    towns: str
    always_open: bool
    publish: bool
    warnings: tuple[Problem, ...]

    @property
    def search_key(self) -> str:
        """Name, kana and address in the form that searches compare."""
        return search_key(f"{self.name} {self.kana} {self.address}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedList:
    """A list as read. `len(rows) + len(rejected_lines) + len(blank_lines) == total_rows`.

    `preset` is the name of the mapping used. `encoding` is `utf-8-sig`, `utf-8`, `cp932`, `utf-16`,
    or None for a workbook. `header_line` is None for GeoJSON. Blank rows are those without name,
    address, ID and position, whatever else stands in them; empty rows after the last one are not
    counted. `publisher_code` is the code in the publisher's column when all rows agree.
    `headings` are the file's own, in order.
    """

    preset: str
    encoding: str | None
    header_line: int | None
    headings: tuple[str, ...]
    rows: tuple[ShelterRow, ...]
    problems: tuple[Problem, ...]
    blank_lines: tuple[int, ...]
    rejected_lines: tuple[int, ...]
    total_rows: int
    attribution_hint: str
    publisher_code: str | None

    @property
    def blank_rows(self) -> int:
        """Number of rows reported as blank."""
        return len(self.blank_lines)

    @property
    def rejected_rows(self) -> int:
        """Number of rows left out because of an error."""
        return len(self.rejected_lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """Limits and the few things a file cannot say about itself.

    The largest known list, the nation's sites as GeoJSON, is some 90 MB unpacked and 115,402 rows.
    `municipality_code` is the town this service runs for: it settles a code that could be two.
    `tokyo_datum` and `swapped` are only ever set by a person, never guessed. `shared_point_rows`
    is how many rows on one point are worth a warning; two are commonly one facility's two entries.
    """

    max_bytes: int = 32 * 1024 * 1024
    max_unpacked_bytes: int = 128 * 1024 * 1024
    max_rows: int = 300_000
    max_columns: int = 300
    max_cell_chars: int = 4_000
    header_search_rows: int = 20
    sheet: str | None = None
    municipality_code: str | None = None
    tokyo_datum: bool = False
    swapped: bool = False
    shared_point_rows: int = 3
