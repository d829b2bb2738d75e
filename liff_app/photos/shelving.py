"""The two files of a photo: whole in the store before any row names them, gone when none does."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from liff_app.gateways.file_store import FileStore, StoreFailed, StoreFull
from liff_app.photos.models import Photo
from liff_app.telemetry import log

FOLDER = "photos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A photo that has been drawn anew. `sha256` is that of the bytes that were sent.

    `position` (latitude, longitude) is what the file said, only where it was asked for; it is to be
    proposed to whoever sent it, and never stored. Keys are set once the files lie in the store.
    """

    large: bytes
    thumb: bytes
    width: int
    height: int
    sha256: bytes
    position: tuple[float, float] | None = None
    large_key: str = ""
    thumb_key: str = ""


def shelve(store: FileStore, prepared: Prepared, *, now: datetime) -> Prepared:
    """The two files lie in the store, whole. Raises StoreFull (507) or StoreFailed (503).

    To be called outside a transaction. Files that no row ever names are swept after 24 hours.
    """
    if prepared.large_key:
        return prepared
    keys = put_both(store, prepared.large, prepared.thumb, now)
    return replace(prepared, large_key=keys[0], thumb_key=keys[1])


def files_of(row: Photo) -> set[str]:
    """Keys of every file of a photo."""
    return {row.large_key, row.thumb_key} | {
        key for key in (row.public_large_key, row.public_thumb_key) if key
    }


def put_both(store: FileStore, large: bytes, thumb: bytes, now: datetime) -> tuple[str, str]:
    """Both files lie in the store, or neither does."""
    stem = f"{FOLDER}/{now:%Y%m%d}/{secrets.token_hex(16)}"
    keys = f"{stem}l", f"{stem}t"
    try:
        store.put(keys[0], large)
        store.put(keys[1], thumb)
    except (StoreFull, StoreFailed):
        remove(store, set(keys))
        raise
    return keys


def remove(store: FileStore, keys: set[str]) -> None:
    """The files are gone; where the store does not answer, the sweep will find them."""
    for key in keys:
        try:
            store.delete(key)
        except (StoreFull, StoreFailed) as error:
            log().warning("photo_file_not_deleted", error=type(error).__name__)
