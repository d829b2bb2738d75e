"""Reading JSON that strangers send: what Python's loader lets through is refused here.

Flask's own loader accepts NaN, duplicate keys and lone surrogates, and answers 500 to 100,000
opening brackets.
"""

from __future__ import annotations

import json
import re
from typing import Any

MAX_DIGITS = 40  # longer numbers cost quadratic time to convert
_BAD_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class JsonRefused(ValueError):
    """The text is not JSON we take."""


def loads(raw: bytes) -> Any:  # noqa: ANN401 - JSON is any
    """The value spelled by `raw` (UTF-8). Raises JsonRefused, and nothing else."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_int=_integer,
            parse_float=_real,
        )
        _check_text(value)
    except (ValueError, RecursionError) as error:
        raise JsonRefused("unreadable JSON") from error
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonRefused("duplicate key")
    return found


def _refuse(name: str) -> None:
    raise JsonRefused(name)


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise JsonRefused("huge number")
    return int(text)


def _real(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise JsonRefused("huge number")
    return value


def _check_text(value: object) -> None:
    """Refuse NUL, control characters and lone surrogates anywhere, without recursion."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            if _BAD_TEXT.search(item):
                raise JsonRefused("control character")
        elif isinstance(item, dict):
            waiting.extend(item)
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
