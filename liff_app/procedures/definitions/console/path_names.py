"""What tells the paths of a form apart: the first answers in which each differs from the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from liff_app.i18n import gettext as _
from liff_app.procedures.engine.document import Document, Kind, Question, words
from liff_app.procedures.engine.paths import Sample
from liff_app.procedures.fields import placing
from liff_app.procedures.fields.ruby import words_of
from liff_app.procedures.fields.words import answer_words

__all__ = ["PathName", "path_names"]

_LANGUAGE = "ja"  # staff read the town's own words
_FEW = 4  # answers in one name; the number before it tells the rest apart
_BARE = 3  # letters: 「はい」 says nothing without its question
_LABEL, _ANSWER = 12, 18  # letters of a question, and of an answer, in a name
# Whose answers decide where somebody goes; texts of samples are all alike.
_DECIDING = frozenset(
    {Kind.CHOOSE_ONE, Kind.CHOOSE_MANY, Kind.CONSENT, Kind.INTEGER, Kind.DECIMAL, Kind.DATE}
)
_Asked = tuple[str, Question]  # where it is answered, in the first of several


@dataclass(frozen=True, slots=True)
class PathName:
    """A path's number and how many there are; `answers` are questions with what is answered."""

    number: int
    count: int
    answers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Which of how many."""
        return _("%(n)s／%(count)s", n=self.number, count=self.count)

    @property
    def short(self) -> str:
        """In one line: 「3／24：集合住宅・運び出しを頼む」."""
        said = "・".join(_brief(*one) for one in self.answers[:_FEW])
        more = "…" if len(self.answers) > _FEW else ""
        return _("%(place)s：%(said)s", place=self.place, said=said + more) if said else self.place


def path_names(document: Document, samples: Sequence[Sample]) -> list[PathName]:
    """A name for each path in turn."""
    asked = [
        (f"{within.name}/0/{one.name}" if within else one.name, one)
        for one, within in document.questions()
        if one.kind in _DECIDING
    ]
    found = [PathName(at + 1, len(samples)) for at in range(len(samples))]
    for at, question, told in _split(document, samples, list(range(len(samples))), asked):
        if told:
            found[at].answers.append((_label(question, document), told))
    return found


def _split(
    document: Document, samples: Sequence[Sample], group: list[int], asked: Sequence[_Asked]
) -> Iterator[tuple[int, Question, str]]:
    """Of these samples, each with its answers to the questions that part them, in their order."""
    for at, (path, question) in enumerate(asked):
        parts: dict[str, list[int]] = {}
        for one in group:
            value = placing.value_at(samples[one].answers, path)
            parts.setdefault(_words(question, value, document), []).append(one)
        if len(parts) == 1:
            continue
        for told, part in parts.items():
            yield from ((one, question, told) for one in part)
            if len(part) > 1:
                yield from _split(document, samples, part, asked[at + 1 :])
        return


def _words(question: Question, value: Any, document: Document) -> str:  # noqa: ANN401 - an answer is any of nine kinds
    return answer_words(question, value, document, _LANGUAGE)


def _label(question: Question, document: Document) -> str:
    said = words(question.label, _LANGUAGE, document.default_language)
    return words_of(said).plain or question.name


def _brief(label: str, told: str) -> str:
    if len(told) > _BARE:
        return _cut(told, _ANSWER)
    return _("%(label)s %(told)s", label=_cut(label, _LABEL), told=told)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
