"""A survey's answers, counted: for staff as they are, for residents in steps that name nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from liff_app.procedures.engine.document import Document, Kind, Question, words
from liff_app.procedures.exports.collecting import Taken
from liff_app.procedures.fields.ruby import words_of
from liff_app.procedures.figures import suppression

__all__ = ["Line", "QuestionResult", "count", "label", "shown", "written"]

_CHOSEN = frozenset({Kind.CHOOSE_ONE, Kind.CHOOSE_MANY})
_WORDS = frozenset({Kind.TEXT, Kind.LONG_TEXT})
_COUNTED = frozenset({Kind.INTEGER})
MOST_NUMBERS = 30  # different numbers in a table; a question with more has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One answer to choose from: how many gave it. None: fewer than one step."""

    label: str
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """How often each answer to one question was given."""

    name: str
    label: str
    several: bool  # a person may have given more than one
    answered: int
    lines: tuple[Line, ...]


def count(document: Document, answers: Iterable[Taken]) -> list[QuestionResult]:
    """Every question of the document that can be counted, over these submissions.

    Answers of questions in a repeat are counted for each instance. What an older version offered
    and this one does not is counted by its own value.
    """
    asked = [one for one, _ in document.questions() if one.kind in _CHOSEN | _COUNTED]
    answered: Counter[str] = Counter()
    given: dict[str, Counter[Any]] = {one.name: Counter() for one in asked}
    for each in answers:
        for name, value in _flat(each.answers or {}):
            if name in given:
                answered[name] += 1
                told = value if isinstance(value, list) else [value]
                given[name].update(one for one in told if isinstance(one, str | int))
    found = [
        QuestionResult(
            name=one.name,
            label=label(one, document),
            several=one.kind is Kind.CHOOSE_MANY,
            answered=answered[one.name],
            lines=tuple(_lines(one, given[one.name], document)),
        )
        for one in asked
    ]
    return [one for one in found if one.lines]


def written(document: Document, answers: Iterable[Taken]) -> dict[str, list[str]]:
    """What people wrote, by the question, in the order of the answers. For staff alone."""
    asked = {one.name for one, _ in document.questions() if one.kind in _WORDS}
    found: dict[str, list[str]] = {}
    for one in answers:
        for name, value in _flat(one.answers or {}):
            if name in asked and str(value).strip():
                found.setdefault(name, []).append(str(value))
    return found


def label(question: Question, document: Document) -> str:
    """The question in the form's own language."""
    return words_of(words(question.label, document.default_language)).plain or question.name


def _flat(answers: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for instance in value:
                yield from _flat(instance)
        else:
            yield name, value


def _lines(question: Question, given: Counter[Any], document: Document) -> Iterator[Line]:
    if question.kind in _COUNTED:
        numbers = sorted((one, times) for one, times in given.items() if isinstance(one, int))
        if len(numbers) <= MOST_NUMBERS:
            yield from (Line(label=f"{one:,}", count=times) for one, times in numbers)
        return
    offered = {
        one.value: words_of(words(one.label, document.default_language)).plain or one.value
        for one in question.choices
    }
    for value, told in offered.items():
        yield Line(label=told, count=given[value])
    older = sorted((str(value), times) for value, times in given.items() if value not in offered)
    yield from (Line(label=value, count=times) for value, times in older)


def shown(document: Document, results: Iterable[QuestionResult], unit: int) -> list[QuestionResult]:
    """The same for everybody: choices in steps of `unit` people, nobody's words, no numbers.

    How many answered is the sum of the steps: any other sum would tell of small groups. A choice
    that is offered no more stands there from one step on: that it is there would tell.
    """
    offered = {one.name: len(one.choices) for one, _ in document.questions() if one.kind in _CHOSEN}
    return [_in_steps(one, offered[one.name], unit) for one in results if one.name in offered]


def _in_steps(one: QuestionResult, offered: int, unit: int) -> QuestionResult:
    lines = [
        Line(label=line.label, count=suppression.rounded(line.count or 0, unit))
        for line in one.lines
    ]
    kept = tuple(line for at, line in enumerate(lines) if at < offered or line.count is not None)
    answered = suppression.sum_of({str(at): line.count for at, line in enumerate(kept)})
    return QuestionResult(
        name=one.name, label=one.label, several=one.several, answered=answered, lines=kept
    )
