"""A file of ours, opened in a spreadsheet, shows what stands in it and runs nothing."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app.spreadsheet import csv_file, safe


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "-"])
def test_what_would_run_is_shown_instead(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "中央小学校", "1-2-3", "a=1", "'x"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


@given(st.lists(st.lists(st.text(), min_size=3, max_size=3)))
def test_every_cell_is_read_back(table: list[list[str]]) -> None:
    body = csv_file(["一", "二", "三"], table)
    assert body.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert read[0] == ["一", "二", "三"]
    assert read[1:] == [[safe(cell) for cell in row] for row in table]


def test_a_heading_is_a_cell_too() -> None:
    assert csv_file(['=HYPERLINK("//x")', "n"], []).startswith(b"\xef\xbb\xbf\"'=HYPERLINK")


def test_numbers_stay_numbers() -> None:
    assert csv_file(["n"], [[-5], [0]]).splitlines()[1:] == [b"-5", b"0"]
