"""The search for paths against every assignment of answers there is, on small forms."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from liff_app.procedures.engine import paths
from liff_app.procedures.engine.document import Document, Kind, Question
from liff_app.procedures.engine.evaluation import evaluate
from tests.procedures.engine.searched import TODAY, asks, form, named, search

FORMS = int(os.environ.get("FORM_DEFINITIONS", "25"))


def _condition(chance: random.Random, before: list[Question]) -> str | None:
    """A condition on questions before; often one that no answer fulfils."""
    if not before or chance.random() < 0.25:
        return None
    parts = []
    for one in chance.choices(before, k=chance.randint(1, 2)):
        if one.kind is Kind.CHOOSE_ONE:
            parts.append(f"${{{one.name}}} {chance.choice(['=', '!='])} '{chance.choice('abcd')}'")
        elif one.kind is Kind.CHOOSE_MANY:
            said = f"selected(${{{one.name}}}, '{chance.choice('abc')}')"
            parts.append(
                chance.choice([said, f"not({said})", f"count-selected(${{{one.name}}}) > 1"])
            )
        else:
            parts.append(
                f"${{{one.name}}} {chance.choice(['<', '>', '=', '>='])} {chance.randint(0, 4)}"
            )
    return chance.choice([" and ", " or "]).join(parts)


def _made(seed: int, kinds: tuple[Kind, ...]) -> list[Question]:
    chance = random.Random(seed)
    made: list[Question] = []
    for number in range(5):
        kind = chance.choice(kinds)
        one = asks(f"q{number}", kind, relevant=_condition(chance, made))
        if chance.random() < 0.3:
            one = replace(one, required=_condition(chance, made))
        if kind is Kind.CHOOSE_ONE and made and chance.random() < 0.3:
            other = chance.choice(made).name
            one = replace(one, choice_filter=f"kind {chance.choice(['=', '!='])} ${{{other}}}")
        elif chance.random() < 0.4:
            one = replace(one, constraint=_constraint(chance, kind, made))
        made.append(one)
    return made


def _constraint(chance: random.Random, kind: Kind, before: list[Question]) -> str:
    if kind is Kind.CHOOSE_ONE:
        return f". != '{chance.choice('abc')}'"
    if kind is Kind.CHOOSE_MANY:
        return f"count-selected(.) {chance.choice(['<=', '='])} {chance.randint(1, 4)}"
    numbers = [one.name for one in before if one.kind is Kind.INTEGER]
    if numbers and chance.random() < 0.5:
        return f". {chance.choice(['>', '<', '='])} ${{{chance.choice(numbers)}}}"
    return f". >= {chance.randint(0, 2)} and . <= {chance.randint(1, 5)}"


def _values(question: Question) -> list[Any]:
    if question.kind is Kind.CHOOSE_ONE:
        return [None, "a", "b", "c"]
    if question.kind is Kind.CHOOSE_MANY:
        picks = product((False, True), repeat=3)
        every = [[one for one, is_in in zip("abc", pick, strict=True) if is_in] for pick in picks]
        return [one or None for one in every]
    return [None, *range(-2, 8)]


def _ways(
    questions: list[Question], document: Document
) -> Iterator[tuple[int, dict[str, Any], bool]]:
    """Every way to each question, free of problems up to it: its place, answers, is it shown."""

    def go(place: int, answers: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any], bool]]:
        if place == len(questions):
            return
        name = questions[place].name
        is_shown = name in evaluate(document, answers, today=TODAY).visible
        yield place, answers, is_shown
        for value in _values(questions[place]) if is_shown else [None]:
            tried = answers if value is None else answers | {name: value}
            if not is_shown or evaluate(document, tried, today=TODAY).problem(name) is None:
                yield from go(place + 1, tried)

    yield from go(0, {})


def _by_force(questions: list[Question]) -> tuple[set[str], set[str], set[frozenset[str]]]:
    """The questions that are ever shown, those that are ever stuck, and the paths."""
    document = form(*questions)
    seen: set[str] = set()
    stuck: set[str] = set()
    ends: set[frozenset[str]] = set()
    for place, answers, is_shown in _ways(questions, document):
        one = questions[place]
        if is_shown:
            seen.add(one.name)
        evaluations = [
            evaluate(document, answers | ({} if value is None else {one.name: value}), today=TODAY)
            for value in (_values(one) if is_shown else [None])
        ]
        free = [found for found in evaluations if found.problem(one.name) is None]
        if is_shown and not free:
            stuck.add(one.name)
        if place == len(questions) - 1:
            names = {one.name for one in questions}
            ends |= {frozenset(found.visible & names) for found in free}
    return seen, stuck, ends


@pytest.mark.parametrize("seed", range(FORMS))
def test_what_is_never_shown_is_what_no_answers_reach(seed: int) -> None:
    """Choices, selections and numbers, with conditions of all kinds."""
    questions = _made(seed, (Kind.CHOOSE_ONE, Kind.CHOOSE_ONE, Kind.CHOOSE_MANY, Kind.INTEGER))
    seen, _, ends = _by_force(questions)
    found = search(*questions)
    assert found.is_complete
    unreached = {f"page_{one.name}" for one in questions if one.name not in seen}
    assert named(found) == unreached
    assert {_shown(one, questions) for one in found.samples} == ends


def _shown(sample: paths.Sample, questions: list[Question]) -> frozenset[str]:
    return frozenset(sample.visible) & {one.name for one in questions}


@pytest.mark.parametrize("seed", range(FORMS))
def test_where_somebody_is_stuck_is_where_no_answer_is_taken(seed: int) -> None:
    """With choices alone, where each of them is what somebody means."""
    questions = _made(1000 + seed, (Kind.CHOOSE_ONE, Kind.CHOOSE_MANY))
    _, stuck, _ = _by_force(questions)
    found = search(*questions)
    assert {one.name for one in found.dead_ends} == stuck
    for one in found.dead_ends:
        assert one.is_sure
        assert one.name in evaluate(form(*questions), one.answers, today=TODAY).visible
