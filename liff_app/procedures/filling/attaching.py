"""Files that come with a page: looked into, sealed and kept before the page's step is taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import current_app, request
from sqlalchemy.orm import Session

from liff_app.errors import FieldError, StorageFull, TooMany, Unavailable
from liff_app.procedures.engine.document import Page
from liff_app.procedures.fields.reading import Upload, uploads
from liff_app.procedures.files import service as files
from liff_app.procedures.files.refusals import FileRefused
from liff_app.procedures.files.service import Prepared
from liff_app.procedures.filling import limiting
from liff_app.procedures.filling.drafts import Draft, Filler
from liff_app.procedures.vocabulary import FilePurpose

__all__ = ["MOST_REQUEST", "Ready", "keep", "taken"]

MOST_AT_ONCE = 3
MOST_REQUEST = MOST_AT_ONCE * files.MOST_BYTES + 1024 * 1024  # and the form around them
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
    owner = filler.resident_id or filler.actor
    try:
        with files.in_hand(owner):
            for one in sent:
                limiting.admit_file(owner)
                _take(one, draft, now, ready, faults)
    except (TooMany, Unavailable, StorageFull) as error:
        faults.append(FieldError(sent[0].path, error.shown_code, error.shown_title))
    return ready, tuple(faults)


def _take(one: Upload, draft: Draft, now: datetime, ready: Ready, faults: list[FieldError]) -> None:
    try:
        ready.setdefault(one.path, []).append(_prepared(one, draft, now))
    except FileRefused as refused:
        faults += refused.errors


def _prepared(one: Upload, draft: Draft, now: datetime) -> Prepared:
    raw = one.file.stream.read(files.MOST_BYTES + 1)
    prepared = files.prepare(raw, one.kind, one.file.filename or "", field=one.path)
    store = current_app.extensions["file_store"]
    return files.shelve(store, prepared, key=draft.key, now=now)


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
