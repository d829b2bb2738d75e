"""A workbook as what its cells say: three sheets of texts, each at its row and column.

Two workbooks that ask the same give the same grid; colours, widths and other sheets are not in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from liff_app.procedures.workbooks.faults import Fault

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
SHEETS = (SURVEY, CHOICES, SETTINGS)
HINTS = "使い方"  # the sheet that our writer adds for whoever reads; nobody reads it back
_FIRST_ROW = 2  # below the header
_LETTERS = 26
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that says something. `cells` by column from 0; texts are never empty."""

    number: int  # as the spreadsheet counts: the header is 1
    cells: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header, "" where a column has no name, and the rows below it, by rising number."""

    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()

    def column(self, heading: str) -> int | None:
        """Where the column of that name stands, the first of several; None if there is none."""
        return self.header.index(heading) if heading in self.header else None

    def value(self, row: Row, heading: str) -> str:
        """What the row says in that column, "" where it says nothing."""
        at = self.column(heading)
        return "" if at is None else row.cells.get(at, "")

    def record(self, row: Row) -> dict[str, str]:
        """The row by headings; cells under no heading are left out, and of doubles the later."""
        found: dict[str, str] = {}
        for at, heading in enumerate(self.header):
            if heading and at in row.cells:
                found.setdefault(heading, row.cells[at])
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The three sheets. `remarks`: what reading found and could live with, or not."""

    survey: Sheet = field(default_factory=Sheet)
    choices: Sheet = field(default_factory=Sheet)
    settings: Sheet = field(default_factory=Sheet)
    remarks: tuple[Fault, ...] = field(default=(), compare=False)

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name, one of `SHEETS`."""
        return {SURVEY: self.survey, CHOICES: self.choices, SETTINGS: self.settings}[name]


def sheet_of(header: Sequence[str], records: Iterable[Mapping[str, str]]) -> Sheet:
    """A sheet with one row for each record, without gaps; empty texts are no cells.

    Raises KeyError for a record that speaks of a column which the header lacks.
    """
    places = {heading: at for at, heading in enumerate(header)}
    rows = (
        Row(number, {places[name]: text for name, text in record.items() if text})
        for number, record in enumerate(records, start=_FIRST_ROW)
    )
    return Sheet(tuple(header), tuple(row for row in rows if row.cells))


def writable(text: str) -> str:
    """The text without the characters that no workbook can hold: control codes, half pairs."""
    return _UNWRITABLE.sub("", text)


def letter(column: int) -> str:
    """The letters of a column counted from 0: A, B … Z, AA."""
    found = ""
    rest = column + 1
    while rest:
        rest, last = divmod(rest - 1, _LETTERS)
        found = chr(ord("A") + last) + found
    return found


def number_of(letters: str) -> int:
    """The column of these letters, counted from 0."""
    found = 0
    for one in letters:
        found = found * _LETTERS + ord(one) - ord("A") + 1
    return found - 1


def to_json(grid: Grid) -> str:
    """The three sheets as JSON, cells as pairs of column and text."""
    plain = {
        name: {
            "header": sheet.header,
            "rows": [[row.number, sorted(row.cells.items())] for row in sheet.rows],
        }
        for name in SHEETS
        for sheet in (grid.sheet(name),)
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Grid:
    """The grid that `to_json` wrote. Raises ValueError for anything else."""
    try:
        plain = json.loads(text)
        survey, choices, settings = (_sheet(plain[name]) for name in SHEETS)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("no grid") from error
    return Grid(survey=survey, choices=choices, settings=settings)


def _sheet(plain: Mapping[str, Any]) -> Sheet:
    rows = (
        Row(int(number), {int(at): str(said) for at, said in cells})
        for number, cells in plain["rows"]
    )
    return Sheet(tuple(str(heading) for heading in plain["header"]), tuple(rows))
