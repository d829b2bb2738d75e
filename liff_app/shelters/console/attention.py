"""What headquarters must look at first, and what a question to the board leaves in. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum, StrEnum

from liff_app.search_text import search_key
from liff_app.shelters.occupancy.changes import StatusView
from liff_app.shelters.occupancy.rules import people_present
from liff_app.shelters.occupancy.vocabulary import Need
from liff_app.shelters.places import Kind
from liff_app.shelters.vocabulary import Level, Opening

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
IN_USE = frozenset({Opening.OPEN, Opening.PREPARING})


class Urgency(IntEnum):
    """Why a place stands where it does on the board, the most urgent first."""

    LEFT = 0  # said to be closed, but with people in it
    STALE = 1  # said to be in use, but too long ago
    FULL = 2
    NEEDS = 3
    CROWDED = 4
    OPEN = 5
    PREPARING = 6
    SILENT = 7  # nobody has said yet whether it is open
    UNOPENED = 8
    CLOSED = 9


class Order(StrEnum):
    """How the board can be ordered."""

    ATTENTION = "attention"
    NAME = "name"
    PEOPLE = "people"
    AGE = "age"


class Show(StrEnum):
    """Which places the board shows."""

    ALL = "all"
    OPEN = "open"
    STALE = "stale"
    FULL = "full"
    NEEDS = "needs"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPlace:
    """A place as the lists describe it. `listed` is False where residents do not see it."""

    id: str
    name: str
    kana: str
    address: str
    kind: Kind
    capacity: int | None
    lat: float | None
    lon: float | None
    listed: bool
    search: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the board. `author` is who reported last, in words; empty without a report."""

    place: BoardPlace
    status: StatusView
    author: str
    urgency: Urgency

    @property
    def is_stale(self) -> bool:
        """Whether the last word on a place in use is too old to go by."""
        return self.status.stale and self.status.opening in IN_USE

    @property
    def is_silent(self) -> bool:
        """Whether nobody has said yet if it is open, whatever else was reported."""
        return self.status.opening is Opening.UNKNOWN

    @property
    def people(self) -> int:
        """How many people count as being there."""
        return people_present(self.status.opening, self.status.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody wants to see of the board. `text` is in the form that searches compare."""

    show: Show = Show.ALL
    need: Need | None = None
    kind: Kind | None = None
    text: str = ""
    order: Order = Order.ATTENTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The board in a few numbers.

    `people` leaves closed places out, `left` counts those of them that still have people.
    """

    places: int
    open: int
    people: int
    left: int
    stale: int
    silent: int
    full: int
    needs: int


def urgency_of(status: StatusView) -> Urgency:
    """Why a place needs looking at, or the calm state it is in."""
    if status.opening is Opening.CLOSED:
        return Urgency.LEFT if status.people else Urgency.CLOSED
    if status.opening is Opening.UNOPENED:
        return Urgency.UNOPENED
    if status.stale and status.opening in IN_USE:
        return Urgency.STALE
    return _trouble(status) or _calm(status)


def _trouble(status: StatusView) -> Urgency | None:
    if status.level is Level.FULL:
        return Urgency.FULL
    if status.needs:
        return Urgency.NEEDS
    return Urgency.CROWDED if status.level is Level.CROWDED else None


def _calm(status: StatusView) -> Urgency:
    if status.opening is Opening.ALWAYS:
        return Urgency.OPEN if status.version else Urgency.UNOPENED
    if status.opening is Opening.UNKNOWN:
        return Urgency.SILENT
    return Urgency[status.opening.name]


def counts(rows: Iterable[Row]) -> Counts:
    """The numbers on top of the board."""
    found = list(rows)
    used = [row for row in found if row.status.opening is Opening.OPEN]
    return Counts(
        places=len(found),
        open=len(used),
        people=sum(row.people for row in found),
        left=sum(row.urgency is Urgency.LEFT for row in found),
        stale=sum(row.is_stale for row in found),
        silent=sum(row.is_silent for row in found),
        full=sum(row.status.level is Level.FULL for row in found),
        needs=sum(bool(row.status.needs) for row in found),
    )


def occupied(rows: Iterable[Row]) -> list[Row]:
    """The places that are open or have people in them, closed ones too, the fullest first."""
    found = [row for row in rows if row.status.opening is Opening.OPEN or row.status.people]
    return sorted(found, key=lambda row: -(row.status.people or 0))


def answer(rows: Iterable[Row], question: Question) -> list[Row]:
    """The rows that the question asks for, in its order. `rows` come in the order of names."""
    found = [row for row in rows if _is_asked_for(row, question)]
    if question.order is Order.PEOPLE:
        found.sort(key=lambda row: -(row.status.people or 0))
    elif question.order is Order.AGE:
        found.sort(key=_oldest_first)
    elif question.order is Order.ATTENTION:
        found.sort(key=_most_urgent_first)
    return found


def _is_asked_for(row: Row, question: Question) -> bool:
    status = row.status
    shown = {
        Show.ALL: True,
        Show.OPEN: status.opening is Opening.OPEN,
        Show.STALE: row.is_stale,
        Show.FULL: status.level is Level.FULL,
        Show.NEEDS: bool(status.needs),
        Show.SILENT: row.is_silent,
    }
    return (
        shown[question.show]
        and question.need in (None, *status.needs)
        and question.kind in (None, row.place.kind)
        and question.text in row.place.search
    )


def _oldest_first(row: Row) -> tuple[bool, datetime]:
    """Places in use by the age of their report, the rest after them."""
    return row.status.opening not in IN_USE, row.status.updated_at or _LONG_AGO


def _most_urgent_first(row: Row) -> tuple[int, datetime, int]:
    """Among stale ones the oldest, among the others the one with most people."""
    if row.urgency is Urgency.STALE:
        return row.urgency, row.status.updated_at or _LONG_AGO, 0
    return row.urgency, _LONG_AGO, -(row.status.people or 0)


def text_of(typed: str) -> str:
    """What somebody typed, in the form that searches compare."""
    return search_key(typed)
