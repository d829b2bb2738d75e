"""Text of cells: what is shown, and what headings compare."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_BREAKS: Final = re.compile(r"(?<![ \u3000])[ \u3000]*[\t\n\v\f\r\x85\u2028\u2029]+[ \t\u3000]*")
_SPACES: Final = re.compile(r"\s+")
# Controls, zero-width characters and direction overrides: unseen by the reader, and the last can
# make a name read differently from what it is. Variation selectors stay, names need them.
_UNSEEN: Final = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)

# A cell holding one of these alone says "nothing here". NFKC maps the full-width hyphen.
PLACEHOLDERS: Final = frozenset("-‐‑‒–—―−ー─~*・.…") | {
    "--",
    "なし",
    "無し",
    "N/A",
    "n/a",
    "null",
    "NULL",
}
_LONGEST_PLACEHOLDER: Final = max(map(len, PLACEHOLDERS))


def clean_text(raw: str) -> str:
    """`raw` for display: trimmed, line breaks and tabs as one space, unseen characters gone.

    Everything else stays as written: full-width digits and spaces, a leading "=".
    """
    trimmed = raw.strip()
    if trimmed.isprintable():
        return trimmed
    return _UNSEEN.sub("", _BREAKS.sub(" ", trimmed)).strip()


def has_unseen(raw: str) -> bool:
    """Whether `clean_text` would remove a character (a byte-order mark at the start aside)."""
    return _UNSEEN.search(raw.removeprefix("\ufeff")) is not None


def plain(text: str) -> str:
    """Text in NFKC without outer spaces: half-width digits and kana as words."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()


def is_placeholder(text: str) -> bool:
    """Whether a cell is empty or holds only a mark such as ―, － or なし."""
    if len(text) > _LONGEST_PLACEHOLDER:
        return not text.strip()
    return not text or plain(text) in PLACEHOLDERS or not plain(text)


def heading_key(text: str) -> str:
    """Fold a heading for comparison: NFKC, case, no spaces, line breaks or unseen marks."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", _UNSEEN.sub("", text))).casefold()
