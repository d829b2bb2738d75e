"""One answer: what a question takes, in the one form in which it is kept.

`read` never raises, whatever JSON holds. A text is kept as it was typed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from liff_app.letters import letters
from liff_app.procedures.engine.document import Kind, Question
from liff_app.procedures.engine.expressions.values import Chosen, Value, day_of, is_time

TEXT_MOST, LONG_TEXT_MOST, PLACE_TEXT_MOST = 1_000, 4_000, 500  # characters as people count
INTEGER_MOST = 2**53 - 1  # what every reader of JSON keeps exactly
PLACES_MOST = 10  # digits behind the decimal point
FILE_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
AGREED = "OK"  # what an expression sees of a consent, as in ODK
MOST_CODE_POINTS = 8  # at most so many times as many code points as characters: a family has 7
_BAD_TEXT = re.compile("[\x00\ud800-\udfff]")
_PLACE_KEYS = frozenset({"lat", "lon", "accuracy_m", "text"})
RADIUS_MOST = 1_000_000  # metres

# What is kept, what expressions see, and why it is refused ("type", "range", …). All None: empty.
Read = tuple[Any, Value, str | None]
EMPTY: Read = (None, None, None)


def refused(code: str) -> Read:
    """An answer that does not count, and why."""
    return (None, None, code)


def read(question: Question, raw: object, left: Mapping[str, object]) -> Read:
    """The answer in the form in which it is kept, or why it is none.

    `left` are the choices that the question's filter leaves; an answer that it no longer leaves is
    no answer.
    """
    if is_empty(raw):
        return EMPTY
    if question.kind in _BY_VALUE:
        return _BY_VALUE[question.kind](raw)
    if question.kind in _BY_QUESTION:
        return _BY_QUESTION[question.kind](question, raw)
    if question.kind is Kind.CHOOSE_ONE:
        return _choose_one(question, raw, left)
    return _choose_many(question, raw, left) if question.kind is Kind.CHOOSE_MANY else EMPTY


def is_empty(raw: object) -> bool:
    """Whether nothing was answered."""
    return raw is None or (isinstance(raw, str | list) and not raw)


def is_text(raw: object) -> bool:
    """Whether it is a text that can be kept anywhere: no NUL, no half of a character."""
    return isinstance(raw, str) and _BAD_TEXT.search(raw) is None


def is_longer(text: str, most: int) -> bool:
    """Whether it has more characters than that, as people count them."""
    if len(text) <= most:
        return False
    return len(text) > most * MOST_CODE_POINTS or letters(text) > most


def _text(question: Question, raw: object) -> Read:
    if not isinstance(raw, str) or not is_text(raw):
        return refused("type")
    if not raw.strip():
        return EMPTY
    most = LONG_TEXT_MOST if question.kind is Kind.LONG_TEXT else TEXT_MOST
    return refused("too_long") if is_longer(raw, most) else (raw, raw, None)


def _number(raw: object) -> Decimal | None:
    """The number, None if it is none. True and false are none."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        return None
    if isinstance(raw, float):
        raw = Decimal(repr(raw)) if math.isfinite(raw) else Decimal("nan")
    return Decimal(raw) if isinstance(raw, int) or raw.is_finite() else None


def _integer(raw: object) -> Read:
    number = _number(raw)
    if number is None:
        return refused("type")
    if abs(number) > INTEGER_MOST:
        return refused("range")
    whole = int(number)
    return (whole, whole, None) if whole == number else refused("type")


def _decimal(raw: object) -> Read:
    number = _number(raw)
    if number is None:
        return refused("type")
    exponent = number.as_tuple().exponent
    if abs(number) > INTEGER_MOST or not isinstance(exponent, int) or exponent < -PLACES_MOST:
        return refused("range")
    kept = Decimal(format(number, "f")) if number else Decimal(0)
    return (kept, kept, None)


def _date(raw: object) -> Read:
    day = day_of(raw) if isinstance(raw, str) else None
    return refused("type") if day is None else (raw, day, None)


def _time(raw: object) -> Read:
    return (raw, raw, None) if isinstance(raw, str) and is_time(raw) else refused("type")


def _choose_one(question: Question, raw: object, left: Mapping[str, object]) -> Read:
    if not isinstance(raw, str):
        return refused("type")
    if raw in left:
        return (raw, raw, None)
    is_offered = any(one.value == raw for one in question.choices)
    return EMPTY if is_offered else refused("choice")


def _choose_many(question: Question, raw: object, left: Mapping[str, object]) -> Read:
    if not isinstance(raw, list) or not all(isinstance(one, str) for one in raw):
        return refused("type")
    wanted = set(raw)
    if not wanted <= {one.value for one in question.choices}:
        return refused("choice")
    chosen = Chosen(one for one in left if one in wanted)
    return (list(chosen), chosen, None) if chosen else EMPTY


def _files(question: Question, raw: object) -> Read:
    if not isinstance(raw, list):
        return refused("type")
    if not all(isinstance(one, str) and FILE_ID.fullmatch(one) for one in raw):
        return refused("type")
    kept = Chosen(dict.fromkeys(raw))
    if len(kept) > most_files(question):
        return refused("too_many")
    return (list(kept), kept, None)


def most_files(question: Question) -> int:
    """How many files the question takes; a person signs once."""
    return 1 if question.kind is Kind.SIGNATURE else question.most_files


def _place(raw: object) -> Read:
    if not isinstance(raw, Mapping) or not raw.keys() <= _PLACE_KEYS:
        return refused("type")
    lat, lon = _number(raw.get("lat")), _number(raw.get("lon"))
    radius, text = raw.get("accuracy_m"), raw.get("text")
    metres = _number(radius) if radius is not None else Decimal(0)
    if lat is None or lon is None or metres is None or not (text is None or is_text(text)):
        return refused("type")
    if abs(lat) > 90 or abs(lon) > 180 or not 0 <= metres <= RADIUS_MOST:  # noqa: PLR2004 - degrees
        return refused("range")
    kept: dict[str, Any] = {"lat": float(lat), "lon": float(lon)}
    if radius is not None:
        kept["accuracy_m"] = float(metres)
    if text:
        if is_longer(text, PLACE_TEXT_MOST):
            return refused("too_long")
        kept["text"] = text
    return (kept, f"{kept['lat']} {kept['lon']}", None)


def _consent(raw: object) -> Read:
    if raw is True:
        return (True, AGREED, None)
    return EMPTY if raw is False else refused("type")


_BY_VALUE: dict[Kind, Callable[[object], Read]] = {
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.PLACE: _place,
    Kind.CONSENT: _consent,
}
_BY_QUESTION: dict[Kind, Callable[[Question, object], Read]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.PHOTO: _files,
    Kind.FILE: _files,
    Kind.SIGNATURE: _files,
}
