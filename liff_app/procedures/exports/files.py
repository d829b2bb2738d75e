"""The export as a file: UTF-8 for Excel, CP932 for older programs with what it lost, or XLSX."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, BinaryIO, cast

from liff_app import cp932, spreadsheet
from liff_app.i18n import gettext as _
from liff_app.spreadsheet import Cell

__all__ = ["Form", "Lines", "media_type", "suffix", "written"]

_WHOLE_DAY = (2026, 1, 1, 0, 0, 0)  # in a ZIP's entries: the same table, the same bytes


class Form(StrEnum):
    """What the file is."""

    CSV = "csv"
    CP932 = "cp932"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A table on its way into a file. `title` names an XLSX's sheet."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def suffix(form: Form) -> str:
    """How the file's name ends: CP932 comes with its report, in a ZIP."""
    return "zip" if form is Form.CP932 else form.value


def media_type(form: Form) -> str:
    """What the file is to a browser."""
    return {
        Form.CSV: spreadsheet.MEDIA_TYPE,
        Form.CP932: "application/zip",
        Form.XLSX: spreadsheet.XLSX_TYPE,
    }[form]


def written(form: Form, lines: Lines) -> IO[bytes]:
    """The table in a file without a name, at its beginning: it is gone when it is closed.

    Where the writing fails it is gone at once.
    """
    with ExitStack() as failing:
        file = failing.enter_context(tempfile.TemporaryFile())
        _write(file, form, lines)
        file.seek(0)
        failing.pop_all()  # the answer closes it
    return file


def _write(file: IO[bytes], form: Form, lines: Lines) -> None:
    if form is Form.CSV:
        for piece in spreadsheet.csv_pieces(lines.header, lines.rows):
            file.write(piece)
    elif form is Form.XLSX:
        spreadsheet.write_xlsx(cast("BinaryIO", file), lines.title, lines.header, lines.rows)
    else:
        _write_cp932(cast("BinaryIO", file), lines)


def _write_cp932(file: BinaryIO, lines: Lines) -> None:
    """A ZIP of the table, and of every character that is not in it as it was typed."""
    losses: list[list[Cell]] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parcel:
        with parcel.open(_entry("shinsei.csv"), "w") as table:
            for piece in _cp932_pieces(lines, losses):
                table.write(piece)
        report = spreadsheet.csv_file(_loss_header(), losses)
        parcel.writestr(_entry("moji-no-houkoku.csv"), report)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _WHOLE_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _loss_header() -> list[str]:
    return [_("行"), _("受付番号"), _("列"), _("元の字"), _("コードポイント"), _("書いた字")]


def _cp932_pieces(lines: Lines, losses: list[list[Cell]]) -> Iterator[bytes]:
    """Line by line; the header is line 1. The first cell of a line is its receipt number."""
    yield _line(_fitted(lines.header, lines.header, 1, losses))
    for number, row in enumerate(lines.rows, 2):
        yield _line(_fitted(row, lines.header, number, losses))


def _fitted(
    row: Sequence[Cell], header: Sequence[str], number: int, losses: list[list[Cell]]
) -> list[Cell]:
    cells: list[Cell] = []
    for cell, heading in zip(row, header, strict=True):
        if not isinstance(cell, str):
            cells.append(cell)
            continue
        text, lost = cp932.fit(cell)
        cells.append(spreadsheet.safe(text))
        whose = row[0] if number > 1 else ""
        losses += [
            [number, whose, heading, one.original, one.code_points, one.written] for one in lost
        ]
    return cells


def _line(cells: Sequence[Cell]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode(cp932.NAME)
