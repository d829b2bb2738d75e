"""What is said of a place and what comes of it: the contract of occupancy.

Plain records, for every surface that changes or shows a place's state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from liff_app.shelters.occupancy.vocabulary import EventKind, Need
from liff_app.shelters.vocabulary import Level, Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody says of a place. What is None or empty stays; nothing said is 変わりなし.

    `people` is a head count, `people_change` adds to whatever it is by then; never both.
    `level_cleared` gives the level back to the computed one. `base_version` is the version the
    author saw: an older one cannot overwrite what somebody else set since. `age_s`: seconds the
    phone held the change before it could send it. `confirmed`: the author stands by an improbable
    count. `device`: random letters of one phone or browser; it tells two people with the same
    pass apart, who else would count as one author.
    """

    opening: Opening | None = None
    people: int | None = None
    people_change: int | None = None
    level: Level | None = None
    level_cleared: bool = False
    note: str | None = None
    needs_added: frozenset[Need] = frozenset()
    needs_removed: frozenset[Need] = frozenset()
    base_version: int | None = None
    request_key: str | None = None
    age_s: int = 0
    confirmed: bool = False
    device: str | None = None

    @property
    def says_nothing_new(self) -> bool:
        """Whether it is 変わりなし."""
        said = (self.opening, self.people, self.people_change, self.level, self.note)
        return all(one is None for one in said) and not (
            self.level_cleared or self.needs_added or self.needs_removed
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """A place as staff see it. Without a report: version 0, no people, no time.

    `opening` and `level` are as shown; `level_by_hand` says that staff chose the level.
    `checked_in` is None where the check-in is not used.
    """

    shelter_id: str
    name: str
    disaster_id: str | None
    opening: Opening
    level: Level | None
    level_by_hand: bool
    people: int | None
    capacity: int | None
    needs: tuple[Need, ...]
    note: str
    version: int
    updated_at: datetime | None
    updated_by: str | None
    checked_in: int | None
    stale: bool

    def as_json(self) -> dict[str, Any]:
        """The view as it is answered; times in UTC. Whoever made the change is left out."""
        return {
            "shelter_id": self.shelter_id,
            "name": self.name,
            "disaster_id": self.disaster_id,
            "opening": self.opening.value,
            "level": self.level.value if self.level else None,
            "level_by_hand": self.level_by_hand,
            "people": self.people,
            "capacity": self.capacity,
            "needs": [need.value for need in self.needs],
            "note": self.note,
            "version": self.version,
            "updated_at": self.updated_at.isoformat() if self.updated_at else None,
            "checked_in": self.checked_in,
            "stale": self.stale,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a change came to. `applied` is by how much the head count moved.

    A repeat gives the status as it was right after the first time, and changes nothing.
    """

    status: StatusView
    event_id: int
    applied: int
    repeated: bool = False

    def detail(self) -> Mapping[str, str | int | bool | None]:
        """What the audit log keeps of it: codes and numbers."""
        return {
            "event": self.event_id,
            "version": self.status.version,
            "opening": self.status.opening.value,
            "people": self.status.people,
            "applied": self.applied,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One event of the history, with the status it left. The newest has the greatest version.

    `people_change` is what adding up did; None where nothing was added. `at` is when it was so,
    `received_at` when it arrived. `undoes` is the id of the event it takes back; `undone` says
    that this one was taken back.
    """

    id: int
    version: int
    kind: EventKind
    opening: Opening
    level: Level | None
    people: int | None
    people_change: int | None
    needs: tuple[Need, ...]
    note: str
    at: datetime
    received_at: datetime
    by: str
    device: str | None
    undone: bool
    undoes: int | None
    reason: str
