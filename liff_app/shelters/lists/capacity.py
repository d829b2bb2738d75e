"""Capacity texts: 20500 · 390人 · 200人2.0㎡あたり1人 · 屋内480人／屋外3,350人(面積の1/2)."""

from __future__ import annotations

import re
from typing import Final

from liff_app.shelters.lists.model import NO_CAPACITY, Capacity
from liff_app.shelters.lists.text import is_placeholder, plain

_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# The one number, then how it was reckoned: in brackets or as an area or room rate.
_ONE_NUMBER: Final = re.compile(
    r"約?(?P<count>\d{1,7})(?:\.0+)?\s*(?:人|名)?(?:程度|以上)?\s*"
    r"(?:\((?!.*屋[内外]).*\)|[\d.]+\s*(?:m2|平方メートル|平米)あたり.*)?"
)
_INDOOR: Final = re.compile(r"屋内\)?[:\s]*(\d{1,7})(?![\d.])|(\d{1,7})(?:人|名)?【屋内")
_OUTDOOR: Final = re.compile(r"屋外\)?[:\s]*(\d{1,7})(?![\d.])|(\d{1,7})(?:人|名)?【屋外")
# "洪水時の収容人数 186人" and "福祉避難室の収容人数は別に8人" speak of a part, so not after の, and
# only with a colon.
_IN_REMARK: Final = re.compile(
    r"(?<![のた])(?:想定)?収容(?:可能)?人[数員]\s*:\s*(?P<rest>.+)", re.DOTALL
)
_REMARK_NUMBER: Final = re.compile(r"約?(\d{1,7})\s*(?:人|名)?(?=$|[\s、。,;)\]/])")


def parse_capacity(text: str) -> tuple[Capacity, bool]:
    """Capacity stated in a cell, and whether it was understood.

    Not understood keeps the text and no number. A mark such as － is understood as "not stated".
    A range or a sum is not understood: no number is made that the list does not state.
    """
    if not text:
        return NO_CAPACITY, True
    folded = _without_thousands(text)
    indoor, outdoor = _split(folded)
    if indoor is None and outdoor is None:
        match = _ONE_NUMBER.fullmatch(folded)
        indoor = int(match["count"]) if match else None
    read = Capacity(raw=text, indoor=indoor, outdoor=outdoor)
    return read, indoor is not None or outdoor is not None or is_placeholder(text)


def capacity_in_remark(remark: str) -> Capacity:
    """Capacity of the whole place where a remark states it with a colon, else `NO_CAPACITY`.

    Numbers per hazard (収容人数：洪水 120 地震 300) stay in the remark: neither is the capacity.
    """
    if "収容" not in remark:
        return NO_CAPACITY
    match = _IN_REMARK.search(_without_thousands(remark))
    if match is None:
        return NO_CAPACITY
    rest = match["rest"].strip()
    indoor, outdoor = _split(rest)
    if indoor is None and outdoor is None:
        number = _REMARK_NUMBER.match(rest)
        if number is None:
            return NO_CAPACITY
        return Capacity(raw=number[0].strip(), indoor=int(number[1]), outdoor=None)
    return Capacity(raw=rest.rstrip(")"), indoor=indoor, outdoor=outdoor)


def _without_thousands(text: str) -> str:
    return _THOUSANDS.sub("", plain(text))


def _split(folded: str) -> tuple[int | None, int | None]:
    """屋内 and 屋外 numbers; none at all if either stands twice or a total stands before them."""
    before, marker, _ = folded.partition("屋")
    if not marker or ("【" not in before and any(sign.isdigit() for sign in before)):
        return None, None
    found = tuple(pattern.findall(folded) for pattern in (_INDOOR, _OUTDOOR))
    if any(len(numbers) > 1 for numbers in found):
        return None, None
    indoor, outdoor = (
        int(numbers[0][0] or numbers[0][1]) if numbers else None for numbers in found
    )
    return indoor, outdoor
