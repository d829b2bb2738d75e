"""The places as files other systems read: GeoJSON, 自治体標準 CSV, EEI-named CSV.

A drill never leaves the house: during one, the files are those of normal times.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liff_app.db import db
from liff_app.shelters.board import Moment
from liff_app.shelters.finder import Live
from liff_app.shelters.lists import exports
from liff_app.shelters.lists.export_place import ExportPlace
from liff_app.shelters.lists.model import Capacity
from liff_app.shelters.models import GONE, Shelter, ShelterSource, ShelterStatusEvent
from liff_app.shelters.queries import FITS, HAZARDS
from liff_app.shelters.vocabulary import Level, Opening, Role

_FETCH = 2_000  # rows held at once


@dataclass(slots=True)
class _Spell:
    """The last time a place was opened in this disaster, and when it closed after that."""

    state: Opening | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None

    def follow(self, state: Opening, at: datetime) -> None:
        """Go on to the next report; one that only counts people again changes nothing."""
        if state is Opening.OPEN and self.state is not Opening.OPEN:
            self.opened_at, self.closed_at = at, None
        elif state is Opening.CLOSED and self.state is not Opening.CLOSED:
            self.closed_at = at
        self.state = state


def geojson(moment: Moment) -> bytes:
    """Every published place as a FeatureCollection."""
    return exports.geojson(_places(db.session, moment), attribution="、".join(moment.attributions))


def standard_csv(moment: Moment) -> bytes:
    """The 指定緊急避難場所 in the 39 columns of the national standard."""
    settings = current_app.config["SETTINGS"]
    return exports.standard_csv(
        _places(db.session, moment),
        publisher_code=settings.municipality_code,
        publisher=settings.municipality_name,
    )


def status_csv(moment: Moment) -> bytes:
    """States under the item names of 災害対応基本共有情報."""
    return exports.status_csv(_places(db.session, moment))


def count(body: bytes, form: str) -> int:
    """How many places a file made here holds; `form` is geojson, or one of the CSV ones."""
    if form == "geojson":
        # Not parsed: the nation's file would take a gigabyte. In a text the quotes are escaped.
        return body.count(b'{"type":"Feature","id":')
    return sum(1 for _ in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))) - 1


def _places(session: Session, moment: Moment) -> Iterator[ExportPlace]:
    real = moment.disaster is not None and not moment.disaster.drill
    live = moment.live if real else {}
    spells = _spells(session, moment) if real else {}
    sources = _source_ids(session)
    wanted = (
        select(Shelter)
        .where(Shelter.published, Shelter.withdrawn_at.is_(None))
        .order_by(Shelter.id)
        .execution_options(yield_per=_FETCH)
    )
    for shelter in session.scalars(wanted):
        yield _place(
            shelter,
            sources.get(shelter.id, shelter.id),
            _state(shelter, live.get(shelter.id), in_disaster=real),
            spells.get(shelter.id, _Spell()),
        )


def _state(shelter: Shelter, said: Live | None, *, in_disaster: bool) -> Live:
    """What may be told of a place: nothing in normal times but that it is always open."""
    if said is not None:
        return said
    if shelter.always_open:
        return Live(opening=Opening.ALWAYS)
    return Live(opening=Opening.UNKNOWN if in_disaster else Opening.UNOPENED)


def _source_ids(session: Session) -> dict[str, str]:
    """The id other systems know a place by: its row's in the first list that has it."""
    wanted = select(ShelterSource.shelter_id, func.min(ShelterSource.source_id))
    there = wanted.where(ShelterSource.digest != GONE)
    rows = session.execute(there.group_by(ShelterSource.shelter_id))
    return {shelter_id: source_id for shelter_id, source_id in rows}  # noqa: C416 - Row is no pair


def _spells(session: Session, moment: Moment) -> dict[str, _Spell]:
    """Opening and closing of each place in the moment's disaster."""
    if moment.disaster is None:
        return {}
    event = ShelterStatusEvent
    wanted = select(event.shelter_id, event.opening, event.at).where(
        event.disaster_id == moment.disaster.id
    )
    spells: dict[str, _Spell] = {}
    for shelter_id, opening, at in session.execute(wanted.order_by(event.id)):
        spells.setdefault(shelter_id, _Spell()).follow(Opening(opening), at)
    return spells


def _place(shelter: Shelter, source_id: str, live: Live, spell: _Spell) -> ExportPlace:
    return ExportPlace(
        id=shelter.id,
        source_id=source_id,
        roles=frozenset(Role(code) for code in shelter.roles.split(",")),
        name=shelter.name,
        kana=shelter.kana,
        name_en=shelter.name_en,
        address=shelter.address,
        municipality_code=shelter.municipality_code,
        municipality_name=shelter.municipality_name,
        lat=shelter.lat,
        lon=shelter.lon,
        hazards={h: FITS[letter] for h, letter in zip(HAZARDS, shelter.fits, strict=True)},
        capacity=Capacity(
            raw=shelter.capacity_raw,
            indoor=shelter.capacity_indoor,
            outdoor=shelter.capacity_outdoor,
        ),
        target=shelter.target,
        phone=shelter.phone or None,
        url=shelter.url or None,
        elevation_m=shelter.elevation_m,
        remarks=shelter.remarks,
        floors=shelter.floors,
        towns=shelter.towns,
        opening=live.opening,
        level=live.level if isinstance(live.level, Level) else None,
        people=live.people,
        opened_at=spell.opened_at,
        closed_at=spell.closed_at,
        updated_at=live.updated_at,
    )
