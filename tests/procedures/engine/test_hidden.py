"""What is hidden never leaves with a submission, never counts in a total, is never required.

Hundred forms made at random, each with a hundred sets of answers. FORM_DEFINITIONS makes more.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from liff_app.procedures.engine.answers import read
from liff_app.procedures.engine.document import Document, Kind
from liff_app.procedures.engine.evaluation import Evaluated, evaluate
from liff_app.procedures.engine.expressions import Value
from liff_app.procedures.engine.program import Asked, Part, Section, program_of
from liff_app.procedures.engine.walking import Problem, Walk
from tests.procedures.engine.answering import made_answers
from tests.procedures.engine.made import Made, made_form
from tests.procedures.engine.naive import Naive

TODAY = date(2026, 11, 23)
DEFINITIONS = int(os.environ.get("FORM_DEFINITIONS", "100"))
ANSWERS = 100
SHARES = 10  # so that a failure names a tenth of the forms
Evaluate = Callable[[Document, dict[str, Any]], Evaluated]


def evaluated(document: Document, answers: dict[str, Any]) -> Evaluated:
    return evaluate(document, answers, today=TODAY)


def faults(made: Made, answers: dict[str, Any], by: Evaluate = evaluated) -> list[str]:
    """In what `by` differs from the second opinion."""
    found, naive = by(made.document, answers), Naive(made, answers)
    asked = {question.name for question, _ in made.document.questions()}
    visible = {
        name if index is None else f"{naive.within[name]}/{index}/{name}"
        for name, index in naive.paths()
    }
    repeats = {name for name in naive.items if name not in asked}
    problems = {(one.path, one.code) for one in found.problems if one.path not in repeats}
    differs = {
        "visible": {path for path in found.visible if path.split("/")[-1] in asked} != visible,
        "values": found.values != naive.values(),
        "problems": problems != naive.problems(),
        "strange": not {one.path for one in found.problems} <= found.visible,
        "fee": found.fee_yen != naive.fee(),
        "counts": {name: found.counts.get(name, 0) for name in repeats}
        != {name: naive.instances(name) for name in repeats},
    }
    return [name for name, is_so in differs.items() if is_so]


def cases(share: int) -> list[tuple[Made, int]]:
    return [(made_form(seed), seed) for seed in range(share, DEFINITIONS, SHARES)]


def answers_to(made: Made, seed: int, count: int = ANSWERS) -> list[dict[str, Any]]:
    rng = random.Random(seed)
    return [made_answers(rng, made.document, care=rng.choice([0.5, 0.9, 1])) for _ in range(count)]


@pytest.mark.parametrize("share", range(SHARES))
def test_what_is_hidden_is_neither_sent_nor_counted_nor_required(share: int) -> None:
    for made, seed in cases(share):
        for answers in answers_to(made, seed):
            assert faults(made, answers) == [], (seed, answers)


@pytest.mark.parametrize("share", range(SHARES))
def test_what_was_said_in_hidden_places_makes_no_difference(share: int) -> None:
    """Whatever stands there instead, or nothing: the same values, problems and fee."""
    rng = random.Random(share)
    for made, seed in cases(share):
        for answers in answers_to(made, seed, 20):
            found = evaluated(made.document, answers)
            others = made_answers(rng, made.document, care=0.7)
            assert evaluated(made.document, retold(answers, others, found)) == found, seed


def retold(answers: dict[str, Any], others: dict[str, Any], found: Evaluated) -> dict[str, Any]:
    """The answers, with others' in every place that is hidden."""
    told: dict[str, Any] = {}
    for name in answers.keys() | others.keys():
        source = answers if name in found.visible else others
        if name in found.counts:
            told[name] = [
                {
                    inner: value
                    for inner in instance
                    for value in [instance[inner]]
                    if f"{name}/{index}/{inner}" in found.visible
                }
                for index, instance in enumerate(answers.get(name, []))
            ]
        elif name in source:
            told[name] = source[name]
    return told


def test_what_would_be_sent_means_the_same_when_it_is_read_again() -> None:
    for made, seed in cases(3):
        for answers in answers_to(made, seed, 20):
            found = evaluated(made.document, answers)
            again = evaluated(made.document, found.values)
            assert (again.values, again.fee_yen) == (found.values, found.fee_yen), seed
            assert again.visible == found.visible, seed


# --- evaluators that are wrong, each in one way -------------------------------------------------


@dataclass
class Hidden:
    """A hidden question that was answered, or not."""

    part: Asked
    kept: dict[str, Any]
    path: str
    answer: Any
    seen: Value


class Flawed(Walk):
    """Goes on into what is hidden."""

    def _parts(
        self, parts: tuple[Part, ...], given: Mapping[str, Any], kept: dict[str, Any], prefix: str
    ) -> bool:
        shows = False
        for part in parts:
            shows |= super()._parts((part,), given, kept, prefix)
            if isinstance(part, Asked | Section) and prefix + part.name not in self.visible:
                self._enter(part, given, kept, prefix)
        return shows

    def _enter(
        self, part: Part, given: Mapping[str, Any], kept: dict[str, Any], prefix: str
    ) -> None:
        if isinstance(part, Section):
            for inner in part.items:
                self._enter(inner, given, kept, prefix)
        elif isinstance(part, Asked) and part.question.kind not in {Kind.NOTE, Kind.CALCULATED}:
            answer, seen, _ = read(part.question, given.get(part.name), part.choices)
            self.hidden(Hidden(part, kept, prefix + part.name, answer, seen))

    def hidden(self, here: Hidden) -> None:
        """What is wrong about this one."""


class KeepsHidden(Flawed):
    def hidden(self, here: Hidden) -> None:
        if here.answer is not None:
            here.kept[here.part.name] = here.answer


class CountsHidden(Flawed):
    def hidden(self, here: Hidden) -> None:
        self.scene.values[here.part.name] = here.seen


class RequiresHidden(Flawed):
    def hidden(self, here: Hidden) -> None:
        if here.part.is_always_required and here.answer is None:
            self.problems.append(Problem(path=here.path, code="required"))


class PaysHidden(Flawed):
    """Adds hidden numbers to the fee, and to nothing else."""

    def hidden(self, here: Hidden) -> None:
        if here.part.question.kind is Kind.INTEGER and here.answer:
            self._pay(here.answer)


def by(flawed: type[Walk]) -> Evaluate:
    def run(document: Document, answers: dict[str, Any]) -> Evaluated:
        program = program_of(document)
        walk = flawed(program.lists, TODAY)
        walk.pages(program.pages, answers)
        return Evaluated(
            values=walk.values,
            visible=frozenset(walk.visible),
            problems=tuple(walk.problems),
            choices=walk.choices,
            required=frozenset(walk.required),
            counts=walk.counts,
            fee_yen=walk.fee_yen,
        )

    return run


@pytest.mark.parametrize(
    ("flawed", "differs"),
    [
        (Walk, set()),
        (Flawed, set()),
        (KeepsHidden, {"values"}),
        (CountsHidden, {"visible", "values", "problems", "fee", "counts"}),
        (RequiresHidden, {"problems", "strange"}),
        (PaysHidden, {"fee"}),
    ],
)
def test_an_evaluator_that_is_wrong_is_caught(flawed: type[Walk], differs: set[str]) -> None:
    """The forms and answers of the tests above find each of them, by the right sign."""
    found = {
        fault
        for made, seed in ((made_form(seed), seed) for seed in range(30))
        for answers in answers_to(made, seed, 8)
        for fault in faults(made, answers, by(flawed))
    }
    assert found == differs
