"""Steps, receipt numbers and cells: by table, and against brute force."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from liff_app.geo.ellipsoid import distance_m, locate
from liff_app.reports import rules
from liff_app.reports.vocabulary import Mover, Need, Status

LAT = st.floats(min_value=20, max_value=46)
LON = st.floats(min_value=122, max_value=154)


def test_every_status_has_its_line_in_the_table_and_leads_to_known_ones() -> None:
    assert set(rules.STEPS) == set(Status)
    for now, steps in rules.STEPS.items():
        pairs = [(one.to, mover) for one in steps for mover in one.by]
        assert len(pairs) == len(set(pairs)), f"{now}: one way for each mover"
        assert now not in {one.to for one in steps}, f"{now} leads to itself"


def test_every_status_is_reached_and_all_but_a_withdrawal_can_be_left() -> None:
    reached, edge = {Status.RECEIVED}, [Status.RECEIVED]
    while edge:
        for one in rules.STEPS[edge.pop()]:
            if one.to not in reached:
                reached.add(one.to)
                edge.append(one.to)
    assert reached == set(Status)
    assert [now for now, steps in rules.STEPS.items() if not steps] == [Status.WITHDRAWN]


def test_staff_never_close_without_a_reason_nor_hand_over_without_a_receiver() -> None:
    for steps in rules.STEPS.values():
        for one in steps:
            if Mover.STAFF in one.by and one.to in rules.CLOSED - {Status.DUPLICATE}:
                assert Need.REASON in one.needs
            assert (Need.RECEIVER in one.needs) == (one.to is Status.FORWARDED)
            assert (Need.LEAD in one.needs) == (one.to is Status.DUPLICATE)


def test_what_is_closed_is_left_only_by_reopening() -> None:
    for now in rules.CLOSED:
        assert {one.to for one in rules.STEPS[now]} <= {Status.REOPENED}


def test_a_resident_may_always_say_not_yet_and_staff_cannot_say_it_for_them() -> None:
    said = rules.step(Status.FIXED, Status.REOPENED, Mover.RESIDENT)
    assert said is not None
    assert not said.needs
    assert rules.step(Status.WORKING, Status.WITHDRAWN, Mover.RESIDENT) is None
    assert rules.step(Status.RECEIVED, Status.CHECKING, Mover.RESIDENT) is None


@given(st.integers(min_value=1, max_value=10**9 - 1), st.integers(min_value=2024, max_value=2099))
def test_a_number_read_back_gives_its_report(report_id: int, year: int) -> None:
    number = rules.number_of(report_id, year)
    assert rules.id_of(number) == report_id
    assert rules.id_of(number.replace("-", "")) == report_id
    wide = number.translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
    assert rules.id_of(f" {wide} ") == report_id


@given(st.integers(min_value=1, max_value=999_999), st.data())
def test_one_wrong_digit_or_two_swapped_give_no_report(report_id: int, data: st.DataObject) -> None:
    digits = rules.number_of(report_id, 2026).replace("-", "")
    place = data.draw(st.integers(min_value=0, max_value=len(digits) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[place]]))
    assert rules.id_of(digits[:place] + other + digits[place + 1 :]) is None
    if place and digits[place - 1] != digits[place]:
        swapped = digits[: place - 1] + digits[place] + digits[place - 1] + digits[place + 1 :]
        assert rules.id_of(swapped) is None


def test_a_number_that_is_none_gives_none() -> None:
    for text in ("", "26-", "abc", "26-0000421-1", "２６", "9" * 40, "26-00004²1"):
        assert rules.id_of(text) is None


@given(
    LAT,
    LON,
    st.floats(min_value=0, max_value=360),
    st.floats(min_value=0, max_value=rules.LARGEST_NEAR_M),
)
def test_no_place_within_the_radius_lies_outside_the_cells(
    lat: float, lon: float, bearing: float, metres: float
) -> None:
    north = math.cos(math.radians(bearing)) * metres / 111_195
    east = math.sin(math.radians(bearing)) * metres / (111_195 * math.cos(math.radians(lat)))
    found = rules.cells_near(lat, lon, metres)
    assert rules.cell_of(lat + 0.999 * north, lon + 0.999 * east) in found
    assert rules.cell_of(lat, lon) in found


@given(LAT, LON, st.floats(-0.01, 0.01), st.floats(-0.01, 0.01))
def test_the_distance_of_neighbours_agrees_with_the_ellipsoid(
    lat: float, lon: float, up: float, right: float
) -> None:
    ours = rules.metres_between(lat, lon, lat + up, lon + right)
    true = distance_m(locate(lat, lon), locate(lat + up, lon + right))
    assert abs(ours - true) <= 0.005 * true + 0.01


def test_the_public_sees_about_where_until_a_colleague_has_looked() -> None:
    assert rules.public_position(34.342791, 134.046574, checked=False) == (34.343, 134.047)
    assert rules.public_position(34.342791, 134.046574, checked=True) == (34.34279, 134.04657)
