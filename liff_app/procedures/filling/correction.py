"""What a correction opens: the answers that staff named, and those that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.crypto import KeyRing
from liff_app.errors import Conflict
from liff_app.procedures import dossiers, revisions
from liff_app.procedures.desk import returning
from liff_app.procedures.desk.returning import Item
from liff_app.procedures.engine.document import Document
from liff_app.procedures.engine.evaluation import Evaluated, evaluate
from liff_app.procedures.fields import placing
from liff_app.procedures.filling import drafts
from liff_app.procedures.filling.drafts import Draft, Filler
from liff_app.procedures.forms import version_form
from liff_app.procedures.models import ProcedureDraft, Submission
from liff_app.procedures.vocabulary import DraftPurpose, Source

__all__ = [
    "Correction", "NotReturned", "begin", "correction_of", "merged", "named", "openable",
    "untouched",
]  # fmt: skip


class NotReturned(Conflict):
    """Nothing of it is to be put right, or no longer."""

    code = "not_returned"
    title = "いまは、直すところがありません。申請のページで様子をご覧ください。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What was sent, and what staff found wrong in it.

    `before` is the same as it read on the day of its receipt: what a change is told from.
    """

    items: tuple[Item, ...]
    sent: Mapping[str, Any]
    before: Evaluated


def begin(
    session: Session, row: Submission, *, filler: Filler, keys: KeyRing, now: datetime
) -> str:
    """Ref of the draft that corrects the returned submission; one that was begun is gone on with.

    The submission must be held. Raises NotReturned.
    """
    key = dossiers.key_of(session, keys, row.dossier_id)
    asked = returning.open_return(session, row, key)
    if asked is None:
        raise NotReturned("not returned")
    known = session.scalars(
        select(ProcedureDraft).where(
            ProcedureDraft.submission_id == row.id,
            ProcedureDraft.purpose == DraftPurpose.CORRECTION.value,
        )
    ).all()
    for one in known:
        if one.updated_at > now - drafts.KEPT and one.created_at >= asked.at:
            return one.ref
        session.delete(one)  # of an earlier return, or too old
    made = drafts.store(
        session,
        version_form(session, row.version_id),
        revisions.read(session, row, row.revision, key=key),
        submission_id=row.id,
        dossier_id=row.dossier_id,
        key=key,
        filler=filler,
        source=Source(row.source),
        language=row.language,
        now=now,
    )
    return made.ref


def correction_of(session: Session, draft: Draft) -> Correction | None:
    """What the draft corrects; None for a draft that corrects nothing. Raises NotReturned."""
    if draft.submission_id is None:
        return None
    row = session.get_one(Submission, draft.submission_id, populate_existing=True)
    items = returning.open_items(session, row, draft.key)
    if not items:
        raise NotReturned("not returned any more")
    sent = revisions.read(session, row, row.revision, key=draft.key)
    day = row.created_at.astimezone(JST).date()
    before = evaluate(draft.form.document, sent, today=day)
    return Correction(items=tuple(items), sent=sent, before=before)


def openable(
    document: Document, correction: Correction, now: Evaluated, today: date
) -> frozenset[str]:
    """Paths that may be changed: what was named, what became relevant by it, what is wrong now."""
    before = evaluate(document, correction.sent, today=today)
    wrong = {one.path for one in now.problems}
    return frozenset(
        path
        for path in now.visible
        if path in wrong
        or path not in before.visible
        or any(named(path, one.path) for one in correction.items)
    )


def merged(
    document: Document, correction: Correction, answers: Mapping[str, Any], today: date
) -> dict[str, Any]:
    """The answers where the correction opens them; everywhere else what was sent."""
    opened = openable(document, correction, evaluate(document, answers, today=today), today)
    whole = {one.path for one in correction.items}
    found = dict(correction.sent)
    for path in opened:
        if placing.question_at(document, path) is not None:
            found = placing.changed(found, {path: placing.value_at(answers, path)})
    for name in whole & {one.name for one in placing.repeats_of(document)}:
        found[name] = placing.instances(answers, name)  # added and taken away as well
    return found


def named(path: str, item: str) -> bool:
    """Whether the point speaks of that path: itself, its instance, or its whole repeat."""
    return path == item or path.startswith(f"{item}/")


def untouched(
    items: Iterable[Item], before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Item, ...]:
    """Points whose answers are what was sent. Both are values as the evaluator gives them."""
    return tuple(one for one in items if _at(before, one.path) == _at(after, one.path))


def _at(values: Mapping[str, Any], path: str) -> object:
    """What is answered there: a question, one of several, or all of them."""
    name, index, inner = placing.split(path)
    if index is None or inner:
        return placing.value_at(values, path)
    rows = placing.instances(values, name)
    return rows[index] if index < len(rows) else None
