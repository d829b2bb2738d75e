"""Lists of numbered things, street lights say, as a town's own tables hold them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from liff_app.geo.positions import in_japan, parse_degrees
from liff_app.reports.models import ReportAsset
from liff_app.reports.places.numbers import number_key
from liff_app.search_text import search_key

MAX_BYTES = 64 * 1024 * 1024  # a large city's 100,000 lights are some 8 MB
MAX_NUMBER, MAX_NOTE = 40, 120  # as the table holds them
# What the columns are called in lists of towns, the likeliest first.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "number": (
        *("番号", "管理番号", "灯具番号", "街灯番号", "街路灯番号", "防犯灯番号", "照明灯番号"),
        *("柱番号", "施設番号", "ミラー番号", "number", "no", "id"),
    ),
    "lat": ("緯度", "lat", "latitude", "y"),
    "lon": ("経度", "lon", "lng", "long", "longitude", "x"),
    "note": ("備考", "設置場所", "所在地", "住所", "名称", "note"),
}
NEEDED = {"number": "番号", "lat": "緯度", "lon": "経度"}


class AssetListUnreadable(ValueError):
    """The file is no list of numbered things. The text says what is missing, in Japanese."""


@dataclass(frozen=True, slots=True)
class AssetsRead:
    """Rows to be stored, and how many lines had no number, no place in Japan, or came again."""

    rows: list[dict[str, object]]
    lines: int
    without_number: int
    without_position: int
    repeated: int


def read_assets(raw: bytes, *, category: str) -> AssetsRead:
    """The things in a list (CSV; UTF-8 or Shift_JIS). Raises AssetListUnreadable.

    Of two lines with the same number the first is taken.
    """
    rows: dict[str, dict[str, object]] = {}
    lines = bare = astray = repeated = 0
    for line in _lines(raw):
        lines += 1
        key, place = number_key(line["number"]), _place(line["lat"], line["lon"])
        if not key:
            bare += 1
        elif place is None:
            astray += 1
        elif key in rows:
            repeated += 1
        else:
            rows[key] = {
                "category": category,
                "number": line["number"].strip()[:MAX_NUMBER],
                "search_key": key,
                "lat": place[0],
                "lon": place[1],
                "note": line.get("note", "").strip()[:MAX_NOTE],
            }
    return AssetsRead(list(rows.values()), lines, bare, astray, repeated)


def import_assets(session: Session, read: AssetsRead, *, category: str) -> int:
    """The things of the category are those read; gives how many."""
    session.execute(delete(ReportAsset).where(ReportAsset.category == category))
    if read.rows:
        session.execute(insert(ReportAsset), read.rows)
    return len(read.rows)


def _place(lat_text: str, lon_text: str) -> tuple[float, float] | None:
    lat, lon = parse_degrees(lat_text.strip()), parse_degrees(lon_text.strip())
    if lat is None or lon is None or not in_japan(lat, lon):
        return None
    return lat, lon


def _lines(raw: bytes) -> Iterator[dict[str, str]]:
    """Every line by our own names of the columns."""
    reader = csv.reader(io.StringIO(_text(raw), newline=""))
    try:
        columns = _columns(next(reader, []))
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
    except csv.Error:
        raise AssetListUnreadable("CSV として読めない行があります。") from None


def _text(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise AssetListUnreadable("ファイルが大きすぎます（64MBまで）。")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssetListUnreadable("UTF-8 か Shift_JIS の CSV として読めません。")


def _columns(headings: list[str]) -> dict[str, int]:
    """Where each of our columns stands."""
    keys = [search_key(heading) for heading in headings]
    found = {
        name: keys.index(key)
        for name, wanted in HEADINGS.items()
        for key in reversed([search_key(one) for one in wanted])
        if key in keys
    }
    missing = [word for name, word in NEEDED.items() if name not in found]
    if missing:
        raise AssetListUnreadable(f"見出しがありません：{'、'.join(missing)}")
    return found
