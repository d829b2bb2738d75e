"""Answers made at random to any form: good ones, bad ones, and to what nobody asked."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from liff_app.procedures.engine.document import Document, Kind, Question
from tests.procedures.engine.made import CHOICES

GOOD: dict[Kind, list[Any]] = {
    Kind.TEXT: ["山田", "葛󠄀", "abc", "長い名前の人"],
    Kind.INTEGER: [0, 1, 2, 3, 4, 5, 9, -1],
    Kind.DECIMAL: [Decimal("0.5"), Decimal("2.25"), Decimal(4)],
    Kind.DATE: ["2026-01-31", "2026-06-15", "2026-12-24"],
    Kind.CHOOSE_ONE: list(CHOICES),
    Kind.CHOOSE_MANY: [["red"], ["blue", "red"], list(CHOICES)],
    Kind.CONSENT: [True],
    Kind.PHOTO: [["f1"], ["f1", "f2"]],
    Kind.TIME: ["00:00", "23:59"],
    Kind.PLACE: [{"lat": 35.5, "lon": 139.25}, {"lat": -1, "lon": 0, "text": "北側"}],
}
BAD: list[Any] = [
    None,
    "",
    [],
    {},
    "x",
    "   ",
    "a\x00b",
    "\ud800",
    "2026-02-30",
    "25:00",
    True,
    False,
    -1.5,
    float("nan"),
    float("inf"),
    2**70,
    ["green"],
    ["f1", "f2", "f3"],
    [None],
    {"lat": 91, "lon": 0},
    {"lat": 1, "lon": 1, "who": "x"},
]


def made_answers(rng: random.Random, document: Document, *, care: float) -> dict[str, Any]:
    """Answers to everything, hidden or not; `care` is how often an answer is a good one."""
    answers: dict[str, Any] = {}
    for question, within in document.questions():
        if within is None:
            _answer(rng, question, answers, care)
            continue
        instances = answers.setdefault(within.name, [{} for _ in range(rng.randint(0, 5))])
        for instance in instances:
            _answer(rng, question, instance, care)
    if rng.random() > care:
        answers["nobody_asked"] = 1
    return answers


def _answer(rng: random.Random, question: Question, answers: dict[str, Any], care: float) -> None:
    good = GOOD.get(question.kind, [5])
    if rng.random() < care:
        answers[question.name] = rng.choice(good)
    elif rng.random() < 0.5:
        answers[question.name] = rng.choice(BAD)
