"""The survey sheet as a tree: pages, groups and questions, each at its row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from liff_app.procedures.workbooks.grid import Grid, Row, Sheet

__all__ = ["Node", "every", "find", "list_of", "tree"]

_BEGIN = re.compile(r"begin[ _](group|repeat)", re.IGNORECASE)
_END = re.compile(r"end[ _](group|repeat)", re.IGNORECASE)
_LIST = re.compile(
    r"select(?:1|[ _](?:one|multiple))\s+(?:from\s+)?(\S+)(?:\s+or_other)?", re.IGNORECASE
)


@dataclass(slots=True)
class Node:
    """A row that asks, or the rows from `begin` to `end`. `start` and `stop` count rows said."""

    row: Row
    type: str
    name: str
    start: int
    stop: int  # behind the last row of it
    holds: str = ""  # "group" or "repeat" where it holds others
    inside: list[Node] = field(default_factory=list)
    is_first: bool = True
    is_last: bool = True


def tree(sheet: Sheet) -> list[Node] | None:
    """What stands beside each other at the top; None where begins and ends do not fit."""
    tops: list[Node] = []
    open_ones: list[Node] = []
    for at, row in enumerate(sheet.rows):
        kind = sheet.value(row, "type")
        if end := _END.fullmatch(kind):
            if not open_ones or open_ones[-1].holds != end[1].lower():
                return None
            open_ones.pop().stop = at + 1
            continue
        node = Node(row, kind, sheet.value(row, "name"), at, at + 1)
        (open_ones[-1].inside if open_ones else tops).append(node)
        if begin := _BEGIN.fullmatch(kind):
            node.holds = begin[1].lower()
            open_ones.append(node)
    if open_ones:
        return None
    _mark_ends(tops)
    return tops


def _mark_ends(nodes: list[Node]) -> None:
    for at, node in enumerate(nodes):
        node.is_first, node.is_last = at == 0, at == len(nodes) - 1
        _mark_ends(node.inside)


def every(nodes: list[Node]) -> list[Node]:
    """The nodes and all that stand in them, in the order of the sheet."""
    return [one for node in nodes for one in (node, *every(node.inside))]


def find(nodes: list[Node], number: int) -> tuple[list[Node], int] | None:
    """The node of that row: those it stands among, and its place. None if there is none."""
    for at, node in enumerate(nodes):
        if node.row.number == number:
            return nodes, at
        if node.start < node.stop and (found := find(node.inside, number)):
            return found
    return None


def list_of(kind: str) -> str | None:
    """The list of choices that a question of this type chooses from."""
    found = _LIST.fullmatch(kind.strip())
    return found[1] if found else None


def rows_of_list(grid: Grid, name: str) -> list[Row]:
    """The choices of that list, in order."""
    sheet = grid.choices
    return [row for row in sheet.rows if list_name(sheet, row) == name]


def list_name(sheet: Sheet, row: Row) -> str:
    """Which list the choice belongs to; the column may be spelled with a blank."""
    return sheet.value(row, "list_name") or sheet.value(row, "list name")
