"""Import, export, import gives the same; and what is exported is good to look at."""

from __future__ import annotations

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liff_app.procedures import samples
from liff_app.procedures.workbooks import compiler, grid, reading, writing
from liff_app.procedures.workbooks.grid import Grid, Row, Sheet
from tests.procedures.workbooks.grids import asked, grid_of
from tests.procedures.workbooks.judging import DAY


@pytest.mark.parametrize("name", samples.names())
def test_samples_come_back_as_they_went(name: str) -> None:
    first = reading.open_workbook(samples.raw(name))
    written = writing.write(first)
    assert reading.open_workbook(written) == first
    assert writing.write(reading.open_workbook(written)) == written


TEXTS = st.one_of(
    st.sampled_from(["=1+1", "+81", "@x", "'x", "1", "TRUE", "2026-04-01", "#REF", "http://x.y",
                     "葛\U000e0100城", "\ufa19", "𠮷", "é", "a\nb", "  x", "<b>&amp;", "\u3000"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=40),
).map(lambda text: reading.cell_text(grid.writable(text)))  # fmt: skip


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """Any sheet, with gaps between rows and columns."""
    header = [" ".join(text.split()) for text in draw(st.lists(TEXTS, max_size=6))]
    while header and not header[-1]:
        header.pop()
    numbers = draw(st.lists(st.integers(2, 40), unique=True, max_size=6))
    rows = []
    for number in sorted(numbers):
        cells = draw(st.dictionaries(st.integers(0, 9), TEXTS.filter(bool), max_size=5))
        if cells:
            rows.append(Row(number, cells))
    return Sheet(tuple(header), tuple(rows))


@settings(max_examples=60, deadline=None)
@given(survey=sheets(), choices=sheets(), options=sheets())
def test_any_grid_comes_back_as_it_went(survey: Sheet, choices: Sheet, options: Sheet) -> None:
    there = Grid(survey=survey, choices=choices, settings=options)
    back = reading.open_workbook(writing.write(there))
    assert back == there
    assert grid.from_json(grid.to_json(there)) == there


def test_nothing_in_it_is_a_formula_or_a_link() -> None:
    raw = writing.write(grid_of(asked("text", "n", default="=HYPERLINK(1)", constraint="http://x")))
    book = openpyxl.load_workbook(io.BytesIO(raw))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds == {"s", "n"}, "texts, and cells with nothing"
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)


def test_it_is_good_to_look_at() -> None:
    book = openpyxl.load_workbook(io.BytesIO(writing.blank("試し")))
    assert book.sheetnames == ["survey", "choices", "settings", "使い方"]
    survey = book["survey"]
    assert survey.freeze_panes == "C2"
    assert survey["A1"].font.bold
    assert (survey.column_dimensions["C"].width or 0) > 30


def test_what_no_workbook_can_hold_is_left_out() -> None:
    there = Grid(survey=Sheet(("a\0b",), (Row(2, {0: "x\ud800\x07y\ufffe"}),)))
    back = reading.open_workbook(writing.write(there))
    assert back.survey == Sheet(("ab",), (Row(2, {0: "xy"}),))


def test_an_empty_beginning_is_a_form_already() -> None:
    found = compiler.compile_workbook(writing.blank("はじめての手続き"), today=DAY)
    assert found.document
    assert not found.warnings
    assert found.document.title == {"ja": "はじめての手続き"}
    assert found.grid == writing.blank_grid("はじめての手続き")
