"""The common shape of every input: sheets of records, each record with its row number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

NO_FAULTS: Final[Mapping[int, str]] = MappingProxyType({})


class Record(NamedTuple):
    """One row of cells as text. `faults` names a problem code per cell index.

    `point` is (lon, lat) as text where the format carries a geometry of its own. `physical_line`
    is the last line of the text file the record reaches, 0 where there are none.
    """

    line: int
    cells: list[str]
    faults: Mapping[int, str] = NO_FAULTS
    point: tuple[str, str] | None = None
    physical_line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Records from the top of one table; `open_records` starts again at each call.

    `headings` is set where the format names its fields itself; the first record is then
    data. `name` is what a clerk sees on the tab, "" for text files.
    """

    name: str
    open_records: Callable[[], Iterator[Record]]
    headings: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file opened for reading, with the encoding that was found (None for workbooks)."""

    encoding: str | None
    sheets: tuple[Sheet, ...]
