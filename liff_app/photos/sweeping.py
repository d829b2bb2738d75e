"""What nobody needs any more goes: photos no report claimed, and files no photo names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from liff_app.db import db, transaction
from liff_app.gateways.file_store import FileStore, StoredFile, StoreFailed, StoreFull
from liff_app.photos.models import Photo
from liff_app.photos.shelving import FOLDER, files_of
from liff_app.telemetry import log

UNCLAIMED = timedelta(hours=24)  # a draft sends its photos first; longer it need not wait
DAYS_BACK = 14  # so long may the worker have stood still
MOST_AT_ONCE = 500


def purge(session: Session, *, now: datetime) -> int:
    """Photos that nobody claimed in time are deleted; how many. Their files go with `sweep`."""
    gone = session.execute(
        update(Photo)
        .where(Photo.claimed_by.is_(None), Photo.created_at <= now - UNCLAIMED)
        .where(Photo.deleted_at.is_(None))
        .values(deleted_at=now, released_at=None)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]  # an UPDATE has a row count


def sweep(store: FileStore, *, now: datetime) -> int:
    """Files of deleted photos and files without a photo are gone; how many files.

    Called outside a transaction, because the store may be across a network. A row goes only after
    its files: where the store does not answer, it stays, and the next hour tries again.
    """
    try:
        return _finish_deleted(store) + _sweep_rowless(store, now=now)
    except (StoreFull, StoreFailed) as error:
        log().warning("photo_sweep_failed", error=type(error).__name__)
        return 0


def _finish_deleted(store: FileStore) -> int:
    rows = list(
        db.session.scalars(select(Photo).where(Photo.deleted_at.is_not(None)).limit(MOST_AT_ONCE))
    )
    files = {row.id: files_of(row) for row in rows}
    db.session.close()  # the network comes next, and nothing waits for it
    for keys in files.values():
        for key in keys:
            store.delete(key)
    if files:
        with transaction() as session:
            session.execute(delete(Photo).where(Photo.id.in_(files)))
    return sum(len(keys) for keys in files.values())


def _sweep_rowless(store: FileStore, *, now: datetime) -> int:
    """Files are looked for by the day in their key, from yesterday back."""
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
    named: set[str] = set()
    for at in range(0, len(keys), MOST_AT_ONCE):
        some = keys[at : at + MOST_AT_ONCE]
        columns = (Photo.large_key, Photo.thumb_key, Photo.public_large_key, Photo.public_thumb_key)
        rows = db.session.scalars(select(Photo).where(or_(*(one.in_(some) for one in columns))))
        for row in rows:
            named |= files_of(row)
    db.session.close()
    return [key for key in keys if key not in named]
