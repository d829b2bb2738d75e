"""Rows whose position lies far from the town their address names: a slip no format shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from liff_app.geo.ellipsoid import Fix, distance_m, locate
from liff_app.search_text import search_key
from liff_app.shelters.editions import Values
from liff_app.towns import service as towns

FROM_TOWN_M = 3_000.0  # from the point of the town in the address; a large one reaches that far
FROM_ALL_M = 20_000.0  # from every town of the municipality, where the address names none


@dataclass(frozen=True, slots=True)
class Astray:
    """A row far from its town: how far, in metres, and from which ("" where none is named)."""

    source_id: str
    metres: float
    town: str


@dataclass(frozen=True, slots=True)
class _Point:
    name: str
    key: str
    at: Fix


def far_from_town(
    session: Session, rows: Iterable[Values], *, municipality_code: str
) -> list[Astray]:
    """Rows far from where their address says they are, where the municipality's towns are known.

    A position found by the town itself is never far from it.
    """
    points: dict[str, list[_Point]] = {}
    found = []
    for row in rows:
        if row["lat"] is None or row["position_source"] == "town":
            continue
        code = row["municipality_code"] or municipality_code
        if code not in points:
            points[code] = _points(session, code)
        astray = _astray(row, points[code])
        if astray is not None:
            found.append(astray)
    return found


def _astray(row: Values, points: Sequence[_Point]) -> Astray | None:
    if not points:
        return None
    here, address = locate(row["lat"], row["lon"]), search_key(row["address"])
    named = next((point for point in points if point.key in address), None)
    if named is not None:
        metres, limit = distance_m(here, named.at), FROM_TOWN_M
    else:
        metres, limit = min(distance_m(here, point.at) for point in points), FROM_ALL_M
    if metres <= limit:
        return None
    return Astray(row["source_id"], metres, named.name if named else "")


def _points(session: Session, code: str) -> list[_Point]:
    """Towns with a point, longest names first: 本町一丁目 must not be taken for 本町."""
    known = [
        _Point(town.name, search_key(town.name), locate(town.lat, town.lon))
        for town in towns.of_municipality(session, code)
        if town.lat is not None and town.lon is not None and town.name
    ]
    return sorted(known, key=lambda point: -len(point.key))
