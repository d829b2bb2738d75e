"""A survey's answers, counted: for staff as they are, for residents in steps that name nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from liff_app.procedures.engine.document import Document, Kind, Question, words
from liff_app.procedures.exports.collecting import Taken
from liff_app.procedures.fields.ruby import words_of
from liff_app.procedures.figures import suppression

__all__ = ["Line", "QuestionResult", "count", "shown"]

_CHOSEN = frozenset({Kind.CHOOSE_ONE, Kind.CHOOSE_MANY})
_WORDS = frozenset({Kind.TEXT, Kind.LONG_TEXT})
_COUNTED = frozenset({Kind.INTEGER})
MOST_NUMBERS = 30  # different numbers in a table; more are told by lowest, middle and highest
MOST_TEXTS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One answer to choose from: how many gave it. None: fewer than one step."""

    label: str
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """What people answered to one question. `texts` are for staff alone."""

    name: str
    label: str
    several: bool  # a person may have given more than one
    answered: int
    lines: tuple[Line, ...] = ()
    texts: tuple[str, ...] = field(default=(), repr=False)


def count(document: Document, answers: Iterable[Taken]) -> list[QuestionResult]:
    """Every question of the document that can be counted or read, over these submissions.

    Answers of questions in a repeat are counted for each instance. What an older version offered
    and this one does not is counted by its own value.
    """
    given: dict[str, list[Any]] = {}
    for one in answers:
        for name, value in _flat(one.answers or {}):
            given.setdefault(name, []).append(value)
    found = [
        _result(question, given.get(question.name, []), document)
        for question, _ in document.questions()
        if question.kind in _CHOSEN | _WORDS | _COUNTED
    ]
    return [one for one in found if one.lines or one.texts]


def _flat(answers: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for instance in value:
                yield from _flat(instance)
        else:
            yield name, value


def _result(question: Question, given: list[Any], document: Document) -> QuestionResult:
    label = words_of(words(question.label, document.default_language)).plain or question.name
    made = QuestionResult(
        name=question.name,
        label=label,
        several=question.kind is Kind.CHOOSE_MANY,
        answered=len(given),
    )
    if question.kind in _WORDS:
        texts = tuple(str(one) for one in given if str(one).strip())[:MOST_TEXTS]
        return _with(made, texts=texts)
    return _with(made, lines=tuple(_lines(question, given, document)))


def _with(
    made: QuestionResult, *, lines: tuple[Line, ...] = (), texts: tuple[str, ...] = ()
) -> QuestionResult:
    return QuestionResult(
        name=made.name, label=made.label, several=made.several, answered=made.answered,
        lines=lines, texts=texts,
    )  # fmt: skip


def _lines(question: Question, given: list[Any], document: Document) -> Iterator[Line]:
    if question.kind in _COUNTED:
        counted = Counter(given)
        if len(counted) <= MOST_NUMBERS:
            for number, how_many in sorted(counted.items()):
                yield Line(label=f"{number:,}", count=how_many)
        return
    chosen: Counter[str] = Counter()
    for value in given:
        chosen.update(value if isinstance(value, list) else [value])
    labels = {
        one.value: words_of(words(one.label, document.default_language)).plain or one.value
        for one in question.choices
    }
    for value, label in labels.items():
        yield Line(label=label, count=chosen.pop(value, 0))
    for value, how_many in sorted(chosen.items()):  # an older version's
        yield Line(label=value, count=how_many)


def shown(results: Iterable[QuestionResult], unit: int) -> list[QuestionResult]:
    """The same for everybody: choices in steps of `unit` people, nobody's words, no numbers.

    How many answered is the sum of the steps: any other sum would tell of small groups.
    """
    made = []
    for one in results:
        if not one.lines:
            continue
        lines = tuple(
            Line(label=line.label, count=suppression.rounded(line.count or 0, unit))
            for line in one.lines
        )
        answered = suppression.sum_of({str(at): line.count for at, line in enumerate(lines)})
        made.append(
            QuestionResult(
                name=one.name, label=one.label, several=one.several, answered=answered, lines=lines
            )
        )
    return made
