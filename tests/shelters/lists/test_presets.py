"""Lists of each known kind are told by their headings alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence

import pytest

from liff_app.shelters.lists.exports import STANDARD_COLUMNS
from liff_app.shelters.lists.mapping import FIELDS
from liff_app.shelters.lists.model import ParsedList
from liff_app.shelters.lists.presets import PRESETS, builtin_mapping
from liff_app.shelters.lists.reader import read_list
from liff_app.shelters.vocabulary import Fits, Hazard, Role

Write = Callable[..., bytes]
SHELTER = {
    "NO": "1",
    "共通ID": "E1321900001111",
    "都道府県名及び市町村名": "東京都狛江市",
    "施設・場所名": "みほん小学校",
    "住所": "東京都狛江市見本町1-1",
    "指定緊急避難場所との住所同一": "1",
    "その他市町村長が必要と認める事項": "",
    "受入対象者": "",
    "緯度": "35.635001",
    "経度": "139.578001",
    "備考": "洪水時使用不可",
}


def read(*rows: Mapping[str, str], headings: Sequence[str] | None = None) -> ParsedList:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, headings or list(rows[0]), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return read_list(text.getvalue().encode(), filename="list.csv")


def test_every_built_in_mapping_is_valid_and_has_a_source_to_show() -> None:
    for name in PRESETS:
        mapping = builtin_mapping(name)
        assert mapping.name == name
        assert mapping.attribution.startswith("出典：")
        assert mapping.detect
        assert set(mapping.columns) <= set(FIELDS)


def test_the_national_list_of_sites(sites_csv: Write) -> None:
    parsed = read_list(
        sites_csv({"備考": "「洪水」では2階以上に避難"}), filename="mergeFromCity_2.csv"
    )
    row = parsed.rows[0]
    assert parsed.preset == "gsi_sites"
    assert parsed.header_line == 1
    assert (row.source_id, row.facility_key, row.role) == (
        "E1321900001201",
        "E1321900001",
        Role.SITE,
    )
    assert (row.municipality_code, row.municipality_name) == ("132195", "狛江市")
    assert (row.also_other_role, row.remarks) == (True, "「洪水」では2階以上に避難")
    designated = {hazard for hazard, fits in row.hazards.items() if fits is Fits.YES}
    assert designated == {Hazard.FLOOD, Hazard.EARTHQUAKE}
    assert set(row.hazards.values()) == {Fits.YES, Fits.UNKNOWN}


@pytest.mark.parametrize("left_out", ["都道府県名及び市町村名", "NO", "備考"])
def test_the_list_of_one_municipality_may_lack_columns(left_out: str) -> None:
    cells = {name: value for name, value in SHELTER.items() if name != left_out}
    parsed = read(cells)
    assert parsed.preset == "gsi_shelters"
    assert parsed.rows[0].municipality_code == "132195"


def test_the_national_list_of_shelters_has_no_hazards_and_tells_welfare_by_id() -> None:
    welfare = {**SHELTER, "共通ID": "E1321900001121", "受入対象者": "要配慮者", "緯度": "35.635002"}
    parsed = read(SHELTER, welfare)
    general, special = parsed.rows
    assert (general.role, special.role) == (Role.SHELTER, Role.WELFARE)
    assert special.target == "要配慮者"
    assert general.facility_key == special.facility_key
    assert set(general.hazards.values()) == {Fits.UNKNOWN}
    assert general.remarks == "洪水時使用不可"
    assert not parsed.problems


def test_a_target_beside_a_general_id_is_doubtful_and_without_an_id_means_welfare() -> None:
    target = {**SHELTER, "受入対象者": "要配慮者"}
    doubtful = read(target).rows[0]
    assert doubtful.role is Role.SHELTER
    assert [item.code for item in doubtful.warnings] == ["target_without_welfare"]
    without = read({**target, "共通ID": ""}).rows[0]
    assert without.role is Role.WELFARE
    assert without.source_id.startswith("c-")


def test_an_id_of_the_other_list_leaves_the_row_out(sites_csv: Write) -> None:
    parsed = read_list(sites_csv({"共通ID": "E1321900001111"}), filename="a.csv")
    assert parsed.rows == ()
    assert [item.code for item in parsed.problems] == ["id_kind_mismatch"]


def test_an_id_of_another_form_is_kept_as_text(sites_csv: Write) -> None:
    row = read_list(sites_csv({"共通ID": "13219-1"}), filename="a.csv").rows[0]
    assert (row.source_id, row.facility_key, row.municipality_code) == ("13219-1", None, None)
    assert [item.code for item in row.warnings] == ["id_malformed"]


def test_the_id_decides_between_towns_of_one_name() -> None:
    # Two villages are called 泊村; a column joined by name gives both the same code.
    parsed = read({"団体コード": "016969", **SHELTER, "共通ID": "E0140300001111"})
    row = parsed.rows[0]
    assert row.municipality_code == "014036"
    assert [item.code for item in row.warnings] == ["code_disagrees"]


def test_geojson_of_the_national_list(features: Write) -> None:
    properties = {
        **{k: v for k, v in SHELTER.items() if k not in {"緯度", "経度"}},
        "NO": 7,
        "受入対象者": None,
    }
    data = features(({"type": "Point", "coordinates": [139.578001, 35.635001]}, properties))
    parsed = read_list(data, filename="132195.geojson")
    row = parsed.rows[0]
    assert (parsed.preset, parsed.header_line, row.line) == ("gsi_shelters", None, 1)
    assert (row.lat, row.lon, row.target) == (35.635001, 139.578001, "")


STANDARD = {
    "全国地方公共団体コード": "170003",
    "ID": "CC0000000001",
    "名称": "みほん公民館",
    "名称_カナ": "ミホンコウミンカン",
    "所在地_全国地方公共団体コード": "172014",
    "所在地_連結表記": "金沢市見本町１丁目",
    "所在地_都道府県": "石川県",
    "所在地_市区町村": "金沢市",
    "緯度": "36.552825",
    "経度": "136.648102",
    "災害種別_洪水": "1",
    "指定避難所との重複": "1",
    "想定収容人数": "屋内480人／屋外3,350人(面積の1/2)",
}


def test_the_standard_sheet_takes_the_municipality_of_the_place_not_of_the_publisher() -> None:
    parsed = read(STANDARD, headings=STANDARD_COLUMNS)
    row = parsed.rows[0]
    assert (parsed.preset, parsed.publisher_code) == ("standard", "170003")
    assert (row.municipality_code, row.municipality_name) == ("172014", "金沢市")
    assert (row.capacity.indoor, row.capacity.outdoor) == (480, 3_350)
    assert (row.source_id, row.facility_key) == ("CC0000000001", None)


def test_values_in_the_wrong_columns_are_told_once_per_column_and_not_used() -> None:
    wrong = {"内線番号": "172014", "連絡先メールアドレス": "石川県", "連絡先FormURL": "金沢市"}
    rows = [{**STANDARD, "ID": f"CC{n}", "緯度": f"36.5{n}001", **wrong} for n in range(30)]
    parsed = read(*rows, headings=STANDARD_COLUMNS)
    assert [(item.code, item.column, item.line) for item in parsed.problems] == [
        ("column_type", column, 2) for column in wrong
    ]
    assert "30行" in parsed.problems[0].message
    assert all(row.phone is None and row.url is None for row in parsed.rows)


def test_a_publisher_that_is_a_municipality_stands_in_for_a_missing_code() -> None:
    cells = {**STANDARD, "所在地_全国地方公共団体コード": ""}
    assert (
        read({**cells, "全国地方公共団体コード": "172014"}, headings=STANDARD_COLUMNS)
        .rows[0]
        .municipality_code
        == "172014"
    )
    assert read(cells, headings=STANDARD_COLUMNS).rows[0].municipality_code is None


def test_an_address_in_parts_is_put_together() -> None:
    cells = {
        **STANDARD,
        "所在地_連結表記": "",
        "所在地_町字": "見本町",
        "所在地_番地以下": "1-1",
        "建物名等(方書)": "2階",
    }
    assert read(cells, headings=STANDARD_COLUMNS).rows[0].address == "石川県金沢市見本町1-1 2階"


def test_an_empty_id_column_gives_made_ids() -> None:
    rows = [{**STANDARD, "ID": "", "名称": name} for name in ("い", "ろ")]
    made = [row.source_id for row in read(*rows, headings=STANDARD_COLUMNS).rows]
    assert len(set(made)) == 2
    assert all(one.startswith("c-") for one in made)


def test_the_standard_sheet_with_english_names() -> None:
    parsed = read(
        {
            "identifier": "7",
            "name": "みほん公園",
            "nameKana": "ミホンコウエン",
            "fullAddress": "見本町1",
            "latitude": "35.635001",
            "longitude": "139.578001",
            "typeOfDisasterFlood": "1",
            "typeOfDisasterTsunami": "",
            "typeOfDisasterEruption": "1",
            "alsoForShelter": "1",
            "maxCapacity": "120",
            "remarks": "南側",
        }
    )
    row = parsed.rows[0]
    assert parsed.preset == "standard"
    assert (row.source_id, row.kana, row.remarks, row.capacity.indoor) == (
        "7",
        "ミホンコウエン",
        "南側",
        120,
    )
    assert row.hazards[Hazard.VOLCANO] is Fits.YES
    assert row.hazards[Hazard.TSUNAMI] is Fits.UNKNOWN


@pytest.mark.parametrize(
    "start",
    [
        {"NO": "1", "市区町村コード": "132195"},
        {
            "都道府県コード又は市区町村コード": "13219",
            "NO": "1",
            "都道府県名": "東京都",
            "市区町村名": "狛江市",
        },
    ],
)
def test_both_editions_of_the_recommended_form(start: Mapping[str, str]) -> None:
    cells = {
        **start,
        "名称": "みほん公園",
        "名称_カナ": "ミホンコウエン",
        "住所": "狛江市見本町1",
        "方書": "",
        "緯度": "35.635001",
        "経度": "139.578001",
        "電話番号": "03-0000-0000",
        "災害種別_洪水": "1",
        "災害種別_地震": "",
        "対象となる町会・自治会": "見本町会",
    }
    parsed = read(cells)
    row = parsed.rows[0]
    assert parsed.preset == "recommended"
    assert (row.municipality_code, row.towns, row.phone) == ("132195", "見本町会", "03-0000-0000")
    assert row.source_id.startswith("c-")


def test_a_list_of_tsunami_buildings_is_for_tsunami_only() -> None:
    cells = {
        "#property": "1",
        "latitude": "34.346570",
        "longitude": "134.064950",
        "name": "みほんホテル",
        "address": "高松市見本町1",
        "shelter": "２階以上",
        "capacity": "1750",
        "district": "見本",
    }
    parsed = read(cells)
    row = parsed.rows[0]
    assert parsed.preset == "takamatsu_tsunami_buildings"
    assert {hazard for hazard, fits in row.hazards.items() if fits is Fits.YES} == {Hazard.TSUNAMI}
    assert (row.floors, row.towns, row.capacity.indoor) == ("２階以上", "見本", 1_750)
