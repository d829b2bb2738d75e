"""A page with everything that may appear on it, for a script that shows and hides by our word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from liff_app.procedures.engine.document import Item, Kind, Page, Question, Repeat
from liff_app.procedures.engine.evaluation import Evaluated
from liff_app.procedures.fields import placing
from liff_app.procedures.fields.words import answer_words
from liff_app.procedures.filling.progress import Progress

__all__ = ["everything", "told"]


def everything(found: Progress, page: Page) -> Evaluated | None:
    """As if all of the page were asked and every choice offered; None: nothing of it is hidden."""
    evaluated = found.evaluated
    questions = dict(_questions(page.items, evaluated, ""))
    offered = {path: one.choices for path, one in questions.items() if one.choices}
    paths = set(_paths(page.items, evaluated, ""))
    is_filtered = any(
        len(evaluated.choices.get(path, every)) < len(every) for path, every in offered.items()
    )
    if paths <= evaluated.visible and not is_filtered:
        return None
    always = {path for path, one in questions.items() if one.required == "true()"}
    return replace(
        evaluated,
        visible=evaluated.visible | paths,
        choices=evaluated.choices | offered,
        required=evaluated.required | always,
    )


def told(found: Progress, page: Page, language: str) -> dict[str, Any]:
    """What the page's script is told: what of it is shown, what may be chosen, what came out."""
    evaluated = found.evaluated
    questions = dict(_questions(page.items, evaluated, ""))
    document = found.document
    return {
        "shown": sorted(set(_paths(page.items, evaluated, "")) & evaluated.visible),
        "counts": {
            one.name: evaluated.counts.get(one.name, 0)
            for one in placing.repeats_of(found.document)
            if one.name in placing.names_on(page)
        },
        "choices": {
            path: [choice.value for choice in evaluated.choices[path]]
            for path, one in questions.items()
            if one.choice_filter and path in evaluated.choices
        },
        "results": {
            path: answer_words(one, placing.value_at(evaluated.values, path), document, language)
            for path, one in questions.items()
            if one.kind is Kind.CALCULATED and one.label and path in evaluated.visible
        },
    }  # fmt: skip


def _paths(items: tuple[Item, ...], evaluated: Evaluated, before: str) -> Iterator[str]:
    for one in items:
        yield before + one.name
        for inner, prefix in _inside(one, evaluated, before):
            if prefix != before:
                yield prefix.removesuffix("/")
            yield from _paths(inner, evaluated, prefix)


def _questions(
    items: tuple[Item, ...], evaluated: Evaluated, before: str
) -> Iterator[tuple[str, Question]]:
    for one in items:
        if isinstance(one, Question):
            yield before + one.name, one
        for inner, prefix in _inside(one, evaluated, before):
            yield from _questions(inner, evaluated, prefix)


def _inside(one: Item, evaluated: Evaluated, before: str) -> Iterator[tuple[tuple[Item, ...], str]]:
    """What stands in a group, or in each of several, with what stands before its names."""
    if isinstance(one, Question):
        return
    if not isinstance(one, Repeat):
        yield one.items, before
        return
    for number in range(evaluated.counts.get(one.name, 0)):
        yield one.items, f"{one.name}/{number}/"
