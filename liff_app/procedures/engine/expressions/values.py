"""What expressions reckon with, and how one sort of value reads as another.

None is an empty answer, and what a calculation gives that cannot be done: a division by zero, a
sum with a word in it. Nothing here raises. Numbers are int and Decimal, never float.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Context, Decimal
from typing import Any


class Chosen(tuple[str, ...]):
    """The values of one answer that may have several: choices, files."""

    __slots__ = ()


class Nodes(tuple["Value", ...]):
    """The answers of all instances of a repeat, in order; None for one that is empty."""

    __slots__ = ()


Value = None | str | int | Decimal | bool | date | Chosen | Nodes
Number = int | Decimal

# What is smaller than 10^-100 is zero: a quotient of quotients else has a million digits as a text.
EXACT = Context(prec=60, Emin=-100, traps=[])
MOST = 10**30  # a number beyond is none
MOST_TEXT = 16_000  # characters of a text that functions put together; a longer one is empty
MOST_PLACES = 20  # to which a number is rounded, before or behind the point
_EPOCH = date(1970, 1, 1).toordinal()  # in arithmetic a date is its days since then, as in ODK
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_MOST_DIGITS = 60


def single(value: Value) -> Value:
    """Of the instances of a repeat the first; anything else is one already."""
    return (value[0] if value else None) if isinstance(value, Nodes) else value


def bounded(number: Number) -> Number | None:
    """The number, whole ones as int; None if it is beyond measure or no number."""
    if isinstance(number, Decimal):
        if not number.is_finite() or not -MOST < number < MOST:
            return None
        return int(number) if number == number.to_integral_value() else number
    return number if -MOST < number < MOST else None


def rounded(number: Number, places: int, way: str | None = None) -> Number | None:
    """The number with so many decimal places, in that way of `decimal`; else half goes up.

    So -2.5 becomes -2, as XPath has it. None if it is beyond measure, or so many places are.
    """
    if not -MOST_PLACES <= places <= MOST_PLACES:
        return None
    way = way or (ROUND_HALF_UP if number > 0 else ROUND_HALF_DOWN)
    return bounded(Decimal(number).quantize(Decimal(1).scaleb(-places), way, EXACT))


def as_number(value: Value) -> Number | None:
    """As a number; a date as days since 1970-01-01, None for what is none."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | Decimal):
        return value
    if isinstance(value, date):
        return value.toordinal() - _EPOCH
    if isinstance(value, Nodes):
        return as_number(single(value))
    if value is None or isinstance(value, Chosen):
        return as_number(as_text(value)) if value else None
    return _read_number(value)


def _read_number(text: str) -> Number | None:
    stripped = text.strip(" \t\r\n")
    if len(stripped) > _MOST_DIGITS or not _NUMBER.fullmatch(stripped):
        return None
    return bounded(Decimal(stripped))


def as_text(value: Value) -> str:
    """As a text; an empty answer is an empty text."""
    if isinstance(value, str):
        return value
    if isinstance(value, Nodes):
        return as_text(single(value))
    if isinstance(value, Chosen):
        return " ".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else plain(value)


def plain(number: Number) -> str:
    """A number without exponent and without zeros that say nothing."""
    if isinstance(number, int):
        return str(number)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_truth(value: Value) -> bool:
    """As a condition: empty, zero and no instance are false, any other answer is true."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Nodes):
        return any(as_truth(one) for one in value)
    if isinstance(value, date):
        return True
    return bool(value)


def as_date(value: Value) -> date | None:
    """As a date: an ISO date, or days since 1970-01-01; None for what is none."""
    value = single(value)
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return day_of(value)
    days = None if isinstance(value, bool) else as_number(value)
    if days is None:
        return None
    try:
        return date.fromordinal(_EPOCH) + timedelta(days=int(days))
    except OverflowError:
        return None


def day_of(text: str) -> date | None:
    """The day that an ISO date names, None if there is none such."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def is_time(text: str) -> bool:
    """Whether it is a time of day as answers hold it: `09:30`."""
    return _TIME.fullmatch(text) is not None


# --- comparing -----------------------------------------------------------------------------------

Compare = Callable[[Any, Any], bool]
COMPARES: dict[str, Compare] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compare(sign: str, left: Value, right: Value) -> bool:
    """Whether it holds. Of the instances of a repeat it is enough that one fulfils it.

    An empty answer is the empty text, and neither equal nor unequal to a number or a date.
    """
    if isinstance(left, Nodes):
        return any(compare(sign, one, right) for one in left or (None,))
    if isinstance(right, Nodes):
        return any(compare(sign, left, one) for one in right or (None,))
    if sign in {"=", "!="}:
        return _same(COMPARES[sign], left, right)
    return _ordered(COMPARES[sign], left, right)


def _same(holds: Compare, left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return holds(_truth_said(left), _truth_said(right))
    if _is_measure(left) or _is_measure(right):
        if left is None or right is None:
            return False
        return _same_measure(holds, left, right)
    return holds(as_text(left), as_text(right))


def _same_measure(holds: Compare, left: Value, right: Value) -> bool:
    """One is a number or a date, neither is empty; a word is never equal to it."""
    if _day_like(left, right):
        return holds(as_date(left), as_date(right))
    one, other = as_number(left), as_number(right)
    return holds(0, 1) if one is None or other is None else holds(one, other)


def _ordered(holds: Compare, left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str) and is_time(left) and is_time(right):
        return holds(left, right)
    if _day_like(left, right):
        one, other = as_date(left), as_date(right)
        return one is not None and other is not None and holds(one, other)
    first, second = as_number(left), as_number(right)
    return first is not None and second is not None and holds(first, second)


def _is_measure(value: Value) -> bool:
    return isinstance(value, int | Decimal | date)


def _day_like(left: Value, right: Value) -> bool:
    """Whether to compare as days: both are dates or read as one."""
    return _is_day(left) and _is_day(right)


def _is_day(value: Value) -> bool:
    if isinstance(value, date):
        return True
    return isinstance(value, str) and len(value) == 10 and day_of(value) is not None  # noqa: PLR2004 - YYYY-MM-DD


def _truth_said(value: Value) -> bool:
    """As a condition, with 'false' for what it says: a calculation's truth is written so."""
    return as_truth(value) and value != "false"


# --- reckoning -----------------------------------------------------------------------------------


def reckon(sign: str, left: Value, right: Value) -> Number | None:
    """The sum, difference, product, quotient or rest; None where an operand is no number."""
    one, other = as_number(left), as_number(right)
    if one is None or other is None:
        return None
    if type(one) is int and type(other) is int and sign in _WHOLE:
        return bounded(_WHOLE[sign](one, other))
    if sign in {"div", "mod"} and other == 0:
        return None
    return bounded(_EXACT[sign](Decimal(one), Decimal(other)))


_WHOLE: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_EXACT: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": EXACT.add,
    "-": EXACT.subtract,
    "*": EXACT.multiply,
    "div": EXACT.divide,
    "mod": EXACT.remainder,  # as XPath's: the sign is the dividend's
}
