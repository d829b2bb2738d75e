"""Files of answers and decisions, sealed under the key of their dossier before they are stored.

The way of a file: `in_hand` around all of it where strangers send; `prepare` (outside any
transaction, because it decodes), `shelve` (outside too: bytes first, rows after), then in the
transaction `keep`. Photos and signatures are drawn anew; of a PDF the bytes are kept, once a
process without files or network has found nothing active in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from liff_app.crypto import SealBroken
from liff_app.db import on_commit
from liff_app.errors import NotFound
from liff_app.gateways.file_store import FileStore
from liff_app.i18n import gettext as _
from liff_app.photos import service as photos
from liff_app.procedures.engine.document import Kind
from liff_app.procedures.files import pdf
from liff_app.procedures.files.naming import JPEG, PDF, plain_name, served_name
from liff_app.procedures.files.refusals import CheckingDown, FileRefused
from liff_app.procedures.files.rules import MOST_BYTES, Refusal, is_pdf
from liff_app.procedures.files.shelving import Prepared, place_of, remove, shelve
from liff_app.procedures.files.views import FileView, Served
from liff_app.procedures.models import SealedFile
from liff_app.procedures.sealing import DataKey
from liff_app.procedures.vocabulary import FilePurpose

__all__ = [
    "MOST_BYTES",
    "CheckingDown",
    "FileRefused",
    "FileView",
    "Prepared",
    "Refusal",
    "Served",
    "drop",
    "drop_others",
    "in_hand",
    "keep",
    "prepare",
    "read",
    "shelve",
    "views",
]

MOST_IDS = 500

in_hand = photos.in_hand


def prepare(raw: bytes, kind: Kind, name: str, *, field: str = "file") -> Prepared:
    """The file as it will be kept. Stores nothing.

    `kind` says what is wanted: a photo or signature takes pictures alone, a file a PDF too. To be
    called outside a transaction: it takes some 50 ms, and 5 s at worst. Raises FileRefused naming
    `field`; PhotosBusy, WorkshopDown or CheckingDown (503).
    """
    if not raw:
        raise FileRefused(Refusal.EMPTY, field=field)
    if len(raw) > MOST_BYTES:
        raise FileRefused(Refusal.TOO_LARGE, field=field)
    if is_pdf(raw):
        if kind is not Kind.FILE:
            told = _("写真をえらんでください。PDFは使えません。")
            raise FileRefused(Refusal.TYPE, field=field, told=told)
        return _document(raw, name, field)
    return _picture(raw, kind, name, field)


def keep(  # noqa: PLR0913 - whose, what for, by whom and when: none can be left out
    session: Session,
    store: FileStore,
    prepared: Prepared,
    *,
    dossier_id: str,
    key: DataKey,
    purpose: FilePurpose,
    by: str,
    now: datetime,
) -> FileView:
    """The file has a row, and its sealed bytes lie in the store before it.

    `by` is `resident`, `staff:<id>` or `key:<id>`. The same bytes for the same purpose in the same
    dossier give the file that is already there, whoever sent it again; what was shelved for nothing
    goes.
    """
    digest = key.digest(prepared.sha256, "procedure_files.digest")
    same = session.scalar(
        select(SealedFile).where(
            SealedFile.dossier_id == dossier_id,
            SealedFile.digest == digest,
            SealedFile.purpose == purpose.value,
        )
    )
    if same is not None:
        spare = {prepared.store_key, prepared.thumb_key}
        on_commit(lambda: remove(store, spare))
        return _view(same, key)
    shelved = shelve(store, prepared, key=key, now=now)
    row = SealedFile(
        id=shelved.id,
        dossier_id=dossier_id,
        purpose=purpose.value,
        media_type=shelved.media_type,
        size=len(shelved.data),
        width=shelved.width,
        height=shelved.height,
        pages=shelved.pages,
        name_sealed=key.seal_text(shelved.name, place_of(shelved.id, "name_sealed")),
        digest=digest,
        store_key=shelved.store_key,
        thumb_key=shelved.thumb_key or None,
        by=by,
        created_at=now,
    )
    session.add(row)
    session.flush()  # so that reads in the same transaction find it
    return _view(row, key)


def views(session: Session, key: DataKey, ids: Iterable[str]) -> dict[str, FileView]:
    """The files of these ids that belong to the key's dossier, by id; others are left out."""
    wanted = list(dict.fromkeys(ids))[:MOST_IDS]
    if not wanted:
        return {}
    found: dict[str, FileView] = {}
    for row in session.scalars(_living().where(SealedFile.id.in_(wanted))):
        try:
            found[row.id] = _view(row, key)
        except SealBroken:
            continue  # of another dossier: to whoever asks it is not there
    return found


def read(
    session: Session, store: FileStore, key: DataKey, file_id: str, *, thumb: bool = False
) -> Served:
    """The open bytes of a file of the key's dossier. Raises NotFound, FileMissing (503).

    To be called outside a transaction: the store may be across a network.
    """
    row = session.scalar(_living().where(SealedFile.id == file_id))
    if row is None or (thumb and row.thumb_key is None):
        raise NotFound("no such file")
    try:
        view = _view(row, key)
    except SealBroken:
        raise NotFound("a file of another dossier") from None
    place = row.thumb_key if thumb and row.thumb_key else row.store_key
    data = key.open(store.get(place), place_of(row.id, "thumb" if thumb else "data"))
    media_type = JPEG if thumb else row.media_type
    return Served(data=data, media_type=media_type, name=served_name(view.name, media_type))


def drop(session: Session, store: FileStore, ids: Iterable[str], *, dossier_id: str) -> int:
    """These files of the dossier are gone for everybody; how many. Bytes go once it is committed.

    Where the store does not answer then, the hourly sweep goes on trying.
    """
    rows = session.scalars(
        _living().where(SealedFile.dossier_id == dossier_id, SealedFile.id.in_(list(ids)))
    ).all()
    return _drop(store, rows)


def drop_others(
    session: Session, store: FileStore, *, dossier_id: str, keep_ids: Iterable[str]
) -> int:
    """Files of answers in the dossier that nobody names any more are gone; how many.

    For the moment of sending: `keep_ids` are those of every revision, this one included.
    """
    kept = frozenset(keep_ids)
    rows = session.scalars(
        _living().where(
            SealedFile.dossier_id == dossier_id, SealedFile.purpose == FilePurpose.ANSWER.value
        )
    ).all()
    return _drop(store, [row for row in rows if row.id not in kept])


def _drop(store: FileStore, rows: Iterable[SealedFile]) -> int:
    keys: list[str | None] = []
    count = 0
    for row in rows:
        row.purpose, row.digest = FilePurpose.GONE.value, b""
        keys += [row.store_key, row.thumb_key]
        count += 1
    on_commit(lambda: remove(store, keys))
    return count


def _document(raw: bytes, name: str, field: str) -> Prepared:
    pages = pdf.checked(raw, field)
    return Prepared(
        data=raw,
        thumb=b"",
        media_type=PDF,
        width=None,
        height=None,
        pages=pages,
        name=plain_name(name, _("書類.pdf")),
        sha256=hashlib.sha256(raw).digest(),
    )


def _picture(raw: bytes, kind: Kind, name: str, field: str) -> Prepared:
    try:
        made = photos.prepare(raw)
    except photos.PhotoRefused as error:
        is_other = error.refusal is photos.Refusal.TYPE and kind is Kind.FILE
        if is_other:
            raise FileRefused(Refusal.TYPE, field=field) from None
        raise FileRefused(Refusal.PHOTO, field=field, told=error.shown_title) from None
    fallback = _("署名.jpg") if kind is Kind.SIGNATURE else _("写真.jpg")
    return Prepared(
        data=made.large,
        thumb=made.thumb,
        media_type=JPEG,
        width=made.width,
        height=made.height,
        pages=None,
        name=plain_name(name, fallback),
        sha256=made.sha256,
    )


def _living() -> Select[SealedFile]:
    return select(SealedFile).where(SealedFile.purpose != FilePurpose.GONE.value)


def _view(row: SealedFile, key: DataKey) -> FileView:
    return FileView(
        id=row.id,
        name=key.open_text(row.name_sealed, place_of(row.id, "name_sealed")),
        media_type=row.media_type,
        size=row.size,
        width=row.width,
        height=row.height,
        pages=row.pages,
        has_thumb=row.thumb_key is not None,
        by=row.by,
        created_at=row.created_at,
    )
