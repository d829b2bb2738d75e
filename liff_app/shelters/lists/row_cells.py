"""The cells of one record by field name, with the problems met on the way."""

from __future__ import annotations

from typing import Final

from liff_app.shelters.lists.cells import FLAGS, folded_mark
from liff_app.shelters.lists.header import Layout
from liff_app.shelters.lists.model import Problem
from liff_app.shelters.lists.problems import problem
from liff_app.shelters.lists.source import Record
from liff_app.shelters.lists.text import clean_text, has_unseen, is_placeholder

# Formula guard written by spreadsheet-safe exports, ours included: '=1+1 stands for =1+1.
_GUARDED: Final = frozenset("=+-@＝＋－＠")


class RowCells:
    """Cleaned texts of a record. Where a field has several columns, the first that is filled."""

    __slots__ = ("_cells", "_fields", "_layout", "problems", "record")

    def __init__(self, layout: Layout, record: Record) -> None:
        self.record = record
        self.problems: list[Problem] = []
        self._layout = layout
        self._cells = record.cells
        self._fields = layout.fields

    def has(self, field: str) -> bool:
        """Whether the list has a column for the field."""
        return field in self._layout.fields

    def first(self, field: str) -> str:
        """Text of the field, "" where it is empty or the list has no such column."""
        for index in self._fields.get(field, ()):
            text = self.at(index)
            if text:
                return text
        return ""

    def text(self, field: str) -> str:
        """Text of the field; a mark such as ― counts as empty."""
        found = self.first(field)
        return "" if not found or is_placeholder(found) else found

    def joined(self, field: str) -> str:
        """All filled columns of the field, joined by ／, each after its label if it has one."""
        indexes = self._layout.fields.get(field, ())
        if len(indexes) == 1 and not self._layout.mapping.labels:
            return self.text(field)
        texts = (self._labelled(index) for index in indexes)
        return "／".join(text for text in texts if text)

    def each(self, field: str) -> list[str]:
        """Every filled column of the field, in the mapping's order, marks aside."""
        texts = (self.at(index) for index in self._layout.fields.get(field, ()))
        return [text for text in texts if not is_placeholder(text)]

    def at(self, index: int) -> str:
        """Text of the cell at a position; "" beyond the end of a short record."""
        raw = self._cells[index] if index < len(self._cells) else ""
        if not raw:
            return ""
        if raw[0] == "'" and raw[1:2] in _GUARDED:
            raw = raw[1:]
        return clean_text(raw)

    def heading(self, field: str) -> str | None:
        """Heading of the field's first filled column, else of its first column."""
        indexes = self._layout.fields.get(field, ())
        filled = [index for index in indexes if self.at(index)]
        chosen = filled or list(indexes)
        return self._layout.headings[chosen[0]] if chosen else None

    def note(self, code: str, field: str, value: str = "", **details: object) -> None:
        """Remember a problem with a field of this record."""
        self.note_column(code, self.heading(field), value, **details)

    def note_column(
        self, code: str, column: str | None, value: str = "", **details: object
    ) -> None:
        """Remember a problem with a column, or with the record where `column` is None."""
        self.problems.append(problem(code, self.record.line, column, value, **details))

    def note_unseen(self, indexes: frozenset[int]) -> None:
        """Warn of each of these cells from which control characters were taken."""
        for index, raw in enumerate(self._cells):
            if index in indexes and not raw.isprintable() and has_unseen(raw):
                self.note_column("control_removed", self._layout.headings[index], clean_text(raw))

    def _labelled(self, index: int) -> str:
        text = self.at(index)
        label = self._layout.mapping.labels.get(self._layout.headings[index])
        if is_placeholder(text):
            return ""
        if label is None:
            return text
        return f"{label}：{'あり' if FLAGS.get(folded_mark(text)) == 'yes' else text}"
