"""XLSX workbooks as sheets of records, without trusting the file.

Before openpyxl sees a workbook its ZIP directory is checked: sizes, encryption, XML entities.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from itertools import islice, repeat
from typing import Any, Final, TypeVar
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from liff_app.shelters.lists.errors import FileBroken, FileRefused, FormatUnknown, ListTooLarge
from liff_app.shelters.lists.geojson import cell_text
from liff_app.shelters.lists.model import ReadOptions
from liff_app.shelters.lists.source import NO_FAULTS, Record, Sheet, Source

_MAX_ENTRIES: Final = 2_000
_CHUNK: Final = 1 << 20
_ENCRYPTED: Final = 0x1
_DECLARATION: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
_LONGEST_MARK: Final = 16
_ERROR_VALUES: Final = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)
_DATES: Final = (dt.date, dt.time, dt.timedelta)
_BATCH: Final = 1_000
_T = TypeVar("_T")
# What openpyxl raises on damaged parts; it has no family of its own for them.
_DAMAGE: Final = (
    ParseError,
    zipfile.BadZipFile,
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
)


def open_workbook(data: bytes, options: ReadOptions) -> Source:
    """Visible sheets of a workbook; cells are the stored values, links are never followed."""
    has_formulas = _inspect(data, options)
    names = _visible_sheets(data)
    sheets = tuple(
        Sheet(name=name, open_records=_Records(data, name, options, has_formulas=has_formulas))
        for name in names
        if options.sheet is None or name == options.sheet
    )
    if not sheets:
        raise FileBroken("読み込めるシートがありません。")
    return Source(encoding=None, sheets=sheets)


class _Records:
    """Callable that reads one sheet from the start."""

    def __init__(self, data: bytes, name: str, options: ReadOptions, *, has_formulas: bool) -> None:
        self._data = data
        self._name = name
        self._options = options
        self._has_formulas = has_formulas

    def __call__(self) -> Iterator[Record]:
        values = self._rows(data_only=True)
        formulas = self._rows(data_only=False) if self._has_formulas else repeat(())
        for line, (row, written) in enumerate(zip(values, formulas, strict=False), start=1):
            if line > self._options.max_rows:
                raise ListTooLarge(f"行が多すぎます（上限 {self._options.max_rows:,} 行）。")
            if any(value is not None for value in row[self._options.max_columns :]):
                raise ListTooLarge(f"列が多すぎます（上限 {self._options.max_columns} 列）。")
            kept = row[: self._options.max_columns]
            yield Record(line, [_shown(value) for value in kept], _faults(kept, written))

    def _rows(self, *, data_only: bool) -> Iterator[tuple[Any, ...]]:
        rows = self._open(data_only=data_only)
        while batch := _quietly(lambda: list(islice(rows, _BATCH))):
            yield from batch

    def _open(self, *, data_only: bool) -> Iterator[tuple[Any, ...]]:
        sheet = _load(self._data, data_only=data_only)[self._name]
        # The size a sheet declares may be wrong or huge; count what is there instead.
        sheet.reset_dimensions()
        yield from sheet.iter_rows(max_row=self._options.max_rows + 1, values_only=True)


def _quietly(read: Callable[[], _T]) -> _T:
    """Call `read` with openpyxl's complaints turned into errors of this package.

    Its warnings tell of styles and validations it drops; only values matter here.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read()
    except DefusedXmlException as error:
        raise FileRefused("Excelファイルに安全でないXMLが含まれています。") from error
    except _DAMAGE as error:
        raise FileBroken("Excelファイルが壊れています。保存し直してください。") from error


def _load(data: bytes, *, data_only: bool) -> Workbook:
    return load_workbook(io.BytesIO(data), read_only=True, data_only=data_only, keep_links=False)


def _visible_sheets(data: bytes) -> list[str]:
    book = _quietly(lambda: _load(data, data_only=True))
    return [
        sheet.title
        for sheet in book.worksheets
        if isinstance(sheet, ReadOnlyWorksheet) and sheet.sheet_state == "visible"
    ]


def _shown(value: object) -> str:
    """Text of a stored value; dates give nothing, because what was typed is lost (2-14)."""
    return "" if isinstance(value, _DATES) else cell_text(value)


def _faults(row: tuple[Any, ...], written: tuple[Any, ...]) -> Mapping[int, str]:
    found: dict[int, str] = {}
    for index, value in enumerate(row):
        if value is None:
            if index < len(written) and written[index] is not None:
                found[index] = "formula_without_value"
        elif isinstance(value, _DATES):
            found[index] = "cell_is_date"
        elif isinstance(value, str) and value in _ERROR_VALUES:
            found[index] = "cell_error"
    return found or NO_FAULTS


def _inspect(data: bytes, options: ReadOptions) -> bool:
    """Whether any sheet holds formulas, once the ZIP is known to be safe to open."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_directory(entries, options)
            # A list first: every part must be seen, also after one with formulas.
            scans = [_scan(archive, entry) for entry in entries if _is_xml(entry)]
            return any(scans)
    except _DAMAGE as error:
        raise FileBroken("Excelファイルが壊れています。保存し直してください。") from error


def _check_directory(entries: list[zipfile.ZipInfo], options: ReadOptions) -> None:
    """Refuse by the directory alone. Sizes there bind: zipfile never reads past them."""
    if "xl/workbook.xml" not in {entry.filename for entry in entries}:
        raise FormatUnknown(
            "ZIPファイルですが、Excelブック（.xlsx）ではありません。"
            "展開して、中の CSV か XLSX を読み込んでください。"
        )
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise FileRefused("パスワード付きのファイルは読み込めません。")
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _MAX_ENTRIES or unpacked > options.max_unpacked_bytes:
        limit_mb = options.max_unpacked_bytes // 1024 // 1024
        raise ListTooLarge(f"展開後のファイルが大きすぎます（上限 {limit_mb} MB）。")


def _is_xml(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.lower().endswith((".xml", ".rels"))


def _scan(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Whether a part of the workbook is a sheet with formulas; raises if it declares entities.

    No office program writes a DOCTYPE; entities are how a few bytes become gigabytes. This looks
    at ASCII-compatible encodings; defusedxml, which openpyxl uses, refuses the rest.
    """
    is_sheet = entry.filename.startswith("xl/worksheets/")
    has_formulas = False
    tail = b""
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            window = tail + chunk
            if _DECLARATION.search(window):
                raise FileRefused("Excelファイルに安全でないXMLが含まれています。")
            has_formulas = has_formulas or (is_sheet and _FORMULA.search(window) is not None)
            tail = window[-_LONGEST_MARK:]
    return has_formulas
