"""Where an answer stands: `name`, or `repeat/0/name` inside the first of several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from liff_app.procedures.engine.document import Document, Item, Page, Question, Repeat

__all__ = [
    "add_instance",
    "by_path",
    "changed",
    "instances",
    "names_on",
    "order",
    "places",
    "question_at",
    "remove_instance",
    "repeats_of",
    "split",
    "value_at",
]

Answers = Mapping[str, Any]


def value_at(answers: Answers, path: str) -> Any:  # noqa: ANN401 - an answer is any of nine kinds
    """The answer at that path; None where there is none."""
    name, index, inner = _split(path)
    if index is None:
        return answers.get(name)
    rows = instances(answers, name)
    return rows[index].get(inner) if index < len(rows) else None


def instances(answers: Answers, repeat: str) -> list[dict[str, Any]]:
    """What was answered for each of several, in order."""
    rows = answers.get(repeat)
    if not isinstance(rows, list):
        return []
    return [row if isinstance(row, dict) else {} for row in rows]


def changed(answers: Answers, changes: Answers) -> dict[str, Any]:
    """The answers with those at the paths of `changes` instead; None takes one away.

    What is given stays as it was. A list grows to hold the instance that is named.
    """
    found = dict(answers)
    fresh: dict[str, list[dict[str, Any]]] = {}
    for path, value in changes.items():
        name, index, inner = _split(path)
        if index is None:
            _put(found, name, value)
            continue
        rows = fresh.setdefault(name, [dict(row) for row in instances(answers, name)])
        rows.extend({} for _ in range(index + 1 - len(rows)))
        _put(rows[index], inner, value)
    return found | fresh


def add_instance(answers: Answers, repeat: Repeat) -> dict[str, Any]:
    """One more of several, empty; nothing more where there are `most` already.

    The screen shows `least` from the beginning, so these are there before one is added.
    """
    rows = instances(answers, repeat.name)
    rows += [{} for _ in range(repeat.least - len(rows))]
    return {**answers, repeat.name: [*rows, {}][: max(repeat.most, len(rows))]}


def remove_instance(answers: Answers, repeat: Repeat, index: int) -> dict[str, Any]:
    """That one of several is gone; those behind it move up. Never fewer than `least`."""
    rows = instances(answers, repeat.name)
    if not 0 <= index < len(rows):
        return dict(answers)
    left = rows[:index] + rows[index + 1 :]
    left += [{} for _ in range(repeat.least - len(left))]
    return {**answers, repeat.name: left}


def question_at(document: Document, path: str, page: Page | None = None) -> Question | None:
    """The question asked at that path, of one page or of the whole form; None if none is."""
    pages = (page,) if page else document.pages
    name, index, inner = _split(path)
    for one in pages:
        for question, within in _asked(one.items, None):
            if index is None and within is None and question.name == name:
                return question
            if _is_inside(within, name, index) and question.name == inner:
                return question
    return None


def by_path(page: Page) -> dict[tuple[str, str], tuple[Question, int]]:
    """Questions of a page by (repeat or "", name), with how many instances there may be."""
    return {
        (within.name if within else "", question.name): (question, within.most if within else 0)
        for question, within in _asked(page.items, None)
    }


def split(path: str) -> tuple[str, int | None, str]:
    """Name; or of an instance: repeat, number, name."""
    return _split(path)


def names_on(page: Page) -> frozenset[str]:
    """Names with which paths of the page begin: questions outside of repeats, and repeats."""
    return frozenset(within or name for within, name in by_path(page)) | {
        one.name for one in _repeats(page.items)
    }


def repeats_of(document: Document) -> list[Repeat]:
    """Every repeat of the form, in order."""
    return [one for page in document.pages for one in _repeats(page.items)]


def places(document: Document) -> dict[tuple[str, str], int]:
    """Where questions and repeats stand in the form, for `order`; (repeat or "", name)."""
    found: dict[tuple[str, str], int] = {}
    for question, within in document.questions():
        if within is not None:
            found.setdefault(("", within.name), len(found))
        found[within.name if within else "", question.name] = len(found)
    return found


def order(places: Mapping[tuple[str, str], int], path: str) -> tuple[int, int, int]:
    """By what paths are sorted so that they stand as on the screen."""
    name, index, inner = _split(path)
    first = places.get(("", name), len(places))
    if index is None:
        return first, -1, -1
    return first, index, places.get((name, inner), -1)


def _repeats(items: tuple[Item, ...]) -> list[Repeat]:
    found: list[Repeat] = []
    for item in items:
        if isinstance(item, Repeat):
            found.append(item)
        elif not isinstance(item, Question):
            found += _repeats(item.items)
    return found


def _split(path: str) -> tuple[str, int | None, str]:
    name, slash, rest = path.partition("/")
    if not slash:
        return path, None, ""
    number, _, inner = rest.partition("/")
    if not (number.isascii() and number.isdigit() and len(number) <= 4):  # noqa: PLR2004 - 9999
        return path, None, ""
    return name, int(number), inner


def _is_inside(within: Repeat | None, name: str, index: int | None) -> bool:
    return within is not None and index is not None and within.name == name and index < within.most


def _put(answers: dict[str, Any], name: str, value: object) -> None:
    if value is None:
        answers.pop(name, None)
    else:
        answers[name] = value


def _asked(
    items: tuple[Item, ...], within: Repeat | None
) -> Iterator[tuple[Question, Repeat | None]]:
    for item in items:
        if isinstance(item, Question):
            yield item, within
        else:
            yield from _asked(item.items, item if isinstance(item, Repeat) else within)
