"""What somebody declares or amends, and what of it cannot be."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from liff_app.errors import FieldError
from liff_app.shelters.vocabulary import Hazard

MAX_NAME = 80
MAX_AREA = 200
# Control, format (they turn the direction of writing), undecodable, line and paragraph separators.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DisasterDraft:
    """A disaster or drill as declared. The first of `hazards` is asked for by default.

    `area` is shown to residents. Without a hazard of the eight (heavy snow) every place is listed.
    """

    name: str
    drill: bool
    hazards: tuple[Hazard, ...] = ()
    area: str = ""
    checkin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What is to be different. None leaves a thing as it is; real or drill cannot be changed."""

    name: str | None = None
    hazards: tuple[Hazard, ...] | None = None
    area: str | None = None
    checkin: bool | None = None


def has_unseen(text: str) -> bool:
    """Whether the text holds a line break, or a character that nobody sees."""
    return any(unicodedata.category(letter) in UNSEEN for letter in text)


def faults(name: str | None, area: str | None) -> list[FieldError]:
    """What is wrong with a name and an area; None is not looked at."""
    found = []
    if name is not None and not 0 < len(name.strip()) <= MAX_NAME:
        found.append(FieldError("name", "length", "名前を80字までで入れてください。"))
    if area is not None and len(area.strip()) > MAX_AREA:
        found.append(FieldError("area", "length", "地域は200字までで入れてください。"))
    found += [
        FieldError(field, "unseen", f"{word}に、改行や目に見えない制御文字は使えません。")
        for field, word, text in (("name", "名前", name), ("area", "地域", area))
        if text is not None and has_unseen(text)
    ]
    return found
