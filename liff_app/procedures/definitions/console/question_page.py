"""One page, group or question of a workbook in work: its words, and the choices it offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from liff_app.errors import NotFound
from liff_app.procedures.definitions import editing, headings, outline
from liff_app.procedures.definitions.benches import Bench
from liff_app.procedures.definitions.console import cells, words
from liff_app.procedures.definitions.console.cells import Field, Typed
from liff_app.procedures.definitions.headings import Slot
from liff_app.procedures.workbooks import columns, options
from liff_app.procedures.workbooks.grid import CHOICES, SURVEY, Grid, Row

__all__ = ["ADD", "shown", "with_question"]

ALWAYS, NEVER, RULE = "always", "never", "rule"  # when a question must be answered
STEP, ADD = "choice-", "choice-add"
_CONDITIONS = {  # expressions of the sheet, which the editor shows and leaves, by their words
    "relevant": "relevant", "constraint": "constraint", "calculation": "calculation",
    "default": "default", "choice_filter": "choice_filter", "repeat_count": "count",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceLine:
    """One choice with its cells."""

    row: int
    value: str
    fields: list[Field]
    is_first: bool
    is_last: bool


def shown(bench: Bench, number: int, typed: Typed | None = None) -> dict[str, Any]:
    """The row's cells, as typed where something was. Raises NotFound for no such row."""
    grid = bench.grid
    row = _row(grid, number)
    kind = grid.survey.value(row, "type")
    here = [one for one in bench.checked.faults if (one.sheet, one.row) == (SURVEY, number)]
    fields = {
        base: cells.fields_of(
            grid, grid.survey, row, headings.slots(grid, SURVEY, [base]), faults=here, typed=typed
        )
        for base in _bases(kind)
    }
    rule_error = next((one.message for one in here if one.heading == "required"), "")
    beside = {one.error for group in fields.values() for one in group} | {"", rule_error}
    return {
        "bench": bench,
        "row": number,
        "part": words.type_word(kind),
        "name": grid.survey.value(row, "name"),
        "label": headings.label_of(grid, SURVEY, number),
        "texts": words.texts(),
        "fields": fields,
        "others": [one for one in here if one.message not in beside],
        "conditions": _conditions(grid, row),
        "list": outline.list_of(kind),
        "choices": _choices(bench, kind, typed),
        "new": _new_choice(grid, kind, typed),
        "rule_error": rule_error,
        "new_value": (typed or {}).get("value", ""),
        **_required(grid, row, typed),
    }


def _row(grid: Grid, number: int) -> Row:
    row = next((one for one in grid.survey.rows if one.number == number), None)
    if row is None:
        raise NotFound("no such row")
    return row


def _bases(kind: str) -> tuple[str, ...]:
    """What words a row has: nobody answers a group, so it refuses nothing."""
    is_group = kind.startswith(("begin", "end"))
    return ("label", "hint") if is_group else columns.SPOKEN[SURVEY]


def _required(grid: Grid, row: Row, typed: Typed | None) -> dict[str, Any]:
    cell = grid.survey.value(row, "required")
    said = _when(cell)
    rule = cell if said == RULE else ""
    return {
        "is_question": not grid.survey.value(row, "type").startswith(("begin", "end")),
        "when": (typed or {}).get("required", said),
        "rule": (typed or {}).get("rule", rule),
    }


def _when(cell: str) -> str:
    if options.required(cell) is None:
        return NEVER
    return ALWAYS if options.is_yes(cell) else RULE


def _conditions(grid: Grid, row: Row) -> list[tuple[str, str]]:
    said = (
        (words.property_word(what, ""), grid.survey.value(row, column))
        for column, what in _CONDITIONS.items()
    )
    return [(word, text) for word, text in said if text]


def _choice_slots(grid: Grid, name: str) -> list[Slot]:
    """Labels by language, and the columns of its own, such as a fee, that the list uses."""
    rows, sheet = outline.rows_of_list(grid, name), grid.choices
    used = [
        slot
        for slot in headings.extra_slots(grid)
        if any(sheet.value(row, slot.heading) for row in rows)
    ]
    return headings.slots(grid, CHOICES, columns.SPOKEN[CHOICES]) + used


def _choices(bench: Bench, kind: str, typed: Typed | None) -> list[ChoiceLine]:
    name = outline.list_of(kind)
    if name is None:
        return []
    grid = bench.grid
    rows, wanted = outline.rows_of_list(grid, name), _choice_slots(grid, name)
    faults = [one for one in bench.checked.faults if one.sheet == CHOICES]
    return [
        ChoiceLine(
            row=row.number,
            value=grid.choices.value(row, "name"),
            fields=cells.fields_of(
                grid, grid.choices, row, wanted, typed=typed, before=f"c{row.number}-",
                faults=[one for one in faults if one.row == row.number],
            ),
            is_first=row is rows[0],
            is_last=row is rows[-1],
        )
        for row in rows
    ]  # fmt: skip


def _new_choice(grid: Grid, kind: str, typed: Typed | None) -> list[Field]:
    """The empty line for one choice more."""
    wanted = _choice_slots(grid, outline.list_of(kind) or "")
    return cells.fields_of(
        grid, grid.choices, Row(0, {}), wanted, faults=(), typed=typed, before="new-"
    )


# --- what is sent ---------------------------------------------------------------------------------


def with_question(grid: Grid, number: int, typed: Typed) -> Grid:
    """The grid with the row's cells and choices as typed, after the button's step.

    A button says `choice-up-7`, `choice-down-7`, `choice-drop-7` or `choice-add`; saving says
    nothing. Raises NotFound, and InputInvalid for the value of a new choice.
    """
    row = _row(grid, number)
    kind = grid.survey.value(row, "type")
    said = cells.sent(headings.slots(grid, SURVEY, _bases(kind)), typed)
    said |= _required_said(grid.survey.value(row, "required"), typed)
    after = editing.set_cells(grid, SURVEY, number, said)
    name = outline.list_of(kind)
    return after if name is None else _stepped(_with_choices(after, name, typed), name, typed)


def _required_said(cell: str, typed: Typed) -> dict[str, str]:
    """The cell `required`; one that says the same in another spelling stays."""
    wanted = typed.get("required")
    if wanted is None or (wanted == _when(cell) and wanted != RULE):
        return {}
    return {"required": {ALWAYS: "yes", RULE: typed.get("rule", "")}.get(wanted, "")}


def _with_choices(grid: Grid, name: str, typed: Typed) -> Grid:
    wanted = _choice_slots(grid, name)
    for row in outline.rows_of_list(grid, name):
        said = cells.sent(wanted, typed, f"c{row.number}-")
        grid = editing.set_cells(grid, CHOICES, row.number, said)
    return grid


def _stepped(grid: Grid, name: str, typed: Typed) -> Grid:
    step = typed.get("step", "")
    if not step.startswith(STEP):
        return grid
    if step == ADD:
        said = cells.sent(_choice_slots(grid, name), typed, "new-")
        return editing.add_choice(grid, name, typed.get("value", ""), said)
    verb, _dash, rest = step.removeprefix(STEP).partition("-")
    number = int(rest[:6]) if rest.isdecimal() else 0
    if verb == "drop":
        return editing.remove_choice(grid, number)
    return editing.move_choice(grid, number, up=verb == "up")
