"""Reads of occupancy, as plain records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.shelters import queries, rules
from liff_app.shelters.models import Disaster, Shelter, ShelterStatus, ShelterStatusEvent
from liff_app.shelters.occupancy.changes import EventView, StatusView
from liff_app.shelters.occupancy.rules import State, Step
from liff_app.shelters.occupancy.vocabulary import EventKind, Need
from liff_app.shelters.places import Policy
from liff_app.shelters.vocabulary import Level, Opening

_EVENT = ShelterStatusEvent
_STEP_COLUMNS = (
    _EVENT.id, _EVENT.version, _EVENT.kind, _EVENT.opening, _EVENT.level, _EVENT.people,
    _EVENT.people_change, _EVENT.note, _EVENT.needs, _EVENT.by, _EVENT.device,
)  # fmt: skip
_PLACE_COLUMNS = (Shelter.id, Shelter.name, Shelter.capacity_indoor, Shelter.always_open)
_STATUS_COLUMNS = (
    ShelterStatus.opening, ShelterStatus.level, ShelterStatus.people, ShelterStatus.note,
    ShelterStatus.needs, ShelterStatus.version, ShelterStatus.updated_at,
    ShelterStatus.updated_by, ShelterStatus.checked_in,
)  # fmt: skip


def needs_of(codes: str) -> frozenset[Need]:
    """The needs in a column."""
    return frozenset(Need(code) for code in codes.split(",") if code)


def codes_of(needs: frozenset[Need]) -> str:
    """The needs as a column holds them, in the order of the vocabulary."""
    return ",".join(need.value for need in Need if need in needs)


def state_of(row: Any) -> State:  # noqa: ANN401 - a Row, a status or an event
    """What a row of statuses or of events says."""
    return State(
        opening=Opening(row.opening),
        level=Level(row.level) if row.level else None,
        people=row.people,
        note=row.note,
        needs=needs_of(row.needs),
    )


def place(session: Session, shelter_id: str) -> Any:  # noqa: ANN401 - a Row
    """What occupancy must know of a place. Raises NotFound where it is unknown or withdrawn."""
    there = and_(Shelter.id == shelter_id, Shelter.withdrawn_at.is_(None))
    row = session.execute(select(*_PLACE_COLUMNS).where(there)).one_or_none()
    if row is None:
        raise NotFound("no such shelter", title="その避難所はありません。")
    return row


def view(
    place: Any,  # noqa: ANN401 - a Row with _PLACE_COLUMNS
    disaster_id: str | None,
    said: Any,  # noqa: ANN401 - a Row with _STATUS_COLUMNS, or a status
    *,
    now: datetime,
    policy: Policy,
) -> StatusView:
    """The place as staff see it. `said` is None, or has no version, before the first word on it."""
    if disaster_id is None or said is None or said.version is None:
        return _unspoken_of(place, disaster_id)
    state = state_of(said)
    shown = rules.opening_of(state.opening, always_open=place.always_open)
    counted = rules.level_for(state.people, place.capacity_indoor, policy.thresholds)
    return StatusView(
        shelter_id=place.id,
        name=place.name,
        disaster_id=disaster_id,
        opening=shown,
        level=state.level or counted,
        level_by_hand=state.level is not None,
        people=state.people,
        capacity=place.capacity_indoor,
        needs=in_order(state.needs),
        note=state.note,
        version=said.version,
        updated_at=said.updated_at,
        updated_by=said.updated_by,
        checked_in=said.checked_in,
        stale=rules.is_stale(shown, said.updated_at, now, policy),
    )


def _unspoken_of(place: Any, disaster_id: str | None) -> StatusView:  # noqa: ANN401 - as above
    unsaid = Opening.UNOPENED if disaster_id is None else Opening.UNKNOWN
    return StatusView(
        shelter_id=place.id,
        name=place.name,
        disaster_id=disaster_id,
        opening=rules.opening_of(unsaid, always_open=place.always_open),
        level=None,
        level_by_hand=False,
        people=None,
        capacity=place.capacity_indoor,
        needs=(),
        note="",
        version=0,
        updated_at=None,
        updated_by=None,
        checked_in=None,
        stale=False,
    )


def in_order(needs: frozenset[Need]) -> tuple[Need, ...]:
    """The needs in the order of the vocabulary."""
    return tuple(need for need in Need if need in needs)


def current(session: Session, shelter_id: str, *, now: datetime, policy: Policy) -> StatusView:
    """The place as it stands in the open disaster, or in normal times."""
    found = place(session, shelter_id)
    disaster = queries.open_disaster(session)
    if disaster is None:
        return view(found, None, None, now=now, policy=policy)
    said = session.execute(
        select(*_STATUS_COLUMNS).where(
            ShelterStatus.shelter_id == shelter_id, ShelterStatus.disaster_id == disaster.id
        )
    ).one_or_none()
    return view(found, disaster.id, said, now=now, policy=policy)


def all_current(session: Session, *, now: datetime, policy: Policy) -> list[StatusView]:
    """Every place that is not withdrawn, published or not, in the order of names."""
    disaster = queries.open_disaster(session)
    disaster_id = disaster.id if disaster else None
    mine = and_(
        ShelterStatus.shelter_id == Shelter.id, ShelterStatus.disaster_id == (disaster_id or "")
    )
    rows = session.execute(
        select(*_PLACE_COLUMNS, *_STATUS_COLUMNS)
        .outerjoin(ShelterStatus, mine)
        .where(Shelter.withdrawn_at.is_(None))
        .order_by(Shelter.name, Shelter.id)
    )
    return [view(row, disaster_id, row, now=now, policy=policy) for row in rows]


def steps(session: Session, shelter_id: str, disaster_id: str, *, from_version: int) -> list[Step]:
    """The history from that version on, oldest first."""
    wanted = (
        select(*_STEP_COLUMNS)
        .where(
            _EVENT.shelter_id == shelter_id,
            _EVENT.disaster_id == disaster_id,
            _EVENT.version >= from_version,
        )
        .order_by(_EVENT.version)
    )
    return [_step(row) for row in session.execute(wanted)]


def _step(row: Any) -> Step:  # noqa: ANN401 - a Row
    return Step(
        id=row.id,
        version=row.version,
        kind=EventKind(row.kind),
        state=state_of(row),
        people_change=row.people_change,
        by=row.by,
        device=row.device,
    )


def taken_back(session: Session, shelter_id: str, disaster_id: str) -> frozenset[int]:
    """Ids of the events that were undone."""
    wanted = select(_EVENT.undoes).where(
        _EVENT.shelter_id == shelter_id,
        _EVENT.disaster_id == disaster_id,
        _EVENT.undoes.is_not(None),
    )
    return frozenset(one for one in session.scalars(wanted) if one is not None)


def history(
    session: Session, shelter_id: str, *, disaster_id: str | None, limit: int | None
) -> list[EventView]:
    """The newest events of the place in one disaster, newest first; see `service.history`."""
    if disaster_id is None:
        disaster_id = session.scalar(_last_disaster(shelter_id))
    if disaster_id is None:
        return []
    undone = taken_back(session, shelter_id, disaster_id)
    wanted = (
        select(_EVENT)
        .where(_EVENT.shelter_id == shelter_id, _EVENT.disaster_id == disaster_id)
        .order_by(_EVENT.version.desc())
        .limit(limit)
    )
    return [_event(row, undone) for row in session.scalars(wanted)]


def _last_disaster(shelter_id: str) -> Select[str]:
    """The open disaster, or without one the last in which the place was spoken of."""
    spoken = select(_EVENT.disaster_id).where(_EVENT.shelter_id == shelter_id)
    return (
        select(Disaster.id)
        .where(Disaster.ended_at.is_(None) | Disaster.id.in_(spoken))
        .order_by(Disaster.ended_at.is_not(None), Disaster.started_at.desc())
        .limit(1)
    )


def _event(row: ShelterStatusEvent, undone: frozenset[int]) -> EventView:
    return EventView(
        id=row.id,
        version=row.version,
        kind=EventKind(row.kind),
        opening=Opening(row.opening),
        level=Level(row.level) if row.level else None,
        people=row.people,
        people_change=row.people_change,
        needs=in_order(needs_of(row.needs)),
        note=row.note,
        at=row.at,
        received_at=row.received_at,
        by=row.by,
        device=row.device,
        undone=row.id in undone,
        undoes=row.undoes,
        reason=row.reason,
    )


def reports(session: Session, disaster_id: str) -> Iterator[Any]:
    """Every event of a disaster, place by place in the order of versions, with the place's name."""
    wanted = (
        select(
            *(_EVENT.id, _EVENT.shelter_id, Shelter.name, _EVENT.kind, _EVENT.opening),
            *(_EVENT.people, _EVENT.needs, _EVENT.at, _EVENT.received_at, _EVENT.undoes),
        )
        .join(Shelter, Shelter.id == _EVENT.shelter_id)
        .where(_EVENT.disaster_id == disaster_id)
        .order_by(Shelter.name, _EVENT.shelter_id, _EVENT.version)
    )
    return iter(session.execute(wanted.execution_options(yield_per=2_000)))
