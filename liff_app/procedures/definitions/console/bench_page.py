"""A workbook in work as its pages show it: its outline, and the form's own texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liff_app.procedures.definitions import editing, headings, outline
from liff_app.procedures.definitions.benches import Bench
from liff_app.procedures.definitions.console import cells, mending, words
from liff_app.procedures.definitions.console.cells import Typed
from liff_app.procedures.definitions.headings import Slot
from liff_app.procedures.definitions.outline import Node
from liff_app.procedures.workbooks import columns, options
from liff_app.procedures.workbooks.grid import SETTINGS, SURVEY, Grid, Row

__all__ = ["settings", "shown", "with_settings"]

Counts = Counter[int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of the outline."""

    row: int
    depth: int
    part: str
    name: str
    label: str
    is_required: bool
    is_first: bool
    is_last: bool
    faults: int


def shown(bench: Bench) -> dict[str, Any]:
    """The outline and every fault."""
    grid = bench.grid
    nodes = outline.tree(grid.survey)
    counts: Counts = Counter(one.row for one in bench.checked.faults if one.sheet == SURVEY)
    if nodes is None:
        lines = [_line(Node(row, "", "", 0, 0), 0, grid, counts) for row in grid.survey.rows]
    else:
        lines = _lines(nodes, 0, grid, counts)
    ways = mending.ways(bench, bench.checked.faults)
    return {"bench": bench, "lines": lines, "ways": ways, "may_order": nodes is not None}


def _lines(nodes: Sequence[Node], depth: int, grid: Grid, counts: Counts) -> list[OrderLine]:
    found = []
    for node in nodes:
        found.append(_line(node, depth, grid, counts))
        found += _lines(node.inside, depth + 1, grid, counts)
    return found


def _line(node: Node, depth: int, grid: Grid, counts: Counts) -> OrderLine:
    row, sheet = node.row, grid.survey
    kind = sheet.value(row, "type")
    is_page = depth == 0 and node.holds == "group"
    return OrderLine(
        row=row.number,
        depth=depth,
        part=words.parts()["page"] if is_page else words.type_word(kind),
        name=sheet.value(row, "name"),
        label=_label(node, grid),
        is_required=options.required(sheet.value(row, "required")) is not None,
        is_first=node.is_first,
        is_last=node.is_last,
        faults=counts[row.number],
    )


def _label(node: Node, grid: Grid) -> str:
    """The row's own label; of a page or group without one that of the first thing in it."""
    found = headings.label_of(grid, SURVEY, node.row.number)
    return found or (_label(node.inside[0], grid) if node.inside else "")


def settings(bench: Bench, typed: Typed | None = None) -> dict[str, Any]:
    """The cells of the settings sheet that the editor offers, by what they are."""
    grid = bench.grid
    row = grid.settings.rows[0] if grid.settings.rows else Row(2, {})
    faults = [one for one in bench.checked.faults if one.sheet == SETTINGS]
    fields = {
        base: cells.fields_of(
            grid, grid.settings, row, _slots(grid, base), faults=faults, typed=typed
        )
        for base in words.settings()
    }
    return {"bench": bench, "fields": fields, "words": words.settings()}


def with_settings(grid: Grid, typed: Typed) -> Grid:
    """The grid with the form's own texts as typed."""
    wanted = [slot for base in words.settings() for slot in _slots(grid, base)]
    return editing.set_settings(grid, cells.sent(wanted, typed))


def _slots(grid: Grid, base: str) -> list[Slot]:
    if base in columns.SPOKEN[SETTINGS]:
        return headings.slots(grid, SETTINGS, [base])
    return [Slot(base, base, base)]
