"""Address to position by 国土地理院's address search, as a geopy geocoder.

geopy gives what every geocoder needs (timeout, adapter, errors, a common result); the service
itself and its answer's shape are ours to know.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from geopy.exc import GeopyError
from geopy.geocoders.base import Geocoder
from geopy.location import Location

from liff_app.gateways.addresses import GEOCODER, GeocoderFailed, Located

TIMEOUT_S = 5.0


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
