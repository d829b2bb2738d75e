"""Small lists as a town hall would send them, and ways to read them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from openpyxl import Workbook

from liff_app.shelters.lists.mapping import ColumnMapping
from liff_app.shelters.lists.model import ParsedList, Problem, ReadOptions, ShelterRow
from liff_app.shelters.lists.reader import read_list
from liff_app.shelters.vocabulary import Hazard

SITE_HEADINGS = (
    *("NO", "共通ID", "都道府県名及び市町村名", "施設・場所名", "住所"),
    *(
        "洪水",
        "崖崩れ、土石流及び地滑り",
        "高潮",
        "地震",
        "津波",
        "大規模な火事",
        "内水氾濫",
        "火山現象",
    ),
    *("指定避難所との住所同一", "緯度", "経度", "備考"),
)
SITE = {
    "NO": "1",
    "共通ID": "E1321900001201",
    "都道府県名及び市町村名": "東京都狛江市",
    "施設・場所名": "みほん小学校",
    "住所": "東京都狛江市見本町1-1",
    "洪水": "1",
    "地震": "1",
    "指定避難所との住所同一": "1",
    "緯度": "35.635001",
    "経度": "139.578001",
}


@pytest.fixture
def mapping() -> ColumnMapping:
    """A town's own mapping with every kind of column."""
    return ColumnMapping(
        name="our_town",
        columns={
            "name": ("施設名",),
            "kana": ("よみ",),
            "address": ("所在地",),
            "lat": ("緯度",),
            "lon": ("経度",),
            "municipality_code": ("コード",),
            "capacity": ("定員",),
            "phone": ("電話",),
            "url": ("URL",),
            "elevation_m": ("標高",),
            "remarks": ("備考1", "備考2"),
            "floors": ("階",),
            "towns": ("地区",),
            "role": ("種別",),
            "also_other_role": ("重複",),
            "publish": ("公開",),
        },
        hazards={Hazard.FLOOD: ("洪水",), Hazard.TSUNAMI: ("津波",)},
        labels={"備考2": "担当"},
    )


@pytest.fixture
def town_csv() -> Callable[..., bytes]:
    """Bytes of a CSV from rows of cells by heading; headings are those that occur."""

    def write(*rows: Mapping[str, str], encoding: str = "utf-8") -> bytes:
        headings = list(dict.fromkeys(name for row in rows for name in row))
        return csv_bytes(
            [headings, *([row.get(name, "") for name in headings] for row in rows)], encoding
        )

    return write


def csv_bytes(
    table: Sequence[Sequence[str]], encoding: str = "utf-8", delimiter: str = ","
) -> bytes:
    """A table as CSV with CRLF."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(table)
    return text.getvalue().encode(encoding)


@pytest.fixture
def read_town(mapping: ColumnMapping, town_csv: Callable[..., bytes]) -> Callable[..., ParsedList]:
    """Read rows of cells with the town's mapping; a row gets a name, address and position."""

    def read(*rows: Mapping[str, str], **options: Any) -> ParsedList:  # noqa: ANN401 - passed on
        full = [
            {
                "施設名": "みほん公園",
                "所在地": f"見本町{number}",
                "緯度": "35.63501",
                "経度": f"139.5{number:04d}",
            }
            | dict(row)
            for number, row in enumerate(rows, start=1)
        ]
        return read_list(
            town_csv(*full), filename="list.csv", mapping=mapping, options=ReadOptions(**options)
        )

    return read


@pytest.fixture
def read_one(
    read_town: Callable[..., ParsedList],
) -> Callable[..., tuple[ShelterRow | None, list[Problem]]]:
    """Read a single row: the row or None, and its problems."""

    def read(cells: Mapping[str, str], **options: Any) -> tuple[ShelterRow | None, list[Problem]]:  # noqa: ANN401 - passed on
        parsed = read_town(cells, **options)
        return (parsed.rows[0] if parsed.rows else None), list(parsed.problems)

    return read


@pytest.fixture
def sites_csv() -> Callable[..., bytes]:
    """The national list of sites with these rows; cells left out come from a sample row."""

    def write(*rows: Mapping[str, str], encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
        lines = [[(SITE | dict(row)).get(name, "") for name in SITE_HEADINGS] for row in rows]
        return csv_bytes([SITE_HEADINGS, *lines], encoding, delimiter)

    return write


@pytest.fixture
def xlsx() -> Callable[..., bytes]:
    """A workbook of one sheet with these rows of values."""

    def write(*rows: Sequence[object], title: str = "避難所") -> bytes:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = title
        for row in rows:
            sheet.append(list(row))
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return write


@pytest.fixture
def features() -> Callable[..., bytes]:
    """A GeoJSON collection from (geometry, properties) pairs."""

    def write(*pairs: tuple[object, Mapping[str, object]]) -> bytes:
        items = [{"type": "Feature", "geometry": g, "properties": dict(p)} for g, p in pairs]
        return json.dumps(
            {"type": "FeatureCollection", "features": items}, ensure_ascii=False
        ).encode()

    return write
