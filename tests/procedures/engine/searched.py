"""Small forms and what a search finds in them, for tests of paths."""

from __future__ import annotations

from datetime import date
from typing import Any

from liff_app.procedures.engine import paths
from liff_app.procedures.engine.document import (
    Choice,
    Document,
    Item,
    Kind,
    Page,
    Question,
    Settings,
)

TODAY = date(2026, 11, 23)
ABC = tuple(Choice(value=one, label={"ja": one}, extra={"kind": one}) for one in "abc")


def form(*items: Item) -> Document:
    """A form in which each item is a page."""
    return Document(
        form_id="form",
        title={"ja": "見本"},
        languages=("ja",),
        default_language="ja",
        settings=Settings(),
        pages=tuple(Page(name=f"page_{one.name}", items=(one,)) for one in items),
    )


def asks(name: str, kind: Kind = Kind.CHOOSE_ONE, **more: Any) -> Question:  # noqa: ANN401 - fields of a question
    """A question that must be answered."""
    if kind in {Kind.CHOOSE_ONE, Kind.CHOOSE_MANY}:
        more.setdefault("choices", ABC)
    more.setdefault("required", "true()")
    return Question(name=name, kind=kind, label={"ja": name}, **more)


def named(found: paths.Found) -> set[str]:
    """What is never shown."""
    return {one.name for one in found.unreached if one.choice is None}


def search(*items: Item) -> paths.Found:
    """What is found in a form of these pages."""
    return paths.search(form(*items), today=TODAY)
