"""Keys that a development machine makes for itself."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

from liff_app import development_keys


def test_the_keys_stay_the_same_over_starts(tmp_path: Path) -> None:
    file = tmp_path / "var" / "keys.json"
    first = development_keys.make(persist=True, file=file)
    assert development_keys.make(persist=True, file=file) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["keys.json"]


def test_processes_that_start_together_use_the_same_keys(tmp_path: Path) -> None:
    file, made = tmp_path / "keys.json", []
    together = threading.Barrier(8)

    def start() -> None:
        together.wait(10)
        made.append(development_keys.make(persist=True, file=file))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(made) == 8
    assert len(set(made)) == 1


def test_keys_that_are_not_kept_are_new_each_time(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    one = development_keys.make(persist=False, file=file)
    assert one != development_keys.make(persist=False, file=file)
    assert not file.exists()
