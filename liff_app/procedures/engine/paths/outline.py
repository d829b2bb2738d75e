"""A form as the search goes through it: what stands where, and which answers matter until where.

Two answers that no later condition asks for lead to the same form from there on. So the search
needs to tell apart only the answers that are still asked for, and branches that come together
again are followed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from liff_app.procedures.engine.document import (
    UNASKED,
    Document,
    Group,
    Kind,
    Page,
    Question,
    Repeat,
)
from liff_app.procedures.engine.expressions import Expr, parse

INSTANCES = 3  # of a repeat in which every answer is tried; later ones are filled in simply
Order = tuple[int, ...]  # (place,) or (place of the repeat, instance, place)
END: Order = (10**9,)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spot:
    """A page, group, repeat or question at its place in the form, counted from 0."""

    item: Page | Group | Repeat | Question
    at: int
    end: int  # the place of the last item in it
    repeat: str | None  # that it stands in

    @property
    def name(self) -> str:
        """Its name."""
        return self.item.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A condition that asks for other answers: where it is decided, and until where it holds."""

    expr: Expr
    by: Spot
    at: int
    until: int
    is_filter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question whose answer other things depend on, or the number of instances of a repeat."""

    spot: Spot
    index: int | None  # the instance
    order: Order

    @property
    def path(self) -> str:
        """Where its answer stands."""
        name = self.spot.name
        return name if self.index is None else f"{self.spot.repeat}/{self.index}/{name}"


class Outline:
    """What the search knows of a document before it begins."""

    def __init__(self, document: Document) -> None:
        self.spots = {one.name: one for one in _spots(document)}
        self.uses = tuple(_uses(self.spots.values()))
        self.needed = _needed(self.uses)

    @cached_property
    def repeats(self) -> tuple[Spot, ...]:
        """Every repeat, in order."""
        return tuple(one for one in self.spots.values() if isinstance(one.item, Repeat))

    @cached_property
    def drivers(self) -> tuple[Spot, ...]:
        """The questions that a condition asks for, directly or through a calculation."""
        return tuple(one for one in self.asked if one.name in self.needed)

    @cached_property
    def asked(self) -> tuple[Spot, ...]:
        """Every question that is asked of somebody, in order."""
        return tuple(
            one
            for one in self.spots.values()
            if isinstance(one.item, Question) and one.item.kind not in UNASKED
        )

    @cached_property
    def conditions(self) -> tuple[Use, ...]:
        """Every condition, and every calculation that one of them depends on."""
        return tuple(one for one in self.uses if not _is_idle(one, self.needed))

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """Every decision of the search, in the order of the form."""
        found: list[Turn] = []
        for spot in self.spots.values():
            if isinstance(spot.item, Repeat):
                found += self._of_repeat(spot, spot.item)
            elif spot.repeat is None and spot in self.drivers:
                found.append(Turn(spot=spot, index=None, order=(spot.at,)))
        return tuple(found)

    def _of_repeat(self, spot: Spot, repeat: Repeat) -> Iterator[Turn]:
        if repeat.count is None:
            yield Turn(spot=spot, index=None, order=(spot.at,))
        for index in range(min(INSTANCES, repeat.most)):
            for one in self.drivers:
                if one.repeat == spot.name:
                    yield Turn(spot=one, index=index, order=(spot.at, index, one.at))

    @cached_property
    def last_use(self) -> dict[str, int]:
        """Until which place the answer to each is asked for."""
        last: dict[str, int] = {}
        for use in self.conditions:
            for name in use.expr.references & self.spots.keys():
                last[name] = max(last.get(name, -1), use.until)
        return last

    @cached_property
    def remembered(self) -> tuple[Spot, ...]:
        """What the search tells states apart by: answers that are asked for, and repeats."""
        return tuple(
            one
            for one in self.spots.values()
            if one.name in self.last_use or isinstance(one.item, Repeat)
        )

    @cached_property
    def used_outside(self) -> frozenset[str]:
        """The names inside a repeat that are asked for behind it."""
        return frozenset(
            name
            for use in self.conditions
            for name in use.expr.references & self.spots.keys()
            if self.spots[name].repeat is not None and use.by.repeat != self.spots[name].repeat
        )

    def counts(self, repeat: Spot) -> bool:
        """Whether anything behind the repeat depends on what is in it."""
        inside = (one.name for one in self.spots.values() if one.repeat == repeat.name)
        return repeat.name in self.needed or any(one in self.used_outside for one in inside)

    def cone(self, name: str) -> frozenset[str]:
        """The names on whose answers it depends whether and how it and what is in it are shown."""
        whole = self.spots[name]
        cone: set[str] = set()
        waiting = {one.name for one in self.spots.values() if whole.at <= one.at <= whole.end}
        while waiting:
            one = self.spots[waiting.pop()]
            cone.add(one.name)
            above = {up.name for up in self.spots.values() if up.at < one.at <= up.end}
            asked = {
                other
                for use in self.uses
                if use.by.name in above | {one.name}
                for other in use.expr.references & self.spots.keys()
            }
            waiting |= asked - cone
        return frozenset(cone)

    def order_of(self, path: str) -> Order:
        """Where that path of an evaluation stands."""
        parts = path.split("/")
        if len(parts) == 1:
            return (self.spots[path].at,)
        repeat, index = self.spots[parts[0]].at, int(parts[1])
        return (repeat, index, *(self.spots[one].at for one in parts[2:]))


def name_of(path: str) -> str:
    """The question's name in a path; of an instance the repeat's."""
    parts = path.split("/")
    return parts[0] if len(parts) < 3 else parts[2]  # noqa: PLR2004 - repeat/0/name


def _spots(document: Document) -> list[Spot]:
    found: list[Spot] = []

    def add(item: Page | Group | Repeat | Question, repeat: str | None) -> None:
        at = len(found)
        found.append(Spot(item=item, at=at, end=at, repeat=repeat))
        if isinstance(item, Question):
            return
        for inner in item.items:
            add(inner, item.name if isinstance(item, Repeat) else repeat)
        found[at] = Spot(item=item, at=at, end=len(found) - 1, repeat=repeat)

    for page in document.pages:
        add(page, None)
    return found


def _uses(spots: Iterable[Spot]) -> Iterator[Use]:
    for spot in spots:
        item = spot.item
        sources = [item.relevant]
        if isinstance(item, Repeat):
            sources.append(item.count)
        elif isinstance(item, Question):
            is_asked = item.kind not in UNASKED
            sources += [item.required, item.constraint] if is_asked else []
            sources += [item.calculation] if item.kind is Kind.CALCULATED else []
            if item.choice_filter:
                filtered = parse(item.choice_filter)
                yield Use(expr=filtered, by=spot, at=spot.at, until=spot.at, is_filter=True)
        for source in sources:
            if source:
                yield Use(expr=parse(source), by=spot, at=spot.at, until=spot.end)


def _is_idle(use: Use, needed: frozenset[str]) -> bool:
    """Whether it is a calculation that no condition depends on."""
    item = use.by.item
    is_calculation = isinstance(item, Question) and item.calculation == use.expr.source
    return is_calculation and item.relevant != use.expr.source and item.name not in needed


def _needed(uses: tuple[Use, ...]) -> frozenset[str]:
    """The names that conditions ask for, and those that calculations among them are made of."""
    needed: frozenset[str] = frozenset()
    while True:
        wider = frozenset(
            name for use in uses if not _is_idle(use, needed) for name in use.expr.references
        )
        if wider == needed:
            return needed
        needed = wider
