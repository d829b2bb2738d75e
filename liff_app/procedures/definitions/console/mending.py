"""Where on the screen a finding can be put right; what is in no field there waits for Excel."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from liff_app.procedures.definitions import outline
from liff_app.procedures.definitions.benches import Bench
from liff_app.procedures.definitions.console import words
from liff_app.procedures.workbooks.columns import SPOKEN
from liff_app.procedures.workbooks.faults import Fault
from liff_app.procedures.workbooks.grid import CHOICES, SETTINGS, SURVEY, Grid

__all__ = ["ways"]

_PLAIN = {"list_name", "list name", "name"}  # columns of choices that no field of ours changes


def ways(bench: Bench, faults: Sequence[Fault]) -> list[str]:
    """Of each fault in turn the page on which it can be put right, "" where there is none."""
    return [_href(bench, one) for one in faults]


def _href(bench: Bench, fault: Fault) -> str:
    base = fault.heading.partition("::")[0]
    if fault.sheet == SETTINGS:
        is_there = base in words.settings()
        return url_for("procedure_editor.settings", ref=bench.ref) if is_there else ""
    row = _row(bench.grid, fault, base)
    return url_for("procedure_editor.question", ref=bench.ref, row=row) if row else ""


def _row(grid: Grid, fault: Fault, base: str) -> int | None:
    """The row of the question on whose page the cell is a field."""
    if fault.sheet == SURVEY and base in {*SPOKEN[SURVEY], "required"}:
        there = {one.number for one in grid.survey.rows}
        return fault.row if fault.row in there else None
    if fault.sheet == CHOICES and base and base not in _PLAIN:
        return _asking(grid, fault.row)
    return None


def _asking(grid: Grid, number: int | None) -> int | None:
    """The first question that offers the choice of that row."""
    sheet = grid.choices
    name = next((outline.list_name(sheet, one) for one in sheet.rows if one.number == number), "")
    rows = grid.survey.rows
    kinds = ((one.number, outline.list_of(grid.survey.value(one, "type"))) for one in rows)
    return next((row for row, found in kinds if name and found == name), None)
