"""Files in a folder: whole or not at all, whatever the disk does."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from liff_app.gateways import file_store_local
from liff_app.gateways.file_store import FileMissing, StoreFailed, StoreFull
from liff_app.gateways.file_store_local import FREE_BYTES, LocalStore
from tests.conftest import ROOT

KEY = "photos/20261122/0a1bl"
ROOMY = (1000 * 1024**3, 0, 900 * 1024**3)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "files", disk_usage=lambda _: ROOMY)


def names(root: Path) -> list[str]:
    return sorted(file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file())


def test_a_file_is_put_read_listed_and_deleted(store: LocalStore) -> None:
    assert not store.exists(KEY)
    store.put(KEY, b"one")
    store.put(KEY, b"two")
    assert store.exists(KEY)
    assert store.get(KEY) == b"two"
    assert [(one.key, one.size) for one in store.list("photos")] == [(KEY, 3)]
    assert list(store.list("photos/20261121")) == []
    store.delete(KEY)
    store.delete(KEY)
    assert not store.exists(KEY)
    with pytest.raises(FileMissing):
        store.get(KEY)


def test_only_the_product_can_read_it(store: LocalStore, tmp_path: Path) -> None:
    store.put(KEY, b"one")
    modes = {
        path.relative_to(tmp_path).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "files", *(tmp_path / "files").rglob("*"))
    }
    assert modes == {
        "files": 0o700,
        "files/photos": 0o700,
        "files/photos/20261122": 0o700,
        f"files/{KEY}": 0o600,
    }


@pytest.mark.parametrize("key", ["../x", "/etc/x", "x/", "a//b", "A", "x y", "写真", "", "."])
def test_a_key_that_is_none_of_ours_goes_nowhere(
    store: LocalStore, tmp_path: Path, key: str
) -> None:
    for call in (store.get, store.delete, store.exists, lambda k: store.put(k, b"")):
        with pytest.raises(ValueError, match="key"):
            call(key)
    assert names(tmp_path) == []


def failing(number: int) -> Any:  # noqa: ANN401 - stands for several system calls
    def fail(*_args: object, **_named: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


STEPS = ("write", "fsync", "rename", "open")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("number", "error"),
    [(errno.ENOSPC, StoreFull), (errno.EDQUOT, StoreFull), (errno.EIO, StoreFailed)],
)
def test_a_disk_that_fails_leaves_the_old_file_and_nothing_else(
    store: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    step: str, number: int, error: type[Exception],
) -> None:  # fmt: skip
    store.put(KEY, b"old")
    with monkeypatch.context() as broken:
        broken.setattr(os, step, failing(number))
        with pytest.raises(error):
            store.put(KEY, b"new and longer")
    assert names(tmp_path) == [f"files/{KEY}"]
    assert store.get(KEY) == b"old"


def test_a_disk_that_takes_half_of_it_leaves_nothing(
    store: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = os.write, []

    def half(handle: int, data: memoryview) -> int:
        calls.append(len(data))
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, "full")
        return real(handle, data[: len(data) // 2])

    with monkeypatch.context() as broken:
        broken.setattr(os, "write", half)
        with pytest.raises(StoreFull):
            store.put(KEY, b"x" * 1000)
    assert calls == [1000, 500]
    assert names(tmp_path) == []


def test_writing_to_the_final_name_would_leave_half_a_file(
    store: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted flaw: a store that writes in place is caught by the looks above."""

    def in_place(place: Path, data: bytes) -> None:
        final = place.parent / KEY.rpartition("/")[2]
        final.write_bytes(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "full")

    store.put(KEY, b"old")
    with monkeypatch.context() as flawed:
        flawed.setattr(file_store_local, "_write", in_place)
        with pytest.raises(StoreFull):
            store.put(KEY, b"new and longer")
    assert store.get(KEY) != b"old"


def test_a_limit_on_the_size_of_files_is_a_full_disk(tmp_path: Path) -> None:
    """Not played: the system itself refuses the second half (RLIMIT_FSIZE, EFBIG)."""
    program = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from liff_app.gateways.file_store import StoreFull\n"
        "from liff_app.gateways.file_store_local import LocalStore\n"
        "store = LocalStore(Path(sys.argv[1]), disk_usage=lambda _: (10**13, 0, 10**13))\n"
        "store.put('a', b'x' * 4096)\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "try:\n    store.put('b', b'y' * 10000)\n"
        "except StoreFull as error:\n    print('full', error)\n"
    )
    told = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", program, str(tmp_path / "files")],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == "full EFBIG"
    assert names(tmp_path) == ["files/a"]


@pytest.mark.parametrize(
    ("total", "free", "fits"),
    [
        (10 * 1024**3, 1024**3 + 100, True),  # a small disk: a tenth stays free
        (10 * 1024**3, 1024**3 + 99, False),
        (4 * 1024**4, FREE_BYTES + 100, True),  # a large one: two gigabytes do
        (4 * 1024**4, FREE_BYTES + 99, False),
        (10 * 1024**3, 0, False),
    ],
)
def test_the_last_part_of_the_disk_is_for_the_database(
    tmp_path: Path, total: int, free: int, *, fits: bool
) -> None:
    store = LocalStore(tmp_path / "files", disk_usage=lambda _: (total, total - free, free))
    if fits:
        store.put(KEY, b"x" * 100)
    else:
        with pytest.raises(StoreFull):
            store.put(KEY, b"x" * 100)
    assert store.exists(KEY) is fits


def test_what_a_killed_process_began_is_listed_for_the_sweep(
    store: LocalStore, tmp_path: Path
) -> None:
    store.put(KEY, b"one")
    (tmp_path / "files/photos/20261122/unfinished0123").write_bytes(b"ha")
    assert {one.key for one in store.list("photos")} == {KEY, "photos/20261122/unfinished0123"}
    store.delete("photos/20261122/unfinished0123")
    assert {one.key for one in store.list("photos")} == {KEY}


def test_limits_are_as_they_were() -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
