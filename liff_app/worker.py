"""The worker: work that no request waits for, done again and again until told to stop.

Each job is small, opens its own transaction, and may be killed at any moment.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import FrameType

from flask import Flask, current_app

from liff_app import clock, health, public_files, retention
from liff_app.clock import JST
from liff_app.closed_memory import close_memory
from liff_app.db import db, transaction
from liff_app.messaging import cli as messaging
from liff_app.messaging import delivery, menu_follow
from liff_app.messaging.menu_follow import Face
from liff_app.procedures.desk import reminding
from liff_app.procedures.figures import recounting
from liff_app.procedures.webhooks import delivery as hooks
from liff_app.shelters.disasters import service as disasters
from liff_app.telemetry import log

PAUSE_SECONDS = 1.0
REMIND_FROM, REMIND_UNTIL = 9, 18  # hours in Japan


@dataclass(slots=True)
class Job:
    """Something to do every `every`."""

    name: str
    every: timedelta
    work: Callable[[datetime], int]
    due: float = field(default=0.0)  # monotonic seconds: a clock set back stops no job


def jobs() -> list[Job]:
    """Everything the worker does, with its rhythm."""
    return [
        Job("heartbeat", timedelta(seconds=10), _beat),
        Job("messages", timedelta(seconds=1), _deliver),
        Job("hooks", timedelta(seconds=3), _tell_systems),
        Job("public_files", timedelta(seconds=3), _publish),
        Job("menu", timedelta(seconds=3), _follow_disaster),
        Job("reminders", timedelta(hours=1), _remind),
        Job("surveys", timedelta(hours=1), _count_surveys),
        Job("retention", timedelta(hours=1), _purge),
    ]


def run(app: Flask, *, once: bool = False) -> list[str]:
    """Work until SIGTERM or SIGINT; with `once`, do every job one time.

    Gives the names of the jobs that failed in the last round, for a caller that goes by them.
    """
    stopping = app.extensions["stopping"] = threading.Event()  # long jobs look at it too
    if not once:
        close_memory()  # the keys are in it
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stopper(stopping))
    waiting = jobs()
    failed: list[str] = []
    while not stopping.is_set():
        failed = []
        for job in waiting:
            if once or time.monotonic() >= job.due:
                if not _do(app, job):
                    failed.append(job.name)
                job.due = time.monotonic() + job.every.total_seconds()
        if once:
            break
        stopping.wait(PAUSE_SECONDS)
    return failed


def _stopper(stopping: threading.Event) -> Callable[[int, FrameType | None], None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    return stop


def _do(app: Flask, job: Job) -> bool:
    """Whether the job was done. A failure is logged and tried again at its next turn."""
    with app.app_context():
        try:
            count = job.work(clock.now())
        except Exception as error:  # noqa: BLE001 - one job's bug must not stop the others
            log().error("job_failed", job=job.name, error=type(error).__name__)
            return False
    if count:
        log().info("job_done", job=job.name, count=count)
    return True


def _beat(now: datetime) -> int:
    with transaction() as session:
        health.beat(session, "worker", now=now)
    return 0


def _publish(now: datetime) -> int:
    return public_files.write(current_app.config["SETTINGS"].public_files, now=now)


def _deliver(_now: datetime) -> int:
    """Residents are told what was queued. Without an account the messages wait."""
    settings = current_app.config["SETTINGS"]
    if not settings.line_channel_access_token:
        return 0
    post = delivery.Post(
        gateway=lambda: messaging.gateway(settings),
        keys=settings.keys,
        address=lambda path: f"{settings.liff_permalink_host}/{settings.liff_id}{path}",
        stopping=current_app.extensions["stopping"].is_set,
    )
    return delivery.deliver(post)


def _remind(now: datetime) -> int:
    """Who was asked to correct something hears of it once more before the day; not at night."""
    if not REMIND_FROM <= now.astimezone(JST).hour < REMIND_UNTIL:
        return 0
    with transaction() as session:
        return reminding.remind(session, now=now)


def _tell_systems(_now: datetime) -> int:
    """Other systems hear of submissions. Where the settings name none, nothing waits."""
    settings = current_app.config["SETTINGS"]
    return hooks.deliver(
        current_app.extensions["hook_caller"],
        keys=settings.keys,
        now=clock.now,
        stopping=current_app.extensions["stopping"].is_set,
    )


def _count_surveys(now: datetime) -> int:
    """Surveys' results are counted anew where it is time; nobody's visit does."""
    return recounting.count_due(keys=current_app.config["SETTINGS"].keys, now=now)


def _follow_disaster(now: datetime) -> int:
    """LINE's menu is a disaster's while one is on. Without an account there is nobody to tell."""
    settings = current_app.config["SETTINGS"]
    if not settings.line_channel_access_token:
        return 0
    disaster = disasters.current(db.session)
    wanted = Face.NORMAL
    if disaster:
        wanted = Face.DRILL if disaster.drill else Face.DISASTER
    return menu_follow.follow(
        wanted,
        lambda: messaging.gateway(settings),
        lambda face: messaging.definitions(settings, drill=face is Face.DRILL),
        now=now,
    )


def _purge(now: datetime) -> int:
    return sum(retention.run(now=now).values())
