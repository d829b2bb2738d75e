"""From pyxform's tree to a document. The tree gives what is asked, the grid gives the words.

Words are taken from the cells because pyxform makes quotes straight and blanks single; names of
people and places are to stay as they were typed. Called for a grid that passed every check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from liff_app.procedures.engine.document import (
    Choice,
    Document,
    Group,
    Item,
    Kind,
    Page,
    Question,
    Repeat,
    Text,
)
from liff_app.procedures.workbooks import kinds, options
from liff_app.procedures.workbooks.columns import Columns, columns_of
from liff_app.procedures.workbooks.grid import CHOICES, SURVEY, Grid, Row
from liff_app.procedures.workbooks.languages import Languages
from liff_app.procedures.workbooks.xlsform import Tree

_GROUP: Final = "group"
_REPEAT: Final = "repeat"
_PAGE: Final = "page_"
_META: Final = "meta"
_TREE_KINDS: Final[Mapping[str, Kind]] = {
    **kinds.PLAIN,
    "photo": Kind.PHOTO,
    "select one": Kind.CHOOSE_ONE,
    "select all that apply": Kind.CHOOSE_MANY,
}


@dataclass(frozen=True, slots=True)
class _Source:
    """The grid as the builder asks it: a row by the name of its question."""

    columns: Columns
    rows: Mapping[str, Row]
    choices: Mapping[str, tuple[Choice, ...]]

    def words(self, name: str, base: str) -> Text:
        return self.columns.words(self.rows[name], base)

    def own(self, name: str, column: str) -> str:
        return self.columns.own(self.rows[name], column)


def build(tree: Tree, grid: Grid, spoken: Languages) -> Document:
    """The document. Pages are the tree's upper level."""
    columns = columns_of(SURVEY, grid.survey, spoken.default)
    rows = {columns.cell(row, "name"): row for row in reversed(grid.survey.rows)}
    source = _Source(columns, rows, _lists(grid, spoken.default))
    settings = options.read(grid, spoken.default)
    return Document(
        form_id=settings.form_id,
        title=settings.title,
        languages=spoken.codes,
        default_language=spoken.default,
        settings=settings.settings,
        pages=tuple(_page(node, source) for node in _asked(tree, source)),
    )


def page_name(name: str) -> str:
    """How the page of a question or repeat is called that stands in no group."""
    return f"{_PAGE}{name}"


def own_name(page: str) -> str:
    """The name as it stands in the workbook, of such a page and of everything else."""
    return page.removeprefix(_PAGE)


def _asked(tree: Tree, source: _Source) -> Iterator[Tree]:
    """The nodes that stand in the workbook: what pyxform adds of its own is left out."""
    for node in tree.get("children", ()):
        if node["name"] in source.rows and node["name"] != _META:
            yield node


def _page(node: Tree, source: _Source) -> Page:
    """A group is a page; anything else gets a page of its own."""
    if node["type"] != _GROUP:
        alone = page_name(node["name"])
        return Page(name=alone, relevant=_relevant(node), items=(_item(node, source),))
    return Page(
        name=node["name"],
        label=source.words(node["name"], "label"),
        hint=source.words(node["name"], "hint"),
        relevant=_relevant(node),
        items=tuple(_item(one, source) for one in _asked(node, source)),
    )


def _item(node: Tree, source: _Source) -> Item:
    name = node["name"]
    if node["type"] == _GROUP:
        return Group(
            name=name,
            label=source.words(name, "label"),
            hint=source.words(name, "hint"),
            relevant=_relevant(node),
            items=tuple(_item(one, source) for one in _asked(node, source)),
        )
    return _repeat(node, source) if node["type"] == _REPEAT else _question(node, source)


def _repeat(node: Tree, source: _Source) -> Repeat:
    name = node["name"]
    return Repeat(
        name=name,
        label=source.words(name, "label"),
        hint=source.words(name, "hint"),
        relevant=_relevant(node),
        count=source.columns.cell(source.rows[name], "repeat_count") or None,
        least=options.whole(source.own(name, "least"), options.LEAST),
        most=options.whole(source.own(name, "most"), options.MOST),
        items=tuple(_item(one, source) for one in _asked(node, source)),
    )


def _question(node: Tree, source: _Source) -> Question:
    name = node["name"]
    bind = node.get("bind", {})
    appearance = frozenset(str(node.get("control", {}).get("appearance", "")).split())
    return Question(
        name=name,
        kind=kinds.kind_of(_TREE_KINDS[node["type"]], appearance),
        label=source.words(name, "label"),
        hint=source.words(name, "hint"),
        required=options.required(bind.get("required", "")),
        required_message=source.words(name, "required_message"),
        relevant=_relevant(node),
        constraint=bind.get("constraint") or None,
        constraint_message=source.words(name, "constraint_message"),
        calculation=bind.get("calculate") or None,
        default=options.default(node.get("default", ""), is_dynamic="_dynamic_default" in node),
        choices=source.choices.get(node.get("list_name", ""), ()),
        choice_filter=node.get("choice_filter") or None,
        appearance=appearance,
        parameters=options.parameters(source.columns.cell(source.rows[name], "parameters")),
        **_own(name, source),
    )


def _own(name: str, source: _Source) -> options.Own:
    return options.own(lambda column: source.own(name, column))


def _relevant(node: Tree) -> str | None:
    return node.get("bind", {}).get("relevant") or None


def _lists(grid: Grid, default_language: str) -> dict[str, tuple[Choice, ...]]:
    """The choices of each list, in the order of the sheet."""
    columns = columns_of(CHOICES, grid.choices, default_language)
    extras = {name: at for name, at in columns.plain.items() if name not in options.CHOICE_COLUMNS}
    found: dict[str, list[Choice]] = {}
    for row in grid.choices.rows:
        choice = Choice(
            value=columns.cell(row, "name"),
            label=columns.words(row, "label"),
            extra={name: row.cells[at] for name, at in extras.items() if at in row.cells},
        )
        found.setdefault(columns.cell(row, "list_name"), []).append(choice)
    return {name: tuple(choices) for name, choices in found.items()}
