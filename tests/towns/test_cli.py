"""`towns import`, as the engineer who runs it sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from liff_app.db import db
from liff_app.towns import service

LIST = """団体コード,都道府県名,市区町村名,大字町丁目名,小字・通称名,緯度,経度
479993,まど県,まど市,湊,,35.58,140.31
479993,まど県,まど市,湊,小字,35.58,140.31
479993,まど県,まど市,北戸,,,
132195,東京都,狛江市,和泉本町,,35.63,139.57
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A town list with a neighbour in it."""
    path = tmp_path / "towns.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_counts_are_printed_and_only_our_towns_taken(app: Flask, file: Path) -> None:
    done = app.test_cli_runner().invoke(args=["towns", "import", str(file)])
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "読んだ行：4　ほかの市区町村：1",
        "町丁目：2　まとめた小字など：1",
        "緯度経度のない町丁目：1",
        "取り込みました：2 件",
    ]
    assert [one.name for one in service.of_municipality(db.session, "479993")] == ["湊"]


def test_a_dry_run_writes_nothing(app: Flask, file: Path) -> None:
    done = app.test_cli_runner().invoke(args=["towns", "import", str(file), "--dry-run"])
    assert done.exit_code == 0
    assert service.of_municipality(db.session, "479993") == []


def test_a_list_without_our_town_replaces_nothing(app: Flask, file: Path) -> None:
    runner = app.test_cli_runner()
    runner.invoke(args=["towns", "import", str(file)])
    done = runner.invoke(args=["towns", "import", str(file), "--municipality", "401307"])
    assert done.exit_code == 1
    assert "401307 の町丁目がありません。" in done.output
    file.write_bytes(b"\xff\xfe\x00")
    assert runner.invoke(args=["towns", "import", str(file)]).exit_code == 1
    assert len(service.of_municipality(db.session, "479993")) == 1


@pytest.mark.lists
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_published_towns_of_a_city_are_imported(app: Flask, lists: Path) -> None:
    file = lists / "towns" / "towns_geolonia_20231115.csv.gz"
    done = app.test_cli_runner().invoke(
        args=["towns", "import", str(file), "--municipality", "132195"]
    )
    assert "読んだ行：277676" in done.output
    assert "取り込みました：41 件" in done.output
