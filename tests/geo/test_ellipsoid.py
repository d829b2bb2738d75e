"""The chord on the ellipsoid against geopy's geodesic, and refusal of what is no position."""

from __future__ import annotations

from math import cos, hypot, inf, nan, radians

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from liff_app.geo.ellipsoid import (
    LARGEST_RADIUS_M,
    PositionOutOfRangeError,
    arc_m,
    distance_m,
    locate,
)

# Everything Japanese lies between 20° and 46° north.
LATITUDES = st.floats(20, 46)
LONGITUDES = st.floats(122, 154)
DIRECTIONS = st.floats(0, 360)


def true_m(start: tuple[float, float], end: tuple[float, float]) -> float:
    return float(geodesic(start, end).m)


def away(start: tuple[float, float], metres: float, direction: float) -> tuple[float, float]:
    """Where a geodesic of so many metres leads."""
    end = geodesic(meters=metres).destination(start, bearing=direction)
    return (end.latitude, end.longitude)


@given(LATITUDES, LONGITUDES, DIRECTIONS, st.floats(1, 100_000))
def test_distance_up_to_100_km_is_the_geodesic_to_a_centimetre(
    lat: float, lon: float, direction: float, metres: float
) -> None:
    end = away((lat, lon), metres, direction)
    assert distance_m(locate(lat, lon), locate(*end)) == pytest.approx(metres, abs=0.010)


@given(LATITUDES, LONGITUDES, DIRECTIONS, st.floats(100_000, 500_000))
def test_distance_up_to_500_km_is_the_geodesic_to_little_more_than_a_metre(
    lat: float, lon: float, direction: float, metres: float
) -> None:
    end = away((lat, lon), metres, direction)
    assert distance_m(locate(lat, lon), locate(*end)) == pytest.approx(metres, abs=1.2)


@given(
    LATITUDES,
    LONGITUDES,
    st.tuples(DIRECTIONS, DIRECTIONS),
    st.sampled_from([(30_000.0, 0.0004), (100_000.0, 0.013)]),
)
def test_chords_order_places_as_geodesics_do(
    lat: float, lon: float, directions: tuple[float, float], bound: tuple[float, float]
) -> None:
    metres, tolerance = bound
    start = locate(lat, lon)
    nearer = locate(*away((lat, lon), metres, directions[0]))
    farther = locate(*away((lat, lon), metres + tolerance, directions[1]))
    assert chord_m(start, nearer) < chord_m(start, farther)


def chord_m(start: tuple[float, ...], end: tuple[float, ...]) -> float:
    return hypot(*(a - b for a, b in zip(start[2:5], end[2:5], strict=True)))


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_any_two_positions_have_a_distance_within_two_percent(
    lat: float, lon: float, other_lat: float, other_lon: float
) -> None:
    expected = true_m((lat, lon), (other_lat, other_lon))
    if expected > 15_000_000:
        return  # near the far side of the earth a chord says little; nobody walks there
    got = distance_m(locate(lat, lon), locate(other_lat, other_lon))
    assert got == pytest.approx(expected, rel=0.02, abs=0.001)


def test_opposite_ends_of_the_earth_have_a_distance_too() -> None:
    assert distance_m(locate(0, 0), locate(0, 180)) == pytest.approx(20_003_931, rel=0.005)
    assert arc_m(1e9, 6.4e6) == pytest.approx(3.14159265 * 6.4e6)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (nan, 139.0),
        (35.0, nan),
        (inf, 139.0),
        (35.0, -inf),
        (90.000001, 0.0),
        (-90.000001, 0.0),
        (0.0, 180.000001),
        (139.7, 35.6 + 180),
    ],
)
def test_what_is_no_position_is_refused_with_its_code(lat: float, lon: float) -> None:
    with pytest.raises(PositionOutOfRangeError) as refused:
        locate(lat, lon)
    assert refused.value.code == "position_out_of_range"


@pytest.mark.parametrize(
    ("lat", "lon", "radius_m"),
    [
        (90, 0, 6_356_752.3142),
        (-90, 180, 6_356_752.3142),
        (0, -180, 6_378_137),
        (0, 180, 6_378_137),
    ],
)
def test_the_edges_of_the_range_are_positions(lat: float, lon: float, radius_m: float) -> None:
    assert hypot(*locate(lat, lon)[2:5]) == pytest.approx(radius_m, abs=1e-3)


@given(st.floats(-89.99, 89.99), st.floats(1e-6, 0.01))
def test_a_step_is_never_longer_than_the_largest_radius_allows(lat: float, step: float) -> None:
    end = lat + step if lat < 0 else lat - step
    assert chord_m(locate(lat, 0), locate(end, 0)) <= LARGEST_RADIUS_M * radians(step) + 1e-6
    east = LARGEST_RADIUS_M * cos(radians(lat)) * radians(step)
    assert chord_m(locate(lat, 0), locate(lat, step)) <= east + 1e-6


@pytest.mark.parametrize(("lat", "radius_m"), [(0, 6_356_752.3142), (90, 6_399_593.6258)])
def test_the_local_radius_is_the_mean_of_both_curvatures(lat: float, radius_m: float) -> None:
    assert locate(lat, 135).radius_m == pytest.approx(radius_m, abs=1e-3)
