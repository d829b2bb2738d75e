"""How a pass is spelled: long enough that nobody guesses one, in letters people can type."""

from __future__ import annotations

import re
import secrets
import unicodedata

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without look-alikes: i, l, o, 0 and 1
LENGTH = 28  # 31 letters: 4.95 bits each, 138 bits in all; seven groups of four to be typed
GROUP = 4
_SPELLED = re.compile(f"[{LETTERS}]{{{LENGTH}}}")
_BETWEEN = re.compile(r"[\s\-‐‑–—−ー]+")


def new_token() -> str:
    """A pass nobody had before: 28 random letters."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def read_token(typed: str) -> str | None:
    """The pass somebody typed, however they spaced it; None for what cannot be one."""
    if len(typed) > 4 * LENGTH:
        return None
    found = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed)).lower()
    return found if _SPELLED.fullmatch(found) else None


def grouped(token: str) -> str:
    """The pass in groups of four, as it is printed and typed."""
    return "-".join(token[at : at + GROUP] for at in range(0, len(token), GROUP))
