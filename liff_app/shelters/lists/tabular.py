"""CSV and TSV as sheets of records."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

from liff_app.shelters.lists.errors import FileBroken
from liff_app.shelters.lists.source import Record, Sheet, Source

_TRIED_RECORDS: Final = 20


def open_text(data: bytes, encoding: str, filename: str) -> Source:
    """CSV or TSV, whichever splits the first lines into more cells; the file name breaks a tie."""
    is_tsv = filename.lower().removesuffix(".gz").endswith((".tsv", ".tab"))
    signs = ("\t", ",") if is_tsv else (",", "\t")
    delimiter = max(signs, key=lambda sign: _widest(data, encoding, sign))

    def records() -> Iterator[Record]:
        return _records(data, encoding, delimiter)

    return Source(encoding=encoding, sheets=(Sheet(name="", open_records=records),))


def _widest(data: bytes, encoding: str, delimiter: str) -> int:
    first = islice(_records(data, encoding, delimiter), _TRIED_RECORDS)
    return max((len(record.cells) for record in first), default=0)


def _records(data: bytes, encoding: str, delimiter: str) -> Iterator[Record]:
    """Every record with the row number a spreadsheet gives it; blank lines count."""
    # newline="" leaves line breaks inside quotes alone, as the csv module asks.
    text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    reader = csv.reader(text, delimiter=delimiter)
    line = 0
    while True:
        line += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileBroken(
                f"{line}行目（ファイルの{reader.line_num}行目）を表として読めません。"
                '引用符（"）が閉じているか確かめてください。'
            ) from error
        yield Record(line, cells, physical_line=reader.line_num)
