"""Text as searches compare it: what people type finds what lists write."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SPACES: Final = re.compile(r"\s+")
_DASHES: Final = re.compile(r"[\u2010-\u2015\u2212\u2500\ufe63\uff0d-]")
_LONG_SIGN_IN_NUMBER: Final = re.compile(r"(?<=\d)[ー一](?=\d)")
# Katakana ァ to ヶ lie 0x60 above their hiragana.
_TO_HIRAGANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def one_dash(text: str) -> str:
    """Text with every kind of hyphen and minus as "-"; also a 長音 between digits (１ー１)."""
    return _LONG_SIGN_IN_NUMBER.sub("-", _DASHES.sub("-", text))


def search_key(text: str) -> str:
    """Text in NFKC, case folded, in hiragana, with one kind of dash and no spaces."""
    folded = one_dash(unicodedata.normalize("NFKC", text)).casefold()
    return _SPACES.sub("", folded).translate(_TO_HIRAGANA)
