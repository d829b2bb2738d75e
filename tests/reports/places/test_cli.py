"""The imports under reports, as the engineer who runs them sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from liff_app.db import db
from liff_app.reports.places import service

TOWNS = """団体コード,都道府県名,市区町村名,大字町丁目名,小字・通称名,緯度,経度
479993,まど県,まど市,湊,,35.580,140.310
479993,まど県,まど市,北戸,,35.590,140.310
132195,まど県,となり町,東山,,35.580,140.340
132195,まど県,となり町,東山,小字,35.581,140.341
131016,まど県,とおい市,遠野,,36.580,140.340
132195,まど県,となり町,無点,,,
"""
LIGHTS = """灯具番号,緯度,経度,設置場所
Ａ－００１,35.5801,140.3101,みなと公園前
a 002,35.5802,140.3102,
,35.5803,140.3103,番号なし
A-003,0,0,海の上
A001,35.5,140.3,二度目
"""


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    """A town list with a neighbour and somebody far away in it."""
    path = tmp_path / "towns.csv"
    path.write_text(TOWNS, encoding="utf-8")
    return path


def run(app: Flask, *args: object) -> tuple[int, list[str]]:
    """Exit code and lines of a command."""
    done = app.test_cli_runner().invoke(args=[str(one) for one in args])
    db.session.rollback()
    return done.exit_code, done.output.splitlines()


def test_only_neighbours_around_ours_are_taken(app: Flask, towns: Path) -> None:
    run(app, "towns", "import", towns)
    code, said = run(app, "reports", "neighbours", "import", towns)
    assert (code, said) == (
        0,
        [
            "読んだ行：6　となりの町丁目：1",
            "となりの市区町村：となり町",
            "取り込みました：1 件",
        ],
    )
    there = service.where(db.session, 35.580, 140.339, municipality_code="479993")
    assert (there.inside, there.likely) == (False, "となり町")


def test_neighbours_want_our_own_towns_first(app: Flask, towns: Path) -> None:
    code, said = run(app, "reports", "neighbours", "import", towns)
    assert code == 1
    assert "towns import" in said[0]


def test_a_dry_run_of_neighbours_writes_nothing(app: Flask, towns: Path) -> None:
    run(app, "towns", "import", towns)
    run(app, "reports", "neighbours", "import", towns, "--dry-run")
    assert service.where(db.session, 35.58, 140.339, municipality_code="479993").inside


def test_a_list_without_neighbours_replaces_nothing(
    app: Flask, towns: Path, tmp_path: Path
) -> None:
    run(app, "towns", "import", towns)
    run(app, "reports", "neighbours", "import", towns)
    ours = tmp_path / "ours.csv"
    ours.write_text("\n".join(TOWNS.splitlines()[:3]), encoding="utf-8")
    code, _said = run(app, "reports", "neighbours", "import", ours)
    assert code == 1
    assert not service.where(db.session, 35.58, 140.339, municipality_code="479993").inside


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_lights_are_counted_and_found(app: Flask, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "lights.csv"
    path.write_bytes(LIGHTS.encode(encoding))
    code, said = run(app, "reports", "assets", "import", path)
    assert (code, said) == (
        0,
        [
            "読んだ行：5　番号のある物：2",
            "番号がない：1　日本の緯度経度がない：1　同じ番号：1",
            "取り込みました：2 件",
        ],
    )
    (found,) = service.find_assets(db.session, "a-001", "light")
    assert (found.number, found.lat, found.note) == ("Ａ－００１", 35.5801, "みなと公園前")


def test_a_second_list_takes_the_place_of_the_first_of_that_kind_only(
    app: Flask, tmp_path: Path
) -> None:
    path = tmp_path / "things.csv"
    path.write_text("番号,緯度,経度\nM1,35.5,140.3\n", encoding="utf-8")
    run(app, "reports", "assets", "import", path, "--category", "sign")
    run(app, "reports", "assets", "import", path)
    path.write_text("管理番号,lat,lng\nL2,35.5,140.3\n", encoding="utf-8")
    run(app, "reports", "assets", "import", path)
    assert [one.category for one in service.find_assets(db.session, "M1")] == ["sign"]
    assert service.find_assets(db.session, "L2", "light")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "番号、緯度、経度"),
        ("番号,緯度\n1,2\n".encode(), "経度"),
        ("番号,緯度,経度\n".encode(), "使える行"),
        (b"\xff\xfe\x00\x81", "読めません"),
        (b"\x00,x", "見出し"),
        (b'\xe7\x95\xaa\xe5\x8f\xb7,"' + b"x" * 200_000, "読めない行"),
    ],
)
def test_a_file_that_is_no_list_of_things_is_refused(
    app: Flask, tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "no.csv"
    path.write_bytes(content)
    code, said = run(app, "reports", "assets", "import", path)
    assert code == 1
    assert told in said[-1]


def test_a_category_that_is_none_is_refused(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_text("番号,緯度,経度\nM1,35.5,140.3\n", encoding="utf-8")
    code, said = run(app, "reports", "assets", "import", path, "--category", "nothing")
    assert code == 1
    assert "nothing" in said[0]
