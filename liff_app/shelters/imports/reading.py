"""From an uploaded file to an edition. Loaded when a file is read: openpyxl and geopy are 35 MB.

A request reads a town's own list and no more; what is larger is imported by the command.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.shelters import locating
from liff_app.shelters.composing import Position, unpacked
from liff_app.shelters.editions import Edition
from liff_app.shelters.importing import default_list_id, edition_of, source_of, taken
from liff_app.shelters.imports import pins
from liff_app.shelters.imports.uploads import Town
from liff_app.shelters.lists.mapping import ColumnMapping
from liff_app.shelters.lists.model import ParsedList, ReadOptions, ShelterRow
from liff_app.shelters.lists.presets import builtin_mapping
from liff_app.shelters.lists.reader import read_list
from liff_app.shelters.models import GONE, ShelterSource

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 5_000  # the largest town has 3,088 sites
MAX_UNPACKED = 40 * 1024 * 1024
ASKED_ROWS = 20  # addresses a request may ask a service for: more would keep a person waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Positions by line that a file left open, and what could not be asked for them."""

    positions: dict[int, Position]
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A file as it would be published. `others` are rows of municipalities not asked for."""

    edition: Edition
    others: int
    mapping: ColumnMapping


def rows_of(
    raw: bytes, *, file_name: str, mapping: ColumnMapping | None, municipality_code: str
) -> ParsedList:
    """The file's rows and problems, within what a request may read. Raises ListUnreadable."""
    options = ReadOptions(
        max_bytes=MAX_BYTES,
        max_unpacked_bytes=MAX_UNPACKED,
        max_rows=MAX_ROWS,
        municipality_code=municipality_code,
    )
    return read_list(raw, filename=file_name, mapping=mapping, options=options)


def place(
    session: Session,
    parsed: ParsedList,
    *,
    municipality_code: str,
    geocoder_url: str,
) -> Placed:
    """Where the rows without a position are: as found for the edition before, else asked anew.

    Closes the session before it asks a service, for up to `ASKED_ROWS` rows; others get their
    town's point.
    """
    known = _found_before(session, default_list_id(parsed), parsed.rows)
    open_rows = [row for row in parsed.rows if row.lat is None and row.line not in known]
    asks = len(open_rows) <= ASKED_ROWS
    found = locating.locate(
        session,
        open_rows,
        municipality_code=municipality_code,
        geocoder_url=geocoder_url if asks else "",
    )
    return Placed(positions=known | found.positions, failures=tuple(found.failures))


def edition(  # noqa: PLR0913 - what was asked for
    session: Session,
    parsed: ParsedList,
    *,
    raw: bytes,
    file_name: str,
    mapping: ColumnMapping | None,
    list_id: str,
    attribution: str | None,
    town: Town,
    only_own: bool,
    positions: dict[int, Position],
) -> Read:
    """The rows as an edition, with the positions found before and those given by hand.

    Without an attribution the list's own is taken.
    """
    kept = taken(parsed, (town.code,) if only_own else ())
    name = list_id or default_list_id(kept)
    made = edition_of(
        kept,
        raw=raw,
        file_name=file_name,
        list_id=name,
        attribution=source_of(kept, town.code, town.name) if attribution is None else attribution,
        positions=positions | pins.by_line(session, name, kept.rows),
        mapping=mapping,
    )
    others = len(parsed.rows) - len(kept.rows)
    return Read(edition=made, others=others, mapping=mapping or builtin_mapping(parsed.preset))


def _found_before(
    session: Session, list_id: str, rows: Sequence[ShelterRow]
) -> dict[int, Position]:
    """Positions a service gave for the same row and address of the edition that is published."""
    open_rows = {row.source_id: row for row in rows if row.lat is None}
    if not open_rows:
        return {}
    there = ShelterSource.list_id == list_id, ShelterSource.digest != GONE
    found = {}
    for source_id, text in session.execute(
        select(ShelterSource.source_id, ShelterSource.row).where(*there)
    ):
        row, before = open_rows.get(source_id), unpacked(text)
        same = row is not None and before["address"] == row.address
        if row is not None and same and before["position_source"] == "geocoder":
            found[row.line] = Position(lat=before["lat"], lon=before["lon"], source="geocoder")
    return found
