"""From a stranger's bytes to a grid. Runs in the child of `child.py`, which can open nothing.

Cells become texts as pyxform makes them, so that what other XLSForm tools read is what we read.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from liff_app.procedures.workbooks import archive
from liff_app.procedures.workbooks.faults import Fault, WorkbookRefused, shortened
from liff_app.procedures.workbooks.grid import (
    CHOICES,
    HINTS,
    SETTINGS,
    SHEETS,
    SURVEY,
    Grid,
    Row,
    Sheet,
    letter,
    writable,
)
from liff_app.procedures.workbooks.spelling import nearest

__all__ = ["Grid", "open_workbook"]

MOST_ROWS: Final = 6_000  # 5,000 choices, and room between them
MOST_COLUMNS: Final = 120
MOST_CELLS: Final = 60_000  # 500 questions of 20 and 5,000 choices of 10; to write them takes 1 s
MOST_CELL: Final = 5_000  # characters; what each column may hold is checked later
_MOST_SHEETS: Final = 30
_ERRORS: Final = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)
_ESCAPED: Final = re.compile(r"_x[0-9A-Fa-f]{4}_")  # how Excel writes what XML cannot hold
_RETURNS: Final = re.compile(r"_x000D_|\r\n|\r")
_BLANKS: Final = re.compile(r"\s+")
_DAMAGE: Final = (*archive.DAMAGE, ParseError, InvalidFileException)


@dataclass(slots=True)
class _Found:
    """What one sheet gave so far."""

    name: str
    header: dict[int, str] = field(default_factory=dict)
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    remarks: list[Fault] = field(default_factory=list)
    room: int = MOST_CELLS  # for so many cells

    def remark(self, code: str, message: str, row: int, column: int, value: str = "") -> None:
        self.remarks.append(
            Fault(
                code=code,
                message=message,
                sheet=self.name,
                row=row,
                column=letter(column),
                heading=self.header.get(column, "") if row > 1 else "",
                value=shortened(value),
            )
        )


class _Parser(WorkSheetParser):
    """openpyxl's, which also tells of each cell whether a formula stands in it."""

    def parse_cell(self, element: Element) -> dict[str, Any]:
        """The cell with its stored value, and `formula`."""
        found: dict[str, Any] = super().parse_cell(element)
        return found | {"formula": element.find(FORMULA_TAG) is not None}


def open_workbook(raw: bytes) -> Grid:
    """The three sheets of a workbook, with remarks on what they hold. Raises WorkbookRefused.

    Values are the stored ones: nothing is computed, no link is followed, hidden rows count.
    """
    archive.check(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they tell of styles; only values matter here
            return _grid(raw)
    except DefusedXmlException as error:
        raise archive.unsafe() from error
    except _DAMAGE as error:
        raise archive.broken() from error


def _grid(raw: bytes) -> Grid:
    reader = ExcelReader(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    reader.read()
    try:
        named, remarks = _named_sheets(reader.wb.worksheets)
        found: dict[str, _Found] = {}
        for name, sheet in named.items():
            room = min((one.room for one in found.values()), default=MOST_CELLS)
            found[name] = _sheet(_Found(name, room=room), sheet)
    finally:
        reader.wb.close()
        reader.archive.close()
    for one in found.values():
        remarks += one.remarks
    survey, choices, settings = (
        _closed(found[name]) if name in found else Sheet() for name in (SURVEY, CHOICES, SETTINGS)
    )
    return Grid(survey=survey, choices=choices, settings=settings, remarks=tuple(remarks))


def _named_sheets(sheets: list[Any]) -> tuple[dict[str, ReadOnlyWorksheet], list[Fault]]:
    """The sheets that count by name, and what is odd about them. Raises WorkbookRefused."""
    if len(sheets) > _MOST_SHEETS:
        raise archive.refused("too_many_sheets", f"シートは{_MOST_SHEETS}枚までです。")
    named: dict[str, ReadOnlyWorksheet] = {}
    for sheet in sheets:
        name = str(sheet.title).lower()
        if name in SHEETS and isinstance(sheet, ReadOnlyWorksheet):
            if name in named:
                raise archive.refused(
                    "sheet_twice", f"{name} シートが2枚あります。1枚にしてください。"
                )
            named[name] = sheet
    others = [str(sheet.title) for sheet in sheets if str(sheet.title).lower() not in named]
    if SURVEY not in named:
        raise WorkbookRefused(_missing(SURVEY, others))
    hidden = [name for name, sheet in named.items() if sheet.sheet_state != "visible"]
    remarks = [
        Fault(code="hidden_sheet", sheet=name, message="このシートは非表示ですが、読み込みました。")
        for name in hidden
    ]
    remarks += [_not_kept(title) for title in others if title != HINTS]
    return named, remarks + [
        _missing(name, others) for name in SHEETS if name not in named and nearest_to(name, others)
    ]


def _not_kept(title: str) -> Fault:
    message = "このシートは読み込まず、保存もしません。要るものは手元に残してください。"
    return Fault(code="sheet_not_kept", sheet=shortened(title), message=message)


def _missing(name: str, others: list[str]) -> Fault:
    """That a sheet is not there, naming the one that may be meant."""
    meant = nearest_to(name, others)
    hint = f"「{shortened(meant)}」シートの名前を「{name}」に直してください。" if meant else ""
    return Fault(
        code="sheet_missing",
        message=f"{name} シートがありません。{hint}",
        value=shortened(meant),
    )


def nearest_to(name: str, others: list[str]) -> str:
    """The one of the other sheets whose name is most like this one; "" if none is."""
    return next((one for one in others if nearest(one, [name])), "")


def _sheet(found: _Found, sheet: Any) -> _Found:  # noqa: ANN401 - see below
    """Everything one sheet says. Raises WorkbookRefused if it is too large.

    Reads as the sheet's own `iter_rows` does, through members that the types do not tell of.
    """
    book = sheet.parent
    with sheet._get_source() as source:  # noqa: SLF001 - see above
        parser = _Parser(
            source,
            sheet._shared_strings,  # noqa: SLF001 - same
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,  # noqa: SLF001 - same
            timedelta_formats=book._timedelta_formats,  # noqa: SLF001 - same
        )
        for number, cells in parser.parse():
            for cell in cells:
                _take(found, number, cell)
    _remark_merged(found, parser)
    return found


def _take(found: _Found, number: int, cell: dict[str, Any]) -> None:
    """One cell: into the header or a row, with a remark where it is odd."""
    column = cell["column"] - 1
    text = cell_text(cell["value"])
    if cell["formula"] and not text:
        found.remark(
            "formula_without_value",
            "計算式の結果が保存されていません。Excelで開いて保存し直すか、文字で入力してください。",
            number,
            column,
        )
    if not text:
        return
    if not 1 <= number <= MOST_ROWS or not 0 <= column < MOST_COLUMNS:
        raise WorkbookRefused(_outside(found.name, number, column))
    found.room -= 1
    if found.room < 0:
        raise WorkbookRefused(_too_many(found.name, number, column))
    _remark_odd(found, cell, (number, column), text)
    row = found.header if number == 1 else found.rows.setdefault(number, {})
    row[column] = writable(text)[:MOST_CELL].strip()


def _outside(sheet: str, number: int, column: int) -> Fault:
    return Fault(
        code="too_many_cells",
        sheet=sheet,
        row=number,
        column=letter(max(0, column)),
        message=f"{MOST_ROWS:,}行・{MOST_COLUMNS}列までです。離れたところの文字を消してください。",
    )


def _too_many(sheet: str, number: int, column: int) -> Fault:
    return Fault(
        code="too_many_cells",
        sheet=sheet,
        row=number,
        column=letter(column),
        message=f"文字の入ったセルは、全部で{MOST_CELLS:,}個までです。使わない行を消してください。",
    )


def _remark_odd(found: _Found, cell: dict[str, Any], place: tuple[int, int], text: str) -> None:
    if cell["data_type"] == "e" or text in _ERRORS:
        found.remark("cell_error", f"計算式が「{text}」になっています。", *place, text)
    elif cell["formula"]:
        found.remark(
            "formula",
            f"計算式のセルです。結果の「{shortened(text)}」を文字として使い、式は残しません。",
            *place,
            text,
        )
    if len(text) > MOST_CELL:
        found.remark("cell_too_long", f"1つのセルは{MOST_CELL:,}文字までです。", *place, text)
    if writable(text) != text or _ESCAPED.search(text):
        found.remark(
            "control_characters",
            "目に見えない制御文字が入っています。セルを消して、入力し直してください。",
            *place,
        )


def _remark_merged(found: _Found, parser: WorkSheetParser) -> None:
    for area in (parser.merged_cells.mergeCell if parser.merged_cells else ())[:MOST_COLUMNS]:
        column, row = area.bounds[:2]
        found.remark(
            "merged_cells",
            f"{shortened(area.coord)} のセルが結合されています。結合を解除してください。",
            row,
            column - 1,
        )


def _closed(found: _Found) -> Sheet:
    """The sheet as it is kept: a header without an end of blanks, rows by rising number."""
    width = max(found.header, default=-1) + 1
    header = tuple(found.header.get(at, "") for at in range(width))
    rows = (Row(number, cells) for number, cells in sorted(found.rows.items()) if cells)
    return Sheet(tuple(_BLANKS.sub(" ", one) for one in header), tuple(rows))


def cell_text(value: object) -> str:
    """The stored value as text, without blanks around it. A day at midnight is the day alone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    text = _RETURNS.sub("\n", str(value)).replace("\xa0", " ")
    return text.strip()
