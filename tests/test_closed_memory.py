"""Web, worker and workshop let no other process look into their memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

GET_DUMPABLE = 3  # PR_GET_DUMPABLE of <linux/prctl.h>
SAY = (
    "import ctypes, os, sys, threading\n"
    "def say(*_args, **_named):\n"
    f"    print(ctypes.CDLL(None).prctl({GET_DUMPABLE}, 0, 0, 0, 0), flush=True)\n"
    "    os._exit(0)\n"
)
STARTS = {
    "web": "import liff_app\nliff_app.create_app = say\nimport wsgi",
    "worker": "from liff_app import worker\n"
    "worker.jobs = say\n"
    "app = type('App', (), {'extensions': {}})()\n"
    "worker.run(app)",
    "workshop": "from liff_app import limited_program\nfrom liff_app.photos import workshop\n"
    "limited_program.gc.collect = say\n"
    "import socket\nours, theirs = socket.socketpair()\nos.dup2(theirs.fileno(), 0)\n"
    "workshop.main()",
}


def told(program: str) -> str:
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", SAY + program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
@pytest.mark.parametrize("name", STARTS)
def test_no_process_looks_into_it(name: str) -> None:
    assert told("say()") == "1", "an ordinary process, seen by the same question"
    assert told(STARTS[name]) == "0"


@pytest.mark.parametrize("unit", ["web", "worker"])
def test_the_service_manager_forbids_the_calls_too(unit: str) -> None:
    lines = (ROOT / f"deploy/systemd/machimado-{unit}.service").read_text().splitlines()
    assert "SystemCallFilter=~@debug process_vm_readv process_vm_writev" in lines
