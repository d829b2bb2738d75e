"""What nobody needs any more goes: files that were taken back, of destroyed dossiers, of no row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, delete, exists, or_, select

from liff_app.db import db, transaction
from liff_app.gateways.file_store import FileStore, StoredFile, StoreFailed, StoreFull
from liff_app.procedures.files.shelving import FOLDER
from liff_app.procedures.models import Dossier, ProcedureDraft, SealedFile, Submission
from liff_app.procedures.vocabulary import FilePurpose
from liff_app.telemetry import log

UNCLAIMED = timedelta(hours=24)  # from the file to the draft that holds it it is a moment
DAYS_BACK = 14  # so long may the worker have stood still
MOST_AT_ONCE = 500


def sweep(store: FileStore, *, now: datetime) -> int:
    """Bytes that no draft and no submission needs are gone from the store; how many files.

    Called outside a transaction, because the store may be across a network. A row goes only after
    its bytes: where the store does not answer, it stays, and the next hour tries again.
    """
    try:
        return _finish_rows(store, now=now) + _sweep_rowless(store, now=now)
    except (StoreFull, StoreFailed) as error:
        log().warning("procedure_file_sweep_failed", error=type(error).__name__)
        return 0


def _finish_rows(store: FileStore, *, now: datetime) -> int:
    rows = db.session.scalars(_over(now)).all()
    keys = {row.id: [key for key in (row.store_key, row.thumb_key) if key] for row in rows}
    db.session.close()  # the network comes next, and nothing waits for it
    for one in keys.values():
        for key in one:
            store.delete(key)
    if keys:
        with transaction() as session:
            session.execute(delete(SealedFile).where(SealedFile.id.in_(keys)))
    return sum(len(one) for one in keys.values())


def _over(now: datetime) -> Select[SealedFile]:
    """Files taken back, of a dossier without its key, and old ones of a dossier nobody has."""
    nobodys = and_(
        ~exists().where(ProcedureDraft.dossier_id == SealedFile.dossier_id),
        ~exists().where(Submission.dossier_id == SealedFile.dossier_id),
        SealedFile.created_at <= now - UNCLAIMED,
    )
    destroyed = exists().where(Dossier.id == SealedFile.dossier_id, Dossier.key_sealed.is_(None))
    gone = SealedFile.purpose == FilePurpose.GONE.value
    return select(SealedFile).where(or_(gone, destroyed, nobodys)).limit(MOST_AT_ONCE)


def _sweep_rowless(store: FileStore, *, now: datetime) -> int:
    """Bytes are looked for by the day in their key, from yesterday back."""
    count = 0
    for back in range(1, DAYS_BACK + 1):
        day = now - timedelta(days=back)
        old = [
            file
            for file in store.list(f"{FOLDER}/{day:%Y%m%d}")
            if now - file.modified_at >= UNCLAIMED
        ]
        for key in _unnamed(old):
            store.delete(key)
            count += 1
    return count


def _unnamed(files: Iterable[StoredFile]) -> list[str]:
    """Keys that no row names."""
    keys = [file.key for file in files]
    named: set[str | None] = set()
    for at in range(0, len(keys), MOST_AT_ONCE):
        some = keys[at : at + MOST_AT_ONCE]
        wanted = select(SealedFile.store_key, SealedFile.thumb_key).where(
            or_(SealedFile.store_key.in_(some), SealedFile.thumb_key.in_(some))
        )
        for row in db.session.execute(wanted):
            named.update(row)
    db.session.close()
    return [key for key in keys if key not in named]
