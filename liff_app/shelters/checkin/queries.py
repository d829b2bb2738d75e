"""Reads of the check-in, as plain records: one kind for residents, another for staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session

from liff_app.shelters.checkin.models import CheckIn, CheckInOffer, CheckInTotal
from liff_app.shelters.checkin.rules import COUNTS, Party, door_number
from liff_app.shelters.checkin.vocabulary import Ending, Way
from liff_app.shelters.models import Disaster, Shelter

_LATELY_OUT = 8  # families who left: as far back as somebody remembers a slip


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A stay as its resident sees it."""

    id: str
    version: int
    shelter_id: str
    shelter_name: str
    number: int
    party: Party
    in_at: datetime
    out_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A stay as the staff of its shelter see it: a number and counts, nobody's name."""

    id: str
    version: int
    number: int
    party: Party
    way: Way
    in_at: datetime
    out_at: datetime | None
    ending: Ending | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a resident is about to say. `code` is None unless they show one."""

    party: Party
    code: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A shelter's check-in in sums: who is in now, and everybody who ever was."""

    shelter_id: str
    families: int
    inside: Party
    all_families: int
    everybody: Party


NOBODY = Party(people=0)


def party_of(row: Any) -> Party:  # noqa: ANN401 - a Row or a row of any of the tables
    """The counts of a row."""
    return Party(**{name: int(getattr(row, name) or 0) for name in COUNTS})


def _stay(row: CheckIn, name: str) -> Stay:
    return Stay(
        id=row.id,
        version=row.version,
        shelter_id=row.shelter_id,
        shelter_name=name,
        number=row.number,
        party=party_of(row),
        in_at=row.in_at,
        out_at=row.out_at,
    )


def stay(session: Session, stay_id: str) -> Stay | None:
    """The stay of that id."""
    wanted = select(CheckIn, Shelter.name).join(Shelter).where(CheckIn.id == stay_id)
    row = session.execute(wanted).one_or_none()
    return _stay(*row) if row else None


def live_stay(session: Session, resident_id: str, disaster_id: str) -> Stay | None:
    """Where the resident is checked in; None for nowhere."""
    wanted = (
        select(CheckIn, Shelter.name)
        .join(Shelter)
        .where(
            CheckIn.disaster_id == disaster_id,
            CheckIn.resident_id == resident_id,
            CheckIn.live_slot.is_not(None),
        )
    )
    row = session.execute(wanted).one_or_none()
    return _stay(*row) if row else None


def past_stays(session: Session, resident_id: str) -> list[Stay]:
    """Stays of the resident that are over, by check-out or with their disaster; newest first."""
    wanted = (
        select(CheckIn, Shelter.name)
        .join(Shelter)
        .join(Disaster, Disaster.id == CheckIn.disaster_id)
        .where(
            CheckIn.resident_id == resident_id,
            or_(CheckIn.live_slot.is_(None), Disaster.ended_at.is_not(None)),
        )
        .order_by(CheckIn.in_at.desc(), CheckIn.id)
    )
    return [_stay(*row) for row in session.execute(wanted)]


def offer(session: Session, resident_id: str, disaster_id: str) -> Offer | None:
    """What the resident is about to say in that disaster."""
    row = session.get(CheckInOffer, resident_id)
    if row is None or row.disaster_id != disaster_id:
        return None
    return Offer(party=party_of(row), code=row.code, expires_at=row.expires_at)


def families(session: Session, shelter_id: str, disaster_id: str) -> list[Family]:
    """Who is in, newest number first, and after them the last few who left."""
    here = (CheckIn.shelter_id == shelter_id, CheckIn.disaster_id == disaster_id)
    inside = session.scalars(
        select(CheckIn).where(*here, CheckIn.live_slot.is_not(None)).order_by(CheckIn.number.desc())
    ).all()
    gone = session.scalars(
        select(CheckIn)
        .where(*here, CheckIn.live_slot.is_(None))
        .order_by(CheckIn.out_at.desc(), CheckIn.number.desc())
        .limit(_LATELY_OUT)
    ).all()
    return [_family(row) for row in (*inside, *gone)]


def family(session: Session, stay_id: str, shelter_id: str, disaster_id: str) -> Family | None:
    """One family of that shelter in that disaster."""
    row = session.get(CheckIn, stay_id)
    if row is None or (row.shelter_id, row.disaster_id) != (shelter_id, disaster_id):
        return None
    return _family(row)


def _family(row: CheckIn) -> Family:
    return Family(
        id=row.id,
        version=row.version,
        number=row.number,
        party=party_of(row),
        way=Way(row.way),
        in_at=row.in_at,
        out_at=row.out_at,
        ending=Ending(row.ending) if row.ending else None,
    )


def people_inside(session: Session, shelter_id: str, disaster_id: str) -> int:
    """How many people are checked in there."""
    wanted = select(func.coalesce(func.sum(CheckIn.people), 0)).where(
        CheckIn.disaster_id == disaster_id,
        CheckIn.shelter_id == shelter_id,
        CheckIn.live_slot.is_not(None),
    )
    return int(session.scalar(wanted) or 0)


def figures(
    session: Session, disaster_id: str, shelter_id: str | None = None
) -> dict[str, Figures]:
    """Sums by shelter, for one or for all where anybody ever checked in. Slips do not count."""
    inside = _sums(session, disaster_id, shelter_id, CheckIn.live_slot.is_not(None))
    counted = or_(CheckIn.ending.is_(None), CheckIn.ending != Ending.MISTAKEN.value)
    ever = _sums(session, disaster_id, shelter_id, counted)
    kept = _kept_totals(session, disaster_id, shelter_id)
    return {
        one: Figures(
            shelter_id=one,
            families=inside[one][0] if one in inside else 0,
            inside=inside[one][1] if one in inside else NOBODY,
            all_families=sum(part[one][0] for part in (ever, kept) if one in part),
            everybody=added(*(part[one][1] for part in (ever, kept) if one in part)),
        )
        for one in sorted({*ever, *kept})
    }


def added(*parties: Party) -> Party:
    """All of them together."""
    return Party(**{name: sum(getattr(one, name) for one in parties) for name in COUNTS})


def _sums(session: Session, disaster_id: str, shelter_id: str | None, which: Any) -> dict[str, Any]:  # noqa: ANN401 - a condition
    sums = [func.sum(getattr(CheckIn, name)).label(name) for name in COUNTS]
    wanted = (
        select(CheckIn.shelter_id, func.count().label("families"), *sums)
        .where(CheckIn.disaster_id == disaster_id, which)
        .group_by(CheckIn.shelter_id)
    )
    if shelter_id is not None:
        wanted = wanted.where(CheckIn.shelter_id == shelter_id)
    return _by_shelter(session.execute(wanted).all())


def _kept_totals(session: Session, disaster_id: str, shelter_id: str | None) -> dict[str, Any]:
    columns = [getattr(CheckInTotal, name) for name in COUNTS]
    wanted = select(CheckInTotal.shelter_id, CheckInTotal.families, *columns).where(
        CheckInTotal.disaster_id == disaster_id
    )
    if shelter_id is not None:
        wanted = wanted.where(CheckInTotal.shelter_id == shelter_id)
    return _by_shelter(session.execute(wanted).all())


def _by_shelter(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    return {row.shelter_id: (int(row.families), party_of(row)) for row in rows}


def residents_in(session: Session, disaster_id: str, shelter_id: str | None = None) -> list[str]:
    """Ids of the residents checked in there, or anywhere. Families that staff counted have none."""
    wanted = select(CheckIn.resident_id).where(
        CheckIn.disaster_id == disaster_id,
        CheckIn.live_slot.is_not(None),
        CheckIn.resident_id.is_not(None),
    )
    if shelter_id is not None:
        wanted = wanted.where(CheckIn.shelter_id == shelter_id)
    return [one for one in session.scalars(wanted.order_by(CheckIn.resident_id)) if one]


def shelter_name(session: Session, shelter_id: str) -> str | None:
    """Name of a place that is not withdrawn."""
    wanted = select(Shelter.name).where(
        and_(Shelter.id == shelter_id, Shelter.withdrawn_at.is_(None))
    )
    return session.scalar(wanted)


def at_door(session: Session, number: str) -> list[tuple[str, str]]:
    """Ids and names of the places with that number at the door; nearly always one or none."""
    wanted = select(Shelter.id, Shelter.name).where(Shelter.withdrawn_at.is_(None))
    return [(row.id, row.name) for row in session.execute(wanted) if door_number(row.id) == number]
