"""How large values can be, and what an expression costs with the largest of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from liff_app.procedures.engine.expressions.patterns import compiled
from liff_app.procedures.engine.expressions.running import LABEL
from liff_app.procedures.engine.expressions.scene import Lists
from liff_app.procedures.engine.expressions.tree import (
    Call,
    Chain,
    ChosenColumn,
    ChosenLabel,
    Column,
    Constant,
    Matches,
    Minus,
    Node,
    Once,
    Own,
    Reference,
)
from liff_app.procedures.engine.expressions.values import COMPARES, MOST_TEXT
from liff_app.procedures.engine.expressions.work import (
    ARGUMENTS_PER_STEP,
    PER_STEP,
    PER_STEP_COUNTED,
    matching,
)

SHORT = 200  # code points of a number, a date, a place, a truth: none has more


@dataclass(frozen=True, slots=True)
class Extent:
    """The largest a value can be.

    `text`: code points of its text, of one instance. `chosen`: how many choices or files it has.
    `nodes`: of how many instances, 0 for one value. `is_answer`: a text as somebody typed it.
    """

    text: int = SHORT
    chosen: int = 0
    nodes: int = 0
    is_answer: bool = False

    @property
    def weight(self) -> int:
        """As `work.weight` weighs it, or more."""
        one = max(self.text // PER_STEP, self.chosen)
        return self.nodes * (1 + one) if self.nodes else one

    def single(self) -> Extent:
        """Of several instances one."""
        return replace(self, nodes=0)

    def of_many(self, nodes: int) -> Extent:
        """The same of so many instances."""
        return replace(self, nodes=nodes)


Seen = Callable[[str], Extent]  # what a name may stand for
_MADE = Extent(text=MOST_TEXT)
_TEXTS = frozenset({"concat", "join", "format-date"})  # these put texts together
_SAME = frozenset({"once", "if", "coalesce"})  # these give one of their arguments
_PARTS = frozenset({"substr", "string", "selected-at"})  # these give a text of their first one


class Scale:
    """Adds up what the expressions cost that are put on it: `steps`, and `once` for a filter."""

    def __init__(
        self, seen: Seen, lists: Lists, *, own: Extent = Extent(), column: Extent = Extent()
    ) -> None:
        self.steps = 0
        self.once = 0
        self._seen, self._lists, self._own, self._column = seen, lists, own, column

    def of(self, node: Node) -> Extent:
        """What the tree may give; its cost is added."""
        match node:
            case Constant():
                return Extent(text=max(SHORT, len(str(node.value))))
            case Reference():
                return self._seen(node.name)
            case Own():
                return self._own
            case Column():
                return self._column
            case Once():
                return self._of_once(node)
            case _:
                return self._of_work(node)

    def _of_once(self, node: Once) -> Extent:
        before, self.steps = self.steps, 0
        found = self.of(node.node)
        self.once += self.steps
        self.steps = before
        return found

    def _of_work(self, node: Node) -> Extent:
        match node:
            case Chain():
                self._chain(node)
            case Minus():
                self.of(node.operand)
            case Matches():
                text = self.of(node.value).text
                self.steps += 1 + matching(text, compiled(node.pattern).programsize)
            case ChosenColumn() | ChosenLabel():
                return self._looked_up(node)
            case Call():
                return self._call(node)
        return Extent()

    def _chain(self, node: Chain) -> None:
        found = self.of(node.first)
        if node.rest[0][0] in {"or", "and"}:
            self.steps += 1
        for sign, operand in node.rest:
            other = self.of(operand)
            self.steps += max(1, found.nodes) * max(1, other.nodes) if sign in COMPARES else 1
            found = Extent()

    def _looked_up(self, node: ChosenColumn | ChosenLabel) -> Extent:
        value = self.of(node.value if isinstance(node, ChosenLabel) else node.question)
        column = LABEL if isinstance(node, ChosenLabel) else node.column
        choices = self._lists.get(node.question.name, {}).values()
        longest = max((len(one.get(column, "")) for one in choices), default=0)
        self.steps += 1 + value.weight
        if column == LABEL and value.chosen and not value.nodes:
            self.steps += MOST_TEXT // PER_STEP
            return _MADE
        return Extent(text=longest, nodes=value.nodes or value.chosen)

    def _call(self, node: Call) -> Extent:
        values = [self.of(one) for one in node.arguments]
        if node.name == "string-length":
            is_answer = values[0].is_answer
            self.steps += 1 + (0 if is_answer else values[0].text // PER_STEP_COUNTED)
            return Extent()
        found = _given(node.name, values)
        self.steps += 1 + len(values) // ARGUMENTS_PER_STEP
        self.steps += sum(one.weight for one in values) + found.text // PER_STEP
        if node.name == "substr":
            self.steps += values[0].text // PER_STEP_COUNTED
        elif node.name == "coalesce":
            self.steps += len(values)
        return found


def _given(name: str, values: list[Extent]) -> Extent:
    """What a function may give."""
    if name in _TEXTS:
        return _MADE
    if name in _SAME:
        return _largest(values[1:] if name == "if" else values)
    return Extent(text=max(SHORT, values[0].text)) if name in _PARTS else Extent()


def _largest(values: Iterable[Extent]) -> Extent:
    """One that is as large as any of them in every way."""
    found = tuple(values)
    return Extent(
        text=max(one.text for one in found),
        chosen=max(one.chosen for one in found),
        nodes=max(one.nodes for one in found),
    )
