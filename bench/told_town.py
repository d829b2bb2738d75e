"""A town that tells its residents something: LINE in a box, residents, workers to be killed.

A worker is a process forked from this one after everything is imported, so that hundreds can be
started and killed; it runs the real `worker.run` with the real gateway, only faster.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import urllib.request
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NoReturn
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy.orm import Session

from bench import towns
from liff_app import clock, worker
from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.emulator.people import user_id_for
from liff_app.gateways import line_messaging_sdk
from liff_app.gateways.line_login import LineIdentity
from liff_app.gateways.line_messaging import Accepted
from liff_app.gateways.line_messaging_sdk import SdkLineMessaging
from liff_app.identity import service as identity
from liff_app.messaging import claims, cli, delivery, outbox
from liff_app.messaging.claims import Claim, Outcome, Verdict
from liff_app.messaging.rules import Pace

CHANNEL, TOKEN = "1234567890", "a channel token"
# A lease outlives a turn and one timeout, as in the product; all of it fifty times as fast.
FAST = Pace(
    turn_s=0.3,
    lease=timedelta(seconds=1),
    pauses=tuple(timedelta(milliseconds=ms) for ms in (50, 100, 200, 400)),
    long_pause=timedelta(milliseconds=200),
)
TIMEOUT_S = 0.4
TROUBLES = ("error", "error_after_accepting", "reset", "reset_after_accepting", "rate", "delay")
FLAWS = ("newkey", "recordfirst", "unordered")


@dataclass(slots=True)
class Line:
    """The emulator, over HTTP."""

    port: int
    repeats: int = 0  # sends that LINE knew by their key
    calls: int = 0
    _seen: int = 0

    def ask(self, path: str, body: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - JSON
        """What the drill master's API answers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/emulator{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - same
            return json.loads(answer.read())

    def trouble(self, kind: str, *, times: int = 1, seconds: float = TIMEOUT_S * 1.5) -> None:
        """The next sends go wrong."""
        told = {"target": "push", "kind": kind, "times": times, "seconds": seconds}
        self.ask("/troubles", told)

    def count_calls(self) -> None:
        """Repeats and calls are up to date: LINE in a box remembers the last 5,000 only."""
        for entry in self.ask(f"/calls?endpoint=push&after={self._seen}"):
            self._seen = entry["number"]
            self.calls += 1
            self.repeats += entry["status"] == 409

    def told(self, number: int) -> list[str]:
        """What one resident of the crowd sees in their talk, in order."""
        user = urlencode({"user": user_id_for(CHANNEL, f"crowd-{number}")})
        entries = self.ask(f"/messages?{user}")
        return [str(one["message"].get("altText", "")) for one in entries]


def emulator() -> towns.Program:
    """LINE in a box on a free port."""
    port = towns.free_port()
    command = [
        *(sys.executable, "-m", "liff_app.emulator", "--port", str(port)),
        *("--app-url", "http://localhost:9", "--liff-id", f"{CHANNEL}-AbCdEfGh"),
        *("--channel-id", CHANNEL, "--channel-secret", "secret", "--channel-token", TOKEN),
    ]
    return towns.Program(command, {}, port)


@dataclass(slots=True)
class Crowd:
    """Residents, and what each is to be told, in order."""

    ids: list[str]
    told: list[list[str]] = field(default_factory=list)

    def tell(self, session: Session, dice: random.Random) -> None:
        """Somebody is told something new, and by mistake sometimes twice."""
        number = dice.randrange(len(self.ids))
        said = self.told[number]
        said.append(f"お知らせ {len(said) + 1}")
        for _ in range(2 if dice.random() < 0.1 else 1):
            outbox.queue(
                session, resident_id=self.ids[number], text=said[-1], link="/reports/a",
                link_label="くわしく見る", event=f"report:a:{len(said)}", now=clock.now(),
            )  # fmt: skip


def crowd(app: Flask, count: int) -> Crowd:
    """So many residents have signed in."""
    now, ids = clock.now(), []
    with transaction() as session:
        for number in range(count):
            seen = LineIdentity(
                sub=user_id_for(CHANNEL, f"crowd-{number}"), audience=CHANNEL, issued_at=now,
                expires_at=now, token_digest=b"",
            )  # fmt: skip
            keys = app.config["SETTINGS"].keys
            ids.append(identity.recognise(session, seen, keys=keys, now=now))
    return Crowd(ids, [[] for _ in ids])


def close(app: Flask) -> None:
    """No connection is open: a forked process must not inherit one."""
    with app.app_context():
        db.session.close()
        db.engine.dispose()


@dataclass(slots=True)
class Workers:
    """Worker processes, some of which are killed."""

    app: Flask
    fast: bool = True
    flaw: str | None = None
    pids: list[int] = field(default_factory=list)

    def start(self) -> None:
        """One more works."""
        close(self.app)
        line_messaging_sdk._sdk()  # noqa: SLF001 - imported once, not in every process
        pid = os.fork()
        if pid == 0:
            self._work()
        self.pids.append(pid)

    def _work(self) -> NoReturn:
        """The worker, as in the product but for its pace, and for a planted flaw."""
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 2)
        try:
            if self.fast:
                vars(delivery)["PACE"] = FAST
                vars(cli)["gateway"] = _hurried
                vars(worker)["PAUSE_SECONDS"] = 0.01
            _plant(self.flaw)
            with suppress(Exception):
                worker.run(self.app)
        finally:
            os._exit(0)

    def kill(self, dice: random.Random) -> None:
        """One is gone in the middle of its work, and another begins."""
        pid = self.pids.pop(dice.randrange(len(self.pids)))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSIGNALED(status):
            raise RuntimeError("a worker ended by itself")
        self.start()

    def stop(self) -> None:
        """All end as they do when the machine is told to stop."""
        for pid in self.pids:
            os.kill(pid, signal.SIGTERM)
        for pid in self.pids:
            os.waitpid(pid, 0)
        self.pids.clear()


def _hurried(settings: Settings) -> SdkLineMessaging:
    """The real gateway, less patient."""
    return SdkLineMessaging(
        api_url=settings.line_api_url,
        token=settings.line_channel_access_token,
        read_timeout_s=TIMEOUT_S,
    )


class _KeyOfItsOwn(SdkLineMessaging):
    """The flaw: every try has a new key."""

    def push(
        self, to: str, messages: Sequence[Mapping[str, object]], *, retry_key: uuid.UUID
    ) -> Accepted:
        """Send as if it had never been sent."""
        del retry_key
        return super().push(to, messages, retry_key=uuid.uuid4())


def _plant(flaw: str | None) -> None:
    """The product is changed to what it must not be."""
    if flaw == "newkey":
        vars(sys.modules[__name__])["SdkLineMessaging"] = _KeyOfItsOwn
    elif flaw == "recordfirst":
        send_all = delivery._Turn._send_all  # noqa: SLF001 - the flaw is planted here

        def recorded_first(turn: Any, taken: tuple[Claim, ...], pool: Any) -> None:  # noqa: ANN401 - ours
            done = [Outcome(one, Verdict.SENT) for one in taken]
            with transaction() as session:
                claims.record(session, done, pace=turn.pace, dice=random.Random(), now=clock.now())
            send_all(turn, taken, pool)

        setattr(delivery._Turn, "_send_all", recorded_first)  # noqa: B010, SLF001 - same
    elif flaw == "unordered":
        free = claims._free  # noqa: SLF001 - same

        def unheld(session: Session, which: Any, limit: int) -> Any:  # noqa: ANN401 - same
            vars(claims)["WAITING"] = ()
            return free(session, which, limit)

        vars(claims)["_free"] = unheld
