"""Japan Post's list of postal codes, as it is published: KEN_ALL.CSV and utf_ken_all.csv.

Both have the same columns. The older one is CP932 and breaks a town with a long remark over several
rows; the newer one is UTF-8 and does not.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

MOST_BYTES = 64 * 1024 * 1024  # the nation's list is 18 MB
_CODE, _PREFECTURE, _CITY, _TOWN, _COLUMNS = 2, 6, 7, 8, 15
_LONGEST = {"prefecture": 10, "city": 60, "town": 120}  # as the table holds them
_DIGITS = re.compile(r"\d{7}")
_NO_TOWN = "以下に掲載がない場合"
_NUMBERS_FOLLOW = "の次に番地がくる場合"  # a remark in place of a town's name
_WHOLE = "一円"  # all of a village, unless that is the town's name


class PostalListUnreadable(ValueError):
    """The file is no list of postal codes. The text says what is wrong, in Japanese."""


class Row(NamedTuple):
    """A code and a place it stands for."""

    code: str
    prefecture: str
    city: str
    town: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRead:
    """What is to be stored, and what became of the lines."""

    rows: list[Row]
    lines: int
    joined: int  # lines that only went on with a remark
    repeated: int  # places that stand there once already
    codes: int
    several: int  # codes that stand for more than one place


def read_list(raw: bytes) -> ListRead:
    """The list's places. Raises PostalListUnreadable."""
    if len(raw) > MOST_BYTES:
        raise PostalListUnreadable("ファイルが大きすぎます（64MBまで）。")
    lines = _lines(_text(raw))
    whole = list(_whole(lines))
    rows = list(dict.fromkeys(_row(line) for line in whole))
    if not rows:
        raise PostalListUnreadable("郵便番号が1件もありません。")
    places: dict[str, int] = {}
    for row in rows:
        places[row.code] = places.get(row.code, 0) + 1
    return ListRead(
        rows=rows,
        lines=len(lines),
        joined=len(lines) - len(whole),
        repeated=len(whole) - len(rows),
        codes=len(places),
        several=sum(count > 1 for count in places.values()),
    )


def _text(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PostalListUnreadable("UTF-8 でも Shift_JIS でもないファイルです。")


def _lines(text: str) -> list[list[str]]:
    try:
        lines = [line for line in csv.reader(io.StringIO(text)) if line]
    except csv.Error:
        raise PostalListUnreadable("CSV として読めない行があります。") from None
    for number, line in enumerate(lines, start=1):
        if len(line) < _COLUMNS or not _DIGITS.fullmatch(line[_CODE]):
            told = f"{number}行目が郵便番号データ（KEN_ALL、utf_ken_all）の形ではありません。"
            raise PostalListUnreadable(told)
    return lines


def _whole(lines: Iterable[list[str]]) -> Iterator[list[str]]:
    """Each town once: a bracket that is still open goes on in the next line."""
    held: list[str] | None = None
    for line in lines:
        if held is not None and held[_CODE] == line[_CODE]:
            held[_TOWN] += line[_TOWN]
        else:
            if held is not None:
                yield held
            held = list(line)
        if held[_TOWN].count("（") <= held[_TOWN].count("）"):
            yield held
            held = None
    if held is not None:
        yield held


def _row(line: list[str]) -> Row:
    row = Row(
        line[_CODE], line[_PREFECTURE].strip(), line[_CITY].strip(), _town(line[_TOWN], line[_CITY])
    )
    for name, most in _LONGEST.items():
        if len(getattr(row, name)) > most:
            raise PostalListUnreadable(f"{line[_CODE]}の住所が長すぎます。")
    return row


def _town(written: str, city: str) -> str:
    """The name of the town, without remarks; empty where the code stands for a whole city."""
    name = written.partition("（")[0].strip()
    if name == _NO_TOWN or name.endswith(_NUMBERS_FOLLOW):
        return ""
    is_whole = name.endswith(_WHOLE) and name != _WHOLE and city.endswith(name.removesuffix(_WHOLE))
    return "" if is_whole else name
