"""The terminal does what the console does, with the same history and the same log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from liff_app.audit.models import AuditEvent
from liff_app.db import db
from liff_app.shelters.disasters import service
from liff_app.shelters.vocabulary import Hazard
from tests.shelters.published import publish, row

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a command of the product."""

    def call(*arguments: str) -> Result:
        done = app.test_cli_runner().invoke(args=["disaster", *arguments])
        db.session.rollback()
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return call


def test_everything_the_console_asks_can_be_said_in_one_line(run: Run) -> None:
    done = run(
        *("start", "台風第19号", "--hazard", "flood", "--hazard", "landslide"),
        *("--area", "市内全域", "--checkin", "--drill"),
    )
    assert (done.exit_code, done.output) == (0, "始めました：台風第19号（訓練）\n")
    on = service.current(db.session)
    assert on is not None
    assert on.hazards == (Hazard.FLOOD, Hazard.LANDSLIDE)
    assert (on.area, on.checkin, on.drill) == ("市内全域", True, True)


def test_what_is_not_named_stays_when_it_is_amended(run: Run) -> None:
    run("start", "台風第19号", "--hazard", "flood", "--area", "川ぞい", "--checkin")
    assert run("amend", "--area", "").output == "直しました：1 項目\n"
    assert run("amend", "--hazard", "fire", "--no-checkin").output == "直しました：2 項目\n"
    assert run("amend", "--no-checkin").output == "同じ内容です。\n"
    assert run("amend").exit_code == 1
    on = service.current(db.session)
    assert on is not None
    assert (on.name, on.area, on.checkin, on.hazards) == ("台風第19号", "", False, (Hazard.FIRE,))
    assert run("amend", "--name", "改\n名").exit_code == 1
    run("stop")
    assert "始まっている災害はありません。" in run("amend", "--area", "x").output


def test_past_ones_are_listed_with_drills_marked(run: Run) -> None:
    run("start", "秋の訓練", "--hazard", "earthquake", "--drill")
    run("stop")
    run("start", "地震", "--hazard", "earthquake")
    lines = run("list").output.splitlines()
    assert lines[-1] == "2 件"
    assert lines[0].endswith("〜 いま　地震")
    assert lines[1].endswith("　秋の訓練（訓練）")


def test_every_command_is_in_the_log_with_who_ran_it(run: Run) -> None:
    run("start", "台風第19号", "--hazard", "flood")
    run("amend", "--area", "川ぞい")
    run("amend", "--area", "川ぞい")
    run("stop")
    rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number)).all()
    assert [row.action for row in rows] == [
        "disaster.started",
        "disaster.amended",
        "disaster.stopped",
    ]
    assert all(row.actor.startswith("command:") for row in rows)
    assert len({row.subject for row in rows}) == 1
    assert json.loads(rows[1].detail) == {"changed": "area"}
    assert "台風" not in "".join(row.detail for row in rows)


def test_the_eei_file_is_of_the_open_disaster_or_of_the_one_named(
    app: Flask, run: Run, tmp_path: Path
) -> None:
    publish(row("A1"))

    def export(name: str, *more: str) -> Result:
        file = str(tmp_path / name)
        arguments = ["shelters", "export", "--format", "eei", "--output", file, *more]
        done = app.test_cli_runner().invoke(args=arguments)
        db.session.rollback()
        return done

    assert "その災害はありません。" in export("none.csv").output
    run("start", "台風第19号", "--hazard", "flood")
    assert export("a.csv").output == "書き出しました：1 か所\n"
    run("stop")
    (one,) = service.every(db.session)
    assert export("b.csv", "--disaster", one.id).exit_code == 0
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()
    run("start", "秋の訓練", "--hazard", "flood", "--drill")
    assert "ファイルの名前に「訓練」を入れてください。" in export("c.csv").output
    assert not (tmp_path / "c.csv").exists()
    assert export("訓練.csv").exit_code == 0
    assert (tmp_path / "訓練.csv").read_text("utf-8-sig").startswith("訓練,全国共通")
    exported = select(AuditEvent.detail).where(AuditEvent.action == "disaster.exported")
    assert db.session.scalars(exported).all() == ['{"format":"eei"}'] * 3
