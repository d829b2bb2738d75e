"""Address to position: 国土地理院's address search as a geopy geocoder, and the towns at hand.

geopy gives what every geocoder needs (timeout, adapter, errors, a common result); the service
itself and its answer's shape are ours to know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from geopy.exc import GeopyError
from geopy.geocoders.base import Geocoder
from geopy.location import Location

TIMEOUT_S = 5.0
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


class GsiGeocoder(Geocoder):  # type: ignore[misc]  # geopy has no types
    """国土地理院 address search: a list of GeoJSON features, best first."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT_S) -> None:
        super().__init__(timeout=timeout, user_agent="machimado")
        self._url = url

    def geocode(self, query: str, *, timeout: float | None = None) -> Any:  # noqa: ANN401 - geopy's
        """Location of an address, or None, in geopy's own manner."""
        address = f"{self._url}?{urlencode({'q': query})}"
        return self._call_geocoder(address, self._parse, timeout=timeout or self.timeout)

    @staticmethod
    def _parse(answer: list[dict[str, Any]]) -> Location | None:
        if not answer:
            return None
        first = answer[0]
        lon, lat = first["geometry"]["coordinates"]
        # geopy takes a missing degree for 0, which lies in the sea off Africa.
        return Location(first["properties"]["title"], (float(lat), float(lon)), first)


class GsiAddressFinder:
    """Asks 国土地理院 at `url`."""

    def __init__(self, url: str) -> None:
        self._geocoder = GsiGeocoder(url)

    def locate(self, address: str) -> Located | None:
        """Position of the address as 国土地理院 knows it."""
        try:
            found = self._geocoder.geocode(address)
        except (GeopyError, LookupError, TypeError, ValueError) as error:
            raise GeocoderFailed(type(error).__name__) from error
        if found is None:
            return None
        return Located(lat=found.latitude, lon=found.longitude, source=GEOCODER)


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
