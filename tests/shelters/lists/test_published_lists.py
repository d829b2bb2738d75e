"""The published lists themselves: every row is imported, reported or blank; nothing gets lost."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from liff_app.shelters.lists.export_place import ExportPlace
from liff_app.shelters.lists.exports import standard_csv
from liff_app.shelters.lists.model import ParsedList, ShelterRow
from liff_app.shelters.lists.reader import read_list
from liff_app.shelters.vocabulary import Fits, Hazard, Role

ROOT = next(folder for folder in Path(__file__).parents if (folder / "pyproject.toml").exists())
FOLDER = ROOT / "../shared/data/shelters"
pytestmark = pytest.mark.lists


@cache
def read(name: str) -> ParsedList:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the project")
    return read_list(path.read_bytes(), filename=name)


@pytest.mark.parametrize(
    ("name", "preset", "encoding", "imported", "blank"),
    [
        ("gsi_132195_komae_emergency.geojson", "gsi_sites", "utf-8", 26, 0),
        ("gsi_132195_komae_evacuation.geojson", "gsi_shelters", "utf-8", 53, 0),
        ("gsi_401307_fukuoka_emergency.geojson", "gsi_sites", "utf-8", 786, 0),
        ("gsi_401307_fukuoka_evacuation.geojson", "gsi_shelters", "utf-8", 439, 0),
        ("gsi_402184_kasuga_emergency.geojson", "gsi_sites", "utf-8", 86, 0),
        ("gsi_402184_kasuga_evacuation.geojson", "gsi_shelters", "utf-8", 71, 0),
        ("gsi_designated_shelters_20251027.csv.gz", "gsi_shelters", "utf-8-sig", 82_557, 0),
        ("gsi_emergency_sites_20251027.csv.gz", "gsi_sites", "utf-8-sig", 115_402, 0),
        ("ishikawa_170003_evacuation_space.csv", "standard", "utf-8-sig", 1_525, 3),
        ("takamatsu_372013_evacuation_space.xlsx", "takamatsu", None, 195, 0),
        (
            "takamatsu_tsunami_evacuation_building.csv",
            "takamatsu_tsunami_buildings",
            "utf-8",
            113,
            0,
        ),
    ],
)
def test_each_list_is_recognised_and_gives_its_count(
    name: str, preset: str, encoding: str | None, imported: int, blank: int
) -> None:
    parsed = read(name)
    assert (parsed.preset, parsed.encoding) == (preset, encoding)
    assert (len(parsed.rows), parsed.blank_rows, parsed.rejected_rows) == (imported, blank, 0)
    assert parsed.total_rows == imported + blank
    assert len({row.source_id for row in parsed.rows}) == imported
    assert all(row.lat is not None and row.name and row.municipality_code for row in parsed.rows)


def test_welfare_shelters_of_the_nation_are_told_by_their_ids() -> None:
    parsed = read("gsi_designated_shelters_20251027.csv.gz")
    roles = Counter(row.role for row in parsed.rows)
    assert roles == {Role.SHELTER: 72_433, Role.WELFARE: 10_124}
    assert len({row.municipality_code for row in parsed.rows}) >= 1_712
    assert sum(1 for row in parsed.rows if row.also_other_role) == 56_170


def test_the_prefectural_list_has_its_known_faults_reported() -> None:
    parsed = read("ishikawa_170003_evacuation_space.csv")
    assert parsed.publisher_code == "170003"
    assert parsed.blank_lines == (1_527, 1_528, 1_529)
    columns = {item.column for item in parsed.problems if item.code == "column_type"}
    assert columns == {"内線番号", "連絡先メールアドレス", "連絡先FormURL"}
    assert Counter(row.municipality_code for row in parsed.rows)["172014"] == 503
    shared = [item for item in parsed.problems if item.code == "position_shared"]
    assert [item.message.startswith("9行") for item in shared] == [True]
    stated = [row for row in parsed.rows if row.capacity.raw]
    assert len(stated) == 1_528 - 653
    unread = [row for row in stated if row.capacity.indoor is None and row.capacity.raw != "－"]
    assert [row for row in unread if row.capacity.outdoor is None] == []


def test_the_workbook_keeps_what_a_yes_or_no_would_lose() -> None:
    parsed = read("takamatsu_372013_evacuation_space.xlsx")
    flood = Counter(row.hazards[Hazard.FLOOD] for row in parsed.rows)
    assert flood[Fits.CONDITIONAL] == 77
    assert flood[Fits.NO] == 8
    assert sum(1 for row in parsed.rows if row.also_other_role) == 153
    assert Counter(item.code for item in parsed.problems) == {"status_in_name": 2, "row_bare": 1}


def test_floors_of_tsunami_buildings_come_without_escapes() -> None:
    parsed = read("takamatsu_tsunami_evacuation_building.csv")
    assert not [row.floors for row in parsed.rows if "%" in row.floors]
    assert sum(1 for item in parsed.problems if item.code == "escape_undone") == 2


@pytest.mark.parametrize(
    "name",
    [
        "gsi_401307_fukuoka_emergency.geojson",
        "ishikawa_170003_evacuation_space.csv",
        "takamatsu_372013_evacuation_space.xlsx",
    ],
)
def test_a_published_list_survives_export_to_the_standard_and_import(name: str) -> None:
    rows = read(name).rows
    data = standard_csv(map(_place, rows), publisher_code="172014", publisher="みほん市")
    again = read_list(data, filename="export.csv")
    assert [_kept(row) for row in again.rows] == [_kept(row) for row in rows]


def _place(row: ShelterRow) -> ExportPlace:
    return ExportPlace(
        id=row.source_id,
        source_id=row.source_id,
        roles=frozenset({row.role}),
        name=row.name,
        kana=row.kana,
        name_en=row.name_en,
        address=row.address,
        municipality_code=row.municipality_code,
        municipality_name=row.municipality_name,
        lat=row.lat,
        lon=row.lon,
        hazards=row.hazards,
        capacity=row.capacity,
        also_other_role=row.also_other_role,
        phone=row.phone,
        url=row.url,
        elevation_m=row.elevation_m,
        remarks=row.remarks,
        towns=row.towns,
    )


def _kept(row: ShelterRow) -> tuple[object, ...]:
    """What the standard sheet can hold of a row."""
    return (
        *(row.source_id, row.role, row.name, row.kana, row.name_en, row.address),
        *(row.municipality_code, row.municipality_name, row.lat, row.lon, row.phone, row.url),
        *(tuple(row.hazards.items()), row.capacity, row.also_other_role, row.elevation_m),
        *(row.remarks, row.towns),
    )
