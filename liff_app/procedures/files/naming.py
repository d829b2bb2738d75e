"""What a file is called: as its sender's device called it, without what could mislead."""

from __future__ import annotations

import re

MOST_LETTERS = 120
PDF, JPEG = "application/pdf", "image/jpeg"
_ENDINGS = {PDF: ".pdf", JPEG: ".jpg"}
# Control characters, and those that turn the direction of what follows: 写真gpj.exe
_HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def plain_name(typed: str, fallback: str) -> str:
    """The name without folders and what is not seen, at most 120 letters; `fallback` for none."""
    last = re.split(r"[\\/]", typed)[-1]
    return _HIDDEN.sub("", last).strip(" .\u3000")[:MOST_LETTERS] or fallback


def served_name(name: str, media_type: str) -> str:
    """The name with the ending of what the bytes are: IMG_1.HEIC is a JPEG here."""
    ending = _ENDINGS[media_type]
    if name.lower().endswith((ending, ".jpeg" if media_type == JPEG else ending)):
        return name
    return re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name) + ending
