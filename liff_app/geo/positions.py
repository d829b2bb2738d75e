"""Coordinates as lists write them: decimal, 度分秒, swapped, in the old Japanese datum."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Final, NamedTuple

# The box of facts about Japanese lists: every one of 198,000 published points lies inside, and
# the ranges do not overlap, so a swapped pair can be told from a wrong one.
LAT_RANGE: Final = (20.0, 46.0)
LON_RANGE: Final = (122.0, 154.0)

_DECIMAL: Final = re.compile(r"[+-]?\d{1,3}(?:\.\d*)?")
_SIXTY: Final = 60.0
_DIRECTIONS: Final = {
    "北緯": 1,
    "東経": 1,
    "南緯": -1,
    "西経": -1,
    "N": 1,
    "E": 1,
    "S": -1,
    "W": -1,
}
_DIRECTION: Final = re.compile(r"^(北緯|東経|南緯|西経|[NESW])\s*|\s*([NESW])$", re.IGNORECASE)
# Look-alikes that NFKC would take apart (º becomes o), put right before it.
_LOOK_ALIKES: Final = str.maketrans({"º": "°", "˚": "°", "´": "′", "’": "′", "‘": "′", "`": "′"})
_DEGREE_MARKS: Final = "°度:"
_MINUTE_MARKS: Final = "'′分:"
_SECOND_MARKS: Final = '"秒”“'
_SEXAGESIMAL: Final = re.compile(
    rf"(?P<degrees>\d{{1,3}})\s*[{_DEGREE_MARKS}]\s*"
    rf"(?P<minutes>\d{{1,2}}(?:\.\d+)?)\s*[{_MINUTE_MARKS}]?\s*"
    rf"(?:(?P<seconds>\d{{1,2}}(?:\.\d+)?)\s*(?:[{_SECOND_MARKS}]|''|′′)?)?"
)
# 35.39.29.157: degrees, minutes and seconds with dots, as survey sheets print them.
_DOTTED: Final = re.compile(
    r"(?P<degrees>\d{1,3})\.(?P<minutes>\d{1,2})\.(?P<seconds>\d{1,2}(?:\.\d+)?)"
)


LONGEST: Final = 60  # characters; a coordinate with all its words has 30


class Position(NamedTuple):
    """Degrees on WGS84 or a JGD datum, which agree to about a metre."""

    lat: float
    lon: float


def parse_degrees(text: str) -> float | None:
    """Degrees written in `text`, decimal or 度分秒, or None when it is no coordinate.

    Full-width digits count; south and west are negative; never NaN or infinite.
    """
    if len(text) > LONGEST:
        return None
    if text.isascii() and _DECIMAL.fullmatch(text):
        return float(text)
    # NFKC turns ″ into two ′, which the pattern knows.
    plain = unicodedata.normalize("NFKC", text.translate(_LOOK_ALIKES)).strip()
    sign = 1
    found = _DIRECTION.search(plain)
    if found is not None:
        sign = _DIRECTIONS[(found[1] or found[2]).upper()]
        plain = (plain[: found.start()] + plain[found.end() :]).strip()
    if _DECIMAL.fullmatch(plain.rstrip(_DEGREE_MARKS)):
        return sign * float(plain.rstrip(_DEGREE_MARKS))
    return _from_sexagesimal(plain, sign)


def _from_sexagesimal(plain: str, sign: int) -> float | None:
    match = _SEXAGESIMAL.fullmatch(plain) or _DOTTED.fullmatch(plain)
    if match is None:
        return None
    minutes = float(match["minutes"])
    seconds = float(match["seconds"] or 0)
    if minutes >= _SIXTY or seconds >= _SIXTY:
        return None
    return sign * (int(match["degrees"]) + minutes / _SIXTY + seconds / _SIXTY**2)


def decimals(text: str) -> int | None:
    """Decimal places written in a decimal degree, or None for any other writing."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if not _DECIMAL.fullmatch(plain.strip()):
        return None
    return len(plain.strip().partition(".")[2])


def in_japan(lat: float, lon: float) -> bool:
    """Whether a point lies in the box of Japan; False for NaN."""
    return LAT_RANGE[0] <= lat <= LAT_RANGE[1] and LON_RANGE[0] <= lon <= LON_RANGE[1]


def looks_swapped(lat: float, lon: float) -> bool:
    """Whether the pair would lie in Japan with latitude and longitude exchanged."""
    return in_japan(lon, lat)


# Ellipsoids: Bessel 1841 as defined for 日本測地系 by 測量法施行令 before 2002, GRS80 by the same
# order since. Shift: 国土地理院, 旧日本測地系 to 日本測地系2000 by three parameters (metres).
_BESSEL: Final = (6_377_397.155, 1 / 299.152813)
_GRS80: Final = (6_378_137.0, 1 / 298.257222101)
_SHIFT_M: Final = (-146.414, 507.337, 680.507)


def from_tokyo_datum(lat: float, lon: float) -> Position:
    """Position on JGD2000 of a point given in the old 日本測地系 (Tokyo datum).

    Geocentric shift by three parameters; 1 m from the official value at the 日本経緯度原点 and
    within some 10 m in the main islands, because the old network was distorted. Points move by
    300 to 550 m, 450 m around Tokyo.
    """
    x, y, z = _to_geocentric(lat, lon, *_BESSEL)
    return _from_geocentric(x + _SHIFT_M[0], y + _SHIFT_M[1], z + _SHIFT_M[2], *_GRS80)


def _to_geocentric(
    lat: float, lon: float, radius_m: float, flattening: float
) -> tuple[float, float, float]:
    """Metres from the centre of the ellipsoid to a point on its surface."""
    phi, lam = math.radians(lat), math.radians(lon)
    square = flattening * (2 - flattening)
    normal_m = radius_m / math.sqrt(1 - square * math.sin(phi) ** 2)
    return (
        normal_m * math.cos(phi) * math.cos(lam),
        normal_m * math.cos(phi) * math.sin(lam),
        normal_m * (1 - square) * math.sin(phi),
    )


def _from_geocentric(x: float, y: float, z: float, radius_m: float, flattening: float) -> Position:
    """Latitude and longitude of a geocentric point near the surface (Bowring 1976)."""
    square = flattening * (2 - flattening)
    polar_m = radius_m * (1 - flattening)
    from_axis_m = math.hypot(x, y)
    theta = math.atan2(z * radius_m, from_axis_m * polar_m)
    second_square = square / (1 - square)
    phi = math.atan2(
        z + second_square * polar_m * math.sin(theta) ** 3,
        from_axis_m - square * radius_m * math.cos(theta) ** 3,
    )
    return Position(math.degrees(phi), math.degrees(math.atan2(y, x)))
