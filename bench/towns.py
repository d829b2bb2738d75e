"""A town on a database of its own, with real web servers and a worker that can be killed."""

from __future__ import annotations

import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

ROOT = Path(__file__).resolve().parent.parent
CODE = "479993"
START_SECONDS = 60.0


@contextmanager
def database(admin_url: str | None, folder: Path) -> Iterator[str]:
    """An empty database: a SQLite file, or one made on the server of `admin_url` and dropped."""
    if admin_url is None:
        yield f"sqlite:///{folder / 'town.db'}"
        return
    name = f"machimado_bench_{os.getpid()}_{secrets.token_hex(3)}"
    admin = create_engine(admin_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(admin_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        admin.dispose()


@contextmanager
def environment(admin_url: str | None) -> Iterator[dict[str, str]]:
    """The settings of a town whose programs share one database, and call nobody outside."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with database(admin_url, folder) as url:
            yield {
                "MACHIMADO_ENV": "test",
                "PUBLIC_URL": "http://localhost",
                "DATABASE_URL": url,
                "FILE_STORE": str(folder / "files"),
                "PUBLIC_FILES": str(folder / "public"),
                "MUNICIPALITY_CODE": CODE,
                "GEOCODER_URL": "",
                "LINE_API_URL": "http://127.0.0.1:9",
                "SECRET_KEY": secrets.token_urlsafe(48),
                "DATA_KEYS": "k1:" + urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            }


def free_port() -> int:
    """A port nobody listens on."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Program:
    """A program of the town that can be killed in the middle of its work."""

    command: list[str]
    environ: dict[str, str]
    port: int | None = None  # where it answers, if it does
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """It runs; whether it answers yet is `is_ready`."""
        self.process = subprocess.Popen(  # noqa: S603 - our own programs
            self.command, cwd=ROOT, env=os.environ | self.environ, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        """It and all its processes are gone at once, whatever they were doing."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    @property
    def is_ready(self) -> bool:
        """Whether it answers; for one that never does, whether it runs."""
        if self.process is None or self.process.poll() is not None:
            return False
        if self.port is None:
            return True
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=1).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True


def web(environ: dict[str, str], target: str = "wsgi:app", *, threads: int = 4) -> Program:
    """A web server on a free port."""
    port = free_port()
    granian = str(Path(sys.executable).parent / "granian")
    command = [
        *(granian, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--blocking-threads", str(threads), "--log-level", "critical", target),
    ]
    return Program(command, environ, port)


def worker(environ: dict[str, str]) -> Program:
    """The worker."""
    return Program([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], environ)


@contextmanager
def running(programs: list[Program]) -> Iterator[list[Program]]:
    """The programs, all ready; ended with the block."""
    try:
        for program in programs:
            program.start()
        until = time.monotonic() + START_SECONDS
        while not all(program.is_ready for program in programs):
            if time.monotonic() > until:
                raise TimeoutError("a program did not start")
            time.sleep(0.05)
        yield programs
    finally:
        for program in programs:
            program.kill()


def kill_one(programs: list[Program], dice: random.Random, *, share: float = 0.8) -> str:
    """A ready program is killed and started again: a web server, or with `1 - share` a worker.

    Gives which kind it was. A program that still starts is spared: its death would prove nothing.
    """
    wants_web = dice.random() < share
    while True:
        ready = [one for one in programs if (one.port is not None) == wants_web and one.is_ready]
        if ready:
            break
        time.sleep(0.01)
    victim = dice.choice(ready)
    victim.kill()
    victim.start()
    return "web" if wants_web else "worker"
