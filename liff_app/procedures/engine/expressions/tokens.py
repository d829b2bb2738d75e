"""The words of an expression, each with where it stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

MAX_LENGTH = 2_000  # characters of one expression


class ExpressionInvalid(ValueError):
    """An expression that means nothing here. `position` counts characters from 0.

    Codes: empty, too_long, too_deep; character, full_width, smart_quote (a character that has no
    place here; `value` is it); quote (a text without end); reference (`${…}` that names nothing),
    reference_in_text (`${…}` inside quotes stays as it is typed: join with concat); unexpected
    (`value` is the word), incomplete, unclosed, unopened (brackets); path (XPath's paths);
    function, arity (`value` is its name); regex, regex_not_fixed, regex_too_long; format;
    argument (one that must be a `${question}` or a fixed text is neither).
    """

    def __init__(self, code: str, position: int, value: str = "") -> None:
        super().__init__(f"{code} at {position}")
        self.code = code
        self.position = position
        self.value = value


class Sort(Enum):
    """What sort of word it is."""

    NUMBER = auto()
    TEXT = auto()
    REFERENCE = auto()
    NAME = auto()
    SYMBOL = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One word. `text` is what it says: a text without its quotes, a reference's name."""

    sort: Sort
    text: str
    position: int


_WORD = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    |(?P<text>'[^']*'|"[^"]*")
    |\$\{[ ]*(?P<reference>[A-Za-z_][A-Za-z0-9_.\-]*)[ ]*\}
    |(?P<name>[A-Za-z_][A-Za-z0-9_.\-]*(?::[A-Za-z_][A-Za-z0-9_.\-]*)?)
    |(?P<symbol>\.\.|!=|<=|>=|//|::|[.()\[\],=<>+\-*/|@])""",
    re.VERBOSE,
)
_SORTS = {
    "number": Sort.NUMBER,
    "text": Sort.TEXT,
    "reference": Sort.REFERENCE,
    "name": Sort.NAME,
    "symbol": Sort.SYMBOL,
}
_SMART_QUOTES = frozenset("‘’‚‛“”„‟′″´`「」＇＂")  # what a word processor makes
_QUOTES = frozenset("'\"")
_NOWHERE = re.compile("[\x00\ud800-\udfff]")  # not even in a text: no database keeps them


def tokens(source: str) -> Iterator[Token]:
    """Every word in order, and an end. Raises ExpressionInvalid at what is none."""
    if len(source) > MAX_LENGTH:
        raise ExpressionInvalid("too_long", MAX_LENGTH)
    if (bad := _NOWHERE.search(source)) is not None:
        raise ExpressionInvalid("character", bad.start(), f"U+{ord(bad[0]):04X}")
    position = 0
    while position < len(source):
        found = _WORD.match(source, position)
        if found is None:
            raise _stranger(source, position)
        group = found.lastgroup or ""
        if group != "space":
            text = found[group][1:-1] if group == "text" else found[group]
            yield Token(_SORTS[group], text, position)
        position = found.end()
    yield Token(Sort.END, "", len(source))


def _stranger(source: str, position: int) -> ExpressionInvalid:
    """Why there is no word at that position."""
    char = source[position]
    if char in _QUOTES:
        return ExpressionInvalid("quote", position, char)
    if char in _SMART_QUOTES:
        return ExpressionInvalid("smart_quote", position, char)
    if source.startswith("${", position):
        end = source.find("}", position)
        inside = source[position : end + 1] if end > 0 else source[position:]
        return ExpressionInvalid("reference", position, inside)
    folded = unicodedata.normalize("NFKC", char)
    if folded != char and folded.isascii():
        return ExpressionInvalid("full_width", position, char)
    return ExpressionInvalid("character", position, char)
