"""Mapping files: read, checked, written back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liff_app.shelters.lists.errors import MappingUnreadable
from liff_app.shelters.lists.mapping import (
    CHECKS,
    FIELDS,
    VALUE_KINDS,
    ColumnMapping,
    Datum,
    IdRule,
)
from liff_app.shelters.lists.mapping_files import dump_mapping, load_mapping
from liff_app.shelters.lists.presets import PRESETS, builtin_mapping
from liff_app.shelters.lists.reader import read_list
from liff_app.shelters.vocabulary import Fits, Hazard, Role

SMALL = 'format = 1\nname = "our_town"\n'
NAMED = '[columns]\nname = "施設名"\n'


def test_the_least_mapping_is_a_name_column() -> None:
    mapping = load_mapping((SMALL + NAMED).encode())
    assert mapping.columns == {"name": ("施設名",)}
    assert (mapping.role, mapping.id_rule, mapping.swapped) == (Role.SITE, IdRule.CONTENT, False)


def test_json_of_the_same_shape_is_the_same_mapping() -> None:
    document = {"format": 1, "name": "our_town", "columns": {"name": ["施設名"]}}
    assert load_mapping(json.dumps(document).encode()) == load_mapping((SMALL + NAMED).encode())


@pytest.mark.parametrize("name", PRESETS)
def test_built_in_mappings_survive_writing_and_reading(name: str) -> None:
    assert load_mapping(dump_mapping(builtin_mapping(name))) == builtin_mapping(name)


WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
HEADINGS = st.lists(WORDS, min_size=1, max_size=3).map(tuple)
MAPPINGS = st.builds(
    ColumnMapping,
    name=WORDS,
    title=st.text(max_size=5),
    role=st.sampled_from(Role),
    id_rule=st.sampled_from(IdRule),
    attribution=st.text(max_size=9),
    detect=st.lists(HEADINGS, max_size=2).map(tuple),
    header_line=st.none() | st.integers(1, 99),
    sheet=st.none() | WORDS,
    municipality_code=st.sampled_from([None, "132195"]),
    datum=st.sampled_from(Datum),
    swapped=st.booleans(),
    columns=st.dictionaries(st.sampled_from(FIELDS), HEADINGS, max_size=4).map(
        lambda columns: {"name": ("名称",), **columns}
    ),
    hazards=st.dictionaries(st.sampled_from(Hazard), HEADINGS, max_size=3),
    fixed_hazards=st.dictionaries(st.sampled_from(Hazard), st.sampled_from(Fits), max_size=2),
    labels=st.dictionaries(WORDS, st.text(max_size=5), max_size=2),
    checks=st.dictionaries(WORDS, st.sampled_from(sorted(CHECKS)), max_size=2),
    values=st.fixed_dictionaries(
        {},
        optional={
            kind: st.dictionaries(WORDS, st.sampled_from(sorted(allowed)), min_size=1, max_size=2)
            for kind, allowed in VALUE_KINDS.items()
        },
    ),
)


@settings(deadline=None, max_examples=40)
@given(MAPPINGS)
def test_what_is_written_is_read_back_the_same(mapping: ColumnMapping) -> None:
    assert load_mapping(dump_mapping(mapping)) == mapping


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("name = ", ""),
        ("format = 2\nname = 'x'\n" + NAMED, "format"),
        (SMALL, "columns.name"),
        (SMALL + "colour = 1\n" + NAMED, "colour"),
        (SMALL + "role = 'school'\n" + NAMED, "role"),
        (SMALL + "header_line = 0\n" + NAMED, "header_line"),
        (SMALL + "header_line = true\n" + NAMED, "header_line"),
        (SMALL + "swapped = 'yes'\n" + NAMED, "swapped"),
        (SMALL + "municipality_code = '13219'\n" + NAMED, "municipality_code"),
        (SMALL + NAMED + "colour = 'x'\n", "columns.colour"),
        (SMALL + NAMED + "address = 1\n", "columns.address"),
        (SMALL + NAMED + "[hazards]\nmeteor = 'x'\n", "hazards"),
        (SMALL + NAMED + "[checks]\n'x' = 'colour'\n", "checks.x"),
        (SMALL + NAMED + "[values.hazard]\n'x' = 'maybe'\n", "values.hazard.x"),
        (SMALL + NAMED + "[values.colour]\n'x' = 'yes'\n", "values.colour"),
        ('{"format": 1, "name": 3, "columns": {"name": "x"}}', "name"),
        ("[]", ""),
    ],
)
def test_a_faulty_mapping_names_the_faulty_key(text: str, key: str) -> None:
    with pytest.raises(MappingUnreadable) as caught:
        load_mapping(text.encode())
    assert key in caught.value.message
    assert caught.value.code == "mapping_unreadable"


def test_a_mapping_decides_words_header_and_fixed_values() -> None:
    mapping = load_mapping(
        (
            SMALL
            + 'role = "shelter"\nheader_line = 2\nmunicipality_code = "132195"\n'
            + 'municipality_name = "狛江市"\nid = "column"\n'
            + '[columns]\nname = "名"\nsource_id = "番"\npublish = "掲"\nrole = "区"\n'
            + '[hazards]\nflood = "水"\n[fixed_hazards]\ntsunami = "no"\n'
            + '[values.hazard]\n"上階のみ" = "conditional"\n[values.publish]\n"済" = "yes"\n'
            + '[values.role]\n"F" = "welfare"\n'
        ).encode()
    )
    data = "名,番\r\n名,番,水,掲,区\r\n集会所,A1,上階のみ,済,Ｆ\r\n".encode("cp932")
    row = read_list(data, filename="a.csv", mapping=mapping).rows[0]
    assert (row.source_id, row.role, row.publish) == ("A1", Role.WELFARE, True)
    assert (row.municipality_code, row.municipality_name) == ("132195", "狛江市")
    assert row.hazards[Hazard.FLOOD] is Fits.CONDITIONAL
    assert row.hazards[Hazard.TSUNAMI] is Fits.NO
