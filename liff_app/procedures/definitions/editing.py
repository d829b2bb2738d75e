"""What the editor does to a workbook: the same a clerk does in the spreadsheet, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.procedures.definitions import outline
from liff_app.procedures.workbooks.grid import CHOICES, SETTINGS, SURVEY, Grid, Row, Sheet

__all__ = [
    "add_choice",
    "move_choice",
    "move_question",
    "remove_choice",
    "said",
    "set_cells",
    "set_settings",
]

MOST_CELL = 5_000  # characters, as the reader takes them
_FIRST_ROW = 2  # below the header
_VALUE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def said(text: str) -> str:
    """What the reader would make of the typed text in a cell."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    return _UNSEEN.sub("", lines).strip()[:MOST_CELL].strip()


def set_cells(grid: Grid, sheet: str, number: int, cells: Mapping[str, str]) -> Grid:
    """The row says that under those headings; a heading that is missing stands at the end.

    Raises NotFound if there is no such row.
    """
    before = grid.sheet(sheet)
    at = next((at for at, row in enumerate(before.rows) if row.number == number), None)
    if at is None:
        raise NotFound("no such row")
    wanted = {heading: said(text) for heading, text in cells.items()}
    missing = [one for one, text in wanted.items() if text and one not in before.header]
    after = Sheet((*before.header, *missing), before.rows)
    changed = dict(before.rows[at].cells)
    for heading, text in wanted.items():
        column = after.column(heading)
        if column is not None:
            changed[column] = text
    rows = list(before.rows)
    rows[at] = Row(number, {column: text for column, text in changed.items() if text})
    return _with(grid, sheet, Sheet(after.header, tuple(row for row in rows if row.cells)))


def set_settings(grid: Grid, cells: Mapping[str, str]) -> Grid:
    """The settings sheet says that, in its one row."""
    rows = grid.settings.rows
    if not rows:
        first = Sheet(grid.settings.header, (Row(_FIRST_ROW, {}),))
        return set_cells(_with(grid, SETTINGS, first), SETTINGS, _FIRST_ROW, cells)
    return set_cells(grid, SETTINGS, rows[0].number, cells)


def move_question(grid: Grid, number: int, *, up: bool) -> Grid:
    """The page, group or question of that row stands before, or behind, the one beside it.

    At the end of its page nothing changes. Raises NotFound if there is no such row, InputInvalid
    where begins and ends do not fit.
    """
    nodes = outline.tree(grid.survey)
    if nodes is None:
        text = _("begin と end の数が合わないので、順番を変えられません。")
        raise InputInvalid([FieldError("order", "unbalanced", text)])
    found = outline.find(nodes, number)
    if found is None:
        raise NotFound("no such row")
    beside, at = found
    other = at - 1 if up else at + 1
    if not 0 <= other < len(beside):
        return grid
    first, second = beside[min(at, other)], beside[max(at, other)]
    rows = list(grid.survey.rows)
    turned = [
        *rows[: first.start],
        *rows[second.start : second.stop],
        *rows[first.stop : second.start],
        *rows[first.start : first.stop],
        *rows[second.stop :],
    ]
    return _with(grid, SURVEY, Sheet(grid.survey.header, _renumbered(rows, turned)))


def move_choice(grid: Grid, number: int, *, up: bool) -> Grid:
    """The choice stands one place further up or down in its list. Raises NotFound."""
    row = _choice(grid, number)
    beside = outline.rows_of_list(grid, outline.list_name(grid.choices, row))
    at = beside.index(row)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(beside):
        return grid
    swapped = {row.number: beside[other].cells, beside[other].number: row.cells}
    rows = (Row(one.number, swapped.get(one.number, one.cells)) for one in grid.choices.rows)
    return _with(grid, CHOICES, Sheet(grid.choices.header, tuple(rows)))


def add_choice(grid: Grid, name: str, value: str, cells: Mapping[str, str]) -> Grid:
    """The list has one choice more, at its end. `value` is what is stored; "": a free one.

    Raises InputInvalid for a value that cannot be stored, or is there already.
    """
    beside = outline.rows_of_list(grid, name)
    if not beside:
        raise NotFound("no such list")
    taken = {grid.choices.value(row, "name") for row in beside}
    value = value.strip() or next(one for n in range(1, 10_000) if (one := f"c{n}") not in taken)
    if not _VALUE.fullmatch(value) or value in taken:
        text = _("値は半角の英数字と_で、ほかと重ならないようにしてください。")
        raise InputInvalid([FieldError("value", "taken", text)])
    behind = beside[-1].number
    sheet = grid.choices
    heading = "list_name" if "list_name" in sheet.header else "list name"
    start = {sheet.header.index(heading): name, sheet.header.index("name"): value}
    rows = [Row(_shifted(row.number, behind, 1), row.cells) for row in sheet.rows]
    rows.append(Row(behind + 1, start))
    rows.sort(key=lambda row: row.number)
    added = _with(grid, CHOICES, Sheet(sheet.header, tuple(rows)))
    return set_cells(added, CHOICES, behind + 1, cells)


def remove_choice(grid: Grid, number: int) -> Grid:
    """The choice is gone, the rows below it are one row higher. Raises NotFound."""
    _choice(grid, number)
    rows = tuple(
        Row(_shifted(row.number, number, -1), row.cells)
        for row in grid.choices.rows
        if row.number != number
    )
    return _with(grid, CHOICES, Sheet(grid.choices.header, rows))


def _choice(grid: Grid, number: int) -> Row:
    row = next((one for one in grid.choices.rows if one.number == number), None)
    if row is None:
        raise NotFound("no such choice")
    return row


def _shifted(number: int, behind: int, by: int) -> int:
    return number + by if number > behind else number


def _renumbered(places: list[Row], rows: list[Row]) -> tuple[Row, ...]:
    """What the rows say, in their new order, where rows stood before."""
    return tuple(Row(place.number, row.cells) for place, row in zip(places, rows, strict=True))


def _with(grid: Grid, name: str, sheet: Sheet) -> Grid:
    if name == SURVEY:
        return replace(grid, survey=sheet, remarks=())
    if name == SETTINGS:
        return replace(grid, settings=sheet, remarks=())
    return replace(grid, choices=sheet, remarks=())
