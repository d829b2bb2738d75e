"""Workbooks for tests: grids with the standard headings, and small changes to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from liff_app.procedures.workbooks.grid import CHOICES, SETTINGS, SURVEY, Grid, Row, Sheet, sheet_of
from liff_app.procedures.workbooks.writing import NAMESPACES

LABEL, HINT = "label::日本語 (ja)", "hint::日本語 (ja)"
MESSAGE = "constraint_message::日本語 (ja)"
OWN = "bind::machimado:"
SURVEY_HEADER = (
    "type", "name", LABEL, HINT, "required", "relevant", "constraint", MESSAGE, "calculation",
    "default", "appearance", "choice_filter", "repeat_count", "parameters",
    *(OWN + one for one in (
        "normalise", "pii", "retention", "prefill", "autofill", "mask", "export_heading",
        "payment", "correctable", "files", "least", "most",
    )),
)  # fmt: skip
CHOICES_HEADER = ("list_name", "name", LABEL, "fee", "area")
SETTINGS_ROW: dict[str, str] = {
    "form_title": "粗大ごみの収集",
    "form_id": "sodai",
    "version": "1",
    "default_language": "日本語 (ja)",
    "namespaces": NAMESPACES,
    "machimado_kind": "application",
    "machimado_prefix": "粗",
    "machimado_consent::日本語 (ja)": "収集のためにだけ使います。",
}
PAGE: dict[str, str] = {"type": "begin_group", "name": "page", LABEL: "お申し込み"}
END: dict[str, str] = {"type": "end_group"}
KIND: dict[str, str] = {
    "type": "select_one items",
    "name": "kind",
    LABEL: "品目",
    "required": "yes",
}
ITEMS: tuple[Mapping[str, str], ...] = (
    {"list_name": "items", "name": "sofa", LABEL: "ソファ", "fee": "1200", "area": "north"},
    {"list_name": "items", "name": "bed", LABEL: "ベッド", "fee": "800", "area": "south"},
)


def asked(kind: str, name: str, **cells: str) -> dict[str, str]:
    """A row of the survey sheet; our own columns by their bare names."""
    own = {f"{OWN}{base}": text for base, text in cells.items() if f"{OWN}{base}" in SURVEY_HEADER}
    rest = {base: text for base, text in cells.items() if f"{OWN}{base}" not in own}
    label = {} if kind == "calculate" or kind.startswith("end") else {LABEL: f"{name}の質問"}
    return {"type": kind, "name": name, **label, **rest, **own}


def grid_of(
    *rows: Mapping[str, str],
    choices: Iterable[Mapping[str, str]] = ITEMS,
    settings: Mapping[str, str] = SETTINGS_ROW,
) -> Grid:
    """A grid with those rows on one page, after a question `kind` with two choices."""
    return Grid(
        survey=sheet_of(SURVEY_HEADER, [PAGE, KIND, *rows, END]),
        choices=sheet_of(CHOICES_HEADER, choices),
        settings=sheet_of(tuple(settings), [settings]),
    )


def bare_grid(*rows: Mapping[str, str]) -> Grid:
    """A grid with those rows and nothing around them."""
    return replace(grid_of(), survey=sheet_of(SURVEY_HEADER, rows))


def with_sheet(grid: Grid, name: str, sheet: Sheet) -> Grid:
    """The grid with another sheet of that name."""
    sheets = {one: grid.sheet(one) for one in (SURVEY, CHOICES, SETTINGS)} | {name: sheet}
    return Grid(survey=sheets[SURVEY], choices=sheets[CHOICES], settings=sheets[SETTINGS])


def with_cell(grid: Grid, name: str, place: tuple[int, int], text: str) -> Grid:
    """The grid with another text at that row (as the spreadsheet counts) and column (from 0)."""
    sheet = grid.sheet(name)
    number, at = place
    if number == 1:
        header = list(sheet.header) + [""] * (at + 1 - len(sheet.header))
        header[at] = text
        return with_sheet(grid, name, Sheet(tuple(header), sheet.rows))
    rows = {row.number: dict(row.cells) for row in sheet.rows}
    cells = rows.setdefault(number, {})
    cells.pop(at, None)
    if text:
        cells[at] = text
    kept = (Row(one, found) for one, found in sorted(rows.items()) if found)
    return with_sheet(grid, name, Sheet(sheet.header, tuple(kept)))
