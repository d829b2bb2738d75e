"""Reads of the shelter service, as plain records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.shelters.finder import DisasterView, Live, Place
from liff_app.shelters.models import (
    Disaster,
    Shelter,
    ShelterList,
    ShelterStatus,
    ShelterVersion,
)
from liff_app.shelters.vocabulary import Fits, Hazard, Level, Opening, Role

FITS = {"y": Fits.YES, "c": Fits.CONDITIONAL, "n": Fits.NO, "u": Fits.UNKNOWN}
HAZARDS = tuple(Hazard)
GUESSED = {
    "town": "地図の位置は町の中心です。場所は住所で確かめてください。",
    "geocoder": "地図の位置は住所から求めたものです。場所は住所で確かめてください。",
}
_FETCH = 5_000  # rows held at once while 115,402 places are read

_PLACE_COLUMNS = (
    Shelter.id, Shelter.name, Shelter.kana, Shelter.address, Shelter.lat, Shelter.lon,
    Shelter.roles, Shelter.fits, Shelter.capacity_indoor, Shelter.always_open, Shelter.remarks,
    Shelter.target, Shelter.floors, Shelter.phone, Shelter.url, Shelter.position_source,
)  # fmt: skip


def versions(session: Session) -> tuple[int, int]:
    """The counters `master` and `live`; 0 before the first change."""
    rows = session.execute(select(ShelterVersion.name, ShelterVersion.value))
    found = {name: value for name, value in rows}  # noqa: C416 - Row is no pair for dict()
    return found.get("master", 0), found.get("live", 0)


def places(session: Session) -> list[Place]:
    """Every published place with a position, in the order of their names' ids: stable."""
    wanted = (
        select(*_PLACE_COLUMNS)
        .where(Shelter.published, Shelter.withdrawn_at.is_(None), Shelter.lat.is_not(None))
        .order_by(Shelter.id)
        .execution_options(yield_per=_FETCH)
    )
    shared: dict[str, Any] = {}
    return [_place(row, shared) for row in session.execute(wanted)]


def _place(row: Any, shared: dict[str, Any]) -> Place:  # noqa: ANN401 - a Row
    """One place. Roles and fits repeat over thousands of rows: equal ones share one object."""
    roles = shared.get(row.roles)
    if roles is None:
        roles = shared[row.roles] = frozenset(Role(code) for code in row.roles.split(","))
    fits = shared.get(row.fits)
    if fits is None:
        fits = shared[row.fits] = {
            hazard: FITS[letter] for hazard, letter in zip(HAZARDS, row.fits, strict=True)
        }
    return Place(
        id=row.id,
        name=row.name,
        kana=row.kana,
        address=row.address,
        lat=row.lat,
        lon=row.lon,
        roles=roles,
        fits=fits,
        capacity=row.capacity_indoor,
        always_open=row.always_open,
        remarks=_remarks(row.remarks, row.position_source),
        target=row.target,
        floors=row.floors,
        phone=row.phone,
        url=row.url,
    )


def _remarks(said: str, position_source: str) -> str:
    """What the lists remark, and a warning where no list gave the position."""
    warning = GUESSED.get(position_source, "")
    return "\n".join(filter(None, (warning, said)))


def unplaced(session: Session) -> Iterator[Shelter]:
    """Published places whose position nobody knows: listed for the town to complete."""
    wanted = select(Shelter).where(
        Shelter.published, Shelter.withdrawn_at.is_(None), Shelter.lat.is_(None)
    )
    return iter(session.scalars(wanted.order_by(Shelter.name)))


def open_disaster(session: Session) -> DisasterView | None:
    """The disaster or drill that is on, if one is."""
    row = session.scalar(select(Disaster).where(Disaster.ended_at.is_(None)))
    if row is None:
        return None
    return DisasterView(
        id=row.id,
        name=row.name,
        hazards=tuple(Hazard(code) for code in row.hazards.split(",") if code),
        drill=row.drill,
        started_at=row.started_at,
        area=row.area,
        checkin=row.checkin,
    )


def live(session: Session, disaster: DisasterView | None) -> dict[str, Live]:
    """The last word on each place in this disaster, by place id."""
    if disaster is None:
        return {}
    rows = session.scalars(select(ShelterStatus).where(ShelterStatus.disaster_id == disaster.id))
    return {
        row.shelter_id: Live(
            opening=Opening(row.opening),
            level=Level(row.level) if row.level else None,
            people=row.people,
            note=row.note,
            updated_at=row.updated_at,
        )
        for row in rows
    }


def attributions(session: Session) -> list[str]:
    """The sources that must be named wherever the places are shown, the chief one first."""
    rows = session.scalars(
        select(ShelterList.attribution).order_by(ShelterList.priority, ShelterList.id)
    )
    return list(dict.fromkeys(text for text in rows if text))
