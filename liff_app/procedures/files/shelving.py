"""The bytes of a file: sealed and whole in the store before any row names them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from liff_app.gateways.file_store import FileStore, StoreFailed, StoreFull
from liff_app.procedures.sealing import DataKey
from liff_app.telemetry import log

FOLDER = "procedures"
_ID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A file that may be kept. `sha256` is that of the bytes that were sent.

    Once shelved it has an id and lies sealed in the store under its keys.
    """

    data: bytes
    thumb: bytes
    media_type: str
    width: int | None
    height: int | None
    pages: int | None
    name: str
    sha256: bytes
    id: str = ""
    store_key: str = ""
    thumb_key: str = ""


def shelve(store: FileStore, prepared: Prepared, *, key: DataKey, now: datetime) -> Prepared:
    """The bytes lie in the store, sealed. Raises StoreFull (507) or StoreFailed (503).

    To be called outside a transaction. What no row ever names is swept after 24 hours.
    """
    if prepared.id:
        return prepared
    file_id = secrets.token_hex(_ID_BYTES)
    stem = f"{FOLDER}/{now:%Y%m%d}/{file_id}"
    shelved = replace(
        prepared,
        id=file_id,
        store_key=f"{stem}l",
        thumb_key=f"{stem}t" if prepared.thumb else "",
    )
    try:
        store.put(shelved.store_key, key.seal(prepared.data, place_of(file_id, "data")))
        if shelved.thumb_key:
            store.put(shelved.thumb_key, key.seal(prepared.thumb, place_of(file_id, "thumb")))
    except (StoreFull, StoreFailed):
        remove(store, {shelved.store_key, shelved.thumb_key})
        raise
    return shelved


def remove(store: FileStore, keys: Iterable[str | None]) -> None:
    """The stored bytes are gone; where the store does not answer, the sweep will find them."""
    for key in filter(None, keys):
        try:
            store.delete(key)
        except (StoreFull, StoreFailed) as error:
            log().warning("procedure_file_not_deleted", error=type(error).__name__)


def place_of(file_id: str, what: str) -> str:
    """What a value is sealed for: it opens nowhere else."""
    return f"procedure_files.{what}:{file_id}"
