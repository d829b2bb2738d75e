"""Guessing a mapping from headings, for a person to correct."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from liff_app.shelters.lists.mapping import IdRule
from liff_app.shelters.lists.mapping_files import dump_mapping, load_mapping
from liff_app.shelters.lists.suggest import suggest_mapping
from liff_app.shelters.vocabulary import Hazard


def test_a_usual_town_list_is_understood() -> None:
    mapping = suggest_mapping(
        [
            "番号",
            "避難所名",
            "ふりがな",
            "所在地",
            "電話番号",
            "緯度",
            "経度",
            "収容可能人数",
            "洪水",
            "土砂災害",
            "地震",
            "備考1",
            "備考2",
            "担当課",
        ]
    )
    assert mapping.columns == {
        "lat": ("緯度",),
        "lon": ("経度",),
        "kana": ("ふりがな",),
        "name": ("避難所名",),
        "phone": ("電話番号",),
        "address": ("所在地",),
        "capacity": ("収容可能人数",),
        "remarks": ("備考1", "備考2"),
    }
    assert mapping.hazards == {
        Hazard.FLOOD: ("洪水",),
        Hazard.LANDSLIDE: ("土砂災害",),
        Hazard.EARTHQUAKE: ("地震",),
    }
    assert mapping.id_rule is IdRule.CONTENT
    assert load_mapping(dump_mapping(mapping)) == mapping


def test_flood_in_two_columns_goes_to_one_hazard_and_inland_to_its_own() -> None:
    mapping = suggest_mapping(["name", "flood_L1", "flood_L2", "inundation", "lat", "lng"])
    assert mapping.hazards == {
        Hazard.FLOOD: ("flood_L1", "flood_L2"),
        Hazard.INLAND_FLOOD: ("inundation",),
    }
    assert mapping.columns["lon"] == ("lng",)


def test_an_id_column_gives_the_rule_for_ids() -> None:
    assert suggest_mapping(["共通ID", "名称"]).id_rule is IdRule.GSI
    assert suggest_mapping(["管理番号", "名称"]).id_rule is IdRule.COLUMN


def test_without_a_name_nothing_is_invented() -> None:
    assert "name" not in suggest_mapping(["い", "ろ", ""]).columns


@given(st.lists(st.text(max_size=10), max_size=15))
def test_no_heading_is_used_twice(headings: list[str]) -> None:
    mapping = suggest_mapping(headings)
    used = [
        one for group in (*mapping.columns.values(), *mapping.hazards.values()) for one in group
    ]
    assert len(used) == len(set(used))
    assert set(used) <= set(headings)
