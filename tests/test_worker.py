"""The worker goes on, whatever one job does."""

from __future__ import annotations

import json
import os
import signal
import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask

from liff_app import worker
from liff_app.worker import Job
from tests.conftest import on_sqlite

pytestmark = on_sqlite


@pytest.mark.parametrize("error", [RuntimeError, KeyError, OSError, ValueError])
def test_a_job_that_fails_does_not_keep_the_next_from_running(
    app: Flask,
    error: type[Exception],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen: list[str] = []

    def fail(_now: datetime) -> int:
        raise error("marker-personal-data")

    def work(_now: datetime) -> int:
        seen.append("worked")
        return 3

    every = timedelta(seconds=1)
    jobs = [Job("first", every, fail), Job("second", every, work)]
    monkeypatch.setattr(worker, "jobs", lambda: jobs)
    assert worker.run(app, once=True) == ["first"]
    assert seen == ["worked"]
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["job"]) for line in lines] == [
        ("job_failed", "first"),
        ("job_done", "second"),
    ]
    assert lines[0]["error"] == error.__name__
    assert lines[1]["count"] == 3
    assert "marker" not in str(lines)


def test_one_round_ends_with_a_code_that_tells_whether_every_job_was_done(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_now: datetime) -> int:
        raise OSError("disk")

    def work(_now: datetime) -> int:
        return 0

    every = timedelta(seconds=1)
    monkeypatch.setattr(worker, "jobs", lambda: [Job("good", every, work)])
    assert app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 0
    failing = [Job("bad", every, fail), Job("good", every, work)]
    monkeypatch.setattr(worker, "jobs", lambda: failing)
    done = app.test_cli_runner().invoke(args=["worker", "--once"])
    assert done.exit_code == 1
    (line,) = (done.stderr + capsys.readouterr().err).splitlines()
    assert (json.loads(line)["event"], json.loads(line)["job"]) == ("job_failed", "bad")


def test_jobs_come_round_until_the_worker_is_told_to_stop(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    rounds: list[datetime] = []

    def work(now: datetime) -> int:
        rounds.append(now)
        if len(rounds) == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return 0

    monkeypatch.setattr(worker, "jobs", lambda: [Job("often", timedelta(0), work)])
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.001)
    assert threading.current_thread() is threading.main_thread()
    try:
        worker.run(app)
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
    assert len(rounds) == 3


def test_a_job_waits_for_its_turn(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {"often": 0, "rarely": 0}
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]

    def often(_now: datetime) -> int:
        counts["often"] += 1
        if counts["often"] == 5:
            os.kill(os.getpid(), signal.SIGTERM)
        return 0

    def rarely(_now: datetime) -> int:
        counts["rarely"] += 1
        return 0

    jobs = [Job("rarely", timedelta(hours=1), rarely), Job("often", timedelta(0), often)]
    monkeypatch.setattr(worker, "jobs", lambda: jobs)
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.001)
    try:
        worker.run(app)
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
    assert counts == {"often": 5, "rarely": 1}
