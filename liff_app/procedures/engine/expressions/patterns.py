"""Regular expressions by RE2: its time grows with the text only, whoever wrote the pattern."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import re2  # type: ignore[import-untyped]  # it ships no types

from liff_app.procedures.engine.expressions.tokens import ExpressionInvalid

MOST_PATTERN = 500  # characters
MOST_MEMORY = 1 << 20  # bytes for one pattern


class Pattern(Protocol):
    """What RE2 gives for a pattern."""

    programsize: int  # instructions

    def fullmatch(self, text: str) -> object:
        """None if the pattern is not the whole text."""


def check(pattern: str, position: int) -> None:
    """Raises ExpressionInvalid unless it is a pattern."""
    if len(pattern) > MOST_PATTERN:
        raise ExpressionInvalid("regex_too_long", position, pattern)
    try:
        compiled(pattern)
    except re2.error as error:
        raise ExpressionInvalid("regex", position, pattern) from error


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Pattern:
    """The pattern, ready to match. Raises re2.error; nothing is written to the log."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MOST_MEMORY
    options.never_capture = True  # nobody asks for groups, and they cost five times as much
    found: Pattern = re2.compile(pattern, options)
    return found
