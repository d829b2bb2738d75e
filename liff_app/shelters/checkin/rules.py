"""Decisions of the check-in: what a family may be, and how a shelter's number is spelled."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liff_app.shelters.checkin.vocabulary import Care

FAMILY: Final = 20  # persons a resident may speak for
GROUP: Final = 200  # persons staff may let in at once, such as those of one bus
PETS: Final = 20
CODE_LIFE: Final = timedelta(minutes=10)
CODE_DIGITS: Final = 6
CONSENT: Final = "2026-11"  # edition of the sentences a resident agreed to (templates/…/_consent)
_SPACES = re.compile(r"[\s\-‐‑–—−ー]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A family, or a group: how many, and how many of them need what. Nobody has a name."""

    people: int
    mobility: int = 0
    infants: int = 0
    pregnant: int = 0
    medical: int = 0
    other: int = 0
    pets: int = 0

    def of(self, care: Care) -> int:
        """How many of them need that."""
        return int(getattr(self, care.value))

    @property
    def cares(self) -> dict[Care, int]:
        """What is needed, and by how many; without what nobody needs."""
        return {care: self.of(care) for care in Care if self.of(care)}


COUNTS: Final = ("people", *(care.value for care in Care), "pets")


def wrong_counts(party: Party, *, most: int) -> tuple[str, ...]:
    """Names of the counts that cannot be; `most` is how many people there may be."""
    wrong = [] if 1 <= party.people <= most else ["people"]
    wrong += [care.value for care in Care if not 0 <= party.of(care) <= max(party.people, 0)]
    wrong += [] if 0 <= party.pets <= PETS else ["pets"]
    return tuple(wrong)


def read_code(typed: str) -> str | None:
    """The six digits somebody typed, however wide and spaced; None for anything else."""
    if len(typed) > 4 * CODE_DIGITS:
        return None
    found = _SPACES.sub("", unicodedata.normalize("NFKC", typed))
    return found if re.fullmatch(rf"[0-9]{{{CODE_DIGITS}}}", found) else None


def spaced(code: str) -> str:
    """The digits as they are shown and read aloud: in two threes."""
    return f"{code[:3]} {code[3:]}"


def door_number(shelter_id: str) -> str:
    """The number of a shelter's door: six digits that follow from its id and never change.

    So a poster can hang there before any disaster. It is public and no secret. Two shelters may
    share one: then the person chooses by name.
    """
    digest = hashlib.sha256(b"machimado door " + shelter_id.encode()).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"
