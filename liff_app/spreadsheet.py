"""Tables that a spreadsheet opens as they are: in Japanese, and running nothing."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import BinaryIO

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")  # the wide ones become narrow on the way in
GUARD = "'"
MEDIA_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PIECE = 64 * 1024  # characters gathered before they are given out
_BOM = b"\xef\xbb\xbf"  # by which Excel knows UTF-8
_WIDTH = 16  # of a column, in digits: a moment fits

Cell = str | int | float | None


def csv_file(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table as UTF-8 with a BOM, by which Excel knows it; lines end as RFC 4180 says."""
    return b"".join(csv_pieces(header, rows))


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The same bytes piece by piece, so that a long table is never in memory as a whole."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe(heading) for heading in header])
    yield _BOM
    for row in rows:
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in row])
        if text.tell() >= _PIECE:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def write_xlsx(
    file: BinaryIO, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    """The table is in the file as the one sheet of an Excel workbook.

    Texts stay texts, whatever they begin with: none becomes a formula, a link or a date. One row is
    in memory at a time; what Excel's writer lays down meanwhile is gone with its folder.
    """
    # Imported here: its 3 MB are for exports alone.
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - untyped; above

    with (
        tempfile.TemporaryDirectory() as folder,
        Workbook(file, {"constant_memory": True, "tmpdir": folder}) as book,
    ):
        sheet = book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(header) - 1, _WIDTH)
        for at, row in enumerate(chain([header], rows)):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(at, column, cell)
                elif cell is not None:
                    sheet.write_number(at, column, cell)


def safe(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would take for a formula."""
    return GUARD + text if text[:1] in FORMULA_STARTS and text else text
