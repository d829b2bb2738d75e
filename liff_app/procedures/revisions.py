"""The answers of a submission as they were sent, one row for each sending."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.procedures.models import Submission, SubmissionRevision
from liff_app.procedures.sealing import DataKey

__all__ = ["Answers", "add", "dumped", "loaded", "opened", "read", "rewrite"]

Answers = Mapping[str, Any]  # by question name; of a repeat a list of such


def add(
    session: Session, row: Submission, answers: Answers, *, key: DataKey, by: str, now: datetime
) -> None:
    """The answers stand as revision `row.revision`."""
    sealed = key.seal_text(dumped(answers), _place(row.id, row.revision))
    session.add(
        SubmissionRevision(
            submission_id=row.id, number=row.revision, answers_sealed=sealed, at=now, by=by
        )
    )
    session.flush()


def read(session: Session, row: Submission, number: int, *, key: DataKey) -> dict[str, Any]:
    """The answers of that revision. Raises NotFound if there is none."""
    found = session.get(SubmissionRevision, (row.id, number))
    if found is None:
        raise NotFound("no such revision")
    return opened(found, key)


def rewrite(
    session: Session, row: Submission, number: int, answers: Answers, *, key: DataKey
) -> None:
    """That revision holds these answers: for retention alone, which takes some out."""
    found = session.get_one(SubmissionRevision, (row.id, number))
    found.answers_sealed = key.seal_text(dumped(answers), _place(row.id, number))
    session.flush()


def opened(revision: SubmissionRevision, key: DataKey) -> dict[str, Any]:
    """Its answers."""
    place = _place(revision.submission_id, revision.number)
    return loaded(key.open_text(revision.answers_sealed, place))


def dumped(answers: Answers) -> str:
    """Answers as JSON; text as typed, code point by code point; decimals exact."""
    return json.dumps(answers, ensure_ascii=False, default=_number)


def loaded(text: str) -> dict[str, Any]:
    """What `dumped` wrote; decimals come back exact."""
    found: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return found


def _number(value: object) -> float:
    """A decimal as JSON has numbers. 15 digits, the evaluator's limit, survive a double."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"no answer holds a {type(value).__name__}")


def _place(submission_id: int, number: int) -> str:
    return f"procedure_revisions.answers_sealed:{submission_id}:{number}"
