"""CP932: what it cannot hold is written as 〓 and told, never dropped in silence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app import cp932
from liff_app.cp932 import Loss


@pytest.mark.parametrize(
    ("text", "written", "lost"),
    [
        ("山田 花子①㈱髙﨑ｶﾅ", "山田 花子①㈱髙﨑ｶﾅ", []),
        ("𠮷田", "〓田", ["U+20BB7"]),
        ("神社", "神社", []),  # U+FA19 is one of IBM's: CP932 has it
        ("葛\U000e0100城", "〓城", ["U+845B U+E0100"]),
        ("José", "Jos〓", ["U+00E9"]),
        ("Jose\u0301", "Jos〓", ["U+0065 U+0301"]),
        ("한", "〓", ["U+D55C"]),
        ("10時〜12時−1", "10時～12時－1", ["U+301C", "U+2212"]),
        ("👨\u200d👩\u200d👧", "〓", ["U+1F468 U+200D U+1F469 U+200D U+1F467"]),
        ("", "", []),
    ],
)
def test_a_text_and_what_is_lost_of_it(text: str, written: str, lost: list[str]) -> None:
    fitted, losses = cp932.fit(text)
    assert fitted == written
    assert [one.code_points for one in losses] == lost


@given(st.text())
def test_what_is_written_fits_and_what_is_not_told_is_unchanged(text: str) -> None:
    fitted, losses = cp932.fit(text)
    assert fitted.encode(cp932.NAME).decode(cp932.NAME) == fitted
    assert bool(losses) == (fitted != text)
    assert all(one.original != one.written for one in losses)


def test_a_loss_says_what_it_was() -> None:
    assert cp932.fit("𠮷") == ("〓", [Loss("𠮷", "〓")])
