"""The figures of a disaster: how many places were open, how many people were there, and when.

Pure: histories in, figures out. A count holds until the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from liff_app.shelters.disasters.histories import Known, PlaceHistory
from liff_app.shelters.occupancy.vocabulary import Need
from liff_app.shelters.vocabulary import Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The whole town from `at` on: open places, people, and how many places lack what."""

    at: datetime
    open: int
    people: int
    needs: Mapping[Need, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFigures:
    """One place. `longest_silence`: the longest time it was open without a word from it."""

    shelter_id: str
    name: str
    first_opened: datetime | None
    closed_at: datetime | None
    peak: int | None
    peak_at: datetime | None
    reports: int
    longest_silence: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFigures:
    """One thing that was lacking: in how many places, at most at once, and at the end."""

    need: Need
    places: int
    first_at: datetime
    most: int
    most_at: datetime
    still: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A disaster in numbers. `most_*_at` is the first moment of the peak, None if it is zero."""

    counts: tuple[Count, ...]
    places: tuple[PlaceFigures, ...]
    needs: tuple[NeedFigures, ...]
    opened: int
    reports: int
    most_open: int
    most_open_at: datetime | None
    most_people: int
    most_people_at: datetime | None


def figures(histories: Sequence[PlaceHistory], *, until: datetime) -> Figures:
    """The figures up to `until`: the end of the disaster, or now."""
    counts = tuple(_counts(histories))
    places = tuple(place_figures(one, until=until) for one in histories)
    most_open = max((one.open for one in counts), default=0)
    most_people = max((one.people for one in counts), default=0)
    return Figures(
        counts=counts,
        places=places,
        needs=tuple(_needs(histories, counts)),
        opened=sum(one.first_opened is not None for one in places),
        reports=sum(one.reports for one in places),
        most_open=most_open,
        most_open_at=next((one.at for one in counts if one.open == most_open > 0), None),
        most_people=most_people,
        most_people_at=next((one.at for one in counts if one.people == most_people > 0), None),
    )


def sampled(counts: Sequence[Count], moments: Iterable[datetime]) -> list[Count]:
    """The counts as they stood at each of the moments, which come in order."""
    found, index, last = [], 0, None
    for moment in moments:
        while index < len(counts) and counts[index].at <= moment:
            last, index = counts[index], index + 1
        found.append(
            Count(
                at=moment,
                open=last.open if last else 0,
                people=last.people if last else 0,
                needs=last.needs if last else {},
            )
        )
    return found


def _counts(histories: Sequence[PlaceHistory]) -> Iterable[Count]:
    """The town after each moment in which anything was said."""
    steps = [(one.at, place.shelter_id, one) for place in histories for one in place.known]
    steps.sort(key=lambda step: step[0])  # stable: of one place in the order it was said
    now: dict[str, Known] = {}
    open_, people = 0, 0
    needs = dict.fromkeys(Need, 0)
    for at, together in groupby(steps, key=lambda step: step[0]):
        for _, shelter_id, one in together:
            before = now.get(shelter_id)
            open_ += one.is_open - (before.is_open if before else False)
            people += one.present - (before.present if before else 0)
            for need in _lacking(one) ^ (_lacking(before) if before else frozenset()):
                needs[need] += 1 if need in _lacking(one) else -1
            now[shelter_id] = one
        yield Count(at=at, open=open_, people=people, needs={n: c for n, c in needs.items() if c})


def _lacking(one: Known) -> frozenset[Need]:
    """A place that was closed lacks nothing any more, whatever was said of it last."""
    return frozenset() if one.opening is Opening.CLOSED else one.needs


def place_figures(history: PlaceHistory, *, until: datetime) -> PlaceFigures:
    """One place in numbers."""
    known = history.known
    first = next((one.at for one in known if one.is_open), None)
    peak = max((one.present for one in known if one.people is not None), default=None)
    return PlaceFigures(
        shelter_id=history.shelter_id,
        name=history.name,
        first_opened=first,
        closed_at=_closed_at(known),
        peak=peak,
        peak_at=next(
            (one.at for one in known if one.people is not None and one.present == peak), None
        ),
        reports=sum(one.is_report for one in known),
        longest_silence=_longest_silence(known, until),
    )


def _closed_at(known: Sequence[Known]) -> datetime | None:
    """When it stopped being open for the last time; None while it is, or if it never was."""
    ends = [after.at for before, after in pairwise(known) if before.is_open and not after.is_open]
    return ends[-1] if ends and not known[-1].is_open else None


def _longest_silence(known: Sequence[Known], until: datetime) -> timedelta | None:
    heard = [one.received_at for one in known] + [until]
    gaps = [
        after - one.received_at
        for one, after in zip(known, heard[1:], strict=True)
        if one.is_open and after >= one.received_at
    ]
    return max(gaps, default=None)


def _needs(histories: Sequence[PlaceHistory], counts: Sequence[Count]) -> Iterable[NeedFigures]:
    for need in Need:
        places = sum(any(need in _lacking(one) for one in place.known) for place in histories)
        if not places:
            continue
        asked = [(one.needs.get(need, 0), one.at) for one in counts]
        most = max(count for count, _ in asked)
        yield NeedFigures(
            need=need,
            places=places,
            first_at=next(
                one.at for one in sorted(
                    (k for place in histories for k in place.known), key=lambda k: k.at
                ) if need in _lacking(one)
            ),
            most=most,
            most_at=next(at for count, at in asked if count == most),
            still=asked[-1][0],
        )  # fmt: skip
