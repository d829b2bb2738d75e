"""What is shown and what is searched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app.search_text import search_key
from liff_app.shelters.lists.text import (
    clean_text,
    has_unseen,
    heading_key,
    is_placeholder,
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\u3000みほん公園\u3000", "みほん公園"),
        ("みほん公園\r\n（南側）", "みほん公園 （南側）"),
        ("みほん\u3000公園　１号", "みほん\u3000公園　１号"),
        ("1階\n\n\t2階", "1階 2階"),
        ("公\x00園\x07", "公園"),
        ("\ufeff公園\u200b", "公園"),
        ("公園\u202e.exe", "公園.exe"),
        ("=1+1", "=1+1"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        (" \t ", ""),
    ],
)
def test_display_keeps_what_was_written_but_for_breaks_and_unseen_signs(
    raw: str, shown: str
) -> None:
    assert clean_text(raw) == shown


@given(st.text(max_size=40))
def test_cleaning_twice_is_cleaning_once_and_leaves_one_line(text: str) -> None:
    shown = clean_text(text)
    assert clean_text(shown) == shown
    assert "\n" not in shown
    assert "\r" not in shown
    assert not has_unseen(shown)


def test_search_ignores_width_case_kana_spaces_and_the_kind_of_hyphen() -> None:
    assert search_key("みほん小学校　体育館") == search_key("ﾐﾎﾝ小学校体育館")
    assert search_key("１ー１") == search_key("1-1") == search_key("１－１") == search_key("1‐1")
    assert search_key("ＡＢＣホール") == search_key("abcほーる")
    assert search_key("スーパー") != search_key("スパ")


def test_headings_compare_without_width_breaks_or_marks() -> None:
    assert heading_key("\ufeff建物名等（方書）") == heading_key("建物名等(方書)")
    assert heading_key("緯\n度 ") == heading_key("緯度")
    assert heading_key("flood_L1") == heading_key("FLOOD_l1")


@pytest.mark.parametrize(
    "mark", ["", "-", "－", "−", "―", "‐", "ー", "なし", "―― "[:1], "*", "N/A", "\u3000"]
)
def test_a_mark_alone_says_nothing_is_there(mark: str) -> None:
    assert is_placeholder(mark)


@pytest.mark.parametrize("text", ["0", "1", "－1", "みほん", "-5", "なし園"])
def test_anything_else_is_a_value(text: str) -> None:
    assert not is_placeholder(text)


def test_spaces_without_end_cost_no_more_than_they_are_long() -> None:
    # Counted in steps of the expression, not in seconds: at 40,000 the old one took half a minute.
    assert clean_text("あ" + "\u3000" * 40_000 + "い") == "あ" + "\u3000" * 40_000 + "い"
    assert clean_text("あ" + " " * 40_000 + "\nい") == "あ い"
