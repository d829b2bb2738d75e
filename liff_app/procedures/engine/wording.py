"""Labels that speak of answers: `${name}` in a text becomes the answer in words, cut where long."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Protocol

from liff_app.letters import clusters
from liff_app.procedures.engine.answers import MOST_CODE_POINTS
from liff_app.procedures.engine.document import Document, Kind, Question, Text, words
from liff_app.procedures.engine.eras import wareki
from liff_app.procedures.engine.expressions.values import day_of, plain
from liff_app.procedures.engine.program import program_of

MOST_ANSWER = 200  # characters of an answer within a text
MOST_IN_TEXT = 2_000  # code points of answers in one text: ten long ones in Japanese
MOST_IN_ALL = 50_000  # code points of answers in the texts of one page, or of one list
CUT = "…"
_SLOT = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_.\-]*)\s*\}")
_BETWEEN = {"ja": "、", "ja-simple": "、", "zh-Hans": "、"}
_WAREKI = frozenset({"ja", "ja-simple"})


class HasValues(Protocol):
    """What a wording needs of an evaluation."""

    @property
    def values(self) -> dict[str, Any]:
        """The answers, hidden ones dropped."""


class Wording:
    """The texts of one page, summary or list of faults, with the answers they speak of.

    An answer has `MOST_ANSWER` characters and an ellipsis at most; once a text, or all together,
    have had as many of them as they may, an ellipsis stands for each answer more.
    """

    def __init__(self, document: Document, evaluated: HasValues, language: str) -> None:
        self._document, self._language = document, language
        self._values = evaluated.values
        self._questions = program_of(document).questions
        self._between = _BETWEEN.get(language, ", ")
        self._known: dict[tuple[str, int | None], str] = {}
        self._left = MOST_IN_ALL

    def said(self, text: Text, path: str = "") -> str:
        """The text in that language, with every `${name}` as the answer in words.

        In a repeat `path` (`children/0` or longer) says whose answers are meant; from elsewhere the
        answers of all instances stand side by side. What has no answer is left empty.
        """
        chosen = words(text, self._language, self._document.default_language)
        if "${" not in chosen:
            return chosen
        room = min(MOST_IN_TEXT, self._left)
        left = room

        def filled(slot: re.Match[str]) -> str:
            nonlocal left
            answer = self._answer(slot[1], path) if left > 0 else CUT
            left -= len(answer)
            return answer

        found = _SLOT.sub(filled, chosen)
        self._left -= room - left
        return found

    def _answer(self, name: str, path: str) -> str:
        """The answer in words, that of the instance in which the path lies."""
        question, within = self._questions.get(name, (None, None))
        if question is None:
            return ""
        here = path.split("/")
        index = int(here[1]) if within is not None and here[0] == within and here[1:] else None
        if (name, index) not in self._known:
            places = _places(self._values, within, index)
            self._known[name, index] = self._told(question, places)
        return self._known[name, index]

    def _told(self, question: Question, places: list[Mapping[str, Any]]) -> str:
        told, default = "", self._document.default_language
        for one in places:
            if question.name in one:
                between = self._between if told else ""
                value = one[question.name]
                told += between + _answer_words(question, value, self._language, default)
            if len(told) > MOST_ANSWER * MOST_CODE_POINTS:
                break
        return _cut(told)


def said(
    document: Document, evaluated: HasValues, text: Text, language: str, path: str = ""
) -> str:
    """One such text alone. Whoever shows several makes one `Wording` for all of them."""
    return Wording(document, evaluated, language).said(text, path)


def _places(
    values: Mapping[str, Any], within: str | None, index: int | None
) -> list[Mapping[str, Any]]:
    """Where the answer may stand: the whole form's answers, or those of instances."""
    if within is None:
        return [values]
    instances: list[Mapping[str, Any]] = values.get(within, [])
    return instances if index is None else instances[index : index + 1]


def _cut(told: str) -> str:
    """At most so many characters, and a sign that there are more."""
    if len(told) <= MOST_ANSWER:
        return told
    found = clusters(told[: MOST_ANSWER * MOST_CODE_POINTS])
    kept = "".join(found[:MOST_ANSWER])
    return told if kept == told else kept + CUT


def _answer_words(question: Question, value: Any, language: str, default: str) -> str:  # noqa: ANN401 - any kind of answer
    """The answer in words, numbers as everywhere (4,000). Files and places have none."""
    match question.kind:
        case Kind.CHOOSE_ONE:
            return _label(question, value, language, default)
        case Kind.CHOOSE_MANY:
            return _BETWEEN.get(language, ", ").join(_labels(question, value, language, default))
        case Kind.DATE:
            day = day_of(value)
            return wareki(day) if day is not None and language in _WAREKI else value
        case Kind.PHOTO | Kind.FILE | Kind.SIGNATURE | Kind.CONSENT:
            return ""
        case Kind.PLACE:
            return str(value.get("text", ""))
        case _:
            return value if isinstance(value, str) else f"{Decimal(plain(value)):,f}"


def _labels(question: Question, values: list[str], language: str, default: str) -> Iterator[str]:
    """The labels of several, no more of them than can stand there."""
    for one in values[:MOST_ANSWER]:
        yield _label(question, one, language, default)


def _label(question: Question, value: str, language: str, default: str) -> str:
    found = next((one.label for one in question.choices if one.value == value), {})
    return words(found, language, default) or value
