"""A grid compiled for a test, and the one thing that is wrong with it."""

from __future__ import annotations

from datetime import date

from liff_app.procedures.workbooks import compiler
from liff_app.procedures.workbooks.compiled import Compiled
from liff_app.procedures.workbooks.faults import Fault
from liff_app.procedures.workbooks.grid import Grid

DAY = date(2026, 4, 1)


def compiled(grid: Grid) -> Compiled:
    """What became of it."""
    return compiler.compile_grid(grid, today=DAY)


def only_fault(grid: Grid) -> Fault:
    """Its only fault."""
    found = compiled(grid)
    assert found.document is None
    assert len(found.faults) == 1, [one.sentence for one in found.faults]
    return found.faults[0]
