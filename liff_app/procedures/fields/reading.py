"""A posted page of a form: what was answered, and what could not be read.

The page says in its hidden field `asked` which questions stood on it, so that an unticked box is an
answer and a question that was not shown stays as it was. A name in `asked` that is no question of
the page is passed over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from liff_app.errors import FieldError
from liff_app.procedures.engine.document import FILE_KINDS, UNASKED, Document, Kind, Page, Question
from liff_app.procedures.engine.program import MOST_ASKED
from liff_app.procedures.fields import placing, typed
from liff_app.procedures.fields.unreadable import Unreadable

__all__ = [
    "ASKED",
    "PageRead",
    "Upload",
    "asked_on",
    "path_of",
    "read_page",
    "uploads",
]

ASKED = "asked"
Form = MultiDict[str, str]
_PARTS = frozenset(part for parts in typed.PARTS.values() for part in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """What a posted page says.

    `answers` by path; None takes an answer away. What could not be read has None there, stands as
    typed in `raw` by the name of its field (`birth.y`), and in `faults` with a sentence. `asked`
    are all paths read, `boxes` their fields, whose older `raw` is over: see `fresh_raw`.
    """

    answers: Mapping[str, Any]
    raw: Mapping[str, str]
    faults: tuple[FieldError, ...]
    asked: frozenset[str]
    boxes: frozenset[str]

    def fresh_raw(self, before: Mapping[str, str]) -> dict[str, str]:
        """Unread text of the whole draft after this page: `before` is what there was until now."""
        kept = {name: text for name, text in before.items() if name not in self.boxes}
        return kept | dict(self.raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came with a page, and the question it answers."""

    path: str
    kind: Kind
    file: FileStorage


def read_page(
    document: Document,
    page: Page,
    form: Form,
    known: Mapping[str, Any],
    *,
    only: Collection[str] | None = None,
) -> PageRead:
    """What the posted page says; files are `uploads`' matter. Never raises.

    `known` are the draft's answers: what equals them is no change and not in `answers`. `only`:
    paths that may be changed, where a correction opens but some; None opens all.
    """
    answers: dict[str, Any] = {}
    raw: dict[str, str] = {}
    faults: list[FieldError] = []
    asked: set[str] = set()
    boxes: set[str] = set()
    for path, question in asked_on(document, page, form):
        if question.kind in FILE_KINDS | UNASKED or (only is not None and path not in only):
            continue
        asked.add(path)
        boxes.update(typed.boxes(question, path))
        try:
            value = typed.read(question, form, path)
        except Unreadable as error:
            value = None
            faults.append(FieldError(path, error.code, error.message))
            raw |= _as_typed(question, form, path)
        if value != placing.value_at(known, path):
            answers[path] = value
    return PageRead(
        answers=answers,
        raw=raw,
        faults=tuple(faults),
        asked=frozenset(asked),
        boxes=frozenset(boxes),
    )


def asked_on(document: Document, page: Page, form: Form) -> Iterator[tuple[str, Question]]:
    """Paths of the page that the posted form names as asked, once each, with their questions."""
    if page not in document.pages:
        return
    questions = placing.by_path(page)
    for path in dict.fromkeys(form.get(ASKED, "").split()[:MOST_ASKED]):
        name, index, inner = placing.split(path)
        found = questions.get(("", name) if index is None else (name, inner))
        if found and (index is None or index < found[1]):
            yield path, found[0]


def uploads(
    document: Document, page: Page, form: Form, files: MultiDict[str, FileStorage]
) -> list[Upload]:
    """Files that were chosen on the posted page, in its order. An empty file box sends none."""
    return [
        Upload(path=path, kind=question.kind, file=one)
        for path, question in asked_on(document, page, form)
        if question.kind in FILE_KINDS
        for one in files.getlist(path)
        if one.filename
    ]


def path_of(field: str) -> str:
    """The path of the question whose field has that name: `birth` of `birth.y`."""
    path, _dot, part = field.rpartition(".")
    return path if part in _PARTS and path else field


def _as_typed(question: Question, form: Form, path: str) -> dict[str, str]:
    """Every box of the question as it was typed, for the page that is shown again."""
    found = {box: form.get(box, "")[: typed.LONGEST] for box in typed.boxes(question, path)}
    return {box: text for box, text in found.items() if text}
