"""GeoJSON: geometry before columns, every shape of value, nothing trusted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from liff_app.shelters.lists.errors import FileBroken
from liff_app.shelters.lists.mapping import ColumnMapping
from liff_app.shelters.lists.reader import read_list

Write = Callable[..., bytes]
POINT = {"type": "Point", "coordinates": [139.578001, 35.635001]}


def test_features_are_numbered_from_one_and_columns_are_the_union_of_properties(
    features: Write, mapping: ColumnMapping
) -> None:
    data = features(
        (POINT, {"施設名": "い", "所在地": "見本町", "備考1": None}),
        (POINT, {"施設名": "ろ", "定員": 120, "洪水": True, "津波": 1.0}),
    )
    parsed = read_list(data, filename="a.json", mapping=mapping)
    assert [row.line for row in parsed.rows] == [1, 2]
    assert parsed.headings == ("施設名", "所在地", "備考1", "定員", "洪水", "津波")
    second = parsed.rows[1]
    assert second.capacity.indoor == 120
    assert [str(second.hazards[hazard]) for hazard in mapping.hazards] == ["yes", "yes"]


def test_the_geometry_counts_before_columns_of_the_same_meaning(
    features: Write, mapping: ColumnMapping
) -> None:
    data = features((POINT, {"施設名": "い", "所在地": "見本町", "緯度": "1", "経度": "2"}))
    row = read_list(data, filename="a.json", mapping=mapping).rows[0]
    assert (row.lat, row.lon) == (35.635001, 139.578001)


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "position_missing"),
        (
            {"type": "Polygon", "coordinates": [[[139, 35], [139, 36], [140, 36]]]},
            "geometry_not_point",
        ),
        ({"type": "Point", "coordinates": [139.5]}, "geometry_not_point"),
        ({"type": "Point"}, "geometry_not_point"),
        ("point", "geometry_not_point"),
        ({"type": "Point", "coordinates": [None, None]}, "position_missing"),
    ],
)
def test_a_feature_without_a_point_is_kept_for_geocoding(
    features: Write, mapping: ColumnMapping, geometry: object, code: str
) -> None:
    row = read_list(
        features((geometry, {"施設名": "い", "所在地": "見本町"})), filename="a", mapping=mapping
    ).rows[0]
    assert (row.lat, row.lon) == (None, None)
    assert code in {item.code for item in row.warnings}


@pytest.mark.parametrize(
    ("coordinates", "code"),
    [
        ([35.635001, 139.578001], "position_swapped"),
        ([float("nan"), 35.6], "position_not_number"),
        ([float("inf"), 35.6], "position_not_number"),
        ([[139.5], 35.6], "position_not_number"),
        ([True, False], "position_not_number"),
        ([-170.1234, 35.1234], "position_outside_japan"),
    ],
)
def test_a_wrong_point_leaves_the_feature_out(
    features: Write, mapping: ColumnMapping, coordinates: list[object], code: str
) -> None:
    data = features(({"type": "Point", "coordinates": coordinates}, {"施設名": "い"}))
    parsed = read_list(data, filename="a.json", mapping=mapping)
    assert parsed.rejected_lines == (1,)
    assert code in {item.code for item in parsed.problems}


def test_a_feature_without_properties_is_blank_or_nameless(
    features: Write, mapping: ColumnMapping
) -> None:
    data = features((POINT, {"施設名": "い"}), (POINT, {}), (None, {}), (POINT, {"施設名": "ろ"}))
    parsed = read_list(data, filename="a.json", mapping=mapping)
    assert (parsed.rejected_lines, parsed.blank_lines, parsed.total_rows) == ((2,), (3,), 4)


def test_a_collection_of_something_else_is_broken(mapping: ColumnMapping) -> None:
    with pytest.raises(FileBroken):
        read_list(b'{"features": [1, 2]}', filename="a.json", mapping=mapping)
    with pytest.raises(FileBroken):
        read_list(b'{"features": [' + b"9" * 9_000 + b"]}", filename="a.json", mapping=mapping)
