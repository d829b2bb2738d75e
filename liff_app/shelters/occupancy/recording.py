"""How a change is written: the status moves on by one version, an event tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.shelters.models import ShelterStatus, ShelterStatusEvent
from liff_app.shelters.occupancy import queries
from liff_app.shelters.occupancy.changes import Outcome, StatusView
from liff_app.shelters.occupancy.rules import State, people_moved
from liff_app.shelters.occupancy.vocabulary import EventKind
from liff_app.shelters.places import DisasterView, Policy
from liff_app.shelters.vocabulary import Opening


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a change, on which phone, and the key they made it under."""

    by: str
    device: str | None
    request_key: str | None
    fingerprint: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A place's status in the open disaster, read behind the lock."""

    place: Any  # a Row of `queries.place`
    disaster: DisasterView
    row: ShelterStatus
    state: State

    @property
    def version(self) -> int:
        """How many changes there were; 0 before the first."""
        return self.row.version

    @property
    def last(self) -> datetime | None:
        """When the last word was so; None before the first."""
        return self.row.updated_at if self.row.version else None

    def view(self, *, now: datetime, policy: Policy) -> StatusView:
        """The place as it stands."""
        said = self.row if self.row.version else None
        return queries.view(self.place, self.disaster.id, said, now=now, policy=policy)


def held(session: Session, place: Any, disaster: DisasterView) -> Held:  # noqa: ANN401 - a Row
    """The status of the place as the lock's holder finds it; a new one is not yet added."""
    row = session.get(ShelterStatus, (place.id, disaster.id), populate_existing=True)
    if row is None:
        row = ShelterStatus(
            shelter_id=place.id, disaster_id=disaster.id, opening=Opening.UNKNOWN.value,
            note="", needs="", version=0,
        )  # fmt: skip
    return Held(place=place, disaster=disaster, row=row, state=queries.state_of(row))


def write(  # noqa: PLR0913 - what an event says
    session: Session,
    held: Held,
    after: State,
    *,
    kind: EventKind,
    author: Author,
    people_change: int | None,
    at: datetime,
    now: datetime,
    checked_in: int | None = None,
    undoes: int | None = None,
    reason: str = "",
) -> ShelterStatusEvent:
    """The status is `after`, one version on, and the event that says so has its id."""
    row = held.row
    row.opening, row.people, row.note = after.opening.value, after.people, after.note
    row.level = after.level.value if after.level else None
    row.needs = queries.codes_of(after.needs)
    row.version += 1
    row.updated_at, row.updated_by = at, author.by
    if checked_in is not None:
        row.checked_in = checked_in
    event = ShelterStatusEvent(
        shelter_id=row.shelter_id, disaster_id=row.disaster_id, version=row.version,
        kind=kind.value, opening=row.opening, level=row.level, people=row.people,
        people_change=people_change, note=row.note, needs=row.needs, at=at,
        received_at=now, by=author.by, device=author.device,
        request_key=author.request_key,
        fingerprint=author.fingerprint if author.request_key else None,
        undoes=undoes, reason=reason,
    )  # fmt: skip
    session.add_all((row, event))
    session.flush()  # the answer names the event, and the database gives its id
    return event


def outcome(held: Held, event: ShelterStatusEvent, *, now: datetime, policy: Policy) -> Outcome:
    """What the event just written came to."""
    return Outcome(
        status=held.view(now=now, policy=policy),
        event_id=event.id,
        applied=people_moved(held.state, State(people=event.people)),
    )


def repeat(
    session: Session,
    place: Any,  # noqa: ANN401 - a Row of `queries.place`
    event: ShelterStatusEvent,
    *,
    now: datetime,
    policy: Policy,
) -> Outcome:
    """What an earlier event came to, told from the event itself: the status may have moved on."""
    row = session.get_one(ShelterStatus, (event.shelter_id, event.disaster_id))
    before = session.scalar(
        select(ShelterStatusEvent.people).where(
            ShelterStatusEvent.shelter_id == event.shelter_id,
            ShelterStatusEvent.disaster_id == event.disaster_id,
            ShelterStatusEvent.version == event.version - 1,
        )
    )
    return Outcome(
        status=queries.view(
            place, event.disaster_id, _Left(event, row.checked_in), now=now, policy=policy
        ),
        event_id=event.id,
        applied=people_moved(State(people=before), State(people=event.people)),
        repeated=True,
    )


class _Left:
    """A status as its event left it, in the shape of a status."""

    def __init__(self, event: ShelterStatusEvent, checked_in: int | None) -> None:
        self.opening, self.level, self.people = event.opening, event.level, event.people
        self.note, self.needs, self.version = event.note, event.needs, event.version
        self.updated_at, self.updated_by = event.at, event.by
        self.checked_in = checked_in
