"""Labels that speak of answers: `${name}` in a text becomes the answer in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from liff_app.procedures.engine.document import Document, Kind, Question, Text, words
from liff_app.procedures.engine.eras import wareki
from liff_app.procedures.engine.expressions.values import day_of, plain
from liff_app.procedures.engine.program import Program, program_of

_SLOT = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_.\-]*)\s*\}")
_BETWEEN = {"ja": "、", "ja-simple": "、", "zh-Hans": "、"}
_WAREKI = frozenset({"ja", "ja-simple"})


class HasValues(Protocol):
    """What `said` needs of an evaluation."""

    @property
    def values(self) -> dict[str, Any]:
        """The answers, hidden ones dropped."""


def said(
    document: Document, evaluated: HasValues, text: Text, language: str, path: str = ""
) -> str:
    """The text in that language, with every `${name}` as the answer in words.

    In a repeat `path` (`children/0` or longer) says whose answers are meant; from elsewhere the
    answers of all instances stand side by side. What has no answer is left empty.
    """
    chosen = words(text, language, document.default_language)
    if "${" not in chosen:
        return chosen
    program, between = program_of(document), _BETWEEN.get(language, ", ")
    return _SLOT.sub(
        lambda slot: between.join(
            _told(question, value, language, document.default_language)
            for question, value in _found(program, evaluated.values, slot[1], path)
        ),
        chosen,
    )


def slots(text: str) -> list[str]:
    """The names that a label asks for."""
    return _SLOT.findall(text)


def _found(
    program: Program, values: Mapping[str, Any], name: str, path: str
) -> Iterator[tuple[Question, Any]]:
    question, within = program.questions.get(name, (None, None))
    if question is None:
        return
    if within is None:
        places = [values]
    else:
        here = path.split("/")
        index = int(here[1]) if here[0] == within and len(here) > 1 else None
        instances = values.get(within, [])
        places = instances if index is None else instances[index : index + 1]
    yield from ((question, one[name]) for one in places if name in one)


def _told(question: Question, value: Any, language: str, default: str) -> str:  # noqa: ANN401 - any kind of answer
    """The answer in words. Files and places have none."""
    match question.kind:
        case Kind.CHOOSE_ONE:
            return _label(question, value, language, default)
        case Kind.CHOOSE_MANY:
            labels = (_label(question, one, language, default) for one in value)
            return _BETWEEN.get(language, ", ").join(labels)
        case Kind.DATE:
            day = day_of(value)
            return wareki(day) if day is not None and language in _WAREKI else value
        case Kind.PHOTO | Kind.FILE | Kind.SIGNATURE | Kind.CONSENT:
            return ""
        case Kind.PLACE:
            return str(value.get("text", ""))
        case _:
            return value if isinstance(value, str) else plain(value)


def _label(question: Question, value: str, language: str, default: str) -> str:
    found = next((one.label for one in question.choices if one.value == value), {})
    return words(found, language, default) or value
