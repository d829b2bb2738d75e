"""Which of several words somebody may have meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

_ALIKE = 0.6  # of difflib's measure; `relevence` and `relevant` have 0.82, `knd` and `kind` 0.86
_LONGEST = 60


def narrow(text: str) -> str:
    """The text with full-width letters, digits and signs made narrow. For codes, not for words."""
    return unicodedata.normalize("NFKC", text)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like this one, "" if none is."""
    words = list(known)
    plain = narrow(word).strip().casefold()[:_LONGEST]
    folded = {one.casefold(): one for one in reversed(words)}
    if plain in folded:
        return folded[plain]
    found = get_close_matches(plain, list(folded), n=1, cutoff=_ALIKE)
    return folded[found[0]] if found else ""
