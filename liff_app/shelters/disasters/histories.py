"""What is known of each place over time, once what was taken back counts as never said.

A slip (1,200 for 120) and its undo a minute later must not become the peak of a disaster, nor an
opening by mistake its first opening. Pure: reports in, states out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from liff_app.shelters.occupancy.rules import people_present
from liff_app.shelters.occupancy.vocabulary import EventKind, Need
from liff_app.shelters.vocabulary import Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One event on one place, and the state it left. `undoes`: the event it takes back."""

    id: int
    shelter_id: str
    name: str
    kind: EventKind
    opening: Opening
    people: int | None
    needs: frozenset[Need]
    at: datetime
    received_at: datetime
    undoes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A place as it was from `at` on. `is_report`: somebody said so, and it was not taken back."""

    at: datetime
    received_at: datetime
    opening: Opening
    people: int | None
    needs: frozenset[Need]
    is_report: bool

    @property
    def is_open(self) -> bool:
        """Whether people are taken in."""
        return self.opening in (Opening.OPEN, Opening.ALWAYS)

    @property
    def present(self) -> int:
        """People counted there, as the board counts them."""
        return people_present(self.opening, self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHistory:
    """One place through a disaster, oldest first."""

    shelter_id: str
    name: str
    known: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class _Slip:
    """What an event did that was taken back later."""

    opening: Opening | None  # the state before, where the event changed it
    counted_before: bool
    people: int  # how many more it made them
    added: frozenset[Need]
    removed: frozenset[Need]


def histories(reports: Iterable[Report]) -> list[PlaceHistory]:
    """One history for each place reported on. `reports` come place by place, oldest first."""
    by_place: dict[str, list[Report]] = {}
    for report in reports:
        by_place.setdefault(report.shelter_id, []).append(report)
    return [
        PlaceHistory(shelter_id=shelter_id, name=told[-1].name, known=tuple(_known(told)))
        for shelter_id, told in by_place.items()
    ]


def _known(reports: list[Report]) -> Iterable[Known]:
    taken_back = {report.undoes for report in reports if report.undoes is not None}
    slips: dict[int, _Slip] = {}  # by the event that made them, until their undo
    before: Report | None = None
    for report in reports:
        if report.id in taken_back:
            slips[report.id] = _slip(before, report)
        if report.undoes is not None:
            slips.pop(report.undoes, None)
        said = Known(
            at=report.at,
            received_at=report.received_at,
            opening=report.opening,
            people=report.people,
            needs=report.needs,
            is_report=report.id not in taken_back and report.kind is not EventKind.UNDO,
        )
        for slip in reversed(slips.values()):
            said = _without(said, slip)
        yield said
        before = report


def _slip(before: Report | None, after: Report) -> _Slip:
    opening = before.opening if before else Opening.UNKNOWN
    needs = before.needs if before else frozenset[Need]()
    counted = before.people if before else None
    return _Slip(
        opening=opening if opening is not after.opening else None,
        counted_before=counted is not None or after.people is None,
        people=(after.people or 0) - (counted or 0),
        added=after.needs - needs,
        removed=needs - after.needs,
    )


def _without(said: Known, slip: _Slip) -> Known:
    people = said.people
    if people is not None:
        people = max(0, people - slip.people)
        if not slip.counted_before and people == 0:
            people = None
    return replace(
        said,
        opening=slip.opening or said.opening,
        people=people,
        needs=(said.needs - slip.added) | slip.removed,
    )
