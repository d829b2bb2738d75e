"""The places as files other systems read: GeoJSON, 自治体標準 CSV, EEI-named CSV.

A drill never leaves the house: during one, the files are those of normal times. What staff export
to hand on (`eei_csv`) names a drill in every row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liff_app.db import db
from liff_app.shelters import rules
from liff_app.shelters.board import Moment
from liff_app.shelters.disasters import queries as disasters
from liff_app.shelters.disasters.histories import Known
from liff_app.shelters.disasters.queries import DisasterLine, StatusLine
from liff_app.shelters.finder import Live, Policy
from liff_app.shelters.lists import exports
from liff_app.shelters.lists.export_place import ExportPlace
from liff_app.shelters.lists.model import Capacity
from liff_app.shelters.models import GONE, Shelter, ShelterSource
from liff_app.shelters.occupancy.words import NEED_WORDS
from liff_app.shelters.queries import FITS, HAZARDS
from liff_app.shelters.vocabulary import Level, Opening, Role

_FETCH = 2_000  # rows held at once


@dataclass(frozen=True, slots=True)
class _Spell:
    """The last time a place was opened in a disaster, and when it closed after that."""

    opened_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Overlay:
    """What a real disaster, or for the operator any, says of the places."""

    live: Mapping[str, Live]
    spells: Mapping[str, _Spell]
    reason: str = ""
    needs: Mapping[str, str] = field(default_factory=dict)


def geojson(moment: Moment) -> bytes:
    """Every published place as a FeatureCollection."""
    return exports.geojson(
        _places(db.session, _of(db.session, moment)), attribution="、".join(moment.attributions)
    )


def standard_csv(moment: Moment) -> bytes:
    """The 指定緊急避難場所 in the 39 columns of the national standard."""
    settings = current_app.config["SETTINGS"]
    return exports.standard_csv(
        _places(db.session, _of(db.session, moment)),
        publisher_code=settings.municipality_code,
        publisher=settings.municipality_name,
    )


def status_csv(moment: Moment) -> bytes:
    """States under the item names of 災害対応基本共有情報."""
    return exports.status_csv(_places(db.session, _of(db.session, moment)))


def count(body: bytes, form: str) -> int:
    """How many places a file made here holds; `form` is geojson, or one of the CSV ones."""
    if form == "geojson":
        # Not parsed: the nation's file would take a gigabyte. In a text the quotes are escaped.
        return body.count(b'{"type":"Feature","id":')
    return sum(1 for _ in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))) - 1


def eei_csv(session: Session, disaster: DisasterLine, policy: Policy) -> bytes:
    """The states of a disaster, over or not, for the operator to hand on. Never published.

    Crowding is told as residents see it, from the head count where nobody chose it by hand.
    """
    lines = disasters.statuses(session, disaster.id)
    overlay = _Overlay(
        live={one.shelter_id: _live(one, policy) for one in lines},
        spells=_spells(session, disaster.id),
        reason=disaster.name,
        needs={
            one.shelter_id: "、".join(NEED_WORDS[need]() for need in one.needs) for one in lines
        },
    )
    return exports.eei_csv(_places(session, overlay), drill=disaster.drill)


def _live(line: StatusLine, policy: Policy) -> Live:
    counted = rules.level_for(line.people, line.capacity, policy.thresholds)
    return Live(
        opening=line.opening,
        level=line.level or counted,
        people=line.people,
        updated_at=line.updated_at,
    )


def _of(session: Session, moment: Moment) -> _Overlay | None:
    """What may be published of the moment: in normal times and in a drill nothing."""
    if moment.disaster is None or moment.disaster.drill:
        return None
    return _Overlay(live=moment.live, spells=_spells(session, moment.disaster.id))


def _places(session: Session, overlay: _Overlay | None) -> Iterator[ExportPlace]:
    live = overlay.live if overlay else {}
    spells = overlay.spells if overlay else {}
    sources = _source_ids(session)
    spoken_of = overlay.needs.keys() if overlay else ()
    wanted = (
        select(Shelter)
        .where(Shelter.published, Shelter.withdrawn_at.is_(None) | Shelter.id.in_(spoken_of))
        .order_by(Shelter.id)
        .execution_options(yield_per=_FETCH)
    )
    for shelter in session.scalars(wanted):
        place = _place(
            shelter,
            sources.get(shelter.id, shelter.id),
            _state(shelter, live.get(shelter.id), in_disaster=overlay is not None),
            spells.get(shelter.id, _Spell()),
        )
        if overlay and overlay.reason and shelter.id in overlay.live:
            lacking = overlay.needs.get(shelter.id, "")
            place = replace(place, opening_reason=overlay.reason, support_wanted=lacking)
        yield place


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


def _spells(session: Session, disaster_id: str) -> dict[str, _Spell]:
    """Opening and closing of each place in the disaster; an opening taken back is none."""
    told = disasters.place_histories(session, disaster_id)
    return {one.shelter_id: _spell(one.known) for one in told}


def _spell(known: Sequence[Known]) -> _Spell:
    opened_at = closed_at = None
    state: Opening | None = None
    for one in known:
        if one.opening is Opening.OPEN and state is not Opening.OPEN:
            opened_at, closed_at = one.at, None
        elif one.opening is Opening.CLOSED and state is not Opening.CLOSED:
            closed_at = one.at
        state = one.opening
    return _Spell(opened_at, closed_at)


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
