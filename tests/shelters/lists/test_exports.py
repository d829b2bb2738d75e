"""Lists going out: standard, status, GeoJSON. What goes out must come in again unchanged."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Mapping
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liff_app.shelters.lists.export_place import ExportPlace
from liff_app.shelters.lists.exports import (
    EEI_COLUMNS,
    STANDARD_COLUMNS,
    geojson,
    standard_csv,
    status_csv,
)
from liff_app.shelters.lists.model import Capacity, ShelterRow
from liff_app.shelters.lists.reader import read_list
from liff_app.shelters.vocabulary import Fits, Hazard, Level, Opening, Role

NAMES = {item.name for item in fields(ExportPlace)}
PARK = ExportPlace(
    id="p1",
    source_id="CC1",
    roles=frozenset({Role.SITE, Role.SHELTER}),
    name="みほん公園",
    kana="ミホンコウエン",
    address="東京都狛江市見本町１－２",
    municipality_code="132195",
    municipality_name="狛江市",
    lat=35.635001,
    lon=139.578001,
    hazards={Hazard.FLOOD: Fits.CONDITIONAL, Hazard.EARTHQUAKE: Fits.YES, Hazard.FIRE: Fits.NO},
    capacity=Capacity(raw="屋内480人／屋外3,350人", indoor=480, outdoor=3_350),
    also_other_role=True,
    phone="03-0000-0000",
    url="https://www.example.lg.jp/park",
    elevation_m=12.5,
    remarks="「洪水」では2階以上に避難",
    towns="見本町会",
)


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def standard(*places: ExportPlace) -> bytes:
    return standard_csv(places, publisher_code="132195", publisher="東京都狛江市")


def as_place(row: ShelterRow) -> ExportPlace:
    values = {name: getattr(row, name) for name in NAMES if hasattr(row, name)}
    return ExportPlace(id=row.source_id, roles=frozenset({row.role}), **values)


def comparable(row: ShelterRow) -> ShelterRow:
    return replace(row, line=0, warnings=())


def test_the_standard_sheet_has_its_39_columns_mark_and_line_ends() -> None:
    data = standard(PARK)
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8-sig").split("\r\n")
    assert lines[0] == ",".join(STANDARD_COLUMNS)
    assert (len(STANDARD_COLUMNS), len(lines), lines[-1]) == (39, 3, "")
    cells = table(data)[0]
    assert cells["全国地方公共団体コード"] == "132195"
    assert (cells["所在地_都道府県"], cells["所在地_市区町村"]) == ("東京都", "狛江市")
    assert (cells["災害種別_洪水"], cells["災害種別_地震"], cells["災害種別_大規模な火事"]) == (
        "1",
        "1",
        "",
    )
    assert (
        cells["備考"] == "「洪水」では2階以上に避難［条件付き：洪水］［使用しない：大規模な火事］"
    )
    hazards = {cells[name] for name in STANDARD_COLUMNS if name.startswith("災害種別")}
    assert hazards == {"1", ""}


def test_a_standard_sheet_read_again_gives_the_same_place() -> None:
    row = read_list(standard(PARK), filename="132195_evacuation_space.csv").rows[0]
    again = as_place(row)
    assert again == replace(
        PARK,
        id="CC1",
        roles=frozenset({Role.SITE}),
        hazards={hazard: PARK.hazards.get(hazard, Fits.UNKNOWN) for hazard in Hazard},
    )


LINE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")),
    max_size=12,
).map(lambda text: text.strip().replace("［", "").replace("］", ""))
NAME = LINE.map(lambda text: f"み{text}ん")
COORDINATE = st.integers(20_000_001, 45_999_999).map(lambda micro: micro / 1e6)
PLACES = st.builds(
    ExportPlace,
    id=st.just("x"),
    source_id=st.integers(1, 10**9).map(lambda number: f"CC{number}"),
    roles=st.just(frozenset({Role.SITE})),
    name=NAME,
    kana=NAME,
    address=NAME,
    municipality_code=st.just("132195"),
    municipality_name=st.just("狛江市"),
    lat=COORDINATE,
    lon=COORDINATE.map(lambda lat: round(lat + 105, 6)),
    hazards=st.fixed_dictionaries({hazard: st.sampled_from(Fits) for hazard in Hazard}),
    remarks=LINE.map(lambda text: f"＝{text}。"),
    towns=NAME,
    elevation_m=st.none() | st.integers(-9_000, 90_000).map(lambda tenth: tenth / 10),
    also_other_role=st.booleans(),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(PLACES, max_size=6, unique_by=lambda place: place.source_id))
def test_any_list_of_sites_survives_export_and_import(places: list[ExportPlace]) -> None:
    parsed = read_list(standard(*places), filename="a.csv")
    assert [item for item in parsed.problems if item.severity.value == "error"] == []
    assert [replace(as_place(row), id="x") for row in parsed.rows] == places
    once_more = read_list(standard(*map(as_place, parsed.rows)), filename="a.csv")
    assert list(map(comparable, once_more.rows)) == list(map(comparable, parsed.rows))


def test_the_standard_sheet_holds_sites_only() -> None:
    shelter = replace(PARK, roles=frozenset({Role.SHELTER}), source_id="CC2")
    assert [row["ID"] for row in table(standard(shelter, PARK))] == ["CC1"]


@pytest.mark.parametrize("text", ["=1+1", "+81", "-1+1", "@SUM(A1)", "＝1+1", "\t=1"])
def test_no_cell_begins_like_a_formula(text: str) -> None:
    place = replace(PARK, name=text, remarks=text, kana=text, opening_reason=text)
    for data in (standard(place), status_csv([place])):
        for cells in table(data):
            assert not [v for v in cells.values() if len(v) > 1 and v[0] in "=+-@＝＋－＠\t\r"]


def test_the_status_file_uses_the_names_of_the_shared_information_items() -> None:
    opened = dt.datetime(2025, 9, 1, 3, 4, 5, tzinfo=dt.UTC)
    place = replace(
        PARK,
        opening=Opening.OPEN,
        level=Level.CROWDED,
        people=120,
        people_male=0,
        opened_at=opened,
        updated_at=opened,
        opening_reason="洪水警報",
    )
    cells = table(status_csv([place]))[0]
    assert tuple(cells) == EEI_COLUMNS
    expected: Mapping[str, str] = {
        "全国共通避難所・避難場所ID": "CC1",
        "避難所タイプ": "指定緊急避難場所;指定避難所",
        "指定緊急避難場所との重複": "1",
        "開設状況": "開設",
        "避難者数（総数）": "120",
        "避難者数（男）": "0",
        "避難者数（女）": "",
        "開設日時": "2025-09-01T12:04:05+09:00",
        "閉鎖日時": "",
        "定員状況": "混雑",
    }
    assert {name: cells[name] for name in expected} == expected


def test_geojson_has_lon_before_lat_all_hazards_and_codes() -> None:
    document = json.loads(
        geojson([PARK, replace(PARK, id="p2", lat=None, lon=None)], attribution="出典")
    )
    first, second = document["features"]
    assert document["attribution"] == "出典"
    assert first["geometry"] == {"type": "Point", "coordinates": [139.578001, 35.635001]}
    assert second["geometry"] is None
    assert first["properties"]["hazards"]["flood"] == "conditional"
    assert set(first["properties"]["hazards"]) == set(Hazard)
    assert first["properties"]["roles"] == ["site", "shelter"]


def test_a_place_that_is_not_to_be_published_is_in_no_format() -> None:
    secret = replace(PARK, name="ひみつの家", publish=False)
    for data in (standard(secret), status_csv([secret]), geojson([secret], attribution="")):
        assert "ひみつ" not in data.decode("utf-8")
        assert "CC1" not in data.decode("utf-8")
