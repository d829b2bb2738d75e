"""Which languages a workbook speaks, and which of them stands in where words are missing."""

from __future__ import annotations

from dataclasses import dataclass

from liff_app.procedures.workbooks.columns import (
    JAPANESE,
    SPOKEN,
    columns_of,
    headings,
    language_code,
)
from liff_app.procedures.workbooks.grid import SETTINGS, SHEETS, Grid


@dataclass(frozen=True, slots=True)
class Languages:
    """Codes in the order of the headings, the default first."""

    codes: tuple[str, ...]
    default: str


def languages_of(grid: Grid) -> Languages:
    """The languages of the headings. Default: the setting, else Japanese, else the first."""
    said = [
        one.code
        for name in SHEETS
        for one in headings(name, grid.sheet(name))
        if one.base in SPOKEN[name] and one.code
    ]
    default = language_code(default_cell(grid)) or JAPANESE
    if said and default not in said and not _has_bare_words(grid):
        default = JAPANESE if JAPANESE in said else said[0]
    return Languages(tuple(dict.fromkeys([default, *said])), default)


def default_cell(grid: Grid) -> str:
    """What the settings sheet says of the default language, as written."""
    columns = columns_of(SETTINGS, grid.settings, JAPANESE)
    return columns.cell(grid.settings.rows[0], "default_language") if grid.settings.rows else ""


def _has_bare_words(grid: Grid) -> bool:
    return any("label" in grid.sheet(name).header for name in SHEETS)
