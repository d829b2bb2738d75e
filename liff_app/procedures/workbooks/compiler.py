"""From a workbook's bytes, or a grid, to a document. Runs in the child of `child.py`, and in tests.

A web process does not import this module: pyxform and openpyxl take a second and 40 MB.
"""

from __future__ import annotations

from datetime import date

from liff_app.procedures.workbooks import (
    building,
    checks,
    path_checks,
    reading,
    work_checks,
    xlsform,
)
from liff_app.procedures.workbooks.compiled import Compiled
from liff_app.procedures.workbooks.faults import WorkbookRefused
from liff_app.procedures.workbooks.findings import MOST_FAULTS, Findings
from liff_app.procedures.workbooks.grid import Grid


def compile_workbook(raw: bytes, *, today: date) -> Compiled:
    """The workbook compiled; paths are tried as on that day."""
    try:
        grid = reading.open_workbook(raw)
    except WorkbookRefused as error:
        return Compiled(faults=error.faults)
    return compile_grid(grid, today=today)


def compile_grid(grid: Grid, *, today: date) -> Compiled:
    """The same for a grid that was read, or edited.

    pyxform sees only grids in which our own checks found nothing, and paths are looked for only in
    documents: each step says everything it knows, and the next needs the one before.
    """
    desks = checks.check(grid)
    found = desks.findings
    if found.faults:
        return _refused(found, grid)
    try:
        tree = xlsform.tree(grid)
    except xlsform.XlsformRefused as error:
        found.faults.append(error.fault)
        return _refused(found, grid)
    document = building.build(tree, grid, desks.languages)
    work_checks.check(document, desks)
    if found.faults:  # its paths might take too long to go
        return _refused(found, grid)
    samples = path_checks.check(document, desks, today=today)
    if found.faults:
        return _refused(found, grid)
    found.in_order()
    return Compiled(document=document, warnings=tuple(found.warnings), grid=grid, samples=samples)


def _refused(found: Findings, grid: Grid) -> Compiled:
    found.in_order()
    return Compiled(
        faults=tuple(found.faults[:MOST_FAULTS]),
        warnings=tuple(found.warnings[:MOST_FAULTS]),
        grid=grid,
    )
