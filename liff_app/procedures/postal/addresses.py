"""Filling an address in by its postal code, without touching what was typed behind the town."""

from __future__ import annotations

from collections.abc import Collection

_SPACES = " \u3000"


def filled_in(typed: str, address: str, others: Collection[str] = ()) -> str | None:
    """The text with the address in front; None where it begins otherwise, to be left alone.

    An address of the same code, chosen before, gives way to this one. Of まど県まど市中央 and a
    typed 中央1-2 or まど市中央1-2 the part they share stands once.
    """
    text = typed.strip(_SPACES)
    if text.startswith(address):
        return typed
    before = max((one for one in others if one and text.startswith(one)), key=len, default="")
    rest = text[len(before) :]
    if before or not rest:
        return address + rest
    shared = next((at for at in range(1, len(address)) if rest.startswith(address[at:])), None)
    if shared is not None and len(address) - shared > 1:
        return address[:shared] + rest
    return address + rest if _is_house_number(rest) else None


def _is_house_number(text: str) -> bool:
    return text[0].isdigit()
