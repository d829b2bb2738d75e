"""One sample answer for each path through a form: the search's ways, gone to their end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

from liff_app.procedures.engine.document import Document, Kind
from liff_app.procedures.engine.evaluation import Evaluated
from liff_app.procedures.engine.paths.outline import name_of
from liff_app.procedures.engine.paths.searching import No, Search, State, Step

_EVALUATIONS = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Answers that a form takes, the names they show, and what is to be paid for them."""

    answers: dict[str, Any]
    visible: tuple[str, ...]  # names of pages, groups, repeats and questions, in order
    fee_yen: int | None
    on: date  # the day on which it was evaluated


Way = list[tuple[int, Any]]  # decisions: which, and the answer
Shown = frozenset[str]
Rest = tuple[Step, Shown] | None  # how to go on, and what is shown behind that


def sampled(document: Document, search: Search, *, today: date, most: int) -> tuple[Sample, ...]:
    """One sample for each path, at most `most`."""
    was_cut, search.left = search.was_cut, _EVALUATIONS
    found: dict[tuple[str, ...], Sample] = {}
    for way in _ways(search, most):
        if len(found) >= most or search.left <= 0:
            break
        sample = _gone(document, search, way, today)
        if sample is not None:
            found.setdefault(sample.visible, sample)
    search.was_cut = was_cut  # that there are more paths than samples says nothing about the form
    return tuple(found.values())


def _ways(search: Search, most: int) -> Iterator[Way]:
    """Ways on which every step there is is gone once, then one for each path there is."""
    states = list(search.states())
    gone: set[int] = set()
    for state in states:
        for step in state.next:
            if id(step) not in gone:
                yield [*_to(state), (state.turn, step.answer), *_on(step.to, gone)]
                gone |= {id(one) for one in state.next if one.to is step.to}
    if states:
        yield from _paths(states, most)


def _to(state: State) -> Way:
    """How the state was reached first."""
    way: Way = []
    while state.came is not None:
        before, answer = state.came
        way.append((before.turn, answer))
        state = before
    return way[::-1]


def _on(state: State, gone: set[int]) -> Way:
    """From the state to the end, by steps that were not gone where there are any."""
    way: Way = []
    while state.next:
        step = next((one for one in state.next if id(one) not in gone), state.next[0])
        gone.add(id(step))
        way.append((state.turn, step.answer))
        state = step.to
    return way


def _paths(states: list[State], most: int) -> Iterator[Way]:
    """A way for each set of questions that can be shown, at most so many; from the end back."""
    after: dict[int, dict[Shown, Rest]] = {}
    for state in reversed(states):
        found: dict[Shown, Rest] = {} if state.next else {frozenset(): None}
        steps = [
            [(step.shown | rest, (step, rest)) for rest in after[id(step.to)]]
            for step in state.next
        ]
        for abreast in zip_longest(*steps):
            if len(found) >= most:
                break
            for shown, how in filter(None, abreast):
                found.setdefault(shown, how)
        after[id(state)] = found
    for shown in after[id(states[0])]:
        yield _way(states[0], shown, after)


def _way(state: State, shown: Shown, after: dict[int, dict[Shown, Rest]]) -> Way:
    way: Way = []
    how = after[id(state)][shown]
    while how is not None:
        step, rest = how
        way.append((state.turn, step.answer))
        state, how = step.to, after[id(step.to)][rest]
    return way


def _gone(document: Document, search: Search, way: Way, today: date) -> Sample | None:
    """The sample at the end of that way, None if it does not come through."""
    answers = search.filling.start()
    for turn, answer in way:
        answers = search.filling.decided(answers, search.outline.turns[turn], answer)
    settled = search.settle(answers, len(search.outline.turns))
    if isinstance(settled, No):
        return None
    evaluated = settled[0]
    if evaluated.problems:
        return None
    names = {name_of(path) for path in evaluated.visible}
    return Sample(
        answers=_asked(document, evaluated),
        visible=tuple(name for name in search.outline.spots if name in names),
        fee_yen=evaluated.fee_yen,
        on=today,
    )


def _asked(document: Document, evaluated: Evaluated) -> dict[str, Any]:
    """What was answered, without what was calculated from it."""
    made = {one.name for one, _ in document.questions() if one.kind is Kind.CALCULATED}

    def kept(values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: [kept(one) if isinstance(one, dict) else one for one in value]
            if isinstance(value, list)
            else value
            for name, value in values.items()
            if name not in made
        }

    return kept(evaluated.values)
