"""The table of an export: one column for a question's name, whatever version asked it.

Answers of a repeat stand in numbered columns beside each other (「お子さん1 氏名」): one line is
one submission, which is how a clerk sorts, prints and imports it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from liff_app.procedures.engine.document import (
    FILE_KINDS,
    Document,
    Kind,
    Normalise,
    Question,
    Text,
    words,
)
from liff_app.procedures.exports.collecting import Taken
from liff_app.procedures.fields import words as said
from liff_app.procedures.fields.ruby import words_of
from liff_app.procedures.forms import Form
from liff_app.spreadsheet import Cell

__all__ = ["Column", "Table", "table_of"]

_EXACT = frozenset({Kind.INTEGER, Kind.DATE, Kind.TIME, Kind.TEXT, Kind.LONG_TEXT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A question's column. `repeat` and `at`: the instance it stands for, from 0."""

    name: str
    heading: str
    repeat: str | None = None
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The columns, and each version's questions by name."""

    columns: tuple[Column, ...]
    questions: dict[int, dict[str, Question]]
    documents: dict[int, Document]
    codes: bool  # values of choices instead of their labels

    def cells(self, one: Taken) -> list[Cell]:
        """The submission's answers in the order of the columns."""
        return [self._cell(one, column) for column in self.columns]

    def _cell(self, one: Taken, column: Column) -> Cell:
        question = self.questions[one.version].get(column.name)
        if question is None or one.answers is None:
            return None
        value = _value(one.answers, column)
        return None if value is None else self._said(question, value, self.documents[one.version])

    def _said(self, question: Question, value: Any, document: Document) -> Cell:  # noqa: ANN401 - any of nine kinds
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        is_exact = question.kind in _EXACT and question.normalise is not Normalise.PHONE
        if is_number or (is_exact and isinstance(value, str)):
            return value  # type: ignore[no-any-return]  # a number or a text
        if question.kind in (Kind.DECIMAL, Kind.CALCULATED):
            return str(value)
        if question.kind in FILE_KINDS:
            return len(value)
        if self.codes and question.kind is Kind.CHOOSE_ONE:
            return str(value)
        if self.codes and question.kind is Kind.CHOOSE_MANY:
            return " ".join(value)
        return said.answer_words(question, value, document, document.default_language)


def _value(answers: dict[str, Any], column: Column) -> Any:  # noqa: ANN401 - see above
    if column.repeat is None:
        return answers.get(column.name)
    instances = answers.get(column.repeat, [])
    return instances[column.at].get(column.name) if column.at < len(instances) else None


def table_of(known: Iterable[Form], lines: Iterable[Taken], *, codes: bool) -> Table:
    """The table that holds every answer of these lines.

    Columns follow the newest version; what only an older one asked stands behind the question it
    followed there.
    """
    versions = sorted(known, key=lambda form: form.number, reverse=True)
    counts = _counts(lines)
    return Table(
        columns=tuple(_columns(_order(versions), counts)),
        questions={one.number: _by_name(one.document) for one in versions},
        documents={one.number: one.document for one in versions},
        codes=codes,
    )


def _counts(lines: Iterable[Taken]) -> dict[str, int]:
    """The most instances of each repeat in any line."""
    counts: dict[str, int] = {}
    for line in lines:
        for name, value in (line.answers or {}).items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                counts[name] = max(counts.get(name, 0), len(value))
    return counts


Asked = tuple[Question, str | None, str, str]  # question, repeat's name and words, own words


def _order(versions: Sequence[Form]) -> list[Asked]:
    """Every question of any version once, in the newest's order."""
    order: list[Asked] = []
    for form in versions:
        places = {one[0].name: at for at, one in enumerate(order)}
        behind = -1
        for asked in _asked(form.document):
            name = asked[0].name
            if name in places:
                behind = places[name]
                continue
            behind += 1
            order.insert(behind, asked)
            places = {one[0].name: at for at, one in enumerate(order)}
    return order


def _asked(document: Document) -> Iterator[Asked]:
    for question, repeat in document.questions():
        if question.kind is Kind.NOTE:
            continue
        own = question.export_heading or _plain(question.label, document) or question.name
        of = _plain(repeat.label, document) or repeat.name if repeat else ""
        yield question, repeat.name if repeat else None, of, own


def _plain(text: Text, document: Document) -> str:
    return words_of(words(text, document.default_language)).plain


def _columns(order: Sequence[Asked], counts: dict[str, int]) -> Iterator[Column]:
    """Instances stand together: all of the first child, then all of the second."""
    done: set[str] = set()
    for question, repeat, _of, own in order:
        if repeat is None:
            yield Column(name=question.name, heading=own)
        elif repeat not in done:
            done.add(repeat)
            inside = [one for one in order if one[1] == repeat]
            for at in range(counts.get(repeat, 0)):
                for each, _repeat, of, named in inside:
                    heading = f"{of}{at + 1} {named}"
                    yield Column(name=each.name, heading=heading, repeat=repeat, at=at)


def _by_name(document: Document) -> dict[str, Question]:
    return {question.name: question for question, _ in document.questions()}
