"""Figures agree with a naive recomputation that plays every change again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from liff_app.shelters.disasters.figures import Figures, figures, sampled
from liff_app.shelters.disasters.histories import Report, histories
from liff_app.shelters.occupancy.vocabulary import EventKind, Need
from liff_app.shelters.vocabulary import Opening

START = datetime(2026, 9, 1, 12, tzinfo=UTC)
STATES = (Opening.OPEN, Opening.OPEN, Opening.CLOSED, Opening.PREPARING, Opening.UNKNOWN)


@dataclass
class State:
    """A place as a naive player keeps it."""

    opening: Opening = Opening.UNKNOWN
    people: int | None = None
    needs: frozenset[Need] = frozenset()


Act = Callable[[State], None]


@dataclass
class Told:
    """One event: what it did, and whether it was taken back."""

    id: int
    at: int  # minutes
    act: Act
    touches: str
    adds: bool
    kind: EventKind = EventKind.CHANGE
    undoes: int | None = None
    undone: bool = False


@dataclass
class Story:
    """What happened to one place: its events in order, and the reports made of them."""

    shelter: str
    events: list[Told] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)


def opened(value: Opening) -> Act:
    return lambda state: setattr(state, "opening", value)


def counted(value: int) -> Act:
    return lambda state: setattr(state, "people", value)


def added(value: int) -> Act:
    return lambda state: setattr(state, "people", (state.people or 0) + value)


def lacking(need: Need) -> Act:
    return lambda state: setattr(state, "needs", state.needs ^ {need})


def nothing(_state: State) -> None:
    """変わりなし."""


def story(chance: random.Random, shelter: str, ids: list[int]) -> Story:
    """A place's random history; a change is taken back only while nothing touched it since."""
    told, minute = Story(shelter), 0
    for _turn in range(chance.randint(1, 40)):
        minute += chance.choice([0, 1, 1, 2, 7, 30])
        ids[0] += 1
        candidates = [one for one in told.events if _may_be_taken_back(one, told.events)]
        if candidates and chance.random() < 0.25:
            back = chance.choice(candidates)
            back.undone = True
            told.events.append(
                Told(ids[0], minute, nothing, back.touches, adds=False, kind=EventKind.UNDO,
                     undoes=back.id)
            )  # fmt: skip
            continue
        event = change(chance, told.events, ids[0], minute)
        told.events.append(event)
    told.reports = [_report(told, index, chance) for index in range(len(told.events))]
    return told


def change(chance: random.Random, events: list[Told], number: int, minute: int) -> Told:
    """Something said of the place; people are counted before they are added up."""
    skip = frozenset(one.id for one in events if one.undone)
    what = chance.choice(["opening", "set", "add", "add", "need", "same"])
    if what == "opening":
        return Told(number, minute, opened(chance.choice(STATES)), "opening", adds=False)
    if what == "set" or (what == "add" and played(events, skip=skip).people is None):
        return Told(number, minute, counted(chance.randint(100, 300)), "people", adds=False)
    if what == "add":
        return Told(number, minute, added(chance.randint(-2, 9)), "people", adds=True)
    if what == "need":
        need = chance.choice(list(Need))
        return Told(number, minute, lacking(need), f"need {need}", adds=False)
    return Told(number, minute, nothing, "", adds=False, kind=EventKind.UNCHANGED)


def _may_be_taken_back(event: Told, events: list[Told]) -> bool:
    """As occupancy allows it: sums as long as nobody counted anew, the rest while untouched."""
    if event.undone or event.kind is not EventKind.CHANGE:
        return False
    later = [one for one in events[events.index(event) + 1 :] if one.touches == event.touches]
    later = [one for one in later if not one.undone]
    if event.adds:
        return all(one.adds or one.kind is EventKind.UNDO for one in later)
    return not later


def played(events: list[Told], *, skip: frozenset[int]) -> State:
    """The state after the events, but for those skipped."""
    state = State()
    for event in events:
        if event.id not in skip and event.kind is not EventKind.UNDO:
            event.act(state)
    return state


def _report(told: Story, index: int, chance: random.Random) -> Report:
    """The event as the database holds it: with the state that stood right after it."""
    event, seen = told.events[index], told.events[: index + 1]
    back = frozenset(one.undoes for one in seen if one.undoes is not None)
    state = played(seen, skip=back)
    at = START + timedelta(minutes=event.at)
    return Report(
        id=event.id,
        shelter_id=told.shelter,
        name=f"避難所{told.shelter}",
        kind=event.kind,
        opening=state.opening,
        people=state.people,
        needs=state.needs,
        at=at,
        received_at=at + timedelta(minutes=chance.choice([0, 0, 0, 5])),
        undoes=event.undoes,
    )


def naive(stories: list[Story], minute: int) -> tuple[int, int, dict[Need, int]]:
    """Open places, people and needs at a minute, as if what was taken back had never been."""
    open_, people, needs = 0, 0, dict.fromkeys(Need, 0)
    for told in stories:
        skip = frozenset(one.id for one in told.events if one.undone)
        state = played([one for one in told.events if one.at <= minute], skip=skip)
        open_ += state.opening is Opening.OPEN
        people += 0 if state.opening is Opening.CLOSED else state.people or 0
        for need in state.needs if state.opening is not Opening.CLOSED else ():
            needs[need] += 1
    return open_, people, {need: n for need, n in needs.items() if n}


def told_of(stories: list[Story], minutes: int) -> Figures:
    reports = [report for told in stories for report in told.reports]
    return figures(histories(reports), until=START + timedelta(minutes=minutes))


@pytest.mark.parametrize("seed", range(60))
def test_random_histories_give_what_playing_them_again_gives(seed: int) -> None:
    chance = random.Random(seed)
    ids = [0]
    stories = [story(chance, f"s{n}", ids) for n in range(chance.randint(1, 6))]
    last = max(one.at for told in stories for one in told.events)
    found = told_of(stories, last)
    every_minute = [START + timedelta(minutes=m) for m in range(last + 1)]
    expected = [naive(stories, minute) for minute in range(last + 1)]
    got = [(one.open, one.people, dict(one.needs)) for one in sampled(found.counts, every_minute)]
    assert got == expected
    assert found.most_open == max(open_ for open_, _, _ in expected)
    assert found.most_people == max(people for _, people, _ in expected)
    if found.most_people:
        minute = next(m for m, (_, people, _) in enumerate(expected) if people == found.most_people)
        assert found.most_people_at == every_minute[minute]
    assert found.reports == sum(
        not one.undone and one.kind is not EventKind.UNDO for told in stories for one in told.events
    )
    for told, place in zip(stories, found.places, strict=True):
        skip = frozenset(one.id for one in told.events if one.undone)
        states = [played(told.events[: n + 1], skip=skip) for n in range(len(told.events))]
        first = [
            e.at for e, s in zip(told.events, states, strict=True) if s.opening is Opening.OPEN
        ]
        assert place.first_opened == (START + timedelta(minutes=first[0]) if first else None)
        counts = [
            0 if s.opening is Opening.CLOSED else s.people for s in states if s.people is not None
        ]
        assert place.peak == max(counts, default=None)
    for line in found.needs:
        assert line.most == max(needs.get(line.need, 0) for _, _, needs in expected)
        assert line.still == expected[-1][2].get(line.need, 0)


def test_a_planted_flaw_is_seen() -> None:
    """With slips counted as said, some story differs: the comparison above can fail."""
    differing = 0
    for seed in range(60):
        chance = random.Random(seed)
        ids = [0]
        stories = [story(chance, f"s{n}", ids) for n in range(chance.randint(1, 6))]
        for told in stories:
            told.reports = [
                Report(**{name: getattr(one, name) for name in Report.__slots__} | {"undoes": None})
                for one in told.reports
            ]
        last = max(one.at for told in stories for one in told.events)
        expected = max(naive(stories, minute)[1] for minute in range(last + 1))
        differing += told_of(stories, last).most_people != expected
    assert differing > 5


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def said(number: int, minute: int, opening: Opening, people: int | None = None) -> Report:
    return Report(
        id=number, shelter_id="a", name="まど小学校", kind=EventKind.CHANGE, opening=opening,
        people=people, needs=frozenset(), at=at(minute), received_at=at(minute),
    )  # fmt: skip


def test_silence_counts_only_while_a_place_is_open() -> None:
    reports = [
        said(1, 0, Opening.PREPARING),
        said(2, 100, Opening.OPEN, 10),
        said(3, 130, Opening.OPEN, 20),
        said(4, 150, Opening.CLOSED, 0),
        said(5, 400, Opening.OPEN, 1),
    ]
    (place,) = figures(histories(reports), until=at(425)).places
    assert place.longest_silence == timedelta(minutes=30)
    assert (place.first_opened, place.closed_at) == (at(100), None)
    assert (place.peak, place.peak_at, place.reports) == (20, at(130), 5)
    (later,) = figures(histories(reports), until=at(600)).places
    assert later.longest_silence == timedelta(minutes=200)


def test_people_of_a_closed_place_are_not_counted_twice() -> None:
    reports = [said(1, 0, Opening.OPEN, 80), said(2, 10, Opening.CLOSED, 80)]
    found = figures(histories(reports), until=at(60))
    assert [(one.open, one.people) for one in found.counts] == [(1, 80), (0, 0)]
    assert found.places[0].closed_at == at(10)


def test_a_disaster_nobody_reported_on_has_figures_of_nothing() -> None:
    found = figures([], until=at(60))
    assert (found.counts, found.opened, found.most_people_at) == ((), 0, None)
    assert [(one.open, one.people) for one in sampled((), [at(0), at(30)])] == [(0, 0), (0, 0)]
