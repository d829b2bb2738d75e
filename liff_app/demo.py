"""`make demo`: a running town on this machine, and the invented まど市 that lives in it.

Starts the web server, the worker and the LINE emulator as processes of their own, prints where they
are, and ends them all on Ctrl-C. Data stay in `var/`.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from liff_app import clock, create_app, demo_town, schema
from liff_app.config import read
from liff_app.db import db
from liff_app.demo_town import procedures as demo_procedures
from liff_app.demo_town import reports as demo_reports
from liff_app.emulator.people import user_id_for
from liff_app.errors import DomainError
from liff_app.messaging import cli as messaging
from liff_app.messaging.richmenu_apply import apply_menus

LIFF_ID = "1234567890-AbCdEfGh"
CHANNEL_ID = "1234567890"
# The emulator's own, known to everybody: production refuses LINE addresses that are not LINE's.
CHANNEL_SECRET = "emulator-channel-secret"  # noqa: S105 - see above
CHANNEL_TOKEN = "emulator-channel-token"  # noqa: S105 - same
OIDC_CLIENT_ID = "machimado-console"
OIDC_CLIENT_SECRET = "emulator-oidc-secret"  # noqa: S105 - same
WEB_PORT, EMULATOR_PORT = 8080, 8765
TRIES = 3
START_SECONDS = 60.0
SETTLE_SECONDS = 0.3  # a program that finds its port taken has ended by then
STOP_SECONDS = 10.0


class DemoFailed(Exception):
    """A part of the demo did not start. The text says which."""


class PartEnded(DemoFailed):
    """A part ended while it started: most likely another program took its port first."""


def take_port(held: ExitStack, wanted: int) -> int:
    """The wanted port, or the next free one; no other demo takes it until `held` closes."""
    for port in range(wanted, wanted + 50):
        with ExitStack() as ours:
            # Web servers of one user share a port without a word (SO_REUSEPORT). The UDP port of
            # the same number is free, and belongs to one program at a time: that is the claim.
            claim = ours.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            try:
                claim.bind(("127.0.0.1", port))
            except OSError:
                continue
            if not _answers(port):
                held.enter_context(ours.pop_all())
                return port
    raise DemoFailed(f"{wanted} から先に空いている番号がありません。")


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("localhost", port), timeout=1).close()
    except OSError:
        return False
    return True


def environment(web: int, emulator: int) -> dict[str, str]:
    """The settings of the demo: every LINE address is the emulator's."""
    line = f"http://localhost:{emulator}"
    return {
        "MACHIMADO_ENV": "development",
        "PUBLIC_URL": f"http://localhost:{web}",
        "LINE_API_URL": line,
        "LINE_LOGIN_JWKS_URL": f"{line}/oauth2/v2.1/certs",
        "LIFF_SDK_URL": f"{line}/sdk.js",
        "LIFF_PERMALINK_HOST": line,
        "LINE_LOGIN_CHANNEL_IDS": CHANNEL_ID,
        "LINE_CHANNEL_SECRET": CHANNEL_SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": CHANNEL_TOKEN,
        "LIFF_ID": LIFF_ID,
        "STAFF_OIDC_ISSUER": f"{line}/oidc",
        "STAFF_OIDC_CLIENT_ID": OIDC_CLIENT_ID,
        "STAFF_OIDC_CLIENT_SECRET": OIDC_CLIENT_SECRET,
        "MUNICIPALITY_PHONE": "0000-00-0000",
        "GEOCODER_URL": "",
    }


def commands(web: int, emulator: int, state: Path) -> dict[str, list[str]]:
    """How each part is started."""
    python = sys.executable
    return {
        "emulator": [
            *(python, "-m", "liff_app.emulator", "--port", str(emulator)),
            *("--app-url", f"http://localhost:{web}", "--liff-id", LIFF_ID),
            *("--channel-id", CHANNEL_ID, "--channel-secret", CHANNEL_SECRET),
            *("--channel-token", CHANNEL_TOKEN, "--state", str(state)),
            *("--account-name", "まど市", "--resident-cookie", "machimado"),
        ],
        "web": [
            *(str(Path(python).parent / "granian"), "--interface", "wsgi"),
            *("--host", "127.0.0.1", "--port", str(web), "--blocking-threads", "4"),
            *("--log-level", "warning", "wsgi:app"),
        ],
        "worker": [python, "-m", "flask", "--app", "wsgi", "worker"],
    }


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return once the address answers and the process, still running, can be who answered.

    Raises PartEnded if the process ends, DemoFailed if it takes long.
    """
    until = time.monotonic() + START_SECONDS
    answered = False
    while time.monotonic() < until:
        if process.poll() is not None:
            raise PartEnded(f"起動できませんでした：{address}")
        if answered:
            return
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - loopback, our own
                answered = True
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(SETTLE_SECONDS if answered else 0.1)
    raise DemoFailed(f"時間内に答えませんでした：{address}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and wait for it; one that does not listen is killed."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def prepare(settings: Mapping[str, str]) -> dict[str, int]:
    """A migrated database with まど市 in it."""
    app = create_app(read(settings))
    with app.app_context():
        schema.upgrade(db.engine)
        counts = demo_town.load(now=clock.now())
        counts["通報"] = demo_reports.fill(now=clock.now())
        haru = user_id_for(CHANNEL_ID, "haru")
        counts["手続き"] = demo_procedures.fill(now=clock.now(), line_user_id=haru)
        db.session.close()
    return counts


def apply_menu(settings: Mapping[str, str]) -> None:
    """The rich menu is drawn and set, against the emulator."""
    told = read(settings)
    apply_menus(messaging.gateway(told), messaging.definitions(told))


def main() -> int:
    """Start everything, say where it is, and wait for Ctrl-C. Gives the exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)  # also where a shell started us in the background
    for turn in range(TRIES):
        with ExitStack() as running:
            try:
                web, emulator = (take_port(running, n + turn) for n in (WEB_PORT, EMULATOR_PORT))
                return _run(running, web, emulator)
            except KeyboardInterrupt:
                _say("\n止めています。データは var/ に残ります。")
                return 0
            except PartEnded as error:
                _say(str(error))
            except (DemoFailed, DomainError, OSError) as error:
                _say(f"見本の町を始められませんでした：{error}")
                return 1
    _say("見本の町を始められませんでした。")
    return 1


def _run(running: ExitStack, web: int, emulator: int) -> int:
    """The emulator starts while the database is prepared, the web while the menu is drawn."""
    settings = os.environ | environment(web, emulator)
    told = commands(web, emulator, Path("var") / "emulator.db")
    processes = {"emulator": _start(running, told["emulator"], settings)}
    counts = prepare(settings)
    for name in ("web", "worker"):
        processes[name] = _start(running, told[name], settings)
    wait_for(f"http://localhost:{emulator}/", processes["emulator"])
    apply_menu(settings)
    wait_for(f"http://localhost:{web}/livez", processes["web"])
    _announce(web, emulator, counts)
    return _watch(processes)


def _start(
    running: ExitStack, command: list[str], settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """A part of the demo, ended when `running` closes. Its own group: Ctrl-C reaches only us."""
    process = subprocess.Popen(command, env=settings, start_new_session=True)  # noqa: S603 - ours
    running.callback(stop, process)
    return process


def _watch(processes: Mapping[str, subprocess.Popen[bytes]]) -> int:
    while True:
        for name, process in processes.items():
            if process.poll() is not None:
                _say(f"{name} が止まりました（{process.returncode}）。全部を止めます。")
                return 1
        time.sleep(0.5)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _announce(web: int, emulator: int, counts: Mapping[str, int]) -> None:
    there = "、".join(f"{name} {count}" for name, count in counts.items())
    _say(
        "\nまど市が動いています。\n"
        f"  住民の電話（LINEの見本）  http://localhost:{emulator}/\n"
        f"  だれでも見られる避難所    http://localhost:{web}/shelters\n"
        f"  職員の画面                http://localhost:{web}/console/\n"
        f"    はじめて入るとき        PUBLIC_URL=http://localhost:{web} "
        f".venv/bin/flask --app wsgi staff link {demo_town.ADMINISTRATOR}\n"
        f"    練習用の庁内認証        ログイン画面の下のボタン → {demo_town.ADMINISTRATOR}\n"
        f"    まちの通報              http://localhost:{web}/console/reports\n"
        f"    手続きの申請            http://localhost:{web}/console/procedures\n"
        f"  API の説明                http://localhost:{web}/api/v1/openapi.json\n"
        f"  入っているもの            {there}\n"
        "止めるときは Ctrl-C を押してください。"
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
