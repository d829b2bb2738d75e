"""Messages while workers are killed, in short; `python -m bench.telling` is the long form.

A program of its own: it forks, and the test's process has threads.
"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.conftest import POSTGRES, ROOT, answers

pytestmark = pytest.mark.e2e  # real programs on loopback


def telling(*more: str, kills: int = 10) -> tuple[int, str]:
    """Exit status and report of a short trial: twelve messages between two kills."""
    command = [
        *(sys.executable, "-m", "bench.telling"),
        *("--kills", str(kills), "--messages", str(12 * kills), "--residents", "50", *more),
    ]
    done = subprocess.run(  # noqa: S603 - our own program
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def require_clean(report: str) -> None:
    """Everybody was told everything, once and in order, and the kills had hit something."""
    assert "accepted: 120; lost: 0; told twice: 0; out of order: 0" in report
    assert "workers killed: 10;" in report
    known = re.search(r"LINE knew by their key: (\d+)", report)
    assert known is not None
    assert int(known[1]) > 0, report


def test_nobody_is_told_twice_and_nothing_is_lost_on_sqlite() -> None:
    status, report = telling()
    require_clean(report)
    assert status == 0


@pytest.mark.postgres
def test_nobody_is_told_twice_and_nothing_is_lost_on_postgresql() -> None:
    if not answers(POSTGRES, 5432):
        pytest.skip("no PostgreSQL server on loopback (TEST_POSTGRES_URL)")
    status, report = telling("--database", POSTGRES)
    require_clean(report)
    assert status == 0


@pytest.mark.parametrize(
    ("flaw", "seen"),
    [
        ("newkey", r"told twice: [1-9]"),
        ("recordfirst", r"lost: [1-9]"),
        ("unordered", r"out of order: [1-9]"),
    ],
)
def test_a_planted_flaw_is_found(flaw: str, seen: str) -> None:
    for seed in "123":  # a kill may hit nothing of note, least of all on a busy machine
        status, report = telling("--flaw", flaw, "--seed", seed, kills=8)
        if re.search(seen, report):
            assert status == 0
            return
    pytest.fail(report)
