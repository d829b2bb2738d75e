"""What one row becomes, trap by trap."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from liff_app.shelters.lists.model import ParsedList, Problem, Severity, ShelterRow
from liff_app.shelters.vocabulary import Fits, Hazard, Role

ReadOne = Callable[..., tuple[ShelterRow | None, list[Problem]]]
ReadTown = Callable[..., ParsedList]


def good(read: tuple[ShelterRow | None, list[Problem]], *warnings: str) -> ShelterRow:
    """The row, which must have exactly these warnings."""
    row, problems = read
    assert row is not None, problems
    assert [item.code for item in row.warnings] == list(warnings)
    assert all(item.severity is Severity.WARNING for item in row.warnings)
    return row


def fault(read: tuple[ShelterRow | None, list[Problem]]) -> Problem:
    """The one error, for which there must be no row."""
    row, problems = read
    assert row is None
    errors = [item for item in problems if item.severity is Severity.ERROR]
    assert len(errors) == 1, problems
    return errors[0]


def test_a_plain_row_has_no_warnings_and_every_hazard(read_one: ReadOne) -> None:
    row = good(read_one({"洪水": "1"}))
    assert (row.line, row.name, row.role, row.publish) == (2, "みほん公園", Role.SITE, True)
    assert set(row.hazards) == set(Hazard)
    assert row.hazards[Hazard.FLOOD] is Fits.YES
    assert row.hazards[Hazard.VOLCANO] is Fits.UNKNOWN
    assert row.also_other_role is None


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        ("139.578", "35.635", "position_swapped"),
        ("0", "0", "position_outside_japan"),
        ("35.635001", "-139.578001", "position_outside_japan"),
        ("47.5", "140.123456", "position_outside_japan"),
        ("nan", "139.578001", "position_not_number"),
        ("inf", "139.578001", "position_not_number"),
        ("35.635001", "１３９．５７８東", "position_not_number"),
        ("35°61′00″", "139.578001", "position_not_number"),
    ],
)
def test_a_wrong_position_leaves_the_row_out(
    read_one: ReadOne, lat: str, lon: str, code: str
) -> None:
    found = fault(read_one({"緯度": lat, "経度": lon}))
    assert found.code == code
    assert found.line == 2


def test_a_swapped_pair_comes_with_the_right_way_round(read_one: ReadOne) -> None:
    found = fault(read_one({"緯度": "139.578001", "経度": "35.635001"}))
    assert "緯度 35.635001、経度 139.578001" in found.message


def test_a_person_may_say_that_the_columns_are_swapped(read_one: ReadOne) -> None:
    row = good(read_one({"緯度": "139.578001", "経度": "35.635001", "洪水": "1"}, swapped=True))
    assert (row.lat, row.lon) == (35.635001, 139.578001)


def test_degrees_minutes_and_seconds_are_read(read_one: ReadOne) -> None:
    row = good(read_one({"緯度": "35度38分6秒", "経度": "東経139°34′40.8″"}))
    assert row.lat == pytest.approx(35.635)
    assert row.lon == pytest.approx(139.578)


def test_the_old_datum_is_converted_only_when_asked_for(read_one: ReadOne) -> None:
    cells = {"緯度": "35.635001", "経度": "139.578001"}
    plain, moved = good(read_one(cells)), good(read_one(cells, tokyo_datum=True))
    assert (plain.lat, plain.lon) == (35.635001, 139.578001)
    assert moved.lat == pytest.approx(35.63824, abs=1e-4)
    assert moved.lon == pytest.approx(139.57478, abs=1e-4)


@pytest.mark.parametrize(("lat", "lon"), [("", ""), ("-", "―")])
def test_a_row_without_position_is_kept_for_geocoding(
    read_one: ReadOne, lat: str, lon: str
) -> None:
    row = good(read_one({"緯度": lat, "経度": lon}), "position_missing")
    assert (row.lat, row.lon) == (None, None)


def test_half_a_position_is_none(read_one: ReadOne) -> None:
    row = good(read_one({"経度": ""}), "position_half")
    assert (row.lat, row.lon) == (None, None)


def test_three_decimals_are_coarse(read_one: ReadOne) -> None:
    good(read_one({"緯度": "35.635"}), "position_coarse")


def test_text_is_shown_as_written_on_one_line(read_one: ReadOne) -> None:
    row = good(read_one({"施設名": "みほん\n小学校　", "所在地": "見本町１－２\r\n（南側）"}))
    assert (row.name, row.address) == ("みほん 小学校", "見本町１－２ （南側）")
    assert "見本町1-2(南側)" in row.search_key


def test_control_characters_go_and_the_rest_stays(read_one: ReadOne) -> None:
    row = good(
        read_one({"施設名": "みほん\x07公園\u202e", "備考1": "=HYPERLINK(1)"}), "control_removed"
    )
    assert (row.name, row.remarks) == ("みほん公園", "=HYPERLINK(1)")


def test_a_guard_against_formulas_is_taken_off_again(read_one: ReadOne) -> None:
    assert good(read_one({"備考1": "'=1+1", "備考2": "'quoted"})).remarks == "=1+1／担当：'quoted"


def test_remarks_are_joined_with_labels(read_one: ReadOne) -> None:
    assert (
        good(read_one({"備考1": "2階以上", "備考2": "公園課"})).remarks == "2階以上／担当：公園課"
    )
    assert good(read_one({"備考1": "―", "備考2": "1"})).remarks == "担当：あり"


def test_values_of_the_wrong_kind_are_not_kept(read_one: ReadOne) -> None:
    cells = {"電話": "電話なし", "URL": "javascript:alert(1)", "標高": "高い", "定員": "多数"}
    row = good(
        read_one(cells), "capacity_unread", "phone_invalid", "url_invalid", "elevation_invalid"
    )
    assert (row.phone, row.url, row.elevation_m, row.capacity.raw) == (None, None, None, "多数")


def test_a_mark_for_nothing_is_no_warning(read_one: ReadOne) -> None:
    row = good(read_one({"電話": "―", "URL": "-", "標高": "－", "定員": "－"}))
    assert (row.phone, row.url, row.elevation_m, row.capacity.indoor) == (None, None, None, None)


def test_capacity_may_stand_in_a_remark(read_one: ReadOne) -> None:
    assert good(read_one({"備考1": "収容人数:120"})).capacity.indoor == 120
    assert good(read_one({"備考1": "収容人数:120", "定員": "80"})).capacity.indoor == 80


def test_a_stray_escape_in_floors_is_undone_and_told(read_one: ReadOne) -> None:
    row = good(read_one({"階": "各階%2525252525282～14階）の廊下"}), "escape_undone")
    assert row.floors == "各階(2～14階）の廊下"
    assert good(read_one({"階": "2階以上"})).floors == "2階以上"
    assert good(read_one({"階": "各階%258C階"})).floors == "各階%258C階"
    assert good(read_one({"階": "50%以上"})).floors == "50%以上"


def test_a_state_in_the_name_is_reported(read_one: ReadOne) -> None:
    row = good(read_one({"施設名": "みほん公園（改修工事中のため使用不可）"}), "status_in_name")
    assert row.name == "みほん公園（改修工事中のため使用不可）"
    good(read_one({"施設名": "みほん小学校（校舎を使用）"}))


def test_a_place_about_which_nothing_is_known_is_doubtful(read_one: ReadOne) -> None:
    good(read_one({"施設名": "新規マップピン", "所在地": ""}), "row_bare")


def test_a_row_without_a_name_is_an_error(read_one: ReadOne) -> None:
    assert fault(read_one({"施設名": "　"})).code == "name_missing"


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        ("1", True),
        ("公開", True),
        ("○", True),
        ("0", False),
        ("非公開", False),
        ("", False),
        ("×", False),
    ],
)
def test_the_publish_column_decides(read_one: ReadOne, mark: str, shown: bool) -> None:  # noqa: FBT001 - a column of the table
    assert good(read_one({"公開": mark})).publish is shown


def test_an_unreadable_publish_mark_withholds(read_one: ReadOne) -> None:
    assert good(read_one({"公開": "検討中"}), "publish_unknown").publish is False


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("指定避難所", Role.SHELTER),
        ("福祉避難所", Role.WELFARE),
        ("緊急避難場所", Role.SITE),
        ("自主避難所", Role.AD_HOC),
        ("", Role.SITE),
    ],
)
def test_a_column_may_tell_the_role(read_one: ReadOne, word: str, role: Role) -> None:
    assert good(read_one({"種別": word})).role is role


def test_places_nobody_opens_are_marked(read_one: ReadOne) -> None:
    row = good(read_one({"種別": "広域避難場所"}))
    assert (row.role, row.always_open) == (Role.SITE, True)
    assert not good(read_one({"種別": "緊急避難場所"})).always_open


def test_an_unknown_role_leaves_the_row_out(read_one: ReadOne) -> None:
    assert fault(read_one({"種別": "倉庫"})).code == "role_unknown"


@pytest.mark.parametrize(
    ("mark", "is_other"), [("1", True), ("", False), ("-", False), ("○", True)]
)
def test_a_mark_tells_whether_the_place_has_the_other_role(
    read_one: ReadOne,
    mark: str,
    is_other: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert good(read_one({"重複": mark})).also_other_role is is_other


@pytest.mark.parametrize(
    ("written", "address", "code", "warnings"),
    [
        ("132195", "見本町1", "132195", ()),
        ("13219", "見本町1", "132195", ()),
        ("12203", "北海道見本市見本町", "012203", ()),
        ("12203", "千葉県市川市見本町", "122033", ()),
        ("12203", "見本町1", None, ("code_ambiguous",)),
        ("132194", "見本町1", None, ("code_invalid",)),
        ("130001", "見本町1", None, ()),
        ("", "見本町1", None, ()),
    ],
)
def test_codes_are_repaired_from_what_else_the_row_says(
    read_one: ReadOne, written: str, address: str, code: str | None, warnings: tuple[str, ...]
) -> None:
    row = good(read_one({"コード": written, "所在地": address}), *warnings)
    assert row.municipality_code == code


def test_the_town_this_service_runs_for_settles_a_code(read_one: ReadOne) -> None:
    row = good(read_one({"コード": "12203"}, municipality_code="122033"))
    assert row.municipality_code == "122033"


def test_the_address_counts_before_the_town_this_service_runs_for(read_one: ReadOne) -> None:
    cells = {"コード": "12203", "所在地": "北海道見本市見本町"}
    assert good(read_one(cells, municipality_code="122033")).municipality_code == "012203"


def test_only_the_faulty_row_is_left_out(read_town: ReadTown) -> None:
    without = read_town({"施設名": "い"}, {"施設名": "ろ"}, {"施設名": "は"})
    broken = read_town({"施設名": "い"}, {"施設名": "ろ", "緯度": "999"}, {"施設名": "は"})
    assert broken.rejected_lines == (3,)
    assert broken.total_rows == 3
    kept: Mapping[int, ShelterRow] = {row.line: row for row in without.rows}
    assert list(broken.rows) == [kept[2], kept[4]]


def test_rows_with_marks_but_no_place_are_blank_and_counted(read_town: ReadTown) -> None:
    nothing = {"施設名": "", "所在地": "", "緯度": "", "経度": "―", "標高": "―"}
    parsed = read_town({}, nothing, {"施設名": "は"})
    assert parsed.blank_lines == (3,)
    assert (len(parsed.rows), parsed.rejected_rows, parsed.total_rows) == (2, 0, 3)


def test_a_long_cell_is_taken_for_a_missing_quotation_mark(read_one: ReadOne) -> None:
    found = fault(read_one({"備考1": "あ" * 5_000}))
    assert found.code == "cell_too_long"
    assert len(found.value) == 80


def test_warnings_stand_in_the_row_and_in_the_list(read_town: ReadTown) -> None:
    parsed = read_town({"電話": "電話なし"}, {})
    assert parsed.problems == parsed.rows[0].warnings
    assert parsed.rows[1].warnings == ()
