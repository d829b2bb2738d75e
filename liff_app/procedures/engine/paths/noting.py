"""What a search saw: what can be reached, what was offered, and where somebody is stuck."""

from __future__ import annotations

from typing import Any

from liff_app.procedures.engine.document import Kind, Question, Repeat
from liff_app.procedures.engine.evaluation import Evaluated
from liff_app.procedures.engine.paths.answering import Answers, Key, live_key
from liff_app.procedures.engine.paths.outline import Order, Outline, Spot, name_of


class Notes:
    """Kept while a search goes through a document."""

    def __init__(self, outline: Outline) -> None:
        self.seen: set[str] = set()  # questions and repeats that were reached
        self.offered: dict[str, set[str]] = {}  # choices that were left, by question
        self.tolerated: set[str] = set()  # questions whose answer was not found but may well be
        self._outline = outline
        self._fallible = {one.name for one in outline.spots.values() if _may_refuse(one)}
        self._stuck: dict[tuple[str, Key], dict[str, Any]] = {}
        self._passed: set[tuple[str, Key]] = set()
        self._orders: dict[str, Order] = {}

    @property
    def dead_ends(self) -> dict[str, Answers]:
        """The questions that cannot be answered after certain choices, with such answers.

        A number, day or text that leaves no way on is not meant: whoever typed it can go back and
        type another. So a choice is a dead end only if nothing that is typed with it leads on.
        """
        found: dict[str, Answers] = {}
        for (name, key), answers in self._stuck.items():
            if (name, key) not in self._passed:
                found.setdefault(name, answers)
        return found

    def order(self, path: str) -> Order:
        """Where that path of an evaluation stands in the form."""
        if path not in self._orders:
            self._orders[path] = self._outline.order_of(path)
        return self._orders[path]

    def reached(self, evaluated: Evaluated, start: Order, until: Order) -> frozenset[str]:
        """What is shown between those places. It is reached, and all before the last is passed."""
        shown: set[str] = set()
        for path in evaluated.visible:
            order, name = self.order(path), name_of(path)
            if not start <= order <= until:
                continue
            shown.add(name)
            if path in evaluated.choices:
                left = (one.value for one in evaluated.choices[path])
                self.offered.setdefault(name, set()).update(left)
            if name in self._fallible and name not in self.tolerated and order < until:
                self._passed.add((name, self._choices_before(path, evaluated)))
        self.seen |= shown
        return frozenset(shown)

    def stuck(self, path: str, evaluated: Evaluated) -> None:
        """Nothing fits there after these answers."""
        order = self.order(path)
        before = {
            name: value
            for name, value in evaluated.values.items()
            if (self._outline.spots[name].at,) < order
        }
        self._stuck.setdefault((name_of(path), self._choices_before(path, evaluated)), before)

    def _choices_before(self, path: str, evaluated: Evaluated) -> Key:
        return live_key(self._outline, self.order(path), evaluated, only_chosen=True)


def _may_refuse(spot: Spot) -> bool:
    item = spot.item
    if isinstance(item, Repeat):
        return item.count is not None
    if not isinstance(item, Question):
        return False
    has_choices = item.kind in {Kind.CHOOSE_ONE, Kind.CHOOSE_MANY}
    return bool(item.constraint or item.choice_filter) or (has_choices and not item.choices)
