"""Everything that is wrong with a grid, at once. pyxform stops at the first error; these do not."""

from __future__ import annotations

from typing import Final

from liff_app.procedures.workbooks import (
    formula_checks,
    heading_checks,
    list_checks,
    option_checks,
    outline,
    row_checks,
    translation_checks,
)
from liff_app.procedures.workbooks.findings import Desks, desks_of
from liff_app.procedures.workbooks.grid import Grid

# Remarks of the reader that stop nothing.
_HARMLESS: Final = frozenset({"hidden_sheet", "formula", "sheet_not_kept"})


def check(grid: Grid) -> Desks:
    """The sheets with every fault and warning written down; reading's remarks among them."""
    desks = desks_of(grid)
    found = desks.findings
    for remark in grid.remarks:
        (found.warnings if remark.code in _HARMLESS else found.faults).append(remark)
    heading_checks.check(desks)
    option_checks.check_settings(desks.settings)
    lines = outline.lines_of(desks.survey)
    lists = list_checks.check(desks.choices, lines, desks.survey)
    row_checks.check(desks, lines, lists)
    option_checks.check_own(desks.survey, lines)
    option_checks.check_anonymous(desks.settings, desks.survey, lines)
    formula_checks.check(desks, lines, lists)
    translation_checks.check(desks)
    return desks
