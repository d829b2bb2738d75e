"""Answers on the way through a form: put in, taken out, and those that still matter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from liff_app.procedures.engine.document import Kind, Question, Repeat
from liff_app.procedures.engine.evaluation import Evaluated
from liff_app.procedures.engine.paths.outline import Outline, Spot, Turn
from liff_app.procedures.engine.paths.trying import Trying

Answers = dict[str, Any]
Key = tuple[Any, ...]
NOTHING: object = object()  # to leave a question unanswered
_CHOSEN = frozenset({Kind.CHOOSE_ONE, Kind.CHOOSE_MANY, Kind.CONSENT})
_FIXED_AT_FIRST = 6  # instances of a repeat whose number follows from an answer


class Filling:
    """Puts in the simplest answers wherever nothing depends on them."""

    def __init__(self, outline: Outline, trying: Trying) -> None:
        self._outline = outline
        drivers = set(outline.drivers)
        self._plain: dict[str | None, Answers] = {}
        for spot in outline.asked:
            if spot in drivers or not isinstance(spot.item, Question):
                continue
            tried = trying.answers(spot.item, spot.item.choices)
            if tried:
                self._plain.setdefault(spot.repeat, {})[spot.name] = tried[0]

    def start(self) -> Answers:
        """Answers to all that nothing depends on."""
        answers: Answers = dict(self._plain.get(None, {}))
        for spot in self._outline.repeats:
            if isinstance(spot.item, Repeat) and spot.item.count is not None:
                answers[spot.name] = self._instances(spot.name, _FIXED_AT_FIRST)
        return answers

    def decided(self, answers: Answers, turn: Turn, answer: object) -> Answers:
        """A copy of the answers with that decision in them."""
        copy = copied(answers)
        for name, value in self._plain.get(None, {}).items():
            copy.setdefault(name, value)
        if isinstance(turn.spot.item, Repeat) and isinstance(answer, int):
            copy[turn.spot.name] = self._instances(turn.spot.name, answer)
        else:
            put(copy, turn.path, answer)
        return copy

    def better(self, spot: Spot, answer: object) -> None:
        """From now on that is the simplest answer there: an earlier one was refused."""
        if answer is not NOTHING:
            self._plain.setdefault(spot.repeat, {})[spot.name] = answer

    def _instances(self, repeat: str, count: int) -> list[Answers]:
        return [dict(self._plain.get(repeat, {})) for _ in range(count)]


def copied(answers: Answers) -> Answers:
    """The same answers, free to be changed."""
    return {
        name: [dict(one) if isinstance(one, dict) else one for one in value]
        if isinstance(value, list)
        else value
        for name, value in answers.items()
    }


def put(answers: Answers, path: str, answer: object) -> None:
    """The answer stands at that path; NOTHING: none does."""
    parts = path.split("/")
    if len(parts) > 1:
        instances = answers.setdefault(parts[0], [])
        instances += ({} for _ in range(int(parts[1]) + 1 - len(instances)))
        answers = instances[int(parts[1])]
    if answer is NOTHING:
        answers.pop(parts[-1], None)
    else:
        answers[parts[-1]] = answer


def at(answers: Answers, path: str) -> object:
    """What stands there, None for nothing."""
    parts = path.split("/")
    if len(parts) > 1:
        instances = answers.get(parts[0], [])
        answers = instances[int(parts[1])] if int(parts[1]) < len(instances) else {}
    return answers.get(parts[-1])


def live_key(
    outline: Outline, order: tuple[int, ...], evaluated: Evaluated, *, only_chosen: bool = False
) -> Key:
    """The answers before that place that are asked for at it or behind it.

    `only_chosen`: without what people type.
    """
    return tuple(
        (spot.name, value)
        for spot in outline.remembered
        if _is_before(outline, spot, order) and (not only_chosen or _is_chosen(spot))
        for value in _live(outline, spot, order, evaluated)
    )


def _is_before(outline: Outline, spot: Spot, order: tuple[int, ...]) -> bool:
    """Whether it is answered there, at least in an earlier instance."""
    is_again = len(order) > 1 and order[1] > 0
    within = outline.spots[spot.repeat].at if spot.repeat is not None else None
    return spot.at < order[-1] or (is_again and within == order[0])


def _is_chosen(spot: Spot) -> bool:
    item = spot.item
    return isinstance(item, Question) and item.kind in _CHOSEN


def _live(
    outline: Outline, spot: Spot, order: tuple[int, ...], evaluated: Evaluated
) -> Iterator[object]:
    values, place = evaluated.values, order[0]
    if isinstance(spot.item, Repeat):
        if max(spot.end, outline.last_use.get(spot.name, -1)) >= place:
            yield evaluated.counts.get(spot.name)
    elif spot.repeat is None:
        if outline.last_use[spot.name] >= place:
            yield _frozen(values.get(spot.name))
    elif spot.name in outline.used_outside:
        if outline.last_use[spot.name] >= place:
            yield tuple(_frozen(one.get(spot.name)) for one in values.get(spot.repeat, ()))
    elif len(order) > 1 and place == outline.spots[spot.repeat].at:
        yield _frozen(at(values, f"{spot.repeat}/{order[1]}/{spot.name}"))


def _frozen(value: object) -> object:
    if isinstance(value, list):
        return tuple(value)
    return str(value) if isinstance(value, dict) else value
