"""Characters as people count them: 葛󠄀 with its variation selector is one, and so is a flag."""

from __future__ import annotations

import re
from itertools import islice

import regex  # type: ignore[import-untyped]  # it ships no types

__all__ = ["clusters", "is_plain", "letters"]

_CLUSTER = regex.compile(r"\X")
# Each of these is one character beside whichever of them; \r and what combines are not among them.
_PLAIN = re.compile(
    r"[\n\x20-\x7e\u3000-\u3029\u303f-\u3096\u309b-\u30ff\u4e00-\u9fff\uf900-\ufaff\uff01-\uff9d]*"
)
# Two letters of a flag are one character. `\X` looks at every letter before, so that 16,000 of them
# take it half a second: it gets another sign for each flag.
_FLAG, _SIGN = re.compile("[\U0001f1e6-\U0001f1ff]{1,2}"), "旗"
_FLAG_OR_ELSE = re.compile("[\U0001f1e6-\U0001f1ff]{1,2}|.", re.DOTALL)


def is_plain(text: str) -> bool:
    """Whether every code point is a character, as in almost every text; then counting is quick."""
    return _PLAIN.fullmatch(text) is not None


def letters(text: str) -> int:
    """How many characters there are."""
    return len(text) if is_plain(text) else len(_CLUSTER.findall(_FLAG.sub(_SIGN, text)))


def clusters(text: str) -> list[str]:
    """The characters, in order."""
    if is_plain(text):
        return list(text)
    parts = iter(_FLAG_OR_ELSE.findall(text))
    folded = _CLUSTER.findall(_FLAG.sub(_SIGN, text))
    return ["".join(islice(parts, len(one))) for one in folded]
