"""Start-up CPU time and memory of a process, by what it loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = {
    "python alone": "pass",
    "bare Flask": "import flask; flask.Flask('bare')",
    "web process": "import wsgi",
    "command: shelters import": "import wsgi, liff_app.shelters.cli",
    "command: line richmenu apply": "import wsgi, liff_app.messaging.cli, linebot.v3.messaging",
}
TELL = (
    "\nimport resource\nu=resource.getrusage(resource.RUSAGE_SELF)\n"
    "print(u.ru_utime+u.ru_stime, u.ru_maxrss/1024)"
)


def measure(program: str) -> tuple[float, float]:
    """CPU seconds and peak resident MB of a fresh interpreter, the best of three."""
    found = []
    for _ in range(3):
        answer = subprocess.run(  # noqa: S603 - ours
            [sys.executable, "-c", program + TELL],
            cwd=ROOT,
            env={"MACHIMADO_ENV": "test", "DATABASE_URL": "sqlite:///:memory:", "PATH": "/usr/bin"},
            check=True,
            capture_output=True,
            text=True,
        )
        cpu, memory = answer.stdout.split()
        found.append((float(cpu), float(memory)))
    return min(found)


def main() -> None:
    """Print the table."""
    print(f"{'start-up':34}{'CPU s':>8}{'peak MB':>9}")
    for name, program in PROGRAMS.items():
        cpu, memory = measure(program)
        print(f"{name:34}{cpu:8.2f}{memory:9.0f}")


if __name__ == "__main__":
    main()
