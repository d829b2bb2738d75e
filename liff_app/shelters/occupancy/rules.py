"""Decisions of occupancy: how changes combine, what contradicts what, what is improbable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from liff_app.shelters.occupancy.changes import Change
from liff_app.shelters.occupancy.vocabulary import EventKind, Need
from liff_app.shelters.vocabulary import Level, Opening

SET: Final = ("opening", "people", "level", "note")  # fields that can be set, and so contradict
UNLIMITED_JUMP: Final = 100  # persons at once, where no capacity says what is likely
SMALL_STEP: Final = 10  # persons; past the limit somebody has confirmed, and few more are no news
LONGEST_AGE_S: Final = 30 * 24 * 3600  # a phone's clock may say anything


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a status says, apart from who said it and when."""

    opening: Opening = Opening.UNKNOWN
    level: Level | None = None  # by hand
    people: int | None = None
    note: str = ""
    needs: frozenset[Need] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event of a history: the state it left, and by whom."""

    id: int
    version: int
    kind: EventKind
    state: State
    people_change: int | None
    by: str
    device: str | None


def changed(state: State, change: Change) -> State:
    """The state with the change in it. The head count never falls below 0."""
    people = state.people
    if change.people is not None:
        people = change.people
    elif change.people_change is not None:
        people = max(0, (people or 0) + change.people_change)
    level = None if change.level_cleared else state.level
    return State(
        opening=change.opening or state.opening,
        level=change.level or level,
        people=people,
        note=state.note if change.note is None else change.note.strip(),
        needs=(state.needs | change.needs_added) - change.needs_removed,
    )


def people_present(opening: Opening, people: int | None) -> int:
    """How many people count as being there; those of a closed place are elsewhere by now."""
    return 0 if opening is Opening.CLOSED else people or 0


def people_moved(before: State, after: State) -> int:
    """By how much the head count moved; nobody counted is 0."""
    return (after.people or 0) - (before.people or 0)


def moved(before: State, after: State) -> frozenset[str]:
    """Fields whose value differs."""
    names = (*SET, "needs")
    return frozenset(name for name in names if getattr(before, name) != getattr(after, name))


def wanted(change: Change) -> frozenset[str]:
    """Fields the change sets to a value of its own, whatever they are by then."""
    said = {name for name in SET if getattr(change, name) is not None}
    return frozenset(said | ({"level"} if change.level_cleared else set()))


def is_same_author(step: Step, by: str, device: str | None) -> bool:
    """Whether the same person made it, as far as is known: one pass may be on two phones."""
    if step.by != by:
        return False
    return step.device == device or step.device is None or device is None


def contradictions(
    state: State, change: Change, history: Sequence[Step], *, by: str
) -> tuple[str, ...]:
    """Fields the change would overwrite although somebody else moved them since it was made.

    `state` is how it stands, `history` all steps from the change's base version on. Agreeing with
    what is there contradicts nobody.
    """
    in_question = wanted(change) & moved(state, changed(state, change))
    if not in_question or change.base_version is None:
        return ()
    if not history or history[-1].version < change.base_version:
        return _in_order(in_question)  # a version there never was, or not any more
    known = history[0].state if history[0].version == change.base_version else State()
    theirs: set[str] = set()
    for step in history:
        if step.version > change.base_version and not is_same_author(step, by, change.device):
            theirs |= moved(known, step.state)
        known = step.state
    return _in_order(in_question & theirs)


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    found = set(names)
    return tuple(name for name in SET if name in found)


def undone(
    state: State, before: State, target: Step, later: Sequence[Step], taken_back: frozenset[int]
) -> tuple[State, tuple[str, ...]]:
    """The state with the step's own doing taken out, and the fields where that contradicts.

    `before` is the state the step found, `later` all steps after it. What was added is taken off
    again, unless somebody has counted since; what was set goes back to what it was, unless it was
    set again. Steps that were taken back themselves do not stand in the way.
    """
    fields = moved(before, target.state)
    adds_up = target.people_change is not None
    contradicting: set[str] = set()
    known = target.state
    for step in later:
        if step.id not in taken_back and step.kind is not EventKind.UNDO:
            theirs = moved(known, step.state) & fields
            if adds_up and step.people_change is not None:
                theirs -= {"people"}
            contradicting |= theirs - {"needs"}
        known = step.state
    found = replace(state, **{name: getattr(before, name) for name in SET if name in fields})
    if adds_up:
        found = replace(
            found, people=max(0, (state.people or 0) - people_moved(before, target.state))
        )
    added, removed = target.state.needs - before.needs, before.needs - target.state.needs
    found = replace(found, needs=(state.needs - added) | removed)
    return found, _in_order(contradicting)


def is_improbable(before: int | None, after: int | None, capacity: int | None) -> bool:
    """Whether a count asks for a second look: past 1.5 times the capacity, or a jump beyond 100.

    Capacity 0 is unknown. A count past the limit was confirmed: a few more need not be again.
    """
    last = before or 0
    if after is None or after <= last:
        return False
    if not capacity:
        return after - last > UNLIMITED_JUMP
    if 2 * after <= 3 * capacity:
        return False
    return 2 * last <= 3 * capacity or after - last > SMALL_STEP


def moment(now: datetime, age_s: int, *, started_at: datetime, last: datetime | None) -> datetime:
    """When it was so: `age_s` ago, but not before the disaster nor before the last word."""
    said = now - timedelta(seconds=min(max(0, age_s), LONGEST_AGE_S))
    return max(said, started_at, last or started_at)
