"""The position of a row: read, checked, never silently repaired."""

from __future__ import annotations

from typing import Final

from liff_app.geo.positions import (
    Position,
    decimals,
    from_tokyo_datum,
    in_japan,
    looks_swapped,
    parse_degrees,
)
from liff_app.shelters.lists.mapping import ColumnMapping, Datum
from liff_app.shelters.lists.model import ReadOptions
from liff_app.shelters.lists.row_cells import RowCells
from liff_app.shelters.lists.text import is_placeholder

# Three decimals of a degree are some 100 m: another street.
_COARSE_DECIMALS: Final = 3
# Eight decimals are a millimetre; more digits would only be noise of the conversion.
_KEPT_DECIMALS: Final = 8


def position_of(cells: RowCells, mapping: ColumnMapping, options: ReadOptions) -> Position | None:
    """Position on WGS84, or None with the reason noted: a warning if absent, an error if wrong."""
    swapped = mapping.swapped or options.swapped
    texts = _texts(cells)
    lat_text, lon_text = reversed(texts) if swapped else texts
    missing = (is_placeholder(lat_text), is_placeholder(lon_text))
    if any(missing):
        cells.note("position_missing" if all(missing) else "position_half", "lat", lat_text)
        return None
    lat, lon = parse_degrees(lat_text), parse_degrees(lon_text)
    if lat is None or lon is None:
        field, value = ("lat", lat_text) if lat is None else ("lon", lon_text)
        cells.note("position_not_number", field, value)
        return None
    return _checked(cells, lat, lon, (lat_text, lon_text), _is_tokyo(mapping, options))


def _is_tokyo(mapping: ColumnMapping, options: ReadOptions) -> bool:
    return options.tokyo_datum or mapping.datum is Datum.TOKYO


def _texts(cells: RowCells) -> tuple[str, str]:
    """Latitude and longitude as written; a geometry goes before columns."""
    point = cells.record.point
    if point is not None:
        return point[1], point[0]
    return cells.first("lat"), cells.first("lon")


def _checked(
    cells: RowCells,
    lat: float,
    lon: float,
    texts: tuple[str, str],
    is_tokyo: bool,  # noqa: FBT001 - a fact of the list, named where called
) -> Position | None:
    pair = f"{texts[0]}, {texts[1]}"
    if looks_swapped(lat, lon):
        cells.note("position_swapped", "lat", pair, lat=texts[1], lon=texts[0])
        return None
    if not in_japan(lat, lon):
        cells.note("position_outside_japan", "lat", pair)
        return None
    if any(places is not None and places <= _COARSE_DECIMALS for places in map(decimals, texts)):
        cells.note("position_coarse", "lat", pair)
    if is_tokyo:
        moved = from_tokyo_datum(lat, lon)
        return Position(round(moved.lat, _KEPT_DECIMALS), round(moved.lon, _KEPT_DECIMALS))
    return Position(lat, lon)
