"""Reads of disasters, past and present, as plain records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.shelters.disasters.histories import PlaceHistory, Report, histories
from liff_app.shelters.disasters.models import DisasterEvent
from liff_app.shelters.models import Disaster, Shelter, ShelterStatus
from liff_app.shelters.occupancy import queries as occupancy
from liff_app.shelters.occupancy.vocabulary import EventKind, Need
from liff_app.shelters.vocabulary import Hazard, Level, Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class DisasterLine:
    """A disaster or drill as staff see it; `ended_at` is None while it is on."""

    id: str
    name: str
    hazards: tuple[Hazard, ...]
    area: str
    drill: bool
    checkin: bool
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisasterStep:
    """One step in its life: `started`, `amended` or `stopped`, and the new values it brought."""

    kind: str
    changes: Mapping[str, str | bool]
    at: datetime
    by: str


def find(session: Session, disaster_id: str) -> DisasterLine:
    """The disaster of that id. Raises NotFound."""
    row = session.get(Disaster, disaster_id)
    if row is None:
        raise NotFound("no such disaster")
    return _line(row)


def every(session: Session, *, limit: int = 200) -> list[DisasterLine]:
    """Disasters and drills, the latest first."""
    wanted = select(Disaster).order_by(Disaster.started_at.desc(), Disaster.id).limit(limit)
    return [_line(row) for row in session.scalars(wanted)]


def steps(session: Session, disaster_id: str) -> list[DisasterStep]:
    """Everything that was done with a disaster, in order."""
    wanted = select(DisasterEvent).where(DisasterEvent.disaster_id == disaster_id)
    return [
        DisasterStep(kind=row.kind, changes=json.loads(row.changes), at=row.at, by=row.by)
        for row in session.scalars(wanted.order_by(DisasterEvent.id))
    ]


def hazards_of(joined: str) -> tuple[Hazard, ...]:
    """Hazards as a row keeps them, the chief one first."""
    return tuple(Hazard(code) for code in joined.split(",") if code)


def _line(row: Disaster) -> DisasterLine:
    return DisasterLine(
        id=row.id,
        name=row.name,
        hazards=hazards_of(row.hazards),
        area=row.area,
        drill=row.drill,
        checkin=row.checkin,
        started_at=row.started_at,
        started_by=row.started_by,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLine:
    """The last word on a place in a disaster, over or not. `level` only if chosen by hand."""

    shelter_id: str
    opening: Opening
    level: Level | None
    people: int | None
    capacity: int | None
    needs: tuple[Need, ...]
    updated_at: datetime


def statuses(session: Session, disaster_id: str) -> list[StatusLine]:
    """The last word on every place that was spoken of, withdrawn since or not."""
    said = ShelterStatus
    wanted = (
        select(
            *(said.shelter_id, said.opening, said.level, said.people, said.needs),
            *(said.updated_at, Shelter.capacity_indoor),
        )
        .join(Shelter, Shelter.id == said.shelter_id)
        .where(said.disaster_id == disaster_id)
        .order_by(said.shelter_id)
    )
    return [
        StatusLine(
            shelter_id=row.shelter_id,
            opening=Opening(row.opening),
            level=Level(row.level) if row.level else None,
            people=row.people,
            capacity=row.capacity_indoor,
            needs=occupancy.in_order(occupancy.needs_of(row.needs)),
            updated_at=row.updated_at,
        )
        for row in session.execute(wanted)
    ]


def place_histories(session: Session, disaster_id: str) -> list[PlaceHistory]:
    """What was known of each place, by name; what was taken back counts as never said."""
    return histories(
        Report(
            id=row.id,
            shelter_id=row.shelter_id,
            name=row.name,
            kind=EventKind(row.kind),
            opening=Opening(row.opening),
            people=row.people,
            needs=occupancy.needs_of(row.needs),
            at=row.at,
            received_at=row.received_at,
            undoes=row.undoes,
        )
        for row in occupancy.reports(session, disaster_id)
    )
