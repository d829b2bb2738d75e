"""Where files lie: one small interface, a local folder behind it or an S3-compatible store.

Keys are made by the server, never from a name somebody sent, and are checked once more here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liff_app.errors import StorageFull, Unavailable

_KEY = re.compile(r"[a-z0-9]+(/[a-z0-9]+)*")
LONGEST_KEY = 80


class StoreFull(StorageFull):
    """No room for another file; what was there is whole."""


class StoreFailed(Unavailable):
    """The store does not answer, or answers with an error. Nothing half-written is left."""

    title = "いま写真やファイルを読み書きできません。しばらくしてからお試しください。"


class FileMissing(StoreFailed):
    """There is no file of that key."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies in the store."""

    key: str
    size: int
    modified_at: datetime


class FileStore(Protocol):
    """What is asked of a store. Each call raises StoreFailed where it cannot be done."""

    def put(self, key: str, data: bytes) -> None:
        """The whole of `data` lies at `key` and outlives a power cut, or nothing changed.

        Raises StoreFull where there is no room.
        """

    def get(self, key: str) -> bytes:
        """The file. Raises FileMissing if there is none."""

    def delete(self, key: str) -> None:
        """The file is gone; it need not have been there."""

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""

    def list(self, prefix: str) -> Iterator[StoredFile]:
        """Every file whose key begins with the folder `prefix`, in no order."""


def checked(key: str) -> str:
    """The key, if it is one: small letters and digits in folders. Raises ValueError else."""
    if len(key) > LONGEST_KEY or not _KEY.fullmatch(key):
        raise ValueError("not a key of the file store")
    return key
