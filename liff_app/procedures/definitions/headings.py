"""The columns of words that a row can fill in: one for each language of the workbook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from liff_app.procedures.workbooks import columns
from liff_app.procedures.workbooks.grid import CHOICES, SETTINGS, SURVEY, Grid

__all__ = ["Slot", "extra_slots", "label_of", "languages_of", "plain_language", "slots"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A column as a form fills it in. `name` is a field's, without blanks or colons."""

    name: str
    heading: str
    base: str
    language: str = ""  # as the workbook writes it, "" where it names none


def languages_of(grid: Grid) -> list[str]:
    """Every language as the workbook writes it (`日本語 (ja)`), "" for columns that name none.

    In the order of the workbook, a column without a language first: it speaks the default one.
    """
    found: dict[str, None] = {}
    for name in (SURVEY, CHOICES):
        for one in columns.headings(name, grid.sheet(name)):
            if one.base in columns.SPOKEN[name] and (one.said or one.base == "label"):
                found.setdefault(one.said)
    return sorted(found, key=bool) or [""]


def slots(grid: Grid, sheet: str, bases: Iterable[str]) -> list[Slot]:
    """For each of these columns and each language the column, as it is or would be added."""
    return [slot for base in bases for slot in _of_base(grid, sheet, base)]


def _of_base(grid: Grid, sheet: str, base: str) -> list[Slot]:
    known = {
        one.said: one.text
        for one in reversed(columns.headings(sheet, grid.sheet(sheet)))
        if one.base == base
    }
    languages = languages_of(grid)
    # A column that names no language speaks the default one: no second column for that.
    if "" in known and "" not in languages:
        languages = ["", *languages]
    languages += [said for said in known if said not in languages]
    codes: dict[str, str] = {}
    for said in languages:
        code = columns.language_code(said) or "plain"
        codes.setdefault(code if code not in codes else f"{code}{len(codes)}", said)
    return [
        Slot(f"{base}-{code}", known.get(said, f"{base}::{said}" if said else base), base, said)
        for code, said in codes.items()
    ]


def extra_slots(grid: Grid) -> list[Slot]:
    """The choices' own columns, such as a fee: neither names nor labels."""
    known = {*columns.PLAIN[CHOICES], *columns.MEMOS, "list name"}
    return [
        Slot(f"own-{one.at}", one.text, one.text)
        for one in columns.headings(CHOICES, grid.choices)
        if one.base not in columns.SPOKEN[CHOICES] and one.text not in known
    ]


def plain_language(grid: Grid) -> str:
    """The default language as the settings sheet writes it, "" where it says none."""
    rows = grid.settings.rows
    return grid.settings.value(rows[0], "default_language") if rows else ""


def label_of(grid: Grid, sheet: str, number: int) -> str:
    """The row's label in the first language that has one."""
    within = grid.sheet(sheet)
    row = next((one for one in within.rows if one.number == number), None)
    if row is None or sheet == SETTINGS:
        return ""
    said = (within.value(row, slot.heading) for slot in slots(grid, sheet, ["label"]))
    return next((text for text in said if text), "")
