"""Submissions as the API tells them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.crypto import KeyRing
from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.procedures import dossiers, forms, revisions, rules
from liff_app.procedures.engine.document import FILE_KINDS, Document, Question
from liff_app.procedures.exports import collecting
from liff_app.procedures.exports.collecting import Taken
from liff_app.procedures.models import Procedure, Submission

__all__ = ["mine", "page", "plain", "question_at"]

PAGE = 100


def question_at(document: Document, path: str) -> Question:
    """The question at that path, if it takes a file. Raises InputInvalid."""
    *within, name = path.split("/")
    for question, repeat in document.questions():
        expected = [] if repeat is None else [repeat.name]
        if question.name == name and within[:1] == expected and question.kind in FILE_KINDS:
            return question
    raise InputInvalid([FieldError("path", "unknown", _("ファイルを受け取る質問ではありません。"))])


def mine(
    session: Session, number: str, resident_id: str, *, keys: KeyRing
) -> dict[str, Any] | None:
    """The resident's submission with its answers, and its `ref`; None for another's or none."""
    checked = rules.checked_number(number)
    row = session.scalar(
        select(Submission).where(
            Submission.number == (checked or ""), Submission.resident_id == resident_id
        )
    )
    if row is None:
        return None
    form = forms.version_form(session, row.version_id)
    try:
        key = dossiers.key_of(session, keys, row.dossier_id)
        answers = revisions.read(session, row, row.revision, key=key)
    except NotFound:  # forgotten: that it was there is still known
        answers = {}
    return {
        "ref": row.ref,
        "number": row.number,
        "procedure": form.slug,
        "version": form.number,
        "status": row.status,
        "revision": row.revision,
        "received_at": row.created_at.isoformat(),
        "updated_at": row.updated_at.isoformat(),
        "fee_yen": row.fee_yen,
        "answers": plain(answers),
    }


def plain(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers with decimals as JSON's numbers: Flask would make texts of them."""
    found: dict[str, Any] = json.loads(revisions.dumped(answers))
    return found


def page(
    session: Session, procedure: Procedure, after: str | None, *, keys: KeyRing
) -> tuple[list[dict[str, Any]], str | None]:
    """Submissions of the procedure behind that receipt number, and where the next page begins.

    Trials are left out. Of what is anonymous only the days are told. Raises InputInvalid for a
    number that is none of the procedure's.
    """
    wanted = select(Submission.id).where(
        Submission.procedure_id == procedure.id, Submission.is_test.is_(False)
    )
    if after is not None:
        wanted = wanted.where(Submission.id > _id_of(session, procedure, after))
    ids = session.scalars(wanted.order_by(Submission.id).limit(PAGE + 1)).all()
    known = collecting.documents(session, procedure)
    nameless = {one.number for one in known.values() if one.document.settings.anonymous}
    found = [
        _told(one, nameless=one.version in nameless)
        for one in collecting.taken(session, ids[:PAGE], known, keys=keys)
    ]
    return found, found[-1]["number"] if len(ids) > PAGE else None


def _id_of(session: Session, procedure: Procedure, number: str) -> int:
    found = session.scalar(
        select(Submission.id).where(
            Submission.procedure_id == procedure.id,
            Submission.number == (rules.checked_number(number) or ""),
        )
    )
    if found is None:
        raise InputInvalid(
            [FieldError("after", "number", _("この手続きの受付番号ではありません。"))]
        )
    return found


def _told(one: Taken, *, nameless: bool) -> dict[str, Any]:
    """The submission as another system reads it."""
    written = _day if nameless else _moment
    return {
        "number": one.number,
        "version": one.version,
        "status": one.status,
        "source": one.source,
        "revision": one.revision,
        "received_at": written(one.created_at),
        "closed_at": written(one.closed_at),
        "fee_yen": one.fee_yen,
        "answers": None if one.answers is None else plain(one.answers),
    }


def _day(moment: datetime | None) -> str | None:
    return moment.astimezone(JST).date().isoformat() if moment else None


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
