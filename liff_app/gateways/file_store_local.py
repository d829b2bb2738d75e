"""Files in a folder of this machine: written beside their place, synced, then renamed into it."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from liff_app.gateways.file_store import FileMissing, StoredFile, StoreFailed, StoreFull, checked

FREE_SHARE = 0.10  # of a small disk; the rest is for the database, which must not be starved
FREE_BYTES = 2 * 1024**3  # of a large one: 10 % of 4 TB would turn photos away with 400 GB free
UNFINISHED = "unfinished"  # listed like any file, so that whoever sweeps finds them
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class LocalStore:
    """A folder that only the product's own user can read."""

    def __init__(
        self,
        root: Path,
        *,
        disk_usage: Callable[[Path], tuple[int, int, int]] = shutil.disk_usage,
    ) -> None:
        self._root = root
        self._disk_usage = disk_usage
        root.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, key: str, data: bytes) -> None:
        """The whole of `data` lies at `key` and outlives a power cut, or nothing changed."""
        place = self._root / checked(key)
        with _told():
            self._keep_reserve(len(data))
            self._make_folder(place.parent)
            beside = place.parent / f"{UNFINISHED}{secrets.token_hex(8)}"
            try:
                _write(beside, data)
                os.rename(beside, place)  # noqa: PTH104 - the system call, as tests break it
            except BaseException:
                with suppress(OSError):
                    beside.unlink(missing_ok=True)
                raise
            _sync_folder(place.parent)

    def get(self, key: str) -> bytes:
        """The file. Raises FileMissing if there is none."""
        with _told():
            return (self._root / checked(key)).read_bytes()

    def delete(self, key: str) -> None:
        """The file is gone; it need not have been there."""
        place = self._root / checked(key)
        with _told(), suppress(FileNotFoundError):
            place.unlink()
            _sync_folder(place.parent)  # or a power cut brings it back

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""
        with _told():
            return (self._root / checked(key)).is_file()

    def list(self, prefix: str) -> Iterator[StoredFile]:
        """Every file below the folder `prefix`, what a killed process began to write included."""
        with _told():
            for folder, _, names in os.walk(self._root / checked(prefix)):
                for name in names:
                    yield from self._found(Path(folder) / name)

    def _found(self, file: Path) -> Iterator[StoredFile]:
        with suppress(FileNotFoundError):  # gone in the meantime
            told = file.stat()
            changed = datetime.fromtimestamp(told.st_mtime, UTC)
            yield StoredFile(file.relative_to(self._root).as_posix(), told.st_size, changed)

    def _keep_reserve(self, wanted: int) -> None:
        total, _, free = self._disk_usage(self._root)
        if free - wanted < min(total * FREE_SHARE, FREE_BYTES):
            raise StoreFull("below the reserve")

    def _make_folder(self, folder: Path) -> None:
        """The folder and those above it, each synced into the one that holds it."""
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(folder.parent)


@contextmanager
def _told() -> Iterator[None]:
    """What the system refuses, in the store's own words."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileMissing("no such file") from error
    except OSError as error:
        kind = StoreFull if error.errno in _NO_ROOM else StoreFailed
        raise kind(errno.errorcode.get(error.errno or 0, "unknown")) from error


def _write(place: Path, data: bytes) -> None:
    """A new file with `data`, on the disk and not only on its way there."""
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """The names in the folder are on the disk: without it a power cut takes the new name back."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
