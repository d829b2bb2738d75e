"""What can be done with a place's state: change it, take a change back, read it.

Changes of all places come one after the other (`counters.hold`), so each sees what the one before
left, and every process's board follows.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import InputInvalid, KeyReused, NotFound
from liff_app.shelters import queries as shelters
from liff_app.shelters.counters import hold
from liff_app.shelters.models import ShelterStatusEvent
from liff_app.shelters.occupancy import checks, queries, recording, rules
from liff_app.shelters.occupancy.changes import Change, EventView, Outcome, StatusView
from liff_app.shelters.occupancy.checks import MAX_NOTE, MAX_PEOPLE, MAX_REASON
from liff_app.shelters.occupancy.recording import Author, Held
from liff_app.shelters.occupancy.refusals import (
    DisasterOver,
    NotUndoable,
    PeopleImprobable,
    VersionConflict,
)
from liff_app.shelters.occupancy.vocabulary import EventKind, Need
from liff_app.shelters.places import DisasterView, Policy

__all__ = [
    "CHANGED",
    "MAX_NOTE",
    "MAX_PEOPLE",
    "MAX_REASON",
    "UNDONE",
    "Change",
    "DisasterOver",
    "EventKind",
    "EventView",
    "Need",
    "NotUndoable",
    "Outcome",
    "PeopleImprobable",
    "StatusView",
    "VersionConflict",
    "all_current",
    "change",
    "current",
    "history",
    "undo",
]

CHANGED, UNDONE = "shelter.status_changed", "shelter.status_undone"  # actions in the audit log
_OF_THE_CHECKIN = (EventKind.CHECKIN, EventKind.CHECKOUT)


def change(  # noqa: PLR0913 - who says it, when, and what follows from the town's policy
    session: Session,
    shelter_id: str,
    change: Change,
    *,
    by: str,
    now: datetime,
    policy: Policy,
    disaster_id: str | None = None,
    kind: EventKind | None = None,
    checked_in: int | None = None,
) -> Outcome:
    """The place's state is as said, with its history and author; nothing said moves the time.

    The same `request_key` of the same author gives the first outcome again. `disaster_id` is the
    disaster the author speaks of, if they know. `kind` and `checked_in` (how many people are
    checked in from now on) are for the check-in.

    Raises NotFound for a place unknown or withdrawn, or while no disaster is open; DisasterOver;
    InputInvalid, KeyReused, PeopleImprobable; VersionConflict where a value set would overwrite
    what somebody else moved since `change.base_version`. Then nothing was changed.
    """
    checks.check(change)
    live = hold(session, "live")
    said = checks.fingerprint(shelter_id, change, kind)
    author = Author(by, change.device, change.request_key, said)
    repeated = _repeated(session, shelter_id, author, now=now, policy=policy)
    if repeated is not None:
        return repeated
    held = _held(session, shelter_id, disaster_id)
    after = rules.changed(held.state, change)
    if change.base_version is not None and change.base_version != held.version:
        _refuse_contradictions(session, held, change, by=by, now=now, policy=policy)
    _refuse_improbable(held.state.people, after.people, held, confirmed=change.confirmed)
    added = rules.people_moved(held.state, after) if change.people_change is not None else None
    if kind is None:
        kind = EventKind.UNCHANGED if change.says_nothing_new else EventKind.CHANGE
    event = recording.write(
        session, held, after, kind=kind, author=author, people_change=added, now=now,
        at=rules.moment(now, change.age_s, started_at=held.disaster.started_at, last=held.last),
        checked_in=checked_in,
    )  # fmt: skip
    live.value += 1
    return recording.outcome(held, event, now=now, policy=policy)


def undo(  # noqa: PLR0913 - as above
    session: Session,
    shelter_id: str,
    event_id: int,
    *,
    by: str,
    now: datetime,
    policy: Policy,
    request_key: str | None = None,
    device: str | None = None,
    age_s: int = 0,
    anyones: bool = False,
    reason: str = "",
) -> Outcome:
    """What that event did is taken back, as an event of its own; a second undo gives the first's.

    Raises NotFound for an event of another place or author (`anyones`: of any author), DisasterOver
    for one of an earlier disaster, NotUndoable where it did nothing or the check-in made it, and
    VersionConflict where what it set was set again since, or people were counted again.
    """
    checks.check(Change(request_key=request_key, device=device))
    checks.check_reason(reason)
    live = hold(session, "live")
    said = checks.undo_fingerprint(shelter_id, event_id)
    author = Author(by, device, request_key, said)
    repeated = _repeated(session, shelter_id, author, now=now, policy=policy)
    if repeated is not None:
        return repeated
    target = session.get(ShelterStatusEvent, event_id)
    if target is None or target.shelter_id != shelter_id or not (anyones or target.by == by):
        raise NotFound("no such event", title="その記録はありません。")
    held = _held(session, shelter_id, target.disaster_id)
    taken_back = queries.taken_back(session, shelter_id, held.disaster.id)
    if event_id in taken_back:
        done = session.scalars(
            select(ShelterStatusEvent).where(ShelterStatusEvent.undoes == event_id)
        ).one()
        return recording.repeat(session, held.place, done, now=now, policy=policy)
    after, added = _taken_out(session, held, target, taken_back, now=now, policy=policy)
    event = recording.write(
        session, held, after, kind=EventKind.UNDO, author=author, people_change=added, now=now,
        at=rules.moment(now, age_s, started_at=held.disaster.started_at, last=held.last),
        undoes=event_id, reason=reason.strip(),
    )  # fmt: skip
    live.value += 1
    return recording.outcome(held, event, now=now, policy=policy)


def current(session: Session, shelter_id: str, *, now: datetime, policy: Policy) -> StatusView:
    """The place as it stands in the open disaster; in normal times without any report.

    Raises NotFound for a place unknown or withdrawn.
    """
    return queries.current(session, shelter_id, now=now, policy=policy)


def all_current(session: Session, *, now: datetime, policy: Policy) -> list[StatusView]:
    """Every place that is not withdrawn, published or not, in the order of names."""
    return queries.all_current(session, now=now, policy=policy)


def history(
    session: Session, shelter_id: str, *, disaster_id: str | None = None, limit: int | None = 100
) -> list[EventView]:
    """The newest events of the place in one disaster, newest first; None as `limit` is all.

    Without a disaster: the open one, or else the last in which the place was spoken of.
    """
    return queries.history(session, shelter_id, disaster_id=disaster_id, limit=limit)


def _repeated(
    session: Session, shelter_id: str, author: Author, *, now: datetime, policy: Policy
) -> Outcome | None:
    """The first outcome of the author's request key; None for a new one. Raises KeyReused."""
    if author.request_key is None:
        return None
    event = session.scalar(
        select(ShelterStatusEvent).where(
            ShelterStatusEvent.by == author.by,
            ShelterStatusEvent.request_key == author.request_key,
        )
    )
    if event is None:
        return None
    if event.fingerprint != author.fingerprint:
        raise KeyReused(author.request_key)
    place = queries.place(session, shelter_id)
    return recording.repeat(session, place, event, now=now, policy=policy)


def _held(session: Session, shelter_id: str, disaster_id: str | None) -> Held:
    """The place's status as it stands, nobody else's to change until the transaction ends."""
    disaster = _disaster(session, disaster_id)
    return recording.held(session, queries.place(session, shelter_id), disaster)


def _disaster(session: Session, disaster_id: str | None) -> DisasterView:
    disaster = shelters.open_disaster(session)
    if disaster_id is not None and (disaster is None or disaster.id != disaster_id):
        raise DisasterOver(disaster_id)
    if disaster is None:
        raise NotFound("no open disaster", title="始まっている災害はありません。")
    return disaster


def _refuse_contradictions(
    session: Session, held: Held, change: Change, *, by: str, now: datetime, policy: Policy
) -> None:
    if not rules.wanted(change) or change.base_version is None:
        return
    history = queries.steps(
        session, held.place.id, held.disaster.id, from_version=change.base_version
    )
    fields = rules.contradictions(held.state, change, history, by=by)
    if fields:
        raise VersionConflict(held.view(now=now, policy=policy), fields)


def _refuse_improbable(
    before: int | None, after: int | None, held: Held, *, confirmed: bool
) -> None:
    if after is not None and after > MAX_PEOPLE:
        raise InputInvalid([checks.TOO_MANY])
    if not confirmed and rules.is_improbable(before, after, held.place.capacity_indoor):
        raise PeopleImprobable(after or 0)


def _taken_out(
    session: Session,
    held: Held,
    target: ShelterStatusEvent,
    taken_back: frozenset[int],
    *,
    now: datetime,
    policy: Policy,
) -> tuple[rules.State, int | None]:
    """The state without what the event did, and what that adds to a head count added up."""
    history = queries.steps(
        session, held.place.id, held.disaster.id, from_version=target.version - 1
    )
    before = history[0].state if history[0].version < target.version else rules.State()
    step, *later = [one for one in history if one.version >= target.version]
    done = rules.moved(before, step.state)
    if not done or step.kind is EventKind.UNDO or step.kind in _OF_THE_CHECKIN:
        raise NotUndoable(str(target.id))
    after, fields = rules.undone(held.state, before, step, later, taken_back)
    if fields:
        raise VersionConflict(held.view(now=now, policy=policy), fields)
    added = rules.people_moved(held.state, after) if step.people_change is not None else None
    return after, added
