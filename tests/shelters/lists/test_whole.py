"""IDs made from content: stable, unique, without regard to the order of rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liff_app.shelters.lists.model import ParsedList

ReadTown = Callable[..., ParsedList]


def ids(parsed: ParsedList) -> dict[tuple[str, float | None], str]:
    return {(row.name, row.lat): row.source_id for row in parsed.rows}


def test_a_made_id_survives_every_edit_but_that_of_name_and_address(read_town: ReadTown) -> None:
    before = read_town({"施設名": "みほん公園", "備考1": "い"}).rows[0].source_id
    moved = read_town(
        {"施設名": "みほん公園", "緯度": "35.700001", "備考1": "ろ", "定員": "9"}
    ).rows[0]
    assert moved.source_id == before
    assert before.startswith("c-")
    assert len(before) == 18
    assert read_town({"施設名": "みほん公園２"}).rows[0].source_id != before
    assert read_town({"所在地": "別の町"}).rows[0].source_id != before
    assert read_town({"種別": "指定避難所"}).rows[0].source_id != before


def test_width_spaces_and_hyphens_do_not_change_a_made_id(read_town: ReadTown) -> None:
    one = read_town({"施設名": "みほん　小学校", "所在地": "見本町１－２"}).rows[0]
    two = read_town({"施設名": "みほん小学校", "所在地": "見本町1‐2 "}).rows[0]
    assert one.source_id == two.source_id


def test_made_ids_do_not_change_between_versions(read_town: ReadTown) -> None:
    row = read_town({"施設名": "みほん公園", "所在地": "見本町１－２"}).rows[0]
    assert row.source_id == "c-dltduaiutmloocxd"


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(range(5)))
def test_namesakes_keep_their_numbers_in_any_order(read_town: ReadTown, order: list[int]) -> None:
    rows = [{"施設名": "中央公園", "所在地": "見本町", "緯度": f"35.63{n}001"} for n in range(5)]
    parsed = read_town(*rows)
    assert ids(read_town(*(rows[n] for n in order))).keys() == ids(parsed).keys()
    shuffled = read_town(*({**rows[n], "経度": "139.578001"} for n in order))
    plain = read_town(*({**row, "経度": "139.578001"} for row in rows))
    assert ids(shuffled) == ids(plain)
    made = sorted(row.source_id for row in plain.rows)
    assert [one.rpartition("-")[2] for one in made[1:]] == ["2", "3", "4", "5"]


def test_a_row_that_repeats_another_in_everything_is_left_out(read_town: ReadTown) -> None:
    same = {"施設名": "い", "所在地": "見本町", "経度": "139.578001"}
    parsed = read_town(same, {**same, "備考1": "南側"}, same)
    assert [row.line for row in parsed.rows] == [2, 3]
    error = next(item for item in parsed.problems if item.code == "row_repeated")
    assert error.line == 4
    assert "2行目" in error.message


@pytest.mark.parametrize("name", ["中央公園", "中島小学校"])
def test_a_name_may_repeat_at_other_addresses(read_town: ReadTown, name: str) -> None:
    parsed = read_town({"施設名": name}, {"施設名": name})
    assert len(parsed.rows) == 2
    assert not any("-2" in row.source_id[-2:] for row in parsed.rows)
