"""Towns to choose from, and the import of their list."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from liff_app.geo.codes import normalise_code
from liff_app.search_text import search_key
from liff_app.towns.models import Town

__all__ = [
    "TownListUnreadable",
    "TownName",
    "TownNames",
    "TownsRead",
    "corners",
    "import_towns",
    "lines_of",
    "names",
    "of_municipality",
    "read_degrees",
    "read_towns",
    "within",
]

NEEDED = ("団体コード", "大字町丁目名", "緯度", "経度")
MAX_BYTES = 128 * 1024 * 1024  # the nation's list is 24 MB unpacked
MAX_NAME, MAX_KANA = 80, 120  # as the table holds them
JAPAN = ((45.5, 128.0), (26.0, 146.0))  # what a map shows where no town list was imported
CANDIDATES = 12  # what fits a phone's screen without scrolling far


class TownListUnreadable(ValueError):
    """The file is no town list. The text says what is missing, in Japanese."""


@dataclass(frozen=True, slots=True)
class TownName:
    """A town as residents choose it, with its representative point."""

    code: str
    name: str
    kana: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class TownNames:
    """Towns to choose from, with what searches compare of each. Small enough to stay in memory."""

    towns: tuple[TownName, ...] = ()
    keys: tuple[str, ...] = ()

    def find(self, code: str) -> TownName | None:
        """The town of that code, None if there is none."""
        return next((town for town in self.towns if town.code == code), None)

    def search(self, text: str) -> list[TownName]:
        """Towns whose name or reading holds the text, best first: exact, beginning, within."""
        key = search_key(text)
        if not key:
            return []
        pairs = zip(self.towns, self.keys, strict=True)
        found = [town for town, keys in pairs if any(key in one for one in keys.split("\n"))]
        return sorted(found, key=lambda town: _fit(town, key))[:CANDIDATES]


@dataclass(frozen=True, slots=True)
class TownsRead:
    """Rows to be stored, and how many lines of other towns or kinds were passed over."""

    rows: list[dict[str, object]]
    lines: int
    other_municipality: int
    subdivisions: int
    without_position: int


def read_towns(raw: bytes, *, municipality_code: str) -> TownsRead:
    """The municipality's towns in a list (CSV, UTF-8, .gz allowed). Raises TownListUnreadable.

    Subdivisions (小字) fold into their town; a town without coordinates is kept and counted.
    """
    reader = _reader(raw)
    rows: dict[str, dict[str, object]] = {}
    lines = other = folded = bare = 0
    for line in _lines(reader):
        lines += 1
        if normalise_code(line["団体コード"]) != municipality_code:
            other += 1
            continue
        name = re.sub(r"\s+", "", line["大字町丁目名"])
        if not 0 < len(name) <= MAX_NAME or name in rows:
            folded += 1
            continue
        lat, lon = _degrees(line["緯度"]), _degrees(line["経度"])
        bare += lat is None
        kana = line.get("よみ") or line.get("大字町丁目名_カナ") or ""
        rows[name] = {
            "code": _code(municipality_code, name),
            "municipality_code": municipality_code,
            "name": name,
            "kana": kana.strip()[:MAX_KANA],
            "lat": lat,
            "lon": lon,
        }
    return TownsRead(list(rows.values()), lines, other, folded, bare)


def import_towns(session: Session, read: TownsRead, *, municipality_code: str) -> int:
    """The towns of the municipality are those read; gives how many."""
    session.execute(delete(Town).where(Town.municipality_code == municipality_code))
    if read.rows:
        session.execute(insert(Town), read.rows)
    return len(read.rows)


def of_municipality(session: Session, code: str) -> list[TownName]:
    """All towns with a position, in the order of their names."""
    wanted = select(Town).where(Town.municipality_code == code, Town.lat.is_not(None))
    return [_name(town) for town in session.scalars(wanted.order_by(Town.kana, Town.name))]


def names(session: Session, code: str) -> TownNames:
    """The municipality's towns, ready to be chosen from without the database."""
    towns = of_municipality(session, code)
    keys = (f"{search_key(town.name)}\n{search_key(town.kana)}" for town in towns)
    return TownNames(tuple(towns), tuple(keys))


def corners(session: Session, code: str) -> list[tuple[float, float]]:
    """Two corners around all towns of the municipality, by their points; else of the country."""
    known = [
        (town.lat, town.lon)
        for town in of_municipality(session, code)
        if town.lat is not None and town.lon is not None
    ]
    if not known:
        return list(JAPAN)
    lats, lons = zip(*known, strict=True)
    return [(max(lats), min(lons)), (min(lats), max(lons))]


def within(
    session: Session, code: str, *, south: float, north: float, west: float, east: float
) -> list[TownName]:
    """The municipality's towns whose point lies in the box, in no order."""
    wanted = select(Town.code, Town.name, Town.kana, Town.lat, Town.lon).where(
        Town.municipality_code == code, Town.lat.between(south, north), Town.lon.between(west, east)
    )
    return [TownName(*row) for row in session.execute(wanted)]


def lines_of(raw: bytes) -> Iterator[Mapping[str, str]]:
    """Every line of a town list, of whichever municipality. Raises TownListUnreadable."""
    return _lines(_reader(raw))


def read_degrees(text: str) -> float | None:
    """A coordinate of a town list, None if there is none."""
    return _degrees(text)


def _fit(town: TownName, key: str) -> tuple[int, str]:
    keys = (search_key(town.name), search_key(town.kana))
    if key in keys:
        return 0, town.name
    return (1 if any(k.startswith(key) for k in keys) else 2), town.name


def _name(town: Town) -> TownName:
    return TownName(town.code, town.name, town.kana, town.lat, town.lon)


def _code(municipality_code: str, name: str) -> str:
    """Stays the same over imports, because it is made from what the town is called."""
    return municipality_code + hashlib.sha256(name.encode()).hexdigest()[:10]


def _degrees(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if -180 <= value <= 180 else None  # noqa: PLR2004 - degrees; NaN fails too


def _lines(reader: Iterator[Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    try:
        yield from reader
    except csv.Error:
        raise TownListUnreadable("CSV として読めない行があります。") from None


def _reader(raw: bytes) -> Iterator[Mapping[str, str]]:
    try:
        if raw[:2] == b"\x1f\x8b":
            with gzip.open(io.BytesIO(raw)) as packed:
                raw = packed.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise TownListUnreadable("ファイルが大きすぎます（128MBまで）。")
        text = raw.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        raise TownListUnreadable("UTF-8 の CSV として読めません。") from None
    reader = csv.DictReader(io.StringIO(text), restval="")
    try:
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
    except csv.Error:
        raise TownListUnreadable("CSV として読めない行があります。") from None
    if missing:
        raise TownListUnreadable(f"見出しがありません：{'、'.join(missing)}")
    return reader
