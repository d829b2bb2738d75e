"""Occupancy told a second time, as plainly as possible: lists, loops and no database.

It shares no line with the product but the words: what a change may say and how a refusal is called.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from liff_app.shelters.occupancy.service import Change, Need

EMPTY: dict[str, Any] = {
    "opening": "unknown", "people": None, "level": None, "note": "", "needs": frozenset(),
}  # fmt: skip
SETTABLE = ("opening", "people", "level", "note")


class Refused(Exception):
    """What the model refuses, by its code."""


@dataclass
class Event:
    """One change that was made."""

    id: int
    kind: str
    by: str
    device: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    amount: int | None
    at: datetime
    received_at: datetime
    undoes: int | None = None
    undone: bool = False

    @property
    def applied(self) -> int:
        """By how much it moved the head count."""
        return (self.after["people"] or 0) - (self.before["people"] or 0)


@dataclass
class Place:
    """A place in one disaster."""

    capacity: int | None
    events: list[Event] = field(default_factory=list)

    @property
    def state(self) -> dict[str, Any]:
        """How it stands."""
        return self.events[-1].after if self.events else EMPTY


@dataclass
class Model:
    """A town's places, the disaster that is on, and every request that was kept."""

    capacities: dict[str, int | None]
    disaster: str | None = None
    started_at: datetime | None = None
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    kept: dict[tuple[str, str], tuple[object, Event]] = field(default_factory=dict)

    def begin(self, disaster: str, now: datetime) -> None:
        """Another disaster is on."""
        self.disaster, self.started_at = disaster, now
        for name, capacity in self.capacities.items():
            self.places[name, disaster] = Place(capacity)

    def end(self) -> None:
        """None is on."""
        self.disaster = self.started_at = None

    def place(self, name: str) -> Place:
        """The place as it is in the disaster that is on."""
        return self.places[name, self.disaster or ""]

    def change(
        self, name: str, said: Change, by: str, now: datetime, disaster: str | None, new_id: int
    ) -> tuple[Event, bool]:
        """What becomes of it, and whether it had become so before. Raises Refused."""
        words = (
            name, said.opening, said.people, said.people_change, said.level, said.level_cleared,
            said.note, said.needs_added, said.needs_removed,
        )  # fmt: skip
        known = self._known(by, said.request_key, words)
        if known is not None:
            return known, True
        place = self._open(name, disaster)
        before = place.state
        after = combined(before, said)
        if said.base_version is not None:
            self._contradict(place, said, by, before, after)
        self._doubt(place, before["people"], after["people"], confirmed=said.confirmed)
        amount = None if said.people_change is None else (after["people"] - (before["people"] or 0))
        kind = "unchanged" if said.says_nothing_new else "change"
        event = Event(
            new_id, kind, by, said.device, before, after, amount,
            self._when(place, now, said.age_s), now,
        )  # fmt: skip
        return self._made(place, event, said.request_key, words)

    def undo(
        self, name: str, target: Event, by: str, now: datetime, *, key: str | None, anyones: bool,
        new_id: int,
    ) -> tuple[Event, bool]:  # fmt: skip
        """The same for an undo."""
        words = ("undo", name, target.id)
        known = self._known(by, key, words)
        if known is not None:
            return known, True
        found = [
            (place, disaster)
            for (place, disaster), one in self.places.items()
            if target in one.events
        ]
        ((home, disaster),) = found
        if home != name or not (anyones or target.by == by):
            raise Refused("not_found")
        place = self._open(name, disaster)
        if target.undone:
            return next(one for one in place.events if one.undoes == target.id), True
        before = place.state
        after, amount = without(place, target)
        event = Event(
            new_id, "undo", by, None, before, after, amount, self._when(place, now, 0), now,
            undoes=target.id,
        )  # fmt: skip
        target.undone = True
        return self._made(place, event, key, words)

    def _made(
        self, place: Place, event: Event, key: str | None, words: object
    ) -> tuple[Event, bool]:
        place.events.append(event)
        if key is not None:
            self.kept[event.by, key] = words, event
        return event, False

    def _known(self, by: str, key: str | None, words: object) -> Event | None:
        if key is None or (by, key) not in self.kept:
            return None
        first, event = self.kept[by, key]
        if first != words:
            raise Refused("idempotency_key_reused")
        return event

    def _open(self, name: str, disaster: str | None) -> Place:
        if disaster is not None and disaster != self.disaster:
            raise Refused("disaster_over")
        if self.disaster is None:
            raise Refused("not_found")
        return self.place(name)

    def _contradict(
        self, place: Place, said: Change, by: str, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        base = said.base_version or 0
        asked = {one for one in SETTABLE if getattr(said, one) is not None}
        if said.level_cleared:
            asked.add("level")
        for one in asked:
            if before[one] == after[one]:
                continue
            if base > len(place.events):
                raise Refused("version_conflict")
            for event in place.events[base:]:
                mine = event.by == by and (
                    None in (event.device, said.device) or event.device == said.device
                )
                if not mine and event.before[one] != event.after[one]:
                    raise Refused("version_conflict")

    def _doubt(
        self, place: Place, before: int | None, after: int | None, *, confirmed: bool
    ) -> None:
        last = before or 0
        if confirmed or after is None or after <= last:
            return
        if place.capacity:
            most = place.capacity * 1.5
            if after > most and (last <= most or after > last + 10):
                raise Refused("people_improbable")
        elif after > last + 100:
            raise Refused("people_improbable")

    def _when(self, place: Place, now: datetime, age_s: int) -> datetime:
        assert self.started_at is not None
        moments = [now - timedelta(seconds=age_s), self.started_at]
        moments += [place.events[-1].at] if place.events else []
        return max(moments)


def combined(before: dict[str, Any], said: Change) -> dict[str, Any]:
    """The state with what was said in it."""
    after = dict(before)
    for one in ("opening", "level", "people", "note"):
        wanted = getattr(said, one)
        if one == "level" and said.level_cleared:
            after["level"] = None
        if wanted is not None:
            after[one] = getattr(wanted, "value", wanted)
    if said.people_change is not None:
        after["people"] = at_least_none(before["people"], said.people_change)
    after["needs"] = (before["needs"] | said.needs_added) - said.needs_removed
    return after


def at_least_none(people: int | None, more: int) -> int:
    """A head count with so many more, or nobody."""
    total = people or 0
    for _ in range(abs(more)):
        if more > 0:
            total += 1
        elif total > 0:
            total -= 1
    return total


def without(place: Place, target: Event) -> tuple[dict[str, Any], int | None]:
    """The state without what the event did, and the amount that takes off. Raises Refused."""
    touched = {one for one in EMPTY if target.before[one] != target.after[one]}
    if not touched or target.kind != "change":
        raise Refused("not_undoable")
    for later in place.events[place.events.index(target) + 1 :]:
        if not later.undone and later.kind != "undo":
            refuse_if_moved(later, target, touched)
    after, amount = dict(place.state), None
    for one in touched & set(SETTABLE):
        after[one] = target.before[one]
    if target.amount is not None:
        after["people"] = at_least_none(place.state["people"], -target.applied)
        amount = after["people"] - (place.state["people"] or 0)
    gained = target.after["needs"] - target.before["needs"]
    lost = target.before["needs"] - target.after["needs"]
    after["needs"] = (place.state["needs"] - gained) | lost
    return after, amount


def refuse_if_moved(later: Event, target: Event, touched: set[str]) -> None:
    """Raises Refused where the later event moved what the target set."""
    for one in touched & set(SETTABLE):
        both_add = one == "people" and None not in (target.amount, later.amount)
        if later.before[one] != later.after[one] and not both_add:
            raise Refused("version_conflict")


def all_needs(random_bits: int) -> frozenset[Need]:
    """A set of needs, by the bits of a number."""
    return frozenset(need for place, need in enumerate(Need) if random_bits >> place & 1)
