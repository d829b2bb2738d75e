"""Reads of the board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.search_text import search_key
from liff_app.shelters.console.attention import BoardPlace
from liff_app.shelters.models import Disaster, Shelter, ShelterStatusEvent
from liff_app.shelters.places import Kind, kind_of
from liff_app.shelters.vocabulary import Role

_COLUMNS = (
    Shelter.id, Shelter.name, Shelter.kana, Shelter.address, Shelter.roles,
    Shelter.capacity_indoor, Shelter.lat, Shelter.lon, Shelter.published,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFacts:
    """What the lists say of a place, for whoever looks it up."""

    place: BoardPlace
    capacity_raw: str
    phone: str
    remarks: str
    target: str
    floors: str


def board_places(session: Session) -> dict[str, BoardPlace]:
    """Every place that is not withdrawn, by id: the hidden and the unplaced ones too."""
    kinds: dict[str, Kind] = {}
    return {row.id: _place(row, kinds) for row in session.execute(_there(*_COLUMNS))}


def place_facts(session: Session, shelter_id: str) -> PlaceFacts:
    """One place. Raises NotFound where it is unknown or withdrawn."""
    more = (
        Shelter.capacity_raw, Shelter.phone, Shelter.remarks, Shelter.target, Shelter.floors,
    )  # fmt: skip
    wanted = _there(*_COLUMNS, *more).where(Shelter.id == shelter_id)
    row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound("no such shelter", title="その避難所はありません。")
    return PlaceFacts(
        place=_place(row, {}),
        capacity_raw=row.capacity_raw,
        phone=row.phone,
        remarks=row.remarks,
        target=row.target,
        floors=row.floors,
    )


def disaster_of(session: Session, event_id: int) -> Any:  # noqa: ANN401 - a Row
    """Name and end of the disaster in which the event was reported."""
    event = ShelterStatusEvent
    wanted = select(Disaster.name, Disaster.ended_at).join(event, event.disaster_id == Disaster.id)
    return session.execute(wanted.where(event.id == event_id)).one()


def _there(*columns: Any) -> Select[Any]:  # noqa: ANN401 - any columns
    return select(*columns).where(Shelter.withdrawn_at.is_(None))


def _place(row: Any, kinds: dict[str, Kind]) -> BoardPlace:  # noqa: ANN401 - a Row
    """One place. Few sets of roles repeat over all rows: each is read once."""
    kind = kinds.get(row.roles)
    if kind is None:
        kind = kinds[row.roles] = kind_of(frozenset(Role(code) for code in row.roles.split(",")))
    return BoardPlace(
        id=row.id,
        name=row.name,
        kana=row.kana,
        address=row.address,
        kind=kind,
        capacity=row.capacity_indoor,
        lat=row.lat,
        lon=row.lon,
        listed=row.published and row.lat is not None,
        search=search_key(f"{row.name} {row.kana} {row.address}"),
    )
