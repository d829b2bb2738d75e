"""A document with its expressions understood, made once per document and process."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from dataclasses import dataclass

from liff_app.procedures.engine.document import (
    UNASKED,
    Choice,
    Document,
    Group,
    Item,
    Kind,
    Page,
    Question,
    Repeat,
    words,
)
from liff_app.procedures.engine.expressions import filter_tree, parse
from liff_app.procedures.engine.expressions.running import LABEL, NAME, Run, runner
from liff_app.procedures.engine.expressions.scene import Lists

MOST_INSTANCES = 100  # whatever a form says: what one evaluation may cost
MOST_ASKED = 2000  # questions of one page, those of each child counted


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A question."""

    question: Question
    name: str
    relevant: Run | None
    required: Run | None
    is_always_required: bool
    constraint: Run | None
    calculation: Run | None
    default: Run | None
    filter: Run | None
    choices: dict[str, Choice]
    is_shown: bool  # a calculation without words is on no screen


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """A page, or a group on one."""

    name: str
    relevant: Run | None
    items: tuple[Part, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Repeated:
    """A repeat, with the names of the questions in it."""

    repeat: Repeat
    name: str
    relevant: Run | None
    count: Run | None
    least: int
    most: int
    items: tuple[Part, ...]
    names: tuple[str, ...]


Part = Asked | Section | Repeated


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The whole form."""

    pages: tuple[Section, ...]
    questions: dict[str, tuple[Question, str | None]]  # with the repeat that each stands in
    repeats: dict[str, Repeat]
    lists: Lists


_programs: dict[int, tuple[weakref.ref[Document], Program]] = {}


def program_of(document: Document) -> Program:
    """The document's program. Raises ExpressionInvalid if one of its expressions is none.

    Kept as long as the document lives: documents are never changed.
    """
    key = id(document)
    kept = _programs.get(key)
    if kept is not None and kept[0]() is document:
        return kept[1]
    program = _compiled(document)
    _programs[key] = (weakref.ref(document, lambda dead: _forget(key, dead)), program)
    return program


def _forget(key: int, dead: weakref.ref[Document]) -> None:
    """Drop the program, unless another document has taken the number meanwhile."""
    kept = _programs.get(key)
    if kept is not None and kept[0] is dead:
        _programs.pop(key, None)


def _compiled(document: Document) -> Program:
    questions = {
        question.name: (question, within.name if within else None)
        for question, within in document.questions()
    }
    return Program(
        pages=tuple(_section(page, document.default_language) for page in document.pages),
        questions=questions,
        repeats={one.name: one for page in document.pages for one in _repeats(page.items)},
        lists={
            name: {choice.value: _columns(choice, document) for choice in question.choices}
            for name, (question, _) in questions.items()
            if question.choices
        },
    )


def _columns(choice: Choice, document: Document) -> dict[str, str]:
    label = words(choice.label, document.default_language, document.default_language)
    return {**choice.extra, NAME: choice.value, LABEL: label}


def _repeats(items: Iterable[Item]) -> Iterable[Repeat]:
    for item in items:
        if isinstance(item, Repeat):
            yield item
        elif isinstance(item, Group):
            yield from _repeats(item.items)


def _run(source: str | None) -> Run | None:
    return parse(source).run if source else None


def _section(group: Page | Group, language: str) -> Section:
    return Section(group.name, _run(group.relevant), _parts(group.items, language))


def _parts(items: Iterable[Item], language: str) -> tuple[Part, ...]:
    return tuple(_part(item, language) for item in items)


def _part(item: Item, language: str) -> Part:
    if isinstance(item, Question):
        return _asked(item)
    if isinstance(item, Group):
        return _section(item, language)
    most = min(item.most, MOST_INSTANCES)
    return Repeated(
        repeat=item,
        name=item.name,
        relevant=_run(item.relevant),
        count=_run(item.count),
        least=min(item.least, most),
        most=most,
        items=_parts(item.items, language),
        names=tuple(_names(item.items)),
    )


def _names(items: Iterable[Item]) -> Iterable[str]:
    for item in items:
        if isinstance(item, Question):
            yield item.name
        else:
            yield from _names(item.items)


def _asked(question: Question) -> Asked:
    asks = question.kind not in UNASKED
    required = parse(question.required) if question.required and asks else None
    return Asked(
        question=question,
        name=question.name,
        relevant=_run(question.relevant),
        required=required.run if required else None,
        is_always_required=required is not None and required.source.strip() == "true()",
        constraint=_run(question.constraint) if asks else None,
        calculation=_run(question.calculation) if question.kind is Kind.CALCULATED else None,
        default=_run(question.default) if asks else None,
        filter=runner(filter_tree(question.choice_filter)) if question.choice_filter else None,
        choices={choice.value: choice for choice in question.choices},
        is_shown=question.kind is not Kind.CALCULATED or bool(question.label),
    )
