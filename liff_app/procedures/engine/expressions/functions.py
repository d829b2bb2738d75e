"""The functions an expression may call, each total: bad arguments give an empty answer.

Those that look at the expression rather than at values (`if`, `coalesce`, `today`, `regex`,
`position`, `jr:choice-name`, `instance`, `machimado:choice`) are built where the tree is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from liff_app.letters import clusters
from liff_app.procedures.engine.expressions.days import age, formatted, said
from liff_app.procedures.engine.expressions.values import (
    EXACT,
    MOST_TEXT,
    Chosen,
    Nodes,
    Value,
    as_date,
    as_number,
    as_text,
    as_truth,
    bounded,
    rounded,
    single,
)

Run = Callable[..., Value]  # of the arguments
_POWERS = range(-64, 65)


@dataclass(frozen=True, slots=True)
class Arity:
    """How many arguments a function takes; `most` None is any number."""

    least: int
    most: int | None

    def allows(self, count: int) -> bool:
        """Whether so many will do."""
        return self.least <= count and (self.most is None or count <= self.most)


# --- conditions and lists ------------------------------------------------------------------------


def _flat(values: Iterable[Value]) -> Iterator[Value]:
    """The values, instances of a repeat one by one."""
    for value in values:
        if isinstance(value, Nodes):
            yield from value
        else:
            yield value


def _is_empty(value: Value) -> bool:
    return value is None or value in {"", ()}


def _filled(values: Iterable[Value]) -> list[Value]:
    return [one for one in _flat(values) if not _is_empty(one)]


def _same(value: Value) -> Value:
    return value


def _not(value: Value) -> Value:
    return not as_truth(value)


def _chosen(value: Value) -> tuple[str, ...]:
    value = single(value)
    return value if isinstance(value, Chosen) else tuple(as_text(value).split())


def _selected(value: Value, wanted: Value) -> Value:
    return as_text(wanted).strip() in _chosen(value)


def _selected_at(value: Value, at: Value) -> Value:
    chosen, place = _chosen(value), as_number(at)
    return chosen[int(place)] if place is not None and 0 <= place < len(chosen) else None


def _count_selected(value: Value) -> Value:
    return len(_chosen(value))


def _count(value: Value) -> Value:
    return len(value) if isinstance(value, Nodes) else int(not _is_empty(value))


def _count_non_empty(*values: Value) -> Value:
    return len(_filled(values))


# --- numbers -------------------------------------------------------------------------------------


def _int(value: Value) -> Value:
    number = as_number(value)
    return None if number is None else int(number)


def _floor(value: Value) -> Value:
    number = as_number(value)
    return None if number is None else rounded(number, 0, ROUND_FLOOR)


def _ceiling(value: Value) -> Value:
    number = as_number(value)
    return None if number is None else rounded(number, 0, ROUND_CEILING)


def _round(value: Value, places: Value = 0) -> Value:
    """Half goes up, as XPath has it: -2.5 becomes -2."""
    number, digits = as_number(value), as_number(places)
    if number is None or digits is None:
        return None
    return rounded(number, int(digits))


def _abs(value: Value) -> Value:
    number = as_number(value)
    return None if number is None else -number if number < 0 else number


def _pow(value: Value, exponent: Value) -> Value:
    """Whole powers only, up to 64."""
    base, power = as_number(value), as_number(exponent)
    if base is None or power is None or power not in _POWERS:
        return None
    return bounded(EXACT.power(Decimal(base), int(power)))


def _sum(*values: Value) -> Value:
    """Of what is filled in; a word among it makes the sum empty."""
    total = Decimal(0)
    for one in _filled(values):
        number = as_number(one)
        if number is None:
            return None
        total = EXACT.add(total, Decimal(number))
    return bounded(total)


def _max(*values: Value) -> Value:
    return _utmost(values, max)


def _min(*values: Value) -> Value:
    return _utmost(values, min)


def _utmost(values: Iterable[Value], pick: Callable[..., Value]) -> Value:
    """The greatest or smallest of what is filled in: of days a day, otherwise a number."""
    filled = _filled(values)
    if not filled:
        return None
    if all(isinstance(one, date) for one in filled):
        return pick(filled)
    numbers = [as_number(one) for one in filled]
    return None if None in numbers else pick(numbers)


# --- texts ---------------------------------------------------------------------------------------


def joined(between: str, texts: Iterable[str]) -> str | None:
    """The texts in one, unless that grows beyond measure."""
    found: list[str] = []
    length = -len(between)
    for one in texts:
        length += len(between) + len(one)
        if length > MOST_TEXT:
            return None
        found.append(one)
    return between.join(found)


def _concat(*values: Value) -> Value:
    return joined("", (as_text(one) for one in _flat(values)))


def _join(between: Value, *values: Value) -> Value:
    """What is filled in, with the first argument between."""
    return joined(as_text(between), (as_text(one) for one in _filled(values)))


def _substr(value: Value, begin: Value, end: Value = None) -> Value:
    """From the first position until before the second, from 0; below 0 from the end, as in ODK."""
    parts = clusters(as_text(value))
    first, last = as_number(begin), len(parts) if end is None else as_number(end)
    return None if first is None or last is None else "".join(parts[int(first) : int(last)])


def _contains(value: Value, part: Value) -> Value:
    return as_text(part) in as_text(value)


def _starts_with(value: Value, part: Value) -> Value:
    return as_text(value).startswith(as_text(part))


def _ends_with(value: Value, part: Value) -> Value:
    return as_text(value).endswith(as_text(part))


# --- the list ------------------------------------------------------------------------------------

_ONE, _TWO, _ANY = Arity(1, 1), Arity(2, 2), Arity(1, None)
_TABLE: dict[str, tuple[Arity, Run]] = {
    "true": (Arity(0, 0), lambda: True),
    "false": (Arity(0, 0), lambda: False),
    "not": (_ONE, _not),
    "boolean": (_ONE, as_truth),
    "once": (_ONE, _same),
    "selected": (_TWO, _selected),
    "selected-at": (_TWO, _selected_at),
    "count-selected": (_ONE, _count_selected),
    "count": (_ONE, _count),
    "count-non-empty": (_ANY, _count_non_empty),
    "number": (_ONE, as_number),
    "int": (_ONE, _int),
    "floor": (_ONE, _floor),
    "ceiling": (_ONE, _ceiling),
    "round": (Arity(1, 2), _round),
    "abs": (_ONE, _abs),
    "pow": (_TWO, _pow),
    "sum": (_ANY, _sum),
    "max": (_ANY, _max),
    "min": (_ANY, _min),
    "string": (_ONE, as_text),
    "concat": (_ANY, _concat),
    "join": (Arity(2, None), _join),
    "substr": (Arity(2, 3), _substr),
    "contains": (_TWO, _contains),
    "starts-with": (_TWO, _starts_with),
    "ends-with": (_TWO, _ends_with),
    "date": (_ONE, as_date),
    "format-date": (_TWO, formatted),
    "machimado:wareki": (_ONE, said),
    "machimado:age": (Arity(1, 2), age),
}
_BUILT: dict[str, Arity] = {
    "if": Arity(3, 3),
    "coalesce": Arity(2, None),
    "today": Arity(0, 0),
    "regex": _TWO,
    "string-length": _ONE,
    "position": _ONE,
    "instance": _ONE,
    "jr:choice-name": _TWO,
    "machimado:choice": _TWO,
}
FUNCTIONS: dict[str, Arity] = {name: arity for name, (arity, _) in _TABLE.items()} | _BUILT
LISTS = frozenset({"sum", "count", "count-non-empty", "max", "min", "join", "concat"})


def run_of(name: str) -> Run:
    """What the function does. Raises KeyError for those that are built where the tree is."""
    return _TABLE[name][1]
