"""What a form may cost at most: its expressions added up for the longest answers there can be.

Nothing is evaluated. Every condition counts as fulfilled, every branch as taken, every repeat as
full; so what comes out is never less than what `evaluate` and `with_defaults` charge together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from liff_app.procedures.engine.answers import (
    LONG_TEXT_MOST,
    MOST_CODE_POINTS,
    TEXT_MOST,
    most_files,
)
from liff_app.procedures.engine.document import (
    Document,
    Group,
    Item,
    Kind,
    Page,
    Question,
    Repeat,
)
from liff_app.procedures.engine.expressions import MOST_STEPS, filter_tree, parse
from liff_app.procedures.engine.expressions.extents import Extent, Scale, Seen
from liff_app.procedures.engine.expressions.work import PER_STEP_COUNTED
from liff_app.procedures.engine.program import MOST_INSTANCES, program_of
from liff_app.procedures.engine.walking import asking

__all__ = ["MOST_STEPS", "Heavy", "Weighed", "weigh"]

_FILE_ID = 65  # code points, and what stands between


@dataclass(frozen=True, slots=True, kw_only=True)
class Heavy:
    """What one expression may cost in a pass: of which question, page or repeat, in which field."""

    name: str
    field: str
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What the whole form may cost, and of that its expressions, the heaviest first."""

    steps: int
    heaviest: tuple[Heavy, ...]


def weigh(document: Document) -> Weighed:
    """What the document may cost. Raises ExpressionInvalid."""
    weighing = _Weighing(document)
    for page in document.pages:
        weighing.group(page, None)
    heaviest = sorted(weighing.heavy, key=lambda one: -one.steps)
    return Weighed(steps=weighing.steps, heaviest=tuple(heaviest))


class _Weighing:
    """Goes through the form as `Walk` does, with extents instead of answers."""

    def __init__(self, document: Document) -> None:
        self.steps = 0
        self.heavy: list[Heavy] = []
        self._lists = program_of(document).lists
        self._seen: dict[str, tuple[Extent, Repeat | None]] = {}

    def group(self, group: Page | Group, within: Repeat | None) -> None:
        """A page or a group, and everything in it."""
        self._add(_times(within))
        self._run(group.name, "relevant", group.relevant, within)
        self._items(group.items, within)

    def _items(self, items: Iterable[Item], within: Repeat | None) -> None:
        for item in items:
            if isinstance(item, Question):
                self._question(item, within)
            elif isinstance(item, Repeat):
                self._repeat(item)
            else:
                self.group(item, within)

    def _repeat(self, repeat: Repeat) -> None:
        self._add(1)
        self._run(repeat.name, "relevant", repeat.relevant, None)
        self._run(repeat.name, "count", repeat.count, None)
        self._seen[repeat.name] = (Extent(nodes=_times(repeat)), None)
        self._items(repeat.items, repeat)

    def _question(self, question: Question, within: Repeat | None) -> None:
        self._add(_times(within) * (1 + asking(len(question.choices))))
        own = _answered(question)
        name = question.name
        self._run(name, "relevant", question.relevant, within)
        if question.kind is Kind.CALCULATED:
            own = self._run(name, "calculation", question.calculation, within).single()
        elif question.kind is not Kind.NOTE:
            self._filter(question, within)
            self._run(name, "required", question.required, within)
            self._run(name, "constraint", question.constraint, within, own)
            made = self._run(name, "default", question.default, within)
            self._add(_times(within) * (made.text // PER_STEP_COUNTED) if question.default else 0)
        self._seen[name] = (own, within)

    def _filter(self, question: Question, within: Repeat | None) -> None:
        """The choice filter: for each choice, and once what says the same of all of them."""
        if question.choice_filter is None or not question.choices:
            return
        columns = self._lists.get(question.name, {}).values()
        longest = max((len(text) for one in columns for text in one.values()), default=0)
        scale = Scale(self._names(within), self._lists, column=Extent(text=longest))
        scale.of(filter_tree(question.choice_filter))
        steps = (scale.steps + 1) * len(question.choices) + scale.once
        self._tell(question.name, "choice_filter", steps, within)

    def _run(
        self,
        name: str,
        field: str,
        source: str | None,
        within: Repeat | None,
        own: Extent = Extent(),  # noqa: B008 - frozen
    ) -> Extent:
        """The expression's cost is added; what it may give."""
        if source is None:
            return Extent()
        scale = Scale(self._names(within), self._lists, own=own)
        found = scale.of(parse(source).tree)
        self._tell(name, field, scale.steps, within)
        return found

    def _tell(self, name: str, field: str, steps: int, within: Repeat | None) -> None:
        self._add(steps * _times(within))
        self.heavy.append(Heavy(name=name, field=field, steps=steps * _times(within)))

    def _add(self, steps: int) -> None:
        self.steps += steps

    def _names(self, within: Repeat | None) -> Seen:
        """What an expression there may see under a name."""

        def seen(name: str) -> Extent:
            extent, inside = self._seen.get(name, (Extent(), None))
            is_outside = inside is not None and inside is not within
            return extent.of_many(_times(inside)) if is_outside else extent

        return seen


def _times(within: Repeat | None) -> int:
    return 1 if within is None else min(within.most, MOST_INSTANCES)


def _answered(question: Question) -> Extent:
    """The longest answer there is."""
    values = [choice.value for choice in question.choices]
    match question.kind:
        case Kind.TEXT | Kind.LONG_TEXT:
            most = TEXT_MOST if question.kind is Kind.TEXT else LONG_TEXT_MOST
            return Extent(text=most * MOST_CODE_POINTS, is_answer=True)
        case Kind.CHOOSE_ONE:
            return Extent(text=max(map(len, values), default=0))
        case Kind.CHOOSE_MANY:
            return Extent(text=sum(len(one) + 1 for one in values), chosen=len(values))
        case Kind.PHOTO | Kind.FILE | Kind.SIGNATURE:
            most = most_files(question)
            return Extent(text=most * _FILE_ID, chosen=most)
        case _:
            return Extent()
