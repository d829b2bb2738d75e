"""Rows of two lists that speak of one place, and rows that only look so."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from liff_app.db import db
from liff_app.shelters import queries
from liff_app.shelters.lists.model import ShelterRow
from liff_app.shelters.models import Shelter, ShelterSource
from liff_app.shelters.places import Kind
from liff_app.shelters.vocabulary import Fits, Hazard, Role
from tests.shelters.published import north, people, publish, row

pytestmark = pytest.mark.usefixtures("app")

SITE, SITE_B, SHELTER, WELFARE = (
    "E4799900001201",
    "E4799900001202",
    "E4799900001111",
    "E4799900001121",
)
NO_HAZARDS = dict.fromkeys(Hazard, Fits.UNKNOWN)


def shelter_row(source_id: str = SHELTER, **changes: object) -> ShelterRow:
    return row(source_id, **({"role": Role.SHELTER, "hazards": NO_HAZARDS} | changes))


def kinds() -> list[Kind]:
    return sorted(one.kind for one in queries.places(db.session))


def spoken_of() -> dict[str, str]:
    rows = db.session.execute(select(ShelterSource.source_id, ShelterSource.shelter_id))
    return {source_id: shelter_id for source_id, shelter_id in rows}  # noqa: C416 - Row is no pair


def test_the_two_national_lists_meet_in_the_facility() -> None:
    publish(row(SITE), list_id="sites", priority=20)
    publish(shelter_row(name="中央小学校体育館", lat=north(150)), list_id="shelters", priority=20)
    only = queries.places(db.session)
    assert [one.kind for one in only] == [Kind.SITE_AND_SHELTER]
    assert only[0].fits[Hazard.FLOOD] is Fits.YES  # the shelter's silence is not a no


def test_the_same_id_in_two_lists_is_one_place_whatever_the_distance() -> None:
    publish(row(SITE), list_id="national", priority=20)
    change = publish(row(SITE, lat=north(1_000), name="中央小"), list_id="town")
    assert change.far_pairs == []
    assert [one.name for one in queries.places(db.session)] == ["中央小"]  # the town has the say


@pytest.mark.parametrize(("metres", "places"), [(0, 1), (199, 1), (201, 2), (5_000, 2)])
def test_the_same_name_in_the_same_town_is_one_place_within_200_metres(
    metres: float, places: int
) -> None:
    publish(row("A1"))
    change = publish(row("B7", lat=north(metres)), list_id="other")
    assert len(queries.places(db.session)) == places
    assert len(change.far_pairs) == places - 1
    if change.far_pairs:
        source_id, apart = change.far_pairs[0]
        assert source_id == "B7"
        assert abs(apart - metres) < 0.01 * metres


def test_names_are_compared_as_people_write_them() -> None:
    publish(row("A1", name="第２ｺﾐｭﾆﾃｨｾﾝﾀｰ"))
    publish(row("B1", name="第2 コミュニティセンター"), list_id="other")
    assert len(queries.places(db.session)) == 1


def test_a_namesake_in_another_municipality_is_another_place() -> None:
    publish(row("A1"))
    change = publish(row("B1", municipality_code="132195"), list_id="other")
    assert len(queries.places(db.session)) == 2
    assert change.far_pairs == []


def test_a_welfare_shelter_never_joins_a_place_of_another_kind() -> None:
    publish(row(SITE), list_id="sites", priority=20)
    publish(shelter_row(WELFARE, role=Role.WELFARE), shelter_row(), list_id="shelters", priority=20)
    assert kinds() == [Kind.SITE_AND_SHELTER, Kind.WELFARE]
    publish(row("S1"), shelter_row("S2", lat=north(50)), list_id="town")
    assert kinds() == [Kind.SHELTER, Kind.SITE_AND_SHELTER, Kind.WELFARE]


def test_a_welfare_shelter_withheld_by_the_town_is_not_shown_from_the_nations_list() -> None:
    publish(shelter_row(WELFARE, role=Role.WELFARE), list_id="national", priority=20)
    assert kinds() == [Kind.WELFARE]
    publish(shelter_row("W1", role=Role.WELFARE, publish=False), list_id="town")
    assert kinds() == []


def test_several_rows_of_one_facility_in_a_list_stay_several_places() -> None:
    publish(row(SITE, name="団地1号棟"), row(SITE_B, name="団地2号棟"), list_id="sites")
    assert len(queries.places(db.session)) == 2
    publish(shelter_row(name="団地2号棟"), list_id="shelters")
    assert kinds() == [Kind.SITE, Kind.SITE_AND_SHELTER]
    joined = spoken_of()
    assert joined[SHELTER] == joined[SITE_B]


def test_two_rows_of_one_name_and_point_stay_two_places() -> None:
    publish(row("A1"), row("A2"))
    publish(row("B1"), row("B2"), row("B3"), list_id="other")
    assert len(queries.places(db.session)) == 3
    assert len(set(spoken_of().values())) == 3


def test_a_row_added_later_does_not_join_a_place_its_own_list_has_already() -> None:
    publish(row("A1"))
    publish(row("B1"), list_id="other")  # one place, two lists
    publish(row("A1"), row("A2"))
    assert len(queries.places(db.session)) == 2
    assert spoken_of()["A1"] == spoken_of()["B1"] != spoken_of()["A2"]


def test_an_id_claims_its_place_before_a_namesake_further_up_in_the_file() -> None:
    publish(row(SITE), list_id="national", priority=20)
    publish(row("X1"), row(SITE), list_id="town")
    joined = spoken_of()
    assert len(set(joined.values())) == 2
    national = db.session.scalars(
        select(ShelterSource.shelter_id).where(
            ShelterSource.source_id == SITE, ShelterSource.list_id == "national"
        )
    ).one()
    assert joined["X1"] != national


def test_a_place_spoken_of_by_two_lists_stays_while_one_of_them_has_it() -> None:
    publish(row("A1", capacity=people(820)))
    publish(row("B1"), list_id="other", priority=20)
    publish(row("A2", name="湊小学校", lat=north(3_000)))
    there = {one.name: one.capacity for one in queries.places(db.session)}
    assert there == {"中央小学校": None, "湊小学校": None}
    withdrawn = db.session.scalars(select(Shelter).where(Shelter.withdrawn_at.is_not(None))).all()
    assert withdrawn == []


def test_rows_without_a_position_join_no_namesake() -> None:
    publish(row("A1"))
    publish(row("B1", lat=None, lon=None), list_id="other")
    assert len(spoken_of()) == 2
    assert len(set(spoken_of().values())) == 2


def fits_of(name: str) -> str:
    return str(db.session.scalar(select(Shelter.fits).where(Shelter.name == name)))


def test_a_list_that_says_nothing_of_a_hazard_silences_no_other_list() -> None:
    publish(row(SITE), list_id="national", priority=20)
    publish(row("T1", hazards=NO_HAZARDS | {Hazard.TSUNAMI: Fits.YES}), list_id="towers")
    assert fits_of("中央小学校") == "yyyyyyyy"


def test_what_the_town_says_of_a_hazard_stands_against_the_national_list() -> None:
    publish(row(SITE), list_id="national", priority=20)
    publish(row("T1", hazards=NO_HAZARDS | {Hazard.FLOOD: Fits.NO}), list_id="town")
    assert fits_of("中央小学校") == "nyyyyyyy"


def place_of(name: str) -> str:
    return str(db.session.scalar(select(Shelter.id).where(Shelter.name == name)))


def test_a_list_numbered_anew_leaves_every_building_its_own_place() -> None:
    first, second = row("1", name="第一小学校"), row("2", name="第二小学校", lat=north(3_000))
    publish(first, second)
    before = {name: place_of(name) for name in ("第一小学校", "第二小学校")}
    gym = row("1", name="あたらしい体育館", lat=north(-3_000))
    change = publish(
        gym,
        row("2", name="第一小学校"),
        row("3", name="第二小学校", lat=north(3_000)),
    )
    assert {name: place_of(name) for name in before} == before
    assert place_of("あたらしい体育館") not in before.values()
    assert (len(change.added), len(change.changed), len(change.removed)) == (1, 2, 0)


def test_a_building_that_lost_its_number_returns_to_its_own_place() -> None:
    publish(row("1", name="第一小学校"))
    first = place_of("第一小学校")
    publish(row("1", name="あたらしい体育館", lat=north(3_000)))
    assert db.session.get_one(Shelter, first).withdrawn_at is not None
    publish(row("1", name="あたらしい体育館", lat=north(3_000)), row("2", name="第一小学校"))
    db.session.expire_all()
    assert place_of("第一小学校") == first
    assert db.session.get_one(Shelter, first).withdrawn_at is None


def test_a_corrected_name_or_a_corrected_point_keeps_the_place() -> None:
    publish(row("1", name="第一小学校"))
    first = place_of("第一小学校")
    publish(row("1", name="まど市立第一小学校"))
    assert place_of("まど市立第一小学校") == first
    publish(row("1", name="まど市立第一小学校", lat=north(2_000)))
    assert place_of("まど市立第一小学校") == first


def test_two_towns_lists_may_use_the_same_numbers_for_different_things() -> None:
    publish(row("1", name="第一小学校"), row("2", name="第二小学校", lat=north(3_000)))
    publish(row("1", name="公民館", lat=north(6_000)), row("2", name="第一小学校"), list_id="other")
    names = sorted(one.name for one in queries.places(db.session))
    assert names == sorted(["第一小学校", "第二小学校", "公民館"])
