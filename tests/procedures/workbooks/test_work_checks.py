"""Forms that would cost their residents too much are refused, each at the cell that does it."""

from __future__ import annotations

import time

import pytest

from liff_app.procedures.workbooks.faults import Fault
from liff_app.procedures.workbooks.grid import Grid
from tests.procedures.workbooks.grids import END, LABEL, PAGE, asked, bare_grid, grid_of
from tests.procedures.workbooks.judging import compiled, only_fault

LONG = asked("text", "q0", appearance="multiline")
COUNTED = "string-length(concat(" + ",".join(["${q0}"] * 16) + "))"
BOMB = " + ".join([COUNTED] * 14) + " >= 0"
WIDE = [{"list_name": "wide", "name": f"c{at}", LABEL: f"札{at}"} for at in range(200)]


def faults(grid: Grid) -> list[Fault]:
    found = compiled(grid)
    assert (found.document is None) is bool(found.faults)
    return list(found.faults)


def test_a_filter_that_takes_minutes_is_refused_where_it_stands() -> None:
    rows = (asked("select_one wide", f"s{at}", choice_filter=BOMB) for at in range(20))
    begun = time.process_time()
    found = faults(grid_of(LONG, *rows, choices=WIDE + list(grid_of_choices())))
    assert time.process_time() - begun < 4
    assert {one.code for one in found} == {"too_much_work"}
    first = found[0]
    assert first.place.startswith("survey シート 5行目 L列（choice_filter）")
    assert "計算が上限の約" in first.message
    assert len(found) > 10, "every one of them would have to be shortened"


def grid_of_choices() -> list[dict[str, str]]:
    """The choices of the question that every such grid has."""
    return [{"list_name": "items", "name": "sofa", LABEL: "ソファ"}]


@pytest.mark.parametrize(
    ("column", "source"),
    [
        ("relevant", BOMB),
        ("constraint", f"{BOMB} and . != ''"),
        ("required", BOMB),
        ("default", f"if({BOMB}, 'あ', 'い')"),
        ("constraint", "regex(concat(., ${q0}), '.*(a.{0,200}b.{0,200}){2}c')"),
    ],
)
def test_each_column_is_weighed(column: str, source: str) -> None:
    inner = (asked("text", f"n{at}", **{column: source}) for at in range(5))
    grid = grid_of(LONG, asked("begin_repeat", "many", most="50"), *inner, {"type": "end_repeat"})
    found = faults(grid)
    assert {one.code for one in found} == {"too_much_work"}
    assert {one.heading for one in found} == {column}
    assert found[0].row == 6


def test_what_nobody_can_fill_in_fast_enough_is_refused_before_its_paths_are_gone() -> None:
    """The search for paths evaluates some thousand times: it comes last."""
    rows = (asked("calculate", f"n{at}", calculation=BOMB) for at in range(60))
    begun = time.process_time()
    assert faults(grid_of(LONG, *rows))[0].code == "too_much_work"
    assert time.process_time() - begun < 4


def test_few_answers_find_room_in_one_text() -> None:
    allowed = grid_of(LONG, asked("text", "n", **{LABEL: "${q0}" * 10}))
    assert compiled(allowed).document
    fault = only_fault(grid_of(LONG, asked("text", "n", **{LABEL: "${q0}" * 11})))
    assert (fault.code, fault.row, fault.column) == ("too_many_outputs", 5, "C")
    assert "10個まで" in fault.message


def test_a_page_asks_no_more_than_can_be_posted() -> None:
    inner = [asked("text", f"n{at}") for at in range(41)]
    repeat = asked("begin_repeat", "many", most="50")
    fault = only_fault(bare_grid(PAGE, repeat, *inner, {"type": "end_repeat"}, END))
    assert (fault.code, fault.row, fault.column) == ("page_too_long", 2, "A")
    assert "2,050問" in fault.message
    assert compiled(bare_grid(PAGE, repeat, *inner[:40], {"type": "end_repeat"}, END)).document


def test_a_page_has_no_more_words_than_a_phone_can_load() -> None:
    long = [row | {LABEL: "あ" * 1_990} for row in WIDE]
    rows = [asked("select_one wide", f"s{at}") for at in range(3)]
    items = list(grid_of_choices())
    fault = only_fault(grid_of(*rows, choices=long + items))
    assert (fault.code, fault.row, fault.column) == ("page_too_large", 2, "A")
    assert compiled(grid_of(*rows[:2], choices=long + items)).document
