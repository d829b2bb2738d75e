"""The product and LINE's emulator as programs on free ports: for browser tests and pictures."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import time
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from liff_app import create_app, demo
from liff_app.config import read
from liff_app.db import db
from liff_app.shelters.board import CHECK_SECONDS
from tests.quicker import spare_the_disk

LIFF_ID = demo.LIFF_ID
RESIDENT_COOKIE = "machimado"


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A running town: where the product and LINE answer, and its command line."""

    url: str
    line: str
    app: Flask
    folder: Path
    settings: Mapping[str, str]

    def run(self, *command: str) -> str:
        """What `flask --app wsgi` prints for the command, which has succeeded.

        In this process, which is none of the servers: they learn of it through the database, at
        which they look four times a second.
        """
        done = self.app.test_cli_runner().invoke(args=list(command))
        assert done.exit_code == 0, done.output
        time.sleep(CHECK_SECONDS + 0.05)
        return done.output

    def api(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        """What the product's JSON API answers to a GET."""
        with urllib.request.urlopen(f"{self.url}/api/v1{path}", timeout=10) as answer:  # noqa: S310 - loopback
            return json.load(answer)

    def drill(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Tell or ask LINE's emulator something; None where it has nothing to say."""
        ask = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.line}/emulator{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(ask, timeout=10) as answer:  # noqa: S310 - loopback
            said = answer.read()
        return json.loads(said) if said else None

    def trouble(self, target: str, kind: str, times: int = 1) -> None:
        """Let the next calls of `target` go wrong."""
        self.drill("POST", "/troubles", {"target": target, "kind": kind, "times": times})


def _free_port() -> int:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _settings(folder: Path, web: int, emulator: int) -> dict[str, str]:
    return demo.environment(web, emulator) | {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATA_KEYS": "k1:" + urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "DATABASE_URL": f"sqlite:///{folder / 'town.db'}",
        "FILE_STORE": str(folder / "files"),
        "PUBLIC_FILES": str(folder / "public"),
    }


@contextmanager
def running_town(folder: Path) -> Iterator[Town]:
    """A migrated, empty town whose web server and emulator run until the block ends.

    The rich menu is set. Logs go to `folder`.
    """
    web, emulator = _free_port(), _free_port()
    settings = _settings(folder, web, emulator)
    app = create_app(read(settings))
    spare_the_disk(app.extensions["engine"])
    town = Town(
        url=f"http://localhost:{web}",
        line=f"http://localhost:{emulator}",
        app=app,
        folder=folder,
        settings=settings,
    )
    town.run("db", "upgrade")
    commands = demo.commands(web, emulator, folder / "emulator.db")
    with ExitStack() as running:
        running.callback(_dispose, app)
        emulated = _start(running, commands["emulator"], settings, folder / "emulator.log")
        served = _start(running, commands["web"], settings, folder / "web.log")
        demo.wait_for(f"{town.line}/", emulated)
        demo.apply_menu(settings)
        demo.wait_for(f"{town.url}/livez", served)
        yield town


@contextmanager
def another_web(town: Town) -> Iterator[str]:
    """The address of a second web process on the town's database, until the block ends."""
    web = _free_port()
    settings = dict(town.settings) | {"PUBLIC_URL": f"http://localhost:{web}"}
    command = demo.commands(web, 0, town.folder / "none")["web"]
    with ExitStack() as running:
        served = _start(running, command, settings, town.folder / "web2.log")
        demo.wait_for(f"http://localhost:{web}/livez", served)
        yield f"http://localhost:{web}"


@contextmanager
def worker(town: Town) -> Iterator[None]:
    """The town's worker, until the block ends."""
    command = demo.commands(0, 0, town.folder / "none")["worker"]
    with ExitStack() as running:
        _start(running, command, town.settings, town.folder / "worker.log")
        yield


def _start(
    running: ExitStack, command: list[str], settings: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    output = running.enter_context(log.open("wb"))
    process = subprocess.Popen(  # noqa: S603 - our own programs
        command,
        env=os.environ | dict(settings),
        cwd=Path(__file__).resolve().parents[2],
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    running.callback(demo.stop, process)
    return process


def _dispose(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
