"""Reading a published list: bytes in, rows and problems out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from liff_app.shelters.lists.errors import ListTooLarge
from liff_app.shelters.lists.geojson import open_geojson
from liff_app.shelters.lists.header import Layout, find_layout
from liff_app.shelters.lists.mapping import ColumnMapping
from liff_app.shelters.lists.model import (
    ParsedList,
    Problem,
    ReadOptions,
    Severity,
    ShelterRow,
)
from liff_app.shelters.lists.packing import Kind, encoding_of, kind_of, unpack
from liff_app.shelters.lists.presets import builtin_mapping
from liff_app.shelters.lists.rows import RowReader
from liff_app.shelters.lists.source import Record, Source
from liff_app.shelters.lists.tabular import open_text
from liff_app.shelters.lists.whole import with_made_ids, with_shared_points, without_repeats
from liff_app.shelters.lists.workbook import open_workbook

_DEFAULTS = ReadOptions()


@dataclass(slots=True)
class _Reading:
    """What has been gathered while going through the records."""

    rows: list[ShelterRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    blank_lines: list[int] = field(default_factory=list)
    total_rows: int = 0
    publishers: set[str | None] = field(default_factory=set)


def read_list(
    data: bytes,
    *,
    filename: str,
    mapping: ColumnMapping | None = None,
    preset: str | None = None,
    options: ReadOptions = _DEFAULTS,
) -> ParsedList:
    """Read a CSV, TSV, XLSX or GeoJSON list, or one of them in gzip.

    The format is found by content and the mapping by headings, unless `mapping` or the name of a
    built-in one (`preset`) is given. `filename` settles only what content cannot: .tsv and .tab
    files of one column. A row with an error is left out and reported; nothing else changes.
    Raises a subclass of ListUnreadable when nothing can be read at all.
    """
    chosen = mapping or (builtin_mapping(preset) if preset else None)
    source = open_source(data, filename=filename, options=options)
    layout = find_layout(source, chosen, options)
    reader = RowReader(layout, options)
    reading = _Reading()
    for record in _records(layout, options):
        _take(record, reader, reading)
    return _finished(reading, reader, layout, source, options)


def open_source(data: bytes, *, filename: str, options: ReadOptions = _DEFAULTS) -> Source:
    """Open a file by its content, without reading rows: its encoding, sheets and records."""
    unpacked = unpack(data, options)
    kind = kind_of(unpacked)
    if kind is Kind.WORKBOOK:
        return open_workbook(unpacked, options)
    encoding = encoding_of(unpacked)
    if kind is Kind.JSON:
        return open_geojson(unpacked, encoding, options)
    return open_text(unpacked, encoding, filename)


def _records(layout: Layout, options: ReadOptions) -> Iterator[Record]:
    """Records after the headings; empty ones only where another row follows."""
    header_line = layout.header_line or 0
    empty: list[Record] = []
    for record in layout.sheet.open_records():
        if record.line <= header_line:
            continue
        if record.line - header_line > options.max_rows:
            raise ListTooLarge(f"行が多すぎます（上限 {options.max_rows:,} 行）。")
        if record.point is None and not any(map(str.strip, record.cells)) and not record.faults:
            empty.append(record)
            continue
        yield from empty
        empty.clear()
        yield record


def _take(record: Record, reader: RowReader, reading: _Reading) -> None:
    reading.total_rows += 1
    if not record.faults and reader.is_blank(record):
        reading.blank_lines.append(record.line)
        return
    row, problems = reader.read(record)
    reading.problems.extend(problems)
    if row is not None:
        reading.rows.append(row)
        reading.publishers.add(reader.publisher_code(record))


def _finished(
    reading: _Reading, reader: RowReader, layout: Layout, source: Source, options: ReadOptions
) -> ParsedList:
    """Look at the list as a whole and put everything in order of lines."""
    columns = layout.fields.get("source_id")
    id_column = layout.headings[columns[0]] if columns else None
    kept, repeats = without_repeats(reading.rows, id_column)
    rows, shared = with_shared_points(with_made_ids(kept), options.shared_point_rows)
    problems = [*layout.problems, *reader.column_problems(), *reading.problems, *repeats, *shared]
    problems.sort(key=lambda item: item.line)
    rejected = {item.line for item in problems if item.severity is Severity.ERROR}
    return ParsedList(
        preset=layout.mapping.name,
        encoding=source.encoding,
        header_line=layout.header_line,
        headings=layout.headings,
        rows=tuple(rows),
        problems=tuple(problems),
        blank_lines=tuple(reading.blank_lines),
        rejected_lines=tuple(sorted(rejected)),
        total_rows=reading.total_rows,
        attribution_hint=layout.mapping.attribution,
        publisher_code=reading.publishers.pop() if len(reading.publishers) == 1 else None,
    )
