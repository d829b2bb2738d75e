"""What stands in a form before anybody has answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from liff_app.procedures.engine.answers import is_empty
from liff_app.procedures.engine.document import Document, Kind, Question
from liff_app.procedures.engine.expressions.scene import Lists
from liff_app.procedures.engine.expressions.values import (
    Chosen,
    Value,
    as_date,
    as_number,
    as_text,
    single,
)
from liff_app.procedures.engine.expressions.work import counting
from liff_app.procedures.engine.program import Asked, program_of
from liff_app.procedures.engine.walking import Walk


def with_defaults(document: Document, answers: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The answers, with its default for every visible question that has none.

    Every repeat then has its least number of instances. `answers` stays as it was. Of a default
    only what the question would take is filled in. Consents, places and files have none: nobody
    agrees by doing nothing. Raises TooMuchWork as `evaluate` does.
    """
    program = program_of(document)
    filled = dict(answers)
    for name, repeat in program.repeats.items():
        if repeat.count is None and isinstance(filled.get(name, []), list):
            given = filled.get(name, [])
            padded = [*given, *({} for _ in range(repeat.least - len(given)))]
            filled |= {name: padded} if padded else {}
    walk = _Filling(program.lists, today)
    walk.pages(program.pages, filled)
    for path, answer in walk.filled.items():
        _put(filled, path.split("/"), answer)
    return filled


class _Filling(Walk):
    """The same walk, on which empty questions take their default."""

    def __init__(self, lists: Lists, today: date) -> None:
        super().__init__(lists, today)
        self.filled: dict[str, Any] = {}

    def answered(self, part: Asked, raw: object, path: str) -> tuple[Any, Value]:
        """The answer; the default where there is none."""
        if part.default is None or not is_empty(raw):
            return super().answered(part, raw, path)
        given = as_answer(part.question, single(part.default(self.scene)))
        if isinstance(given, str):
            self.scene.spend(counting(given))
        answer, seen = super().answered(part, given, path)
        if answer is not None:
            self.filled[path] = answer
        return answer, seen


def as_answer(question: Question, value: Value) -> str | int | Decimal | list[str] | None:
    """What an expression gave as that question would be answered; None if it cannot be."""
    match question.kind:
        case Kind.INTEGER | Kind.DECIMAL:
            return as_number(value)
        case Kind.DATE:
            day = as_date(value)
            return None if day is None else day.isoformat()
        case Kind.CHOOSE_MANY:
            return list(value) if isinstance(value, Chosen) else as_text(value).split()
        case Kind.TEXT | Kind.LONG_TEXT | Kind.TIME | Kind.CHOOSE_ONE:
            return as_text(value)
        case _:
            return None


def _put(answers: dict[str, Any], path: list[str], answer: object) -> None:
    """Put an answer at its path; lists and objects on the way are copied, not changed."""
    if len(path) == 1:
        answers[path[0]] = answer
        return
    name, index, question = path[0], int(path[1]), path[2]
    given = answers.get(name)
    instances = list(given) if isinstance(given, list) else []
    instances += [{} for _ in range(index + 1 - len(instances))]
    before = instances[index]
    instances[index] = {**(before if isinstance(before, Mapping) else {}), question: answer}
    answers[name] = instances
