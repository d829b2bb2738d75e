"""Address to position: what we ask of a finder, the towns at hand, and one finder after another.

Nothing here knows a service: a web process that places an address by its town loads no client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

TOWN = "town"
GEOCODER = "geocoder"


class GeocoderFailed(Exception):
    """The service did not answer, or not in its usual form. Trying again later may help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Where an address is, and who said so: `geocoder` or `town`."""

    lat: float
    lon: float
    source: str


class AddressFinder(Protocol):
    """What we ask of a geocoder."""

    def locate(self, address: str) -> Located | None:
        """Position of the address, None if it is unknown. Raises GeocoderFailed."""


class TownFinder:
    """Finds the town an address lies in: its representative point, for want of better.

    `towns` maps a town's name, in the form of `key`, to its point; the longest name wins, so that
    本町一丁目 is not taken for 本町.
    """

    def __init__(self, towns: Mapping[str, tuple[float, float]], key: Callable[[str], str]) -> None:
        self._key = key
        self._towns = sorted(towns.items(), key=lambda item: -len(item[0]))

    def locate(self, address: str) -> Located | None:
        """The point of the town whose name stands in the address."""
        text = self._key(address)
        for name, (lat, lon) in self._towns:
            if name and name in text:
                return Located(lat=lat, lon=lon, source=TOWN)
        return None


class FirstOf:
    """Asks one finder after the other; one that fails is left out for the rest of the run."""

    def __init__(self, finders: list[AddressFinder]) -> None:
        self._finders = list(finders)
        self.failures: list[str] = []

    def locate(self, address: str) -> Located | None:
        """The first position that any of them knows."""
        for finder in list(self._finders):
            try:
                found = finder.locate(address)
            except GeocoderFailed as error:
                self._finders.remove(finder)
                self.failures.append(str(error))
                continue
            if found is not None:
                return found
        return None
