"""Positions given by hand, laid over the rows of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.search_text import search_key
from liff_app.shelters.composing import Position
from liff_app.shelters.editions import HAND, Values
from liff_app.shelters.imports.models import HandPosition
from liff_app.shelters.lists.model import ShelterRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """Where a colleague showed a row to be, and what they saw of the row."""

    lat: float
    lon: float
    name_key: str
    address_key: str

    def holds_for(self, name: str, address: str) -> bool:
        """Whether the row is still the one that was looked at: by its name or its address."""
        same_address = bool(self.address_key) and search_key(address) == self.address_key
        return same_address or search_key(name) == self.name_key


def of_list(session: Session, list_id: str) -> dict[str, Pin]:
    """Every position given by hand for rows of the list, by row id."""
    rows = session.scalars(select(HandPosition).where(HandPosition.list_id == list_id))
    return {
        row.source_id: Pin(
            lat=row.lat, lon=row.lon, name_key=row.name_key, address_key=row.address_key
        )
        for row in rows
    }


def by_line(session: Session, list_id: str, rows: Sequence[ShelterRow]) -> dict[int, Position]:
    """Positions by hand of those rows that have none of their own, by line."""
    known = of_list(session, list_id)
    found = {}
    for row in rows:
        pin = known.get(row.source_id) if row.lat is None else None
        if pin is not None and pin.holds_for(row.name, row.address):
            found[row.line] = Position(lat=pin.lat, lon=pin.lon, source=HAND)
    return found


def by_id(pins: Mapping[str, Pin], rows: Iterable[Values]) -> dict[str, Position]:
    """Positions by hand that hold for these packed rows, by row id."""
    found = {}
    for row in rows:
        pin = pins.get(row["source_id"])
        if pin is not None and pin.holds_for(row["name"], row["address"]):
            found[row["source_id"]] = Position(lat=pin.lat, lon=pin.lon, source=HAND)
    return found
