"""Codes of municipalities, whole and damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app.geo.codes import (
    PREFECTURES,
    check_digit,
    code_candidates,
    is_code,
    is_prefecture_code,
    normalise_code,
    prefecture_of,
    without_prefecture,
)

ROOT = next(folder for folder in Path(__file__).parents if (folder / "pyproject.toml").exists())
CODES = ROOT / "../shared/data/codes/code-to-city.json"


def _published() -> list[str]:
    if not CODES.exists():
        pytest.skip("the published code list is not beside the project")
    document = json.loads(CODES.read_text(encoding="utf-8"))
    return [city["code"] for one in document.values() for city in one["cities"].values()]


@pytest.mark.parametrize(
    ("five", "digit"),
    [("13219", "5"), ("01100", "2"), ("40130", "7"), ("37201", "3"), ("01000", "6")],
)
def test_the_check_digit_is_the_published_one(five: str, digit: str) -> None:
    assert check_digit(five) == digit


@pytest.mark.lists
def test_every_published_code_is_valid_and_survives_each_known_damage() -> None:
    codes = _published()
    assert len(codes) == 1_965
    for code in codes:
        assert is_code(code)
        assert normalise_code(code) == code
        assert normalise_code(code[:5], prefecture=code[:2]) == code
        if code.startswith("0"):
            assert normalise_code(code[1:], prefecture=code[:2]) == code
            assert normalise_code(code[1:5], prefecture=code[:2]) == code


@pytest.mark.lists
def test_a_damaged_code_is_never_read_as_another_municipality_in_silence() -> None:
    for code in _published():
        for damaged in (code, code[:5], code.lstrip("0"), code[:5].lstrip("0")):
            assert code in code_candidates(damaged)
            assert normalise_code(damaged) in (code, None)


def test_five_digits_that_mean_two_towns_give_neither_without_a_prefecture() -> None:
    assert set(code_candidates("12203")) == {"012203", "122033"}
    assert normalise_code("12203") is None
    assert normalise_code("12203", prefecture="01") == "012203"
    assert normalise_code("12203", prefecture="12") == "122033"


@pytest.mark.parametrize("written", ["１３２１９５", " 132195 ", "132195.0", "13219"])
def test_full_width_padded_and_spreadsheet_forms_are_the_same_code(written: str) -> None:
    assert normalise_code(written) == "132195"


@pytest.mark.parametrize(
    "written", ["", "132194", "990001", "13", "1321951", "abc", "130515", "-13219"]
)
def test_what_is_no_code_gives_none(written: str) -> None:
    assert normalise_code(written) is None


@given(st.text(max_size=12))
def test_any_text_gives_valid_codes_or_nothing(text: str) -> None:
    assert all(is_code(code) for code in code_candidates(text))


@given(st.integers(100, 899), st.integers(1, 47), st.integers(0, 9))
def test_only_one_last_digit_makes_a_code_valid(part: int, prefecture: int, last: int) -> None:
    five = f"{prefecture:02d}{part}"
    assert is_code(five + str(last)) == (check_digit(five) == str(last))


def test_prefectures_are_47_and_found_at_the_start_of_an_address() -> None:
    assert len(PREFECTURES) == 47
    assert prefecture_of("神奈川県横浜市中区") == "14"
    assert prefecture_of("東京都狛江市") == "13"
    assert prefecture_of("狛江市東京都通り") is None
    assert without_prefecture("和歌山県和歌山市") == "和歌山市"
    assert without_prefecture("狛江市") == "狛江市"


def test_a_prefecture_is_told_from_a_municipality() -> None:
    assert is_prefecture_code("170003")
    assert not is_prefecture_code("172014")
