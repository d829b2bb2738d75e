"""The towns of the municipalities around ours: what says that a place is likely theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from liff_app.geo.codes import normalise_code
from liff_app.reports.models import NeighbourTown
from liff_app.reports.places import rules
from liff_app.towns import service as towns

AROUND_M = 10_000.0  # further away a neighbour's town never is the nearest one
MAX_NAME = 80  # as the table holds it


class NoOwnTowns(ValueError):
    """The list of our own towns was not imported: there is nothing to be around of."""


@dataclass(frozen=True, slots=True)
class NeighboursRead:
    """Rows to be stored, and the lines and municipalities they were taken from."""

    rows: list[dict[str, object]]
    lines: int
    names: tuple[str, ...]


def read_neighbours(session: Session, raw: bytes, *, municipality_code: str) -> NeighboursRead:
    """The towns of others around ours in a national list. Raises TownListUnreadable, NoOwnTowns.

    A list without 市区町村名 names the neighbour by its code.
    """
    box = _around(session, municipality_code)
    found: dict[tuple[str, str], dict[str, object]] = {}
    lines = 0
    for line in towns.lines_of(raw):
        lines += 1
        lat, lon = towns.read_degrees(line["緯度"]), towns.read_degrees(line["経度"])
        if lat is None or lon is None or not _is_in(box, lat, lon):
            continue
        code = normalise_code(line["団体コード"])
        if code is None or code == municipality_code:
            continue
        name = re.sub(r"\s+", "", line.get("市区町村名") or code)[:MAX_NAME]
        row = {"municipality_code": code, "municipality_name": name, "lat": lat, "lon": lon}
        found.setdefault((code, line["大字町丁目名"]), row)
    names = sorted({str(row["municipality_name"]) for row in found.values()})
    return NeighboursRead(list(found.values()), lines, tuple(names))


def import_neighbours(session: Session, read: NeighboursRead) -> int:
    """The neighbours' towns are those read; gives how many."""
    session.execute(delete(NeighbourTown))
    if read.rows:
        session.execute(insert(NeighbourTown), read.rows)
    return len(read.rows)


def _around(session: Session, code: str) -> rules.Box:
    own = towns.of_municipality(session, code)
    lats = [town.lat for town in own if town.lat is not None]
    lons = [town.lon for town in own if town.lon is not None]
    if not lats:
        raise NoOwnTowns(code)
    south_west = rules.box_around(min(lats), min(lons), AROUND_M)
    north_east = rules.box_around(max(lats), max(lons), AROUND_M)
    return rules.Box(south_west.south, north_east.north, south_west.west, north_east.east)


def _is_in(box: rules.Box, lat: float, lon: float) -> bool:
    return box.south <= lat <= box.north and box.west <= lon <= box.east
