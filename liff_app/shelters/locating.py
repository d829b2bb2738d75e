"""Positions for rows that have an address and no coordinates.

An address service is asked first, then the imported towns: a town's representative point is better
than a place nobody finds, and says that it is only that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from liff_app.gateways.addresses import AddressFinder, FirstOf, Located, TownFinder
from liff_app.gateways.geocoder import GsiAddressFinder
from liff_app.geo.ellipsoid import distance_m
from liff_app.geo.ellipsoid import locate as fix
from liff_app.search_text import search_key
from liff_app.shelters.composing import Position
from liff_app.shelters.lists.model import ShelterRow
from liff_app.towns import service as towns

# An address service answers with what looks alike anywhere in Japan. The points of a town's 町丁目
# lie closer together than this even in the mountains.
FARTHEST_M = 20_000.0

Points = Mapping[str, tuple[float, float]]


@dataclass(slots=True)
class Placed:
    """Positions by line, and services that could not be asked or gave what cannot be."""

    positions: dict[int, Position] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def locate(
    session: Session, rows: Sequence[ShelterRow], *, municipality_code: str, geocoder_url: str
) -> Placed:
    """Where the rows without coordinates are, as far as anybody knows. Closes the session first."""
    placed = Placed()
    unplaced = [row for row in rows if row.lat is None and row.address]
    if not unplaced:
        return placed
    # A town's name says nothing about another municipality's: 本町 is everywhere.
    codes = {row.municipality_code or municipality_code for row in unplaced}
    points = {code: _points(session, code) for code in codes}
    session.close()
    finders: list[AddressFinder] = [GsiAddressFinder(geocoder_url)] if geocoder_url else []
    service = FirstOf(finders)
    by_town = {code: TownFinder(known, search_key) for code, known in points.items()}
    strayed = 0
    for row in unplaced:
        code = row.municipality_code or municipality_code
        found = service.locate(row.address)
        if found is not None and _strays(found, points[code]):
            strayed += 1
            found = None
        found = found or by_town[code].locate(row.address)
        if found is not None:
            placed.positions[row.line] = Position(lat=found.lat, lon=found.lon, source=found.source)
    placed.failures += service.failures
    if strayed:
        placed.failures.append(f"町から遠い答え {strayed} 件")
    return placed


def _points(session: Session, code: str) -> Points:
    return {
        search_key(town.name): (town.lat, town.lon)
        for town in towns.of_municipality(session, code)
        if town.lat is not None and town.lon is not None
    }


def _strays(found: Located, points: Points) -> bool:
    """Whether an answer lies outside the municipality; never, if its towns are not known."""
    here = fix(found.lat, found.lon)
    return bool(points) and all(
        distance_m(here, fix(lat, lon)) > FARTHEST_M for lat, lon in points.values()
    )
