"""The search itself: from the first question to the last, every answer that leads elsewhere.

A state is a set of answers up to a question, all of them free of problems. Two states that agree in
every answer that is still asked for are one. What cannot be gone on from is a dead end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from typing import Any

from liff_app.procedures.engine.document import Document, Question, Repeat
from liff_app.procedures.engine.evaluation import Evaluated, evaluate
from liff_app.procedures.engine.paths.answering import (
    NOTHING,
    Answers,
    Filling,
    Key,
    at,
    live_key,
    put,
)
from liff_app.procedures.engine.paths.hints import Hints
from liff_app.procedures.engine.paths.noting import Notes
from liff_app.procedures.engine.paths.outline import END, Order, Outline, Spot, Turn, name_of
from liff_app.procedures.engine.paths.trying import Trying

EVALUATIONS = 4_000  # the search is cut there
STATES = 400  # before one question
_ROUNDS = 60  # tries to fill in what nothing depends on


class No(Enum):
    """Why answers lead nowhere."""

    REFUSED = auto()  # the last answer is not taken
    STUCK = auto()  # a question behind it cannot be answered
    CUT = auto()


@dataclass(slots=True, eq=False)
class State:
    """Before the decision `turn`: an example of answers that lead here, and what follows."""

    turn: int
    answers: Answers
    evaluated: Evaluated
    came: tuple[State, Any] | None  # from where, by which answer
    next: list[Step] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """An answer, the state that it leads to, and what is shown on the way."""

    answer: Any
    to: State
    shown: frozenset[str]


class Search:
    """Goes through one document; afterwards it knows what can be reached."""

    def __init__(self, document: Document, today: date) -> None:
        self.outline = Outline(document)
        self.hints = Hints(self.outline)
        self.trying = Trying(self.hints, today)
        self.filling = Filling(self.outline, self.trying)
        self.was_cut = False
        self.notes = Notes(self.outline)
        self._document, self._today = document, today
        self.left = EVALUATIONS
        self._turns = self.outline.turns
        self._turn_paths = {one.path for one in self._turns}
        self._layers: list[dict[Key, State]] = [{} for _ in range(len(self._turns) + 1)]

    def run(self) -> None:
        """Go through it all."""
        self._advance(self.filling.start(), 0, None)
        for layer in self._layers[:-1]:
            for state in tuple(layer.values()):
                self._decide(state)
        self._prune()

    def states(self) -> Iterator[State]:
        """Every state in order."""
        for layer in self._layers:
            yield from layer.values()

    def _prune(self) -> None:
        """Steps into states that lead to no end are taken out."""
        alive = {id(one) for one in self._layers[-1].values()}
        for layer in reversed(self._layers[:-1]):
            for state in layer.values():
                state.next = [one for one in state.next if id(one.to) in alive]
                alive |= {id(state)} if state.next else set()

    # --- deciding --------------------------------------------------------------------------------

    def _decide(self, state: State) -> None:
        """Try everything at the state's question; every way on is followed once."""
        turn = self._turns[state.turn]
        if self._follow(state, turn):
            return
        self.notes.stuck(turn.path, state.evaluated)
        if self._tolerate(turn.spot):
            self._follow(state, turn)

    def _follow(self, state: State, turn: Turn) -> bool:
        """Go on with each answer; whether the question takes any of them."""
        outcomes = [
            self._advance(
                self.filling.decided(state.answers, turn, answer), state.turn + 1, (state, answer)
            )
            for answer in self._tried(state, turn)
        ]
        return any(one is not No.REFUSED for one in outcomes)

    def _tolerate(self, spot: Spot) -> bool:
        """Whether an answer may well be there that was not found: then go on as if it was."""
        is_unsure = spot.name in self.hints.vague | self.trying.cut
        self.notes.tolerated |= {spot.name} if is_unsure else set()
        return is_unsure

    def _tried(self, state: State, turn: Turn) -> list[Any]:
        item = turn.spot.item
        if isinstance(item, Repeat):
            counts = self.outline.counts(turn.spot)
            return list(self.trying.instances(item, counts=counts))
        if not isinstance(item, Question):
            return []
        tried = self._answers(item, turn.path, state.evaluated)
        return tried if turn.path in state.evaluated.required else [*tried, NOTHING]

    def _answers(self, question: Question, path: str, evaluated: Evaluated) -> list[Any]:
        mates = sorted(self.hints.mates[question.name])
        beside = [evaluated.values.get(one) for one in mates]
        return self.trying.answers(question, evaluated.choices.get(path, ()), beside)

    def _advance(self, answers: Answers, turn: int, came: tuple[State, Any] | None) -> State | No:
        """The state before the next question that counts, or why there is no way there."""
        found = self.settle(answers, turn)
        if isinstance(found, No):
            return found
        evaluated, place, shown = found
        layer, key = self._layers[place], self._key(place, evaluated)
        if key not in layer:
            if len(layer) >= STATES:
                self.was_cut = True
                return No.CUT
            layer[key] = State(place, answers, evaluated, came)
        if came is not None:
            came[0].next.append(Step(came[1], layer[key], shown))
        return layer[key]

    def _key(self, turn: int, evaluated: Evaluated) -> Key:
        if turn == len(self._turns):
            return ()
        return live_key(self.outline, self._turns[turn].order, evaluated)

    # --- filling in what nothing depends on ------------------------------------------------------

    def settle(self, answers: Answers, turn: int) -> tuple[Evaluated, int, frozenset[str]] | No:
        """The answers are filled in from the decision before `turn` to the next one that counts.

        Gives its place and what is shown up to it; or says why it cannot be.
        """
        places: dict[str, int] = {}
        stuck: set[str] = set()
        for _ in range(_ROUNDS):
            if self.left <= 0:
                self.was_cut = True
                return No.CUT
            self.left -= 1
            evaluated = evaluate(self._document, answers, today=self._today)
            place = self._next(turn, evaluated)
            until = self._turns[place].order if place < len(self._turns) else END
            wrong = self._wrong(evaluated, until) - stuck
            if any(one in self._turn_paths for one in wrong):
                return No.REFUSED
            if not wrong:
                return self._settled(evaluated, turn, place, until, stuck)
            for one in sorted(wrong, key=self.notes.order):
                if not self._refill(answers, one, evaluated, places):
                    stuck.add(one)
        self.was_cut = True
        return No.CUT

    def _wrong(self, evaluated: Evaluated, until: Order) -> set[str]:
        """The paths before that place at which something is wrong."""
        return {
            one.path
            for one in evaluated.problems
            if self.notes.order(one.path) < until and name_of(one.path) not in self.notes.tolerated
        }

    def _settled(
        self, evaluated: Evaluated, turn: int, place: int, until: Order, stuck: set[str]
    ) -> tuple[Evaluated, int, frozenset[str]] | No:
        """What `settle` gives once nothing is left to be tried."""
        start = self._turns[turn - 1].order if turn else (-1,)
        if not stuck:
            return evaluated, place, self.notes.reached(evaluated, start, until)
        first = min(stuck, key=self.notes.order)
        self.notes.reached(evaluated, start, self.notes.order(first))
        self.notes.stuck(first, evaluated)
        return No.STUCK

    def _next(self, turn: int, evaluated: Evaluated) -> int:
        """The next decision that is asked for."""
        asked = (
            place
            for place in range(turn, len(self._turns))
            if self._turns[place].path in evaluated.visible
        )
        return next(asked, len(self._turns))

    def _refill(
        self, answers: Answers, path: str, evaluated: Evaluated, places: dict[str, int]
    ) -> bool:
        """Whether there is something else to try there; then it stands in the answers."""
        spot = self.outline.spots[name_of(path)]
        if not isinstance(spot.item, Question):
            return False
        tried = self._answers(spot.item, path, evaluated)
        if path not in evaluated.required:
            tried.append(NOTHING)
        place, now = places.get(path, 0), at(answers, path)
        if place < len(tried) and tried[place] == now:
            place += 1
        if place >= len(tried):
            if is_tolerable := self._tolerate(spot):
                self.notes.stuck(path, evaluated)
            return is_tolerable
        places[path] = place + 1
        put(answers, path, tried[place])
        self.filling.better(spot, tried[place])
        return True
