"""Reading a list from a file and preparing it for publication."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from liff_app.shelters import locating
from liff_app.shelters.composing import Position
from liff_app.shelters.editions import Edition
from liff_app.shelters.imports import pins
from liff_app.shelters.lists.errors import ColumnsUnknown
from liff_app.shelters.lists.mapping import NAMELESS, ColumnMapping
from liff_app.shelters.lists.mapping_files import dump_mapping, load_mapping
from liff_app.shelters.lists.model import ParsedList, ReadOptions, ShelterRow
from liff_app.shelters.lists.reader import read_list
from liff_app.shelters.lists.suggest import suggest_mapping

NATIONAL = ("gsi_sites", "gsi_shelters")
TOWN_PRIORITY, NATIONAL_PRIORITY = 10, 20  # the town's own list has the say
LONGEST_ID = 80  # characters of a list's name and of a row's id, as the tables hold them
FORMULA_STARTS = tuple(
    "=+-@\t\r＝＋－＠"
)  # what a spreadsheet would run; the full-width ones in Japan


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What the command was asked for. An empty `geocoder_url` asks no service.

    `municipality_code` and `municipality_name` are the town this service runs for. `only` are the
    municipalities whose rows are taken, all if empty: the nation's list holds 1,694.
    """

    path: Path
    preset: str | None
    mapping: Path | None
    list_id: str | None
    attribution: str | None
    municipality_code: str
    geocoder_url: str
    municipality_name: str = ""
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """An edition ready to be published.

    `failures` are services that could not be asked, `others` rows of municipalities not asked for.
    """

    edition: Edition
    failures: list[str]
    others: int


def prepare(session: Session, wanted: Import) -> Prepared:
    """Read the file and find what it leaves open. Raises ListUnreadable; writes nothing.

    The session is closed while a service is asked for positions: that may take minutes, and
    PostgreSQL ends connections that idle in a transaction for one.
    """
    raw = wanted.path.read_bytes()
    mapping = load_mapping(wanted.mapping.read_bytes()) if wanted.mapping else None
    options = ReadOptions(municipality_code=wanted.municipality_code)
    read = read_list(
        raw, filename=wanted.path.name, mapping=mapping, preset=wanted.preset, options=options
    )
    parsed = taken(read, wanted.only)
    list_id = wanted.list_id or default_list_id(parsed)
    hands = pins.by_line(session, list_id, parsed.rows)
    placed = locating.locate(
        session,
        [row for row in parsed.rows if row.line not in hands],
        municipality_code=wanted.municipality_code,
        geocoder_url=wanted.geocoder_url,
    )
    edition = edition_of(
        parsed,
        raw=raw,
        file_name=wanted.path.name,
        list_id=list_id,
        attribution=wanted.attribution
        or source_of(parsed, wanted.municipality_code, wanted.municipality_name),
        positions=placed.positions | hands,
        mapping=mapping,
    )
    return Prepared(edition, placed.failures, len(read.rows) - len(parsed.rows))


def edition_of(
    parsed: ParsedList,
    *,
    raw: bytes,
    file_name: str,
    list_id: str,
    attribution: str,
    positions: Mapping[int, Position],
    mapping: ColumnMapping | None,
) -> Edition:
    """The rows as an edition of that list."""
    return Edition(
        list_id=list_id,
        parsed=parsed,
        file_name=file_name,
        file_sha256=hashlib.sha256(raw).hexdigest(),
        attribution=attribution,
        priority=NATIONAL_PRIORITY if parsed.preset in NATIONAL else TOWN_PRIORITY,
        positions=positions,
        mapping=dump_mapping(mapping).decode() if mapping else "",
    )


def taken(read: ParsedList, only: tuple[str, ...]) -> ParsedList:
    """The list without rows of other municipalities than those of `only`, and what is said of them.

    Rows with an error have no municipality: they stay reported.
    """
    others = {row.line for row in read.rows if only and row.municipality_code not in only}
    return replace(
        read,
        rows=tuple(_fitting(row) for row in read.rows if row.line not in others),
        problems=tuple(one for one in read.problems if one.line not in others),
    )


def _fitting(row: ShelterRow) -> ShelterRow:
    """The row with an id the table can hold: one made too long keeps its beginning and a digest."""
    if len(row.source_id) <= LONGEST_ID:
        return row
    digest = hashlib.sha256(row.source_id.encode()).hexdigest()[:32]
    return replace(row, source_id=f"{row.source_id[: LONGEST_ID - 33]}-{digest}")


def source_of(parsed: ParsedList, code: str, name: str) -> str:
    """The source the list names, with the name of the municipality where its shape leaves it open.

    `code` and `name` are this town's; another town's list is named by its own rows, if they agree.
    What cannot be named stays open, and is refused when it is to be published.
    """
    names = {row.municipality_name for row in parsed.rows if row.municipality_name}
    if _whose(parsed) in (None, code):
        names = {name}
    found = next(iter(names)) if len(names) == 1 else ""
    return parsed.attribution_hint.replace(NAMELESS, found or NAMELESS)


def default_list_id(parsed: ParsedList) -> str:
    """Name of a list: its shape, and whom it speaks of (one municipality, a publisher, all)."""
    return f"{parsed.preset}:{_whose(parsed) or 'all'}"


def _whose(parsed: ParsedList) -> str | None:
    codes = {row.municipality_code for row in parsed.rows if row.municipality_code}
    return parsed.publisher_code or (next(iter(codes)) if len(codes) == 1 else None)


def suggestion(path: Path) -> bytes:
    """A mapping file to begin with, guessed from the headings; a person must look at it.

    Raises ListUnreadable where no line looks like headings.
    """
    try:
        headings = read_list(path.read_bytes(), filename=path.name).headings
    except ColumnsUnknown as error:
        headings = tuple(error.headings)
    return dump_mapping(suggest_mapping(headings))


def problem_csv(parsed: ParsedList) -> bytes:
    """Every problem of the list as CSV for a spreadsheet (UTF-8 with BOM)."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["行", "列", "値", "種類", "符号", "説明"])
    for one in parsed.problems:
        cells = (one.column or "", one.value, one.severity, one.code, one.message)
        writer.writerow([one.line, *map(_unrun, cells)])
    return text.getvalue().encode("utf-8-sig")


def _unrun(text: str) -> str:
    """A text that a spreadsheet shows and does not run as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
