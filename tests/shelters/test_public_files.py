"""The public files on disk, which a web server hands out while the product rests."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app import public_files
from liff_app.public_files import FOLDER
from liff_app.shelters import board
from liff_app.shelters.occupancy.service import Change
from liff_app.shelters.vocabulary import Hazard, Opening
from tests.shelters.published import NOW, publish, row

NAMES = ["snapshot.json", "snapshot.json.gz", "status.json", "status.json.gz"]


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_the_files_are_what_the_api_answers(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    publish(row())
    assert public_files.write(str(tmp_path), now=NOW) == 4
    folder = tmp_path / FOLDER
    assert names(folder) == NAMES
    for name in ("snapshot.json", "status.json"):
        answer = client.get(f"/api/v1/shelters/{name}")
        assert (folder / name).read_bytes() == answer.data
        assert gzip.decompress((folder / f"{name}.gz").read_bytes()) == answer.data
        assert (folder / name).stat().st_mode & 0o777 == 0o644


def test_only_what_changed_is_written_again(
    app: Flask, tmp_path: Path, begin: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "CHECK_SECONDS", 0)
    publish(row())
    public_files.write(str(tmp_path), now=NOW)
    assert public_files.write(str(tmp_path), now=NOW + timedelta(minutes=5)) == 0
    begin(Hazard.FLOOD, 中央小学校=Change(opening=Opening.OPEN))
    assert public_files.write(str(tmp_path), now=NOW) == 2
    (tmp_path / FOLDER / "snapshot.json").unlink()
    assert public_files.write(str(tmp_path), now=NOW) == 1


def test_a_reader_has_the_old_file_whole_until_the_new_one_is_there(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "CHECK_SECONDS", 0)
    publish(row())
    public_files.write(str(tmp_path), now=NOW)
    file = tmp_path / FOLDER / "snapshot.json"
    old = file.read_bytes()
    with file.open("rb") as reader:
        publish(row(name="中央義務教育学校"))
        public_files.write(str(tmp_path), now=NOW)
        assert reader.read() == old
    assert file.read_bytes() != old
    assert names(tmp_path / FOLDER) == NAMES


def test_a_full_disk_leaves_the_old_files_and_nothing_half_written(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "CHECK_SECONDS", 0)
    publish(row())
    public_files.write(str(tmp_path), now=NOW)
    old = (tmp_path / FOLDER / "snapshot.json").read_bytes()
    publish(row(name="中央義務教育学校"))

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        public_files.write(str(tmp_path), now=NOW)
    assert names(tmp_path / FOLDER) == NAMES
    assert (tmp_path / FOLDER / "snapshot.json").read_bytes() == old
