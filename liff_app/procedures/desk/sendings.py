"""What was sent, as its own edition of the form reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.errors import NotFound
from liff_app.procedures import revisions
from liff_app.procedures.engine.document import FILE_KINDS, Document
from liff_app.procedures.engine.evaluation import Evaluated, evaluate
from liff_app.procedures.models import Submission, SubmissionRevision
from liff_app.procedures.sealing import DataKey

__all__ = ["files_of", "files_sent", "opened"]


def opened(
    session: Session, row: Submission, number: int, *, key: DataKey, document: Document
) -> Evaluated:
    """The answers of that sending on the day it came. Raises NotFound if there was none."""
    at = session.get(SubmissionRevision, (row.id, number))
    if at is None:
        raise NotFound("no such revision")
    values = revisions.read(session, row, number, key=key)
    return evaluate(document, values, today=at.at.astimezone(JST).date())


def files_sent(
    session: Session, row: Submission, *, key: DataKey, document: Document
) -> frozenset[str]:
    """Ids of the files that any sending names."""
    numbers = range(1, row.revision + 1)
    sent = (opened(session, row, one, key=key, document=document).values for one in numbers)
    return frozenset(
        one for values in sent for ids in files_of(values, document).values() for one in ids
    )


def files_of(values: Mapping[str, Any], document: Document) -> dict[str, tuple[str, ...]]:
    """Ids of the files in each answer, by path."""
    found: dict[str, tuple[str, ...]] = {}
    for question, repeat in document.questions():
        if question.kind not in FILE_KINDS:
            continue
        for place, answers in _instances(values, repeat.name if repeat else None):
            ids = answers.get(question.name)
            if isinstance(ids, list) and ids:
                found[f"{place}{question.name}"] = tuple(str(one) for one in ids)
    return found


def _instances(
    values: Mapping[str, Any], repeat: str | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if repeat is None:
        yield "", values
        return
    for at, one in enumerate(values.get(repeat) or ()):
        yield f"{repeat}/{at}/", one
