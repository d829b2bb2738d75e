"""A command that cannot work says so in one sentence, and shows no traceback."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click
import pytest
from flask import Flask

from liff_app import create_app, demo, retention
from liff_app.commands import COMMANDS
from liff_app.config import Settings
from tests.conftest import ROOT, on_sqlite

NO_DATABASE = "データベースを使えません。`db upgrade` を済ませたか"
ASKING = (
    ("disaster", "start", "台風", "--hazard", "flood"),
    ("disaster", "stop"),
    ("retention", "run"),
    ("keys", "rotate", "--dry-run"),
    ("demo", "load"),
)


@pytest.fixture
def new_app(settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """A town before its first `db upgrade`."""
    app = create_app(replace(settings, database_url=f"sqlite:///{tmp_path}/new.db"))
    yield app
    app.extensions["engine"].dispose()


def refused(app: Flask, *args: str) -> str:
    """What the command printed before it ended with 1."""
    done = app.test_cli_runner().invoke(args=list(args))
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    (line,) = done.output.splitlines()
    return line


@on_sqlite
@pytest.mark.parametrize("args", ASKING, ids=" ".join)
def test_before_the_first_upgrade_a_command_says_what_to_do(
    new_app: Flask, args: tuple[str, ...]
) -> None:
    line = refused(new_app, *args)
    assert NO_DATABASE in line
    assert "SELECT" not in line


@on_sqlite
def test_after_the_upgrade_the_same_commands_work(new_app: Flask) -> None:
    """Without this the cases above could pass for another reason."""
    run = new_app.test_cli_runner()
    assert run.invoke(args=["db", "upgrade"]).exit_code == 0
    for args in ASKING:
        assert run.invoke(args=list(args)).exit_code == 0, args


@on_sqlite
def test_a_database_that_is_away_is_told(settings: Settings) -> None:
    with socket.socket() as taken:  # bound, never listening: every call is refused
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg://town:marker-word@127.0.0.1:{taken.getsockname()[1]}/town"
        app = create_app(replace(settings, database_url=url))
        for args in (("db", "upgrade"), ("disaster", "stop")):
            line = refused(app, *args)
            assert NO_DATABASE in line
            assert "marker-word" not in line
        app.extensions["engine"].dispose()


@on_sqlite
def test_a_folder_that_is_not_there_is_told_without_its_path(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "missing" / "out.csv"
    line = refused(app, "shelters", "export", "--format", "csv", "--output", str(file))
    assert "ファイルを書けません：out.csv" in line
    assert "missing" not in line


@on_sqlite
@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "ディスクがいっぱいです。"),
        (PermissionError(errno.EACCES, "Permission denied", "/srv/private/kept.bin"), "kept.bin"),
    ],
)
def test_a_disk_that_takes_nothing_is_told(
    app: Flask, monkeypatch: pytest.MonkeyPatch, error: OSError, sentence: str
) -> None:
    def fail(**_: object) -> dict[str, int]:
        raise error

    monkeypatch.setattr(retention, "run", fail)
    line = refused(app, "retention", "run")
    assert line.endswith(f"ファイルを書けません：{sentence}")


@on_sqlite
@pytest.mark.parametrize("error", [ValueError("bug"), ConnectionRefusedError(111, "refused")])
def test_a_defect_is_not_hidden_behind_the_sentence(
    app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(**_: object) -> dict[str, int]:
        raise error

    monkeypatch.setattr(retention, "run", fail)
    done = app.test_cli_runner().invoke(args=["retention", "run"])
    assert done.exception is error


@on_sqlite
def test_every_command_is_found_and_no_other(app: Flask) -> None:
    found = app.cli
    assert isinstance(found, click.Group)
    ctx = click.Context(found)
    assert found.list_commands(ctx) == sorted(COMMANDS)
    for name in COMMANDS:
        command = found.get_command(ctx, name)
        assert command is not None
        assert command.name == name
    assert found.get_command(ctx, "nothing") is None


def test_the_real_command_line_says_it_too(tmp_path: Path) -> None:
    """`flask` takes commands out of the app's group: the sentence must come along."""
    environ = {
        **os.environ,
        "MACHIMADO_ENV": "test",
        "DATABASE_URL": f"sqlite:///{tmp_path}/new.db",
        "FILE_STORE": str(tmp_path / "files"),
        "PUBLIC_FILES": str(tmp_path / "public"),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "disaster", "stop"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert NO_DATABASE in done.stderr
    assert "Traceback" not in done.stderr


def test_two_demos_never_take_the_same_port() -> None:
    with ExitStack() as one, ExitStack() as other:
        first = demo.take_port(one, 20_000)
        second = demo.take_port(other, first)
        assert second > first
        one.close()
        with ExitStack() as third:
            assert demo.take_port(third, first) == first


def test_a_port_on_which_another_program_answers_is_passed_over() -> None:
    with ExitStack() as held, socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert demo.take_port(held, port) > port


def test_an_answer_from_another_program_does_not_pass_for_the_part_that_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The part looks alive when the answer comes, and has ended a moment later."""
    part = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    asked: list[str] = []

    def another_answers(address: str, **_: object) -> ExitStack:
        asked.append(address)
        part.communicate(b"\n")
        return ExitStack()

    monkeypatch.setattr("urllib.request.urlopen", another_answers)
    with pytest.raises(demo.PartEnded):
        demo.wait_for("http://localhost:1/", part)
    assert asked == ["http://localhost:1/"]


def test_a_demo_whose_parts_end_is_tried_again_on_the_next_ports(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried: list[tuple[int, int]] = []

    def run(_running: ExitStack, web: int, emulator: int) -> int:
        tried.append((web, emulator))
        if len(tried) < ends:
            raise demo.PartEnded("起動できませんでした")
        return 0

    monkeypatch.setattr(demo, "_run", run)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    ends = 3
    assert demo.main() == 0
    assert len(set(tried)) == 3
    tried.clear()
    ends = 9
    assert demo.main() == 1
    assert len(tried) == demo.TRIES
    assert "見本の町を始められませんでした。" in capsys.readouterr().out
