"""What the buttons of a page change besides what was typed: instances, files, earlier answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from liff_app.errors import NotFound
from liff_app.procedures.engine.document import FILE_KINDS, Document, Page, Repeat
from liff_app.procedures.fields import placing
from liff_app.procedures.fields.reading import path_of
from liff_app.procedures.filling.bodies import Body

__all__ = ["obeyed", "opens"]

Answers = Mapping[str, Any]
_DIGITS = 4  # of the number of an instance; no repeat has more than 50


def obeyed(
    document: Document,
    body: Body,
    page: Page,
    step: str,
    *,
    offered: Answers,
    only: frozenset[str] | None,
) -> Body:
    """The answers as the button changes them. Raises NotFound for a button no page has.

    `offered`: earlier answers by path. Where a correction opens but some answers, no button
    changes others.
    """
    verb, _colon, target = step.partition(":")
    if verb == "recall":
        return _recalled(body, target, offered, only)
    change = _CHANGES.get(verb)
    if change is None:
        return body
    about = target.rpartition(":")[0] if verb == "detach" else target
    if verb == "remove":
        about = target.partition("/")[0]
    if not opens(about, only):
        raise NotFound("not to be changed")
    return replace(body, answers=change(document, page, body.answers, target))


def opens(path: str, only: frozenset[str] | None) -> bool:
    """Whether that answer may be changed."""
    return only is None or path in only


def _recalled(body: Body, target: str, offered: Answers, only: frozenset[str] | None) -> Body:
    """The named ones are answered as before; all at once overwrite nothing."""
    wanted = [one for one in target.split() if one in offered]
    if not all(opens(one, only) for one in wanted):
        raise NotFound("not to be changed")
    is_one = len(wanted) == 1
    typed = {path_of(name) for name in body.raw}  # what could not be read was typed too
    taken = [one for one in wanted if is_one or (one not in body.answers and one not in typed)]
    return replace(
        body,
        answers=placing.changed(body.answers, {one: offered[one] for one in taken}),
        raw={name: text for name, text in body.raw.items() if path_of(name) not in taken},
    )


def _add(document: Document, page: Page, answers: Answers, target: str) -> dict[str, Any]:
    return placing.add_instance(answers, _repeat(document, page, target))


def _remove(document: Document, page: Page, answers: Answers, target: str) -> dict[str, Any]:
    name, _slash, number = target.partition("/")
    if not (number.isascii() and number.isdigit() and len(number) <= _DIGITS):
        raise NotFound("no such instance")
    return placing.remove_instance(answers, _repeat(document, page, name), int(number))


def _detach(document: Document, page: Page, answers: Answers, target: str) -> dict[str, Any]:
    path, _colon, file_id = target.rpartition(":")
    question = placing.question_at(document, path, page)
    known = placing.value_at(answers, path)
    if question is None or question.kind not in FILE_KINDS or not isinstance(known, list):
        return dict(answers)
    left = [one for one in known if one != file_id]
    return placing.changed(answers, {path: left or None})


_CHANGES: dict[str, Callable[[Document, Page, Answers, str], dict[str, Any]]] = {
    "add": _add,
    "remove": _remove,
    "detach": _detach,
}


def _repeat(document: Document, page: Page, name: str) -> Repeat:
    wanted = {one.name: one for one in placing.repeats_of(document)}
    if name not in wanted or name not in placing.names_on(page):
        raise NotFound("no such repeat here")
    return wanted[name]
