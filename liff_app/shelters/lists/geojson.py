"""GeoJSON FeatureCollections as a sheet of records, properties as columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from liff_app.shelters.lists.errors import FileBroken, FormatUnknown, ListTooLarge
from liff_app.shelters.lists.model import ReadOptions
from liff_app.shelters.lists.source import NO_FAULTS, Record, Sheet, Source

# Cell index that no column has: the problem is the geometry's.
GEOMETRY: Final = -1
_POINT_NUMBERS: Final = 2


def open_geojson(data: bytes, encoding: str, options: ReadOptions) -> Source:
    """Features in order, numbered from 1; columns are all property names in order of appearance."""
    features = _features(data, encoding)
    if len(features) > options.max_rows:
        raise ListTooLarge(f"地物が多すぎます（上限 {options.max_rows:,} 件）。")
    headings: dict[str, None] = {}
    for feature in features:
        headings.update(dict.fromkeys(_properties(feature)))
    if len(headings) > options.max_columns:
        raise ListTooLarge(f"項目が多すぎます（上限 {options.max_columns} 個）。")
    names = tuple(headings)

    def records() -> Iterator[Record]:
        for number, feature in enumerate(features, start=1):
            properties = _properties(feature)
            cells = [cell_text(properties.get(name)) for name in names]
            point, is_point = _point(feature)
            faults = NO_FAULTS if is_point else {GEOMETRY: "geometry_not_point"}
            yield Record(number, cells, faults, point)

    return Source(encoding=encoding, sheets=(Sheet(name="", open_records=records, headings=names),))


def cell_text(value: object) -> str:
    """Text a person would have typed for a JSON or spreadsheet value."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (int, float)):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def _features(data: bytes, encoding: str) -> list[dict[str, Any]]:
    try:
        # ValueError also covers integers of thousands of digits, RecursionError deep nesting.
        document = json.loads(data.decode(encoding))
    except (ValueError, RecursionError) as error:
        raise FileBroken("JSON として読めません。途中で切れていないか確かめてください。") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise FormatUnknown("GeoJSON の FeatureCollection ではありません。")
    if not all(isinstance(feature, dict) for feature in features):
        raise FileBroken("GeoJSON の features に地物でないものがあります。")
    return features


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    properties = feature.get("properties")
    return properties if isinstance(properties, dict) else {}


def _point(feature: dict[str, Any]) -> tuple[tuple[str, str] | None, bool]:
    """Longitude and latitude as text, and whether the geometry is a point or absent."""
    geometry = feature.get("geometry")
    if geometry is None:
        return None, True
    numbers = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if (
        not isinstance(geometry, dict)
        or geometry.get("type") != "Point"
        or not isinstance(numbers, list)
        or len(numbers) < _POINT_NUMBERS
    ):
        return None, False
    return (cell_text(numbers[0]), cell_text(numbers[1])), True
