"""What a form's answers mean: what is asked, what is wrong, what would be sent, what it costs.

One pass from the first question to the last. Expressions speak of earlier questions only, and what
is hidden is no answer to any of them, so nothing has to be visited twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from liff_app.procedures.engine.document import Choice, Document, Kind
from liff_app.procedures.engine.expressions import MOST_STEPS, TooMuchWork
from liff_app.procedures.engine.program import program_of
from liff_app.procedures.engine.walking import Problem, Walk
from liff_app.procedures.engine.wording import Wording, said

__all__ = ["Evaluated", "Problem", "TooMuchWork", "Wording", "evaluate", "said", "unknown_names"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What a form's answers mean on one day. Paths are `name` or `repeat/0/name`."""

    values: dict[str, Any]  # what would be sent: hidden dropped, calculated filled in
    visible: frozenset[str]  # paths of pages, groups, repeats, instances and questions
    problems: tuple[Problem, ...]  # of visible questions and repeats, in document order
    choices: dict[str, tuple[Choice, ...]]  # of each visible choice question what its filter leaves
    required: frozenset[str]  # paths of visible questions that must be answered
    counts: dict[str, int]  # of each visible repeat how many instances it has
    fee_yen: int | None  # None: nothing is to be paid, or it is not known yet
    steps: int = 0  # what it cost, of `expressions.MOST_STEPS`

    def problem(self, path: str) -> Problem | None:
        """What is wrong there, None if all is well."""
        return next((one for one in self.problems if one.path == path), None)


def evaluate(document: Document, answers: Mapping[str, Any], *, today: date) -> Evaluated:
    """What those answers mean, whatever JSON they hold.

    A page, group or repeat is visible if it is relevant and shows anything: one that holds nothing
    but hidden questions and silent calculations is passed over. An answer with a problem other than
    `constraint` counts as none. Names that the form does not ask for are dropped.
    Raises TooMuchWork where the form asks more of the answers than one pass may cost (the compiler
    refuses forms of which any answers would), ExpressionInvalid if the document holds an expression
    that is none.
    """
    program = program_of(document)
    walk = Walk(program.lists, today)
    walk.pages(program.pages, answers if isinstance(answers, Mapping) else {})
    return Evaluated(
        values=walk.values,
        visible=frozenset(walk.visible),
        problems=tuple(walk.problems),
        choices=walk.choices,
        required=frozenset(walk.required),
        counts=walk.counts,
        fee_yen=walk.fee_yen,
        steps=MOST_STEPS - walk.scene.left,
    )


def unknown_names(document: Document, answers: Mapping[str, Any]) -> list[str]:
    """The paths in the answers that the form does not ask for, as given.

    What a calculation gives may be sent along and is not unknown.
    """
    program = program_of(document)
    answered = {
        name: within
        for name, (question, within) in program.questions.items()
        if question.kind is not Kind.NOTE
    }
    unknown: list[str] = []
    for name, given in answers.items():
        if name in program.repeats:
            unknown += _unknown_inside(name, given, answered)
        elif answered.get(name, "") is not None:
            unknown.append(str(name))
    return unknown


def _unknown_inside(repeat: str, given: object, answered: Mapping[str, str | None]) -> list[str]:
    instances = given if isinstance(given, list) else []
    return [
        f"{repeat}/{index}/{name}"
        for index, instance in enumerate(instances)
        if isinstance(instance, Mapping)
        for name in instance
        if answered.get(name) != repeat
    ]
