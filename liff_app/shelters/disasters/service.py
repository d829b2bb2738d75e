"""Disasters begun, amended and ended: at most one is open, and every step is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import Conflict, InputInvalid, NotFound
from liff_app.shelters import queries as shelters
from liff_app.shelters.counters import hold
from liff_app.shelters.disasters.drafts import Amendment, DisasterDraft, faults
from liff_app.shelters.disasters.models import DisasterEvent
from liff_app.shelters.disasters.queries import (
    DisasterLine,
    DisasterStep,
    every,
    find,
    steps,
)
from liff_app.shelters.models import Disaster
from liff_app.shelters.places import DisasterView

__all__ = [
    "Amendment",
    "DisasterDraft",
    "DisasterLine",
    "DisasterStep",
    "amend",
    "current",
    "every",
    "find",
    "start",
    "steps",
    "stop",
]


def current(session: Session) -> DisasterView | None:
    """The disaster or drill that is on, if one is."""
    return shelters.open_disaster(session)


def start(session: Session, draft: DisasterDraft, *, by: str, now: datetime) -> Disaster:
    """A disaster is on, and every process follows within a second.

    Raises Conflict while another is open, InputInvalid for a name or an area that cannot be.
    """
    if wrong := faults(draft.name, draft.area):
        raise InputInvalid(wrong)
    hold(session, "live").value += 1  # held from here on: two starts at once cannot both pass
    if current(session) is not None:
        raise Conflict(
            "a disaster is open",
            title="すでに災害または訓練が始まっています。",
            code="disaster_open",
        )
    disaster = Disaster(
        name=draft.name.strip(),
        hazards=_joined(draft.hazards),
        drill=draft.drill,
        area=draft.area.strip(),
        checkin=draft.checkin,
        started_at=now,
        started_by=by,
    )
    session.add(disaster)
    session.flush()  # its id is made here, and the history names it
    declared: dict[str, object] = {
        "name": disaster.name,
        "hazards": disaster.hazards,
        "drill": disaster.drill,
        "area": disaster.area,
        "checkin": disaster.checkin,
    }
    _note(session, disaster, "started", declared, by=by, now=now)
    return disaster


def amend(
    session: Session,
    amendment: Amendment,
    *,
    by: str,
    now: datetime,
    disaster_id: str | None = None,
) -> frozenset[str]:
    """The open disaster is as amended; gives the names of what changed, empty for nothing new.

    Raises NotFound if none is open, Conflict if it is not `disaster_id`, InputInvalid for a name or
    an area that cannot be.
    """
    if wrong := faults(amendment.name, amendment.area):
        raise InputInvalid(wrong)
    counter = hold(session, "live")
    disaster = _open(session, disaster_id)
    wanted: dict[str, str | bool | None] = {
        "name": None if amendment.name is None else amendment.name.strip(),
        "hazards": None if amendment.hazards is None else _joined(amendment.hazards),
        "area": None if amendment.area is None else amendment.area.strip(),
        "checkin": amendment.checkin,
    }
    changes = {
        field: value
        for field, value in wanted.items()
        if value is not None and value != getattr(disaster, field)
    }
    if not changes:
        return frozenset()
    counter.value += 1
    for field, value in changes.items():
        setattr(disaster, field, value)
    _note(session, disaster, "amended", changes, by=by, now=now)
    return frozenset(changes)


def stop(session: Session, *, by: str, now: datetime, disaster_id: str | None = None) -> Disaster:
    """The open disaster is over; its states stay as history. Asked again for `disaster_id`: no-op.

    Raises NotFound if none is open, or there is none of that id.
    """
    counter = hold(session, "live")
    if disaster_id is not None:
        asked = session.get(Disaster, disaster_id, populate_existing=True)
        if asked is None:
            raise NotFound("no such disaster")
        if asked.ended_at is not None:
            return asked
    disaster = _open(session, disaster_id)
    counter.value += 1
    disaster.ended_at, disaster.ended_by, disaster.open_slot = now, by, None
    _note(session, disaster, "stopped", {}, by=by, now=now)
    return disaster


def _open(session: Session, disaster_id: str | None) -> Disaster:
    disaster = session.scalar(
        select(Disaster)
        .where(Disaster.ended_at.is_(None))
        .execution_options(populate_existing=True)
    )
    if disaster is None:
        if disaster_id is not None:
            raise Conflict(
                "it is over", title="この災害は、もう終わっています。", code="disaster_over"
            )
        raise NotFound("no open disaster", title="始まっている災害はありません。")
    if disaster_id not in (None, disaster.id):
        raise Conflict("another is open", title="別の災害が始まっています。", code="disaster_over")
    return disaster


def _joined(hazards: tuple[str, ...]) -> str:
    return ",".join(dict.fromkeys(hazards))


def _note(
    session: Session,
    disaster: Disaster,
    kind: str,
    changes: Mapping[str, object],
    *,
    by: str,
    now: datetime,
) -> None:
    told = json.dumps(changes, ensure_ascii=False, separators=(",", ":"))
    session.add(DisasterEvent(disaster_id=disaster.id, kind=kind, changes=told, at=now, by=by))
