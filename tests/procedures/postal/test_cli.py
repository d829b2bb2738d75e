"""`postal import`, as the engineer who runs it sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from liff_app.db import db
from liff_app.procedures.postal import service
from tests.procedures.postal.test_lists import OLD, line


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "KEN_ALL.CSV"
    path.write_bytes(OLD.encode("cp932"))
    return path


def test_counts_are_printed_and_codes_found(app: Flask, file: Path) -> None:
    done = app.test_cli_runner().invoke(args=["postal", "import", str(file)])
    assert done.output.splitlines() == [
        "読んだ行：13　つないだ行：2　重なり：1",
        "郵便番号：8　町域が2つ以上：1",
        "取り込みました：10 件",
    ]
    assert done.exit_code == 0
    found = service.lookup(db.session, "4790003")
    assert [one.address for one in found] == [
        "まど県まど市湊",
        "まど県まど市北湊",
        "まど県まど市南湊",
    ]
    assert service.lookup(db.session, "0000000") == []


def test_a_dry_run_and_a_wrong_file_change_nothing(app: Flask, file: Path, tmp_path: Path) -> None:
    run = app.test_cli_runner()
    run.invoke(args=["postal", "import", str(file)])
    other = tmp_path / "other.csv"
    other.write_text(line("4790003", "新町"), encoding="utf-8")
    dry = run.invoke(args=["postal", "import", str(other), "--dry-run"])
    assert dry.output.splitlines()[-1] == "書きかえていません（--dry-run）。"
    other.write_text("x", encoding="utf-8")
    wrong = run.invoke(args=["postal", "import", str(other)])
    assert wrong.exit_code == 1
    assert "何も書きかえていません" in wrong.output
    db.session.rollback()
    assert len(service.lookup(db.session, "4790003")) == 3


def test_a_newer_list_takes_the_place_of_the_older(app: Flask, file: Path, tmp_path: Path) -> None:
    run = app.test_cli_runner()
    run.invoke(args=["postal", "import", str(file)])
    newer = tmp_path / "utf_ken_all.csv"
    newer.write_text(line("4790003", "新町"), encoding="utf-8")
    run.invoke(args=["postal", "import", str(newer)])
    db.session.rollback()
    assert [one.town for one in service.lookup(db.session, "4790003")] == ["新町"]
    assert service.lookup(db.session, "4790001") == []
