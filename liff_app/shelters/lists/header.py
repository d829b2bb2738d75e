"""Finding the line of headings and laying a mapping over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from liff_app.shelters.lists.errors import ColumnsUnknown, HeaderNotFound, ListUnreadable
from liff_app.shelters.lists.mapping import ColumnMapping
from liff_app.shelters.lists.model import Problem, ReadOptions
from liff_app.shelters.lists.presets import detect_mapping
from liff_app.shelters.lists.problems import problem
from liff_app.shelters.lists.source import Record, Sheet, Source
from liff_app.shelters.lists.text import clean_text, heading_key
from liff_app.shelters.vocabulary import Hazard


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where each field stands in this file. Indexes are cell positions, found by heading.

    `header_line` is None where the format names its fields (GeoJSON).
    """

    mapping: ColumnMapping
    sheet: Sheet
    header_line: int | None
    headings: tuple[str, ...]
    fields: Mapping[str, tuple[int, ...]]
    hazards: Mapping[Hazard, tuple[int, ...]]
    checks: Mapping[int, str]
    problems: tuple[Problem, ...]


def find_layout(source: Source, mapping: ColumnMapping | None, options: ReadOptions) -> Layout:
    """Lay `mapping`, or the built-in one that fits, over the first sheet whose headings allow it.

    Raises HeaderNotFound for a given mapping and ColumnsUnknown without one.
    """
    wanted = options.sheet or (mapping.sheet if mapping else None)
    sheets = [sheet for sheet in source.sheets if wanted in (None, sheet.name)]
    if not sheets:
        raise HeaderNotFound(f"「{wanted}」というシートがありません。")
    failures: list[ListUnreadable] = []
    for sheet in sheets:
        try:
            return _sheet_layout(sheet, mapping, options)
        except (HeaderNotFound, ColumnsUnknown) as error:
            failures.append(error)
    raise failures[0]


def _sheet_layout(sheet: Sheet, mapping: ColumnMapping | None, options: ReadOptions) -> Layout:
    if sheet.headings is not None:
        first = [Record(0, list(sheet.headings))]
    else:
        first = list(islice(sheet.open_records(), options.header_search_rows))
    found = _given(first, mapping) if mapping else _detected(first)
    header, chosen = found
    line = header.line if sheet.headings is None else None
    return _lay(chosen, sheet, tuple(clean_text(cell) for cell in header.cells), line)


def _given(first: Sequence[Record], mapping: ColumnMapping) -> tuple[Record, ColumnMapping]:
    """Find the line of headings for a mapping: the line it names, else the first with the name."""
    for record in first:
        fits_line = mapping.header_line in (None, record.line) or record.line == 0
        if fits_line and mapping.knows_name(_keys(record)):
            return record, mapping
    wanted = "」「".join(mapping.columns["name"])
    seen = "、".join(_likeliest(first))
    raise HeaderNotFound(f"見出し「{wanted}」のある行が見つかりません。見つかった見出し：{seen}")


def _detected(first: Sequence[Record]) -> tuple[Record, ColumnMapping]:
    for record in first:
        mapping = detect_mapping(_keys(record))
        if mapping is not None:
            return record, mapping
    headings = _likeliest(first)
    raise ColumnsUnknown("知っている一覧の形ではありません。列の対応表を作ってください。", headings)


def _likeliest(first: Sequence[Record]) -> tuple[str, ...]:
    """Give the cells of the line most like headings: the most different texts, not numbers."""

    def count(record: Record) -> int:
        return len({cell for cell in record.cells if cell.strip() and not _is_number(cell)})

    best = max(first, key=count, default=None)
    return tuple(filter(None, map(clean_text, best.cells))) if best else ()


def _is_number(cell: str) -> bool:
    return cell.strip().replace(".", "", 1).replace("-", "", 1).isdigit()


def _keys(record: Record) -> frozenset[str]:
    return frozenset(heading_key(cell) for cell in record.cells) - {""}


def _lay(
    mapping: ColumnMapping, sheet: Sheet, headings: tuple[str, ...], line: int | None
) -> Layout:
    places: dict[str, int] = {}
    repeated: dict[str, int] = {}
    for index, heading in enumerate(headings):
        key = heading_key(heading)
        if key in places:
            repeated[key] = index
        elif key:
            places[key] = index

    def indexes(wanted: Sequence[str]) -> tuple[int, ...]:
        found = (places.get(heading_key(heading)) for heading in wanted)
        return tuple(index for index in found if index is not None)

    fields = {name: indexes(wanted) for name, wanted in mapping.columns.items()}
    hazards = {hazard: indexes(wanted) for hazard, wanted in mapping.hazards.items()}
    checks = {
        places[heading_key(name)]: kind
        for name, kind in mapping.checks.items()
        if heading_key(name) in places
    }
    used = {index for group in (*fields.values(), *hazards.values()) for index in group}
    return Layout(
        mapping=mapping,
        sheet=sheet,
        header_line=line,
        headings=headings,
        fields={name: found for name, found in fields.items() if found},
        hazards={hazard: found for hazard, found in hazards.items() if found},
        checks=checks,
        problems=tuple(
            problem("heading_repeated", line or 0, headings[index])
            for key, index in repeated.items()
            if places[key] in used
        ),
    )
