"""What is forgotten of procedures, and when: a dossier's key first, then whatever lay under it.

Counts stay: a submission's form, number, steps and dates. Who sent it, what was answered, files,
reasons and notes do not. Open submissions keep theirs: they are still worked on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from liff_app.crypto import KeyRing
from liff_app.gateways.file_store import FileStore
from liff_app.procedures import dossiers, events, revisions
from liff_app.procedures.desk import marks
from liff_app.procedures.engine.document import FILE_KINDS, Document, Question
from liff_app.procedures.files import service as files
from liff_app.procedures.filling import drafts, remembering
from liff_app.procedures.forms import version_form
from liff_app.procedures.models import (
    Dossier,
    Participation,
    Procedure,
    ProcedureDraft,
    ProcedureVersion,
    SealedFile,
    Submission,
    SubmissionEvent,
    SubmissionMark,
    SubmissionRead,
    SubmissionReturn,
    SubmissionRevision,
)
from liff_app.procedures.vocabulary import EventKind, VersionState

__all__ = [
    "PARTICIPATION_KEPT", "TRIALS_KEPT", "forget", "forget_answers", "purge_dossiers",
    "purge_drafts", "purge_participations", "purge_remembered", "purge_trials",
]  # fmt: skip

TRIALS_KEPT = timedelta(days=30)  # long enough to look at what was tried
PARTICIPATION_KEPT = timedelta(days=30)  # after a survey's end: late links still say "thank you"
NOBODYS = timedelta(days=2)  # a dossier of files that were sent for nothing
MOST_AT_ONCE = 500  # in one run: the next hour goes on


def purge_drafts(session: Session, *, now: datetime) -> int:
    """Drafts that nobody touched for `drafts.KEPT` are gone, with their dossiers; how many."""
    old = select(ProcedureDraft).where(ProcedureDraft.updated_at <= now - drafts.KEPT)
    rows = session.scalars(old.limit(MOST_AT_ONCE)).all()
    for row in rows:
        if row.submission_id is None:
            dossiers.destroy(session, row.dossier_id)
        session.delete(row)
    session.flush()
    return len(rows)


def purge_remembered(session: Session, *, now: datetime) -> int:
    """Answers offered again that nobody used for `remembering.KEPT` are gone; how many."""
    return remembering.purge(session, now=now)


def purge_trials(session: Session, *, now: datetime) -> int:
    """What was only tried is gone, all of it, `TRIALS_KEPT` later; how many."""
    old = select(Submission).where(Submission.is_test, Submission.created_at <= now - TRIALS_KEPT)
    rows = session.scalars(old.limit(MOST_AT_ONCE)).all()
    for row in rows:
        dossiers.destroy(session, row.dossier_id)
        session.delete(row)
    session.flush()
    return len(rows)


def purge_participations(session: Session, *, now: datetime) -> int:
    """Marks of who answered a survey are gone once it is over; how many."""
    until = now - PARTICIPATION_KEPT
    going_on = exists().where(
        ProcedureVersion.procedure_id == Procedure.id,
        ProcedureVersion.state == VersionState.PUBLISHED.value,
        or_(ProcedureVersion.open_until.is_(None), ProcedureVersion.open_until > until),
    )
    over = select(Procedure.id).where(
        or_(Procedure.is_closed & (Procedure.updated_at <= until), ~going_on)
    )
    gone = delete(Participation).where(Participation.procedure_id.in_(over))
    return int(session.execute(gone).rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count


def purge_dossiers(session: Session, *, now: datetime) -> int:
    """Dossiers of no draft and no submission are destroyed, and gone with their last file."""
    unused = (
        ~exists().where(ProcedureDraft.dossier_id == Dossier.id),
        ~exists().where(Submission.dossier_id == Dossier.id),
        Dossier.created_at <= now - NOBODYS,
    )
    rows = session.scalars(select(Dossier).where(*unused).limit(MOST_AT_ONCE)).all()
    ids = [row.id for row in rows]
    for row in rows:
        row.key_sealed = None
    session.flush()
    held = exists().where(SealedFile.dossier_id == Dossier.id)
    session.execute(delete(Dossier).where(Dossier.id.in_(ids), ~held))
    return len(ids)


def forget(session: Session, keys: KeyRing, *, now: datetime) -> int:
    """Nothing in submissions past their form's time tells of a person any more; how many.

    The time is the form's own (`Settings.retention_days`) and runs from the closing.
    """
    count = 0
    for version_id in _versions(session):
        days = version_form(session, version_id).document.settings.retention_days
        rows = _closed(session, version_id, now - timedelta(days=days), MOST_AT_ONCE - count)
        for row in rows:
            _empty(session, row, keys, now)
        count += len(rows)
    return count


def _versions(session: Session) -> Sequence[str]:
    """Versions of which closed submissions still hold something."""
    wanted = select(Submission.version_id).where(
        Submission.closed_at.is_not(None), Submission.emptied_at.is_(None)
    )
    return session.scalars(wanted.distinct().order_by(Submission.version_id)).all()


def _closed(session: Session, version_id: str, until: datetime, most: int) -> Sequence[Submission]:
    wanted = select(Submission).where(
        Submission.version_id == version_id,
        Submission.closed_at <= until,
        Submission.emptied_at.is_(None),
    )
    return session.scalars(wanted.order_by(Submission.closed_at).limit(most)).all()


def _empty(session: Session, row: Submission, keys: KeyRing, now: datetime) -> None:
    """The key goes, and with it every copy of what it sealed; then what lies here."""
    try:
        key = dossiers.key_of(session, keys, row.dossier_id)
    except dossiers.Forgotten:
        pass
    else:
        events.append(session, row, EventKind.FORGOTTEN, key=key, actor="system", now=now)
    dossiers.destroy(session, row.dossier_id)
    for table in (SubmissionRevision, SubmissionReturn, SubmissionMark, SubmissionRead):
        session.execute(delete(table).where(table.submission_id == row.id))
    session.execute(delete(ProcedureDraft).where(ProcedureDraft.submission_id == row.id))
    session.execute(
        update(SubmissionEvent)
        .where(SubmissionEvent.submission_id == row.id)
        .values(public_sealed=None, private_sealed=None)
    )
    row.resident_id = row.proposed_sealed = None
    row.emptied_at = now
    session.flush()


def forget_answers(session: Session, store: FileStore, keys: KeyRing, *, now: datetime) -> int:
    """Answers whose own time is shorter than their form's are in no revision any more; how many.

    The time is the question's (`retention`) and runs from the closing, as the form's does.
    """
    count = 0
    for version_id in _versions(session):
        document = version_form(session, version_id).document
        for question in _shorter(document):
            until = now - timedelta(days=question.retention_days or 0)
            for row in _holding(session, version_id, question.name, until, MOST_AT_ONCE - count):
                _take_out(session, store, row, document, question, keys, now)
                count += 1
    return count


def _shorter(document: Document) -> list[Question]:
    most = document.settings.retention_days
    return [
        one
        for one, _within in document.questions()
        if one.retention_days is not None and one.retention_days < most
    ]


def _holding(
    session: Session, version_id: str, name: str, until: datetime, most: int
) -> Sequence[Submission]:
    """Submissions out of which that answer has not been taken since they were closed.

    One that was opened again may have been sent with it again.
    """
    step = aliased(SubmissionEvent)
    later = select(step.id).where(
        step.submission_id == SubmissionEvent.submission_id,
        step.number > SubmissionEvent.number,
        step.to_status.is_not(None),
    )
    done = exists().where(
        SubmissionEvent.submission_id == Submission.id,
        SubmissionEvent.kind == EventKind.FORGOTTEN.value,
        SubmissionEvent.detail == _detail(name),
        ~later.exists(),
    )
    wanted = select(Submission).where(
        Submission.version_id == version_id,
        Submission.closed_at <= until,
        Submission.emptied_at.is_(None),
        ~done,
    )
    return session.scalars(wanted.order_by(Submission.closed_at).limit(most)).all()


def _take_out(
    session: Session,
    store: FileStore,
    row: Submission,
    document: Document,
    question: Question,
    keys: KeyRing,
    now: datetime,
) -> None:
    try:
        key = dossiers.key_of(session, keys, row.dossier_id)
    except dossiers.Forgotten:
        row.emptied_at = now
        return
    held: set[str] = set()
    newest = session.scalar(
        select(func.max(SubmissionRevision.number)).where(
            SubmissionRevision.submission_id == row.id
        )
    )
    for number in range(1, (newest or 0) + 1):
        values = revisions.read(session, row, number, key=key)
        held |= set(_ids(question, values))
        left = _without(question.name, values)
        revisions.rewrite(session, row, number, left, key=key)
        if number == newest and document.settings.kind == "application":
            marks.keep(session, row, document, left, keys)
    files.drop(session, store, held, dossier_id=row.dossier_id)
    events.append(
        session, row, EventKind.FORGOTTEN, key=key, actor="system", now=now,
        detail={"question": question.name},
    )  # fmt: skip


def _without(name: str, values: revisions.Answers) -> dict[str, object]:
    """The answers without that one, wherever it stands."""
    return {
        one: [_without(name, inner) if isinstance(inner, dict) else inner for inner in value]
        if isinstance(value, list)
        else value
        for one, value in values.items()
        if one != name
    }


def _ids(question: Question, values: revisions.Answers) -> Iterator[str]:
    """Files that the answer holds, in every instance."""
    if question.kind not in FILE_KINDS:
        return
    for one, value in values.items():
        if not isinstance(value, list):
            continue
        if one == question.name:
            yield from _texts(value)
        else:
            for inner in value:
                if isinstance(inner, dict):
                    yield from _texts(inner.get(question.name) or ())


def _texts(value: Iterable[object]) -> Iterator[str]:
    return (one for one in value if isinstance(one, str))


def _detail(name: str) -> str:
    """As `events.append` writes it."""
    return json.dumps({"question": name}, ensure_ascii=False)
