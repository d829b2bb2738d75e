"""Words that may say how they are read: 漢字《かんじ》, as staff type it in a workbook.

A reading belongs to the Chinese characters right before it, or to everything behind a ｜. Only kana
are a reading, so that 申請《重要》 stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_HAN = (
    r"[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff\U000e0100-\U000e01efヶ]"
)
_RUBY = re.compile(rf"(?:｜([^｜《》]+)|({_HAN}+))《([ぁ-ゖァ-ヶー・]+)》")


@dataclass(frozen=True, slots=True)
class Words:
    """Words with their readings. `parts` are (words, reading), the reading empty where none is."""

    plain: str = ""
    parts: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.plain

    def __bool__(self) -> bool:
        return bool(self.plain)

    @property
    def lines(self) -> tuple[Words, ...]:
        """Each of its lines that says anything. A reading never stands across two."""
        found: list[list[tuple[str, str]]] = [[]]
        for word, reading in self.parts:
            first, *more = word.split("\n")
            found[-1].append((first, reading))
            found += [[(one, reading)] for one in more]
        lines = (tuple((word, reading) for word, reading in line if word) for line in found)
        told = (Words("".join(word for word, _ in line), line) for line in lines)
        return tuple(one for one in told if one.plain.strip())


@lru_cache(maxsize=4096)
def words_of(text: str) -> Words:
    """The text, its readings apart from it."""
    parts: list[tuple[str, str]] = []
    at = 0
    for found in _RUBY.finditer(text):
        if found.start() > at:
            parts.append((text[at : found.start()], ""))
        parts.append((found[1] or found[2], found[3]))
        at = found.end()
    if at < len(text):
        parts.append((text[at:], ""))
    return Words("".join(word for word, _ in parts), tuple(parts))
