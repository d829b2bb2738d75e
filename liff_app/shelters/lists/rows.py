"""One record becomes one row, or the reasons why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote

from liff_app.shelters.lists.capacity import capacity_in_remark, parse_capacity
from liff_app.shelters.lists.cells import (
    FLAGS,
    PUBLISH,
    folded_mark,
    height_m,
    is_of_kind,
    phone_number,
    web_address,
)
from liff_app.shelters.lists.conditions import without_note
from liff_app.shelters.lists.geojson import GEOMETRY
from liff_app.shelters.lists.hazard_cells import HazardCells
from liff_app.shelters.lists.header import Layout
from liff_app.shelters.lists.identity import Identities
from liff_app.shelters.lists.model import (
    NO_CAPACITY,
    Capacity,
    Problem,
    ReadOptions,
    Severity,
    ShelterRow,
)
from liff_app.shelters.lists.problems import problem
from liff_app.shelters.lists.row_cells import RowCells
from liff_app.shelters.lists.row_position import position_of
from liff_app.shelters.lists.source import Record
from liff_app.shelters.lists.text import clean_text, is_placeholder
from liff_app.shelters.vocabulary import Fits

# Words a town appends to a name when a place cannot be used for now or for good.
_STATUS_WORDS: Final = re.compile(
    "使用(?:不可|中止|禁止|停止|できない|できません)|利用(?:不可|停止|できません)|休止|休館中|閉鎖|廃止|"
    "工事中|改修中|解体"
)
# A percent sign escaped again at each of several savings: %2525252528 was once "(".
_STRAY_ESCAPE: Final = re.compile(r"%25(?:25)*[0-9A-Fa-f]{2}")
_MAX_UNQUOTES: Final = 12


class RowReader:
    """Reads the records of one list; remembers only what repeats (marks, codes, checks)."""

    def __init__(self, layout: Layout, options: ReadOptions) -> None:
        self._layout = layout
        self._options = options
        self._hazards = HazardCells(layout)
        self._identities = Identities(layout, options)
        self._flags = _dictionary(layout, "flag", FLAGS)
        self._publish = _dictionary(layout, "publish", PUBLISH)
        self._mapped = frozenset(
            index
            for group in (*layout.fields.values(), *layout.hazards.values())
            for index in group
        )
        # Per checked column: rows that break it, and the first of them.
        self._broken_checks: dict[int, tuple[int, Problem]] = {}

    def is_blank(self, record: Record) -> bool:
        """Whether a record names no place: no name, address, ID or position, marks aside."""
        if record.point is not None:
            return False
        cells = RowCells(self._layout, record)
        return all(
            is_placeholder(cells.first(field))
            for field in ("name", "address", "address_parts", "source_id", "lat", "lon")
        )

    def read(self, record: Record) -> tuple[ShelterRow | None, tuple[Problem, ...]]:
        """Row of a record with its warnings, or None with at least one error.

        The row's `source_id` is "" where one has to be made from the content.
        """
        cells = RowCells(self._layout, record)
        self._note_faults(record, cells)
        row = self._build(record, cells)
        problems = tuple(cells.problems)
        if any(item.severity is Severity.ERROR for item in problems):
            return None, problems
        return row, problems

    def column_problems(self) -> tuple[Problem, ...]:
        """One warning per checked column whose values are of another kind than its heading."""
        return tuple(found for _, found in self._broken_checks.values())

    def publisher_code(self, record: Record) -> str | None:
        """Code in the publisher's column, or None."""
        return self._identities.publisher_code(RowCells(self._layout, record))

    def _build(self, record: Record, cells: RowCells) -> ShelterRow:
        name = self._name(cells)
        identity = self._identities.identify(cells)
        position = position_of(cells, self._layout.mapping, self._options)
        remarks, noted = without_note(cells.joined("remarks"))
        hazards, flood_detail = self._hazards.read(cells, noted)
        address = _address(cells)
        if not address and not any(fits is not Fits.UNKNOWN for fits in hazards.values()):
            cells.note("row_bare", "name")
        flags = {name: self._flag(cells, name) for name in ("also_other_role", "always_open")}
        publish = self._publish_flag(cells)
        row = ShelterRow(
            line=record.line,
            source_id=identity.source_id,
            facility_key=identity.facility_key,
            role=identity.role,
            name=name,
            kana=cells.text("kana"),
            name_en=cells.text("name_en"),
            address=address,
            municipality_code=identity.municipality_code,
            municipality_name=identity.municipality_name,
            lat=position.lat if position else None,
            lon=position.lon if position else None,
            hazards=hazards,
            flood_detail=flood_detail,
            capacity=_capacity(cells, remarks),
            target=cells.text("target"),
            also_other_role=flags["also_other_role"],
            phone=_checked(cells, "phone", phone_number),
            url=_checked(cells, "url", web_address),
            elevation_m=_elevation_m(cells),
            remarks="／".join(filter(None, (flood_detail, remarks))),
            floors=_floors(cells),
            towns=cells.joined("towns"),
            always_open=identity.always_open or flags["always_open"] is True,
            publish=publish,
            warnings=tuple(cells.problems),
        )
        self._check_columns(record, cells)
        return row

    def _name(self, cells: RowCells) -> str:
        name = cells.text("name")
        if not name:
            cells.note("name_missing", "name", cells.first("name"))
        elif _STATUS_WORDS.search(name):
            cells.note("status_in_name", "name", name)
        return name

    def _flag(self, cells: RowCells, field: str) -> bool | None:
        """Whether a mark is set; an empty cell is not, and None where there is no column."""
        if not cells.has(field):
            return None
        text = cells.first(field)
        if not text:
            return False
        meaning = self._flags.get(folded_mark(text))
        if meaning is None:
            cells.note("flag_unknown", field, text)
            return None
        return meaning == "yes"

    def _publish_flag(self, cells: RowCells) -> bool:
        """Whether the place may be shown.

        Only a clear yes counts where the list has the column: a place withheld by its town must
        never leak through a typing error.
        """
        if not cells.has("publish"):
            return True
        text = cells.first("publish")
        meaning = self._publish.get(folded_mark(text), "") if text else "no"
        if not meaning:
            cells.note("publish_unknown", "publish", text)
        return meaning == "yes"

    def _note_faults(self, record: Record, cells: RowCells) -> None:
        """Note what the format's reader found wrong, and cells that cannot be what was meant."""
        headings = self._layout.headings
        for index, code in record.faults.items():
            if index == GEOMETRY:
                cells.note_column(code, None)
            elif index in self._mapped:
                value = record.cells[index] if index < len(record.cells) else ""
                cells.note_column(code, headings[index], value)
        longest = max(record.cells, key=len, default="")
        if len(longest) > self._options.max_cell_chars:
            cells.note_column("cell_too_long", None, longest, physical=record.physical_line)
        # Only text files: a shifted delimiter moves every later value into a wrong column, while
        # a note beside the table of a workbook harms nothing.
        if record.physical_line and any(map(str.strip, record.cells[len(headings) :])):
            cells.note_column("row_too_wide", None, record.cells[-1])
        cells.note_unseen(self._mapped)

    def _check_columns(self, record: Record, cells: RowCells) -> None:
        for index, kind in self._layout.checks.items():
            text = cells.at(index)
            if is_of_kind(text, kind):
                continue
            count, first = self._broken_checks.get(index, (0, None))
            line, value = (first.line, first.value) if first else (record.line, text)
            heading = self._layout.headings[index]
            found = problem("column_type", line, heading, value, count=f"{count + 1:,}")
            self._broken_checks[index] = (count + 1, found)


def _dictionary(layout: Layout, kind: str, built_in: Mapping[str, str]) -> Mapping[str, str]:
    """Marks the program knows, overruled by those of the mapping."""
    own = layout.mapping.values.get(kind, {})
    return {**built_in, **{folded_mark(mark): meaning for mark, meaning in own.items()}}


def _address(cells: RowCells) -> str:
    address = cells.text("address") or "".join(cells.each("address_parts"))
    if address == cells.text("prefecture") + cells.text("municipality_name"):
        # A town's name alone leads nowhere, and a geocoder would answer with the town hall.
        address = ""
    building = cells.text("building")
    return f"{address} {building}" if building and building not in address else address


def _capacity(cells: RowCells, remarks: str) -> Capacity:
    text = cells.first("capacity")
    if not text:
        return capacity_in_remark(remarks) if remarks else NO_CAPACITY
    capacity, is_understood = parse_capacity(text)
    if not is_understood:
        cells.note("capacity_unread", "capacity", text)
    return capacity


def _checked(cells: RowCells, field: str, read: Callable[[str], str | None]) -> str | None:
    """Value of a field in its proper form, or None with a warning where it has another."""
    text = cells.text(field)
    if not text:
        return None
    value = read(text)
    if value is None:
        cells.note(f"{field}_invalid", field, text)
    return value


def _elevation_m(cells: RowCells) -> float | None:
    text = cells.text("elevation_m")
    height = height_m(text) if text else None
    if text and height is None:
        cells.note("elevation_invalid", "elevation_m", text)
    return height


def _floors(cells: RowCells) -> str:
    """Usable floors, with an escape that was escaped again at each saving undone."""
    text = cells.text("floors")
    if not _STRAY_ESCAPE.search(text):
        return text
    restored = text
    for _ in range(_MAX_UNQUOTES):
        if not _STRAY_ESCAPE.search(restored):
            break
        restored = restored.replace("%25", "%")
    restored = clean_text(unquote(restored))
    if "\ufffd" in restored:
        return text
    cells.note("escape_undone", "floors", text, text=restored)
    return restored
