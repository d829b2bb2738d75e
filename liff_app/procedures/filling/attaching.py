"""Files that come with a page: looked into, sealed and kept before the page's step is taken.

What a draft names no more goes at once, and only so much may wait to be sent: without that, one
account could fill the town's disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import current_app, request
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from liff_app.db import db
from liff_app.errors import FieldError, InputInvalid, StorageFull, TooMany, Unavailable
from liff_app.i18n import gettext as _
from liff_app.procedures.engine.answers import most_files
from liff_app.procedures.engine.document import FILE_KINDS, Document, Page
from liff_app.procedures.fields.reading import Upload, uploads
from liff_app.procedures.files import service as files
from liff_app.procedures.files.service import Prepared
from liff_app.procedures.filling import limiting
from liff_app.procedures.filling.drafts import Draft, Filler
from liff_app.procedures.filling.sent_files import sent_files
from liff_app.procedures.filling.submitting import files_in
from liff_app.procedures.models import ProcedureDraft, SealedFile, Submission
from liff_app.procedures.vocabulary import FilePurpose

__all__ = ["MOST_REQUEST", "Ready", "drop_all", "keep", "let_go", "require_room", "taken"]

MOST_AT_ONCE = 3
MOST_REQUEST = MOST_AT_ONCE * files.MOST_BYTES + 1024 * 1024  # and the form around them
SPARE_FILES = 5  # beyond what the form asks for: a newer one comes before the older is taken away
MOST_UNSENT = 200 * 1024 * 1024  # bytes of one resident: twenty files of the largest size
Ready = dict[str, list[Prepared]]  # by path


def taken(
    draft: Draft, page: Page, *, filler: Filler, now: datetime
) -> tuple[Ready, tuple[FieldError, ...]]:
    """The posted page's files, sealed in the store, and what is wrong with those not taken.

    To be called outside a transaction. Where nothing can be taken now, that is what is wrong: the
    words of the page are kept all the same.
    """
    sent = uploads(draft.form.document, page, request.form, request.files)[:MOST_AT_ONCE]
    ready: Ready = {}
    faults: list[FieldError] = []
    if not sent:
        return ready, ()
    try:
        with files.in_hand(filler.owner):
            for one in sent:
                limiting.admit_file(filler.owner, by_colleague=filler.is_colleague)
                _take(one, draft, now, ready, faults)
    except (TooMany, Unavailable, StorageFull) as error:
        faults.append(FieldError(sent[0].path, error.shown_code, error.shown_title))
    return ready, tuple(faults)


def _take(one: Upload, draft: Draft, now: datetime, ready: Ready, faults: list[FieldError]) -> None:
    try:
        require_room(db.session, draft, field=one.path, ready=ready)
        ready.setdefault(one.path, []).append(_prepared(one, draft, now))
    except InputInvalid as refused:
        faults += refused.errors


def _prepared(one: Upload, draft: Draft, now: datetime) -> Prepared:
    raw = one.file.stream.read(files.MOST_BYTES + 1)
    prepared = files.prepare(raw, one.kind, one.file.filename or "", field=one.path)
    store = current_app.extensions["file_store"]
    return files.shelve(store, prepared, key=draft.key, now=now)


def require_room(
    session: Session, draft: Draft, *, field: str, ready: Mapping[str, list[Prepared]] | None = None
) -> None:
    """Raises InputInvalid naming `field` where the draft, or its resident, holds enough files.

    A draft holds what its form asks for and `SPARE_FILES`; a resident's drafts `MOST_UNSENT`, by
    one file more at most. `ready` are files that have no rows yet.
    """
    coming = [one for some in (ready or {}).values() for one in some]
    count, _bytes = _unsent(session, ProcedureDraft.ref == draft.ref)
    if count + len(coming) >= _asked_for(draft.form.document) + SPARE_FILES:
        told = _("ファイルが多すぎます。いらないファイルを外してから、つけてください。")
        raise InputInvalid([FieldError(field, "too_many_files", told)])
    if draft.resident_id is None:
        return
    _count, size = _unsent(session, ProcedureDraft.resident_id == draft.resident_id)
    if size + sum(len(one.data) for one in coming) >= MOST_UNSENT:
        told = _(
            "まだ送っていないファイルが、合わせて%(n)sMBをこえました。書きかけの手続きを送るか、いらないものを消してから、つけてください。",
            n=MOST_UNSENT // (1024 * 1024),
        )
        raise InputInvalid([FieldError(field, "unsent_too_large", told)])


def _unsent(session: Session, whose: ColumnElement[bool]) -> tuple[int, int]:
    """How many files came to those drafts and were not sent, and their bytes.

    The dossier of a correction holds files that were sent: they are older than the draft.
    """
    wanted = (
        select(func.count(), func.coalesce(func.sum(SealedFile.size), 0))
        .join_from(ProcedureDraft, SealedFile, SealedFile.dossier_id == ProcedureDraft.dossier_id)
        .where(
            whose,
            SealedFile.purpose == FilePurpose.ANSWER.value,
            SealedFile.created_at >= ProcedureDraft.created_at,
        )
    )
    count, size = session.execute(wanted).one()
    return count, int(size)


def _asked_for(document: Document) -> int:
    return sum(
        most_files(question) * (within.most if within else 1)
        for question, within in document.questions()
        if question.kind in FILE_KINDS
    )


def keep(
    session: Session, draft: Draft, ready: Ready, *, filler: Filler, now: datetime
) -> Mapping[str, tuple[str, ...]]:
    """The files have rows in the draft's dossier: their ids by path."""
    store = current_app.extensions["file_store"]
    return {
        path: tuple(
            files.keep(
                session, store, one, dossier_id=draft.dossier_id, key=draft.key,
                purpose=FilePurpose.ANSWER, by=filler.actor, now=now,
            ).id
            for one in prepared
        )
        for path, prepared in ready.items()
    }  # fmt: skip


def let_go(
    session: Session,
    before: Draft,
    after: Draft,
    came: Mapping[str, tuple[str, ...]] | None = None,
) -> int:
    """Files that the held draft named, or that `came`, and that it names no more, are gone.

    What was sent stays. Gives how many.
    """
    named = set(files_in(before.form.document, before.body.answers))
    named.update(one for ids in (came or {}).values() for one in ids)
    gone = named.difference(files_in(after.form.document, after.body.answers))
    if not gone:
        return 0
    store = current_app.extensions["file_store"]
    return files.drop(session, store, gone - _sent(session, before), dossier_id=before.dossier_id)


def drop_all(session: Session, draft: Draft) -> int:
    """No file of the held draft is left but those that were sent; gives how many went."""
    store, kept = current_app.extensions["file_store"], _sent(session, draft)
    return files.drop_others(session, store, dossier_id=draft.dossier_id, keep_ids=kept)


def _sent(session: Session, draft: Draft) -> frozenset[str]:
    if draft.submission_id is None:
        return frozenset()
    row = session.get_one(Submission, draft.submission_id)
    return sent_files(session, row, draft.form.document, key=draft.key)
