"""Whose place a position is, the towns around it, and things found by their number."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from liff_app.db import db, transaction
from liff_app.reports.models import NeighbourTown, ReportAsset
from liff_app.reports.places import rules, service
from liff_app.reports.places.numbers import number_key
from liff_app.reports.rules import metres_between
from liff_app.towns import service as towns
from tests.conftest import on_sqlite

CODE = "479993"
Point = tuple[float, float]


def lay(session: Session, own: Sequence[Point], others: Sequence[Point] = ()) -> None:
    """Our towns 町0, 町1 …, and となり町 with its own."""
    rows: list[dict[str, object]] = [
        {
            "code": f"{CODE}{n:04}", "municipality_code": CODE, "name": f"町{n}",
            "kana": f"まち{n}", "lat": lat, "lon": lon,
        }
        for n, (lat, lon) in enumerate(own)
    ]  # fmt: skip
    read = towns.TownsRead(rows, 0, 0, 0, 0)
    towns.import_towns(session, read, municipality_code=CODE)
    session.query(NeighbourTown).delete()
    for lat, lon in others:
        session.add(
            NeighbourTown(
                municipality_code="132195", municipality_name="となり町", lat=lat, lon=lon
            )
        )


def asked(lat: float, lon: float) -> service.Where:
    """Whose place it is, for our town."""
    return service.where(db.session, lat, lon, municipality_code=CODE)


def test_without_a_list_of_towns_everything_is_inside(app: Flask) -> None:
    assert app
    assert asked(35.58, 140.31) == service.Where(inside=True)


def test_the_nearest_town_of_ours_is_named(app: Flask) -> None:
    assert app
    with transaction() as session:
        lay(session, [(35.58, 140.31), (35.60, 140.31)])
    found = asked(35.583, 140.31)
    assert found == service.Where(inside=True, town_code=f"{CODE}0000", town_name="町0")


@pytest.mark.parametrize(
    ("lon", "inside", "likely"),
    [
        (140.310, True, None),  # at our town
        (140.324, True, None),  # nearer to ours
        (140.327, True, "となり町"),  # nearer to theirs: a doubt, not a refusal
        (140.332, False, "となり町"),  # clearly nearer to theirs
    ],
)
def test_only_who_is_clearly_at_the_neighbours_is_outside(
    app: Flask,
    lon: float,
    inside: bool,  # noqa: FBT001 - a table
    likely: str | None,
) -> None:
    assert app
    with transaction() as session:
        lay(session, [(35.58, 140.31), (35.58, 140.30)], [(35.58, 140.34)])
    found = asked(35.58, lon)
    assert (found.inside, found.likely) == (inside, likely)
    assert bool(found.town_name) == inside


def test_in_narrow_streets_half_the_way_is_not_enough(app: Flask) -> None:
    assert app
    with transaction() as session:  # 180 m and 45 m
        lay(session, [(35.58, 140.31)], [(35.58, 140.3125)])
    assert asked(35.58, 140.312).inside


def test_a_town_just_outside_the_first_box_is_nearer_than_one_in_its_corner(app: Flask) -> None:
    assert app
    with transaction() as session:  # 2.76 km north-east, inside the box; 2.1 km north, outside it
        lay(session, [(35.58 + 0.01754, 140.31 + 0.02156), (35.58 + 0.01889, 140.31)])
    assert asked(35.58, 140.31).town_name == "町1"


def test_far_from_every_town_is_outside_and_in_the_mountains_further(app: Flask) -> None:
    assert app
    with transaction() as session:
        lay(session, [(35.58, 140.31), (35.585, 140.31), (35.58, 140.315)])
    assert asked(35.62, 140.31).inside  # 4 km
    assert not asked(35.64, 140.31).inside  # 6 km
    assert asked(35.64, 140.31).likely is None
    with transaction() as session:  # villages 4 km apart
        lay(session, [(35.58, 140.31), (35.58, 140.355), (35.544, 140.31)])
    assert asked(35.64, 140.31).inside
    assert not asked(35.74, 140.31).inside


def by_hand(lat: float, lon: float, own: Sequence[Point], others: Sequence[Point]) -> bool:
    """Inside or not, from every distance."""
    ours = min(metres_between(lat, lon, *point) for point in own)
    theirs = min((metres_between(lat, lon, *point) for point in others), default=1e9)
    return not rules.is_elsewhere(ours, theirs)


POINT = st.tuples(st.floats(35.5, 35.55), st.floats(140.3, 140.36))


@on_sqlite
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(POINT, min_size=1, max_size=8),
    st.lists(POINT, max_size=8),
    st.lists(POINT, min_size=1, max_size=6),
)
def test_the_boxes_of_the_queries_lose_no_town(
    app: Flask, own: list[Point], others: list[Point], places: list[Point]
) -> None:
    assert app
    with transaction() as session:
        lay(session, own, others)
    for lat, lon in places:
        found = asked(lat, lon)
        nearest = min(metres_between(lat, lon, *point) for point in own)
        if nearest <= rules.FAR_M:
            assert found.inside == by_hand(lat, lon, own, others)
        if found.inside:
            named = own[int(found.town_name.removeprefix("町"))]
            assert metres_between(lat, lon, *named) == pytest.approx(nearest)


def test_towns_are_offered_nearest_first_and_by_name_or_reading(app: Flask) -> None:
    assert app
    with transaction() as session:
        lay(session, [(35.58, 140.31), (35.60, 140.31), (35.59, 140.31)])
    near = service.towns_near(db.session, 35.61, 140.31, municipality_code=CODE, limit=2)
    assert [town.name for town in near] == ["町1", "町2"]
    found = service.search(db.session, "マチ２", municipality_code=CODE)
    assert [town.name for town in found] == ["町2"]
    named = service.find_town(db.session, f"{CODE}0001", municipality_code=CODE)
    assert named is not None
    assert named.name == "町1"


@pytest.mark.parametrize(
    "typed",
    [
        *("AB-0123", "ＡＢ－０１２３", "ab 0123", " No.AB0123 "),
        *("abー0123", "番号 AB−0123", "（AB）0123"),
    ],
)  # fmt: skip
def test_a_number_is_found_however_it_is_typed(app: Flask, typed: str) -> None:
    assert app
    with transaction() as session:
        for number in ("AB-0123", "AB-01234", "CD-0123"):
            session.add(
                ReportAsset(
                    category="light", number=number, search_key=number_key(number),
                    lat=35.0, lon=140.0, note="",
                )
            )  # fmt: skip
    assert [one.number for one in service.find_assets(db.session, typed)] == ["AB-0123"]
    assert service.find_assets(db.session, typed, "sign") == []


def test_the_beginning_of_a_number_offers_what_goes_on_from_there(app: Flask) -> None:
    assert app
    with transaction() as session:
        for n in range(20):
            session.add(
                ReportAsset(
                    category="light", number=f"A_{n:02}", search_key=number_key(f"A_{n:02}"),
                    lat=35.0, lon=140.0, note="",
                )
            )  # fmt: skip
    found = [one.number for one in service.find_assets(db.session, "a1")]
    assert found == [f"A_1{n}" for n in range(8)]
    assert service.find_assets(db.session, "%") == []
    assert service.find_assets(db.session, " - ") == []
