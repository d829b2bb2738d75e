"""What expressions do with days: write them, and count full years."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from liff_app.procedures.engine.eras import wareki
from liff_app.procedures.engine.expressions.values import (
    MOST_TEXT,
    Value,
    as_date,
    as_text,
)

_WEEKDAYS = "月火水木金土日"
_FORMATS: dict[str, Callable[[date], str]] = {
    "Y": lambda day: f"{day.year:04d}",
    "y": lambda day: f"{day.year % 100:02d}",
    "m": lambda day: f"{day.month:02d}",
    "n": lambda day: str(day.month),
    "b": lambda day: f"{day.month}月",
    "d": lambda day: f"{day.day:02d}",
    "e": lambda day: str(day.day),
    "a": lambda day: _WEEKDAYS[day.weekday()],
}


def bad_format(pattern: str) -> str | None:
    """The first `%` word of a date format that there is not, None if all is well."""
    words = (after[:1] for after in pattern.replace("%%", "").split("%")[1:])
    return next((f"%{word}" for word in words if word not in _FORMATS), None)


def formatted(value: Value, pattern: Value) -> Value:
    """The day by a format such as `%Y年%n月%e日(%a)`; empty for what is no day."""
    day, wanted = as_date(value), as_text(pattern)
    if day is None or len(wanted) > MOST_TEXT // 2 or bad_format(wanted) is not None:
        return None  # a word of two characters becomes four at most
    return "%".join(_part(day, part) for part in wanted.split("%%"))


def _part(day: date, pattern: str) -> str:
    first, *rest = pattern.split("%")
    return first + "".join(_FORMATS[one[0]](day) + one[1:] for one in rest)


def said(value: Value) -> Value:
    """The day in its era, `令和8年11月22日`; empty for what is no day."""
    day = as_date(value)
    return None if day is None else wareki(day)


def age(birth: Value, on: Value) -> Value:
    """Full years on that day; empty for who is not born yet.

    Who was born on 29 February becomes a year older on 1 March of a common year.
    """
    born, day = as_date(birth), as_date(on)
    if born is None or day is None or born > day:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
