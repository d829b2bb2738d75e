"""What a form's expressions say about the answers worth trying: numbers, words, patterns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from liff_app.procedures.engine.document import Kind, Question, Repeat
from liff_app.procedures.engine.expressions.tree import (
    Call,
    Chain,
    ChosenColumn,
    ChosenLabel,
    Constant,
    Matches,
    Node,
    Own,
    Reference,
    children,
    walk,
)
from liff_app.procedures.engine.paths.outline import Outline, Use

Number = int | Decimal
_JOINING = frozenset({"and", "or"})
_PASSING = frozenset({"not", "if", "coalesce", "once", "boolean", "true", "false"})
# With these every outcome shows at the values that are tried; with others it may not.
_EXACT = _PASSING | {
    "selected", "count-selected", "today", "date", "string-length", "count", "count-non-empty",
    "sum", "min", "max", "int", "number", "string", "machimado:age",
}  # fmt: skip
_STEPS = 3
_BENDING = frozenset({"*", "div", "mod"})


class Hints:
    """By question: the constants it is compared with and the questions it is compared with."""

    def __init__(self, outline: Outline) -> None:
        self.numbers: defaultdict[str, set[Number]] = defaultdict(set)
        self.words: defaultdict[str, set[str]] = defaultdict(set)
        self.patterns: defaultdict[str, set[str]] = defaultdict(set)
        self.mates: defaultdict[str, set[str]] = defaultdict(set)
        self.measured: set[str] = set()  # their length counts
        self.whole: set[str] = set()  # each of their choices may lead somewhere else
        self.vague: set[str] = set()  # not every outcome is sure to be tried
        self._single = {
            one.name for one in outline.asked if getattr(one.item, "kind", None) is Kind.CHOOSE_ONE
        }
        for use in outline.conditions:
            self._read(use)
        self._hand_down(outline)
        self._share()

    def _read(self, use: Use) -> None:
        own = use.by.name
        for part in _comparisons(use.expr.tree):
            self._compared(part, own)
        if use.is_filter:
            self.whole |= use.expr.references
        self.whole |= {one.question.name for one in use.expr.chosen_columns}
        self.whole |= {one.question.name for one in use.expr.chosen_labels}
        if not _is_exact(use.expr.tree):
            named = use.expr.references | ({own} if use.expr.uses_own else frozenset())
            self.vague |= named | {own}
            self.whole |= named
        if isinstance(use.by.item, Repeat) and use.by.item.count == use.expr.source:
            for name in use.expr.references:
                self.numbers[name] |= {0, 1, use.by.item.most}
                self.whole.add(name)

    def _compared(self, part: Node, own: str) -> None:
        nodes = list(walk(part))
        names = {one.name for one in nodes if isinstance(one, Reference)}
        names |= {own for one in nodes if isinstance(one, Own)}
        counts = any(isinstance(one, Call) and one.name == "string-length" for one in nodes)
        for name in names:
            self.mates[name] |= names - {name}
            self.measured |= {name} if counts else set()
            for one in nodes:
                if isinstance(one, Matches):
                    self.patterns[name].add(one.pattern)
                elif isinstance(one, Constant):
                    self._constant(name, one.value)
        if len(names) > 1:
            self.whole |= names

    def _constant(self, name: str, value: str | Number) -> None:
        if isinstance(value, str):
            self.words[name].add(value)
        else:
            self.numbers[name].add(value)
            self.whole |= {name} & self._single  # choices that are numbers

    def _hand_down(self, outline: Outline) -> None:
        """What a calculation is compared with matters to what it is made of."""
        for use in reversed(outline.conditions):
            item = use.by.item
            if not isinstance(item, Question) or item.kind is not Kind.CALCULATED:
                continue
            for name in use.expr.references:
                self.numbers[name] |= self.numbers[item.name]
                self.words[name] |= self.words[item.name]
                if item.name in self.vague or use.expr.source == item.calculation:
                    self.whole.add(name)
            if item.name in self.vague:
                self.vague |= use.expr.references

    def _share(self) -> None:
        """What one of several questions is compared with matters to all that it is compared to.

        Of `${a} < ${b}` and `${b} > 3` both: so many steps beside the number as there are others.
        """
        waiting = {name for name, mates in self.mates.items() if mates}
        while waiting:
            group = self._group(waiting.pop())
            waiting -= group
            steps = range(-min(len(group) - 1, _STEPS), min(len(group) - 1, _STEPS) + 1)
            numbers = {one + step for name in group for one in self.numbers[name] for step in steps}
            words = {one for name in group for one in self.words[name]}
            for name in group:
                self.numbers[name] |= numbers
                self.words[name] |= words

    def _group(self, name: str) -> set[str]:
        group: set[str] = set()
        waiting = {name}
        while waiting:
            one = waiting.pop()
            group.add(one)
            waiting |= self.mates[one] - group
        return group


def _comparisons(tree: Node) -> Iterator[Node]:
    """The parts of a condition that say something of their own: those between and, or, not."""
    is_joined = isinstance(tree, Chain) and any(sign in _JOINING for sign, _ in tree.rest)
    if is_joined or (isinstance(tree, Call) and tree.name in _PASSING):
        for child in children(tree):
            yield from _comparisons(child)
    elif not isinstance(tree, Constant):
        yield tree


def _is_exact(tree: Node) -> bool:
    return not any(_bends(one) for one in walk(tree))


def _bends(node: Node) -> bool:
    if isinstance(node, Call):
        return node.name not in _EXACT
    if isinstance(node, Chain):
        return any(sign in _BENDING for sign, _ in node.rest)
    return isinstance(node, Matches | ChosenLabel | ChosenColumn)


def near(numbers: Iterable[Number]) -> list[Number]:
    """The numbers with those on both sides of them, the smallest first."""
    return sorted({one + step for one in numbers for step in (-1, 0, 1)})
