"""Whose place a position is, the towns to choose from, and things with a number on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.reports.models import NeighbourTown, ReportAsset
from liff_app.reports.places import rules
from liff_app.reports.places.numbers import number_key
from liff_app.reports.rules import metres_between
from liff_app.towns import service as towns
from liff_app.towns.service import TownName

__all__ = [
    "Asset",
    "TownName",
    "Where",
    "find_assets",
    "find_town",
    "search",
    "towns_near",
    "where",
]

FIRST_LOOK_M = (2_000.0, 10_000.0)  # half sides of the boxes looked into before the whole list
SIBLINGS = 3  # towns around the nearest one that say how far apart they lie there
MOST = 8  # what is offered at once: fits a telephone's screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Whose place it is, as far as towns' points tell.

    `likely` names the neighbour whose town is nearest, None if ours is: outside, say so; inside,
    it is only a doubt at the border. Without an imported town list everything is inside.
    """

    inside: bool
    town_code: str | None = None
    town_name: str = ""
    likely: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A thing with a number on it, and where it stands."""

    category: str
    number: str
    lat: float
    lon: float
    note: str


def where(session: Session, lat: float, lon: float, *, municipality_code: str) -> Where:
    """Whose place it is. When in doubt it is ours."""
    own = _nearest_own(session, lat, lon, municipality_code)
    if not own:
        return Where(inside=True)
    own_m, town = own[0]
    likely, other_m = _nearest_other(session, lat, lon, within_m=own_m)
    far = own_m > rules.FAR_M and rules.is_far(own_m, _spacing(town, own))
    if far or rules.is_elsewhere(own_m, other_m):
        return Where(inside=False, likely=likely)
    return Where(inside=True, town_code=town.code, town_name=town.name, likely=likely)


def towns_near(
    session: Session, lat: float, lon: float, *, municipality_code: str, limit: int = MOST
) -> list[TownName]:
    """The municipality's towns around a position, the nearest first."""
    found = _measured(lat, lon, towns.of_municipality(session, municipality_code))
    return [town for _metres, town in found[:limit]]


def search(session: Session, text: str, *, municipality_code: str) -> list[TownName]:
    """Towns whose name or reading holds the text, best first."""
    return towns.names(session, municipality_code).search(text)


def find_town(session: Session, code: str, *, municipality_code: str) -> TownName | None:
    """The town of that code, None if there is none."""
    return towns.names(session, municipality_code).find(code)


def find_assets(session: Session, number: str, category: str | None = None) -> list[Asset]:
    """Things with that number, however it was typed; else those whose number begins with it."""
    key = number_key(number)
    if not key:
        return []
    wanted = select(ReportAsset).order_by(ReportAsset.search_key, ReportAsset.id).limit(MOST)
    if category is not None:
        wanted = wanted.where(ReportAsset.category == category)
    exact = wanted.where(ReportAsset.search_key == key)
    rows = session.scalars(exact).all() or session.scalars(
        wanted.where(ReportAsset.search_key.startswith(key, autoescape=True))
    )
    return [_asset(row) for row in rows]


def _asset(row: ReportAsset) -> Asset:
    return Asset(category=row.category, number=row.number, lat=row.lat, lon=row.lon, note=row.note)


Measured = list[tuple[float, TownName]]  # metres, and the town; the nearest first


def _nearest_own(session: Session, lat: float, lon: float, code: str) -> Measured:
    """Our towns around the position, the first of them surely the nearest; all, if it is far."""
    for reach_m in FIRST_LOOK_M:
        box = rules.box_around(lat, lon, reach_m)
        found = _measured(lat, lon, _in_box(session, code, box))
        if found and found[0][0] <= reach_m:  # beyond, a town outside the box may be nearer
            return found
    return _measured(lat, lon, towns.of_municipality(session, code))


def _in_box(session: Session, code: str, box: rules.Box) -> list[TownName]:
    return towns.within(
        session, code, south=box.south, north=box.north, west=box.west, east=box.east
    )


def _measured(lat: float, lon: float, found: Iterable[TownName]) -> Measured:
    measured = [
        (metres_between(lat, lon, town.lat, town.lon), town)
        for town in found
        if town.lat is not None and town.lon is not None
    ]
    return sorted(measured, key=lambda one: (one[0], one[1].code))


def _nearest_other(
    session: Session, lat: float, lon: float, *, within_m: float
) -> tuple[str | None, float]:
    """The neighbour whose town is nearest and nearer than `within_m`, and how near."""
    box = rules.box_around(lat, lon, within_m)
    rows = session.execute(
        select(NeighbourTown.municipality_name, NeighbourTown.lat, NeighbourTown.lon).where(
            NeighbourTown.lat.between(box.south, box.north),
            NeighbourTown.lon.between(box.west, box.east),
        )
    )
    best: tuple[str | None, float] = (None, rules.LONGEST_M)
    for name, other_lat, other_lon in rows:
        metres = metres_between(lat, lon, other_lat, other_lon)
        if metres < min(best[1], within_m):
            best = (name, metres)
    return best


def _spacing(town: TownName, around: Sequence[tuple[float, TownName]]) -> float:
    """How far apart towns lie around `town`, in metres: the middle of its nearest ones."""
    others = (one for _metres, one in around if one.code != town.code)
    near = _measured(town.lat or 0.0, town.lon or 0.0, others)[:SIBLINGS]
    return near[len(near) // 2][0] if near else 0.0
