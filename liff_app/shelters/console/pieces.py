"""Rows of the board as markup and as JSON, made once for as long as they hold.

Rendering 875 rows takes 40 ms, and five translated words in each as much again; a change of one
place renders one row. Only the age of a report moves by itself: it stands between two pieces.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from flask import current_app

from liff_app.i18n import language
from liff_app.shelters.console.attention import Row
from liff_app.shelters.console.words import RowView, row_view

FIELDS = tuple(field.name for field in fields(RowView))


@dataclass(frozen=True, slots=True)
class Piece:
    """A row put into words: its markup around the age, and its JSON."""

    row: Row
    view: RowView
    before: str
    after: str
    json: bytes


class Pieces:
    """Pieces of one process, by language, place and whether the reader may change it."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, bool], dict[str, Piece]] = {}

    def of(self, rows: Iterable[Row], mine: frozenset[str] | None) -> list[Piece]:
        """The rows as somebody sees them who may change `mine` (None: all places)."""
        spoken = language()
        theirs = self._made.setdefault((spoken, True), {})
        others = self._made.setdefault((spoken, False), {})
        found = []
        for row in rows:
            is_mine = mine is None or row.place.id in mine
            known = theirs if is_mine else others
            piece = known.get(row.place.id)
            if piece is None or (piece.row is not row and piece.row != row):
                piece = known[row.place.id] = _made(row, mine=is_mine)
            found.append(piece)
        return found

    def forget(self) -> None:
        """Nothing is kept: the places themselves changed."""
        self._made.clear()


def _made(row: Row, *, mine: bool) -> Piece:
    markup: Any = current_app.jinja_env.get_template("shelters/console/_board_row.html").module
    view = row_view(row)
    return Piece(
        row, view, markup.before_age(view, mine), markup.after_age(view, mine), _json_of(view)
    )


def _json_of(view: RowView) -> bytes:
    """The view's values in the order of `FIELDS`; times as milliseconds, as scripts count."""
    values = [_plain(getattr(view, name)) for name in FIELDS]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: object) -> object:
    return round(value.timestamp() * 1000) if isinstance(value, datetime) else value
