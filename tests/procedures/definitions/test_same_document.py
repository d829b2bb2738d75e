"""What the editor does and what a clerk does in the spreadsheet give the same document."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from liff_app.procedures import samples
from liff_app.procedures.definitions import editing, headings, outline
from liff_app.procedures.engine.document import to_json
from liff_app.procedures.workbooks import columns, writing
from liff_app.procedures.workbooks.compiled import Compiled
from liff_app.procedures.workbooks.compiler import compile_workbook
from liff_app.procedures.workbooks.grid import CHOICES, SETTINGS, SURVEY, Grid
from tests.procedures.ground import NOON

Edit = tuple[Callable[[Grid], Grid], Callable[[Workbook], None]]
WORDS = st.text(
    st.sampled_from("あ漢𠮷神葛\U000e0100é한 aZ09=+'\"<>&{}（）\n"), min_size=1, max_size=12
).map(lambda text: "文" + text.strip())


@cache
def read(name: str) -> Grid:
    found = compile_workbook(samples.raw(name), today=NOON.date()).grid
    assert found is not None
    return found


def column_of(sheet: Worksheet, heading: str) -> int:
    """The column of that heading, counted from 1; a new one at the end if there is none."""
    width = sheet.max_column
    known = {sheet.cell(1, at).value: at for at in range(width, 0, -1)}
    if heading not in known:
        sheet.cell(1, width + 1, heading)
        return width + 1
    return known[heading]


def write_text(book: Workbook, sheet: str, number: int, cells: Mapping[str, str]) -> None:
    """The clerk types the texts into the row's cells."""
    page = book[sheet]
    for heading, text in cells.items():
        cell = page.cell(number, column_of(page, heading))
        cell.value = text
        cell.data_type = "s"  # what begins with = is typed as text


def rows_of(page: Worksheet) -> list[list[Any]]:
    return [[cell.value for cell in line] for line in page.iter_rows(min_row=2)]


def rewrite(page: Worksheet, rows: list[list[Any]]) -> None:
    """The clerk cuts rows and puts them in elsewhere: the sheet says these rows."""
    page.delete_rows(2, page.max_row)
    for number, values in enumerate(rows, start=2):
        for column, value in enumerate(values, start=1):
            if value is not None:
                cell = page.cell(number, column, value)
                cell.data_type = "s" if isinstance(value, str) else cell.data_type


@st.composite
def texts(draw: st.DrawFn, grid: Grid) -> Edit:
    """A label, hint or message of a question, in any language."""
    asked = [one for one in outline.every(outline.tree(grid.survey) or []) if not one.holds]
    node = draw(st.sampled_from(asked))
    slot = draw(st.sampled_from(headings.slots(grid, SURVEY, columns.SPOKEN[SURVEY])))
    cells, number = {slot.heading: draw(WORDS)}, node.row.number
    return (lambda it: editing.set_cells(it, SURVEY, number, cells),
            lambda book: write_text(book, SURVEY, number, cells))  # fmt: skip


@st.composite
def demands(draw: st.DrawFn, grid: Grid) -> Edit:
    """Whether a question must be answered."""
    asked = [one for one in outline.every(outline.tree(grid.survey) or []) if not one.holds]
    number = draw(st.sampled_from(asked)).row.number
    cells = {"required": draw(st.sampled_from(["yes", "", "no", "1 = 1"]))}
    return (lambda it: editing.set_cells(it, SURVEY, number, cells),
            lambda book: write_text(book, SURVEY, number, cells))  # fmt: skip


@st.composite
def moves(draw: st.DrawFn, grid: Grid) -> Edit:
    """A page or question goes before the one above it."""
    nodes = outline.every(outline.tree(grid.survey) or [])
    node = draw(st.sampled_from([one for one in nodes if not one.is_first]))
    number = node.row.number
    beside, at = outline.find(outline.tree(grid.survey) or [], number) or ([], 0)
    above = beside[at - 1]

    def in_sheet(book: Workbook) -> None:
        rows = rows_of(book[SURVEY])
        taken = rows[node.start : node.stop]
        del rows[node.start : node.stop]
        rewrite(book[SURVEY], rows[: above.start] + taken + rows[above.start :])

    return lambda it: editing.move_question(it, number, up=True), in_sheet


@st.composite
def choices(draw: st.DrawFn, grid: Grid) -> Edit:
    """A choice is renamed, moved up, removed, or one is added at the end of its list."""
    every = list(grid.choices.rows)
    at = draw(st.integers(0, len(every) - 1))
    one = every[at]
    name = outline.list_name(grid.choices, one)
    slot = headings.slots(grid, CHOICES, ["label"])[0]
    text = draw(WORDS)
    kind = draw(st.sampled_from(["label", "up", "drop", "add"]))
    if kind == "label":
        cells = {slot.heading: text}
        return (lambda it: editing.set_cells(it, CHOICES, one.number, cells),
                lambda book: write_text(book, CHOICES, one.number, cells))  # fmt: skip
    mine = outline.rows_of_list(grid, name)

    def in_sheet(book: Workbook) -> None:
        rows, page = rows_of(book[CHOICES]), book[CHOICES]
        if kind == "drop":
            del rows[at]
        elif kind == "up" and one is not mine[0]:
            before = every.index(mine[mine.index(one) - 1])
            rows[at], rows[before] = rows[before], rows[at]
        elif kind == "add":
            new: list[Any] = [None] * page.max_column
            for heading, said in (("list_name", name), ("name", "new_1"), (slot.heading, text)):
                new[column_of(page, heading) - 1] = said
            rows.insert(every.index(mine[-1]) + 1, new)
        rewrite(page, rows)

    ways = {
        "up": lambda it: editing.move_choice(it, one.number, up=True),
        "drop": lambda it: editing.remove_choice(it, one.number),
        "add": lambda it: editing.add_choice(it, name, "new_1", {slot.heading: text}),
    }
    return ways[kind], in_sheet


@st.composite
def own_texts(draw: st.DrawFn, grid: Grid) -> Edit:
    """The form's own title, prefix or texts."""
    spoken = headings.slots(grid, SETTINGS, columns.SPOKEN[SETTINGS])
    heading = draw(st.sampled_from(["form_title", *(one.heading for one in spoken)]))
    cells, number = {heading: draw(WORDS)}, grid.settings.rows[0].number
    return (lambda it: editing.set_settings(it, cells),
            lambda book: write_text(book, SETTINGS, number, cells))  # fmt: skip


def told(compiled: Compiled) -> tuple[str, list[tuple[str, str]]]:
    """The document; or else what is wrong, and where."""
    document = "" if compiled.document is None else to_json(compiled.document)
    return document, [(one.code, one.place) for one in compiled.faults]


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), name=st.sampled_from(samples.names()))
def test_the_editor_and_the_spreadsheet_give_the_same_document(
    data: st.DataObject, name: str
) -> None:
    grid = read(name)
    kinds = (texts, demands, moves, choices, own_texts)
    in_editor, in_sheet = data.draw(data.draw(st.sampled_from(kinds))(grid))
    by_hand = load_workbook(io.BytesIO(samples.raw(name)))
    in_sheet(by_hand)
    file = io.BytesIO()
    by_hand.save(file)
    from_sheet = compile_workbook(file.getvalue(), today=NOON.date())
    from_editor = compile_workbook(writing.write(in_editor(grid)), today=NOON.date())
    assert told(from_editor) == told(from_sheet)


def test_a_workbook_that_is_only_written_again_gives_the_same_document() -> None:
    for name in samples.names():
        before = compile_workbook(samples.raw(name), today=NOON.date())
        again = compile_workbook(writing.write(read(name)), today=NOON.date())
        assert told(before) == told(again)
        assert before.document is not None


def test_a_marked_workbook_says_what_is_wrong_and_can_be_brought_back() -> None:
    grid = editing.set_cells(read("sodai_gomi"), SURVEY, 3, {"relevant": "${nothing} = 1"})
    wrong = compile_workbook(writing.write(grid), today=NOON.date())
    assert wrong.faults
    raw = writing.write(grid, wrong.faults)
    page = load_workbook(io.BytesIO(raw))[SURVEY]
    at = page.cell(3, column_of(page, "relevant"))
    assert at.comment is not None
    assert wrong.faults[0].message in at.comment.text
    assert at.fill.fgColor.rgb == "FFFFC7C7"
    assert told(compile_workbook(raw, today=NOON.date())) == told(wrong)
