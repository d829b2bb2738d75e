"""A million damage reports: map, what is near, the reviewer's page, numbers, and sending one.

    python -m bench.reports [--database URL] [--reports 1000000] [--rounds 200]

One web process on one core, one client on the other, over HTTP: session, guard, database, page and
compression are all in the figure. Wall time is what a person waits for; CPU stands beside it, and
the ratio to a bare Flask view that answers as many bytes in the same run. Every answer is checked.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import os
import statistics
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench import load, million, towns, web
from bench import report_asked as asked
from bench.report_asked import Asked, Wrong
from liff_app import create_app, schema
from liff_app.config import read
from liff_app.db import db
from liff_app.staff.vocabulary import Role
from tests.conftest import make_colleague

LIMITS = {  # ms, p50
    "map": 20.0, "near": 5.0, "inbox": 30.0, "send": 150.0, "numbers": 1000.0, "open": 150.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """What the requests of one kind took: wall ms each, CPU ms on average, bytes of an answer."""

    wall: list[float]
    cpu: float
    size: int


def main() -> None:
    """Print the table. Exit 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="a PostgreSQL server on which a database may be made")
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200)
    asked = parser.parse_args()
    if not measure(asked.database, count=asked.reports, rounds=asked.rounds):
        raise SystemExit(1)


def measure(database: str | None = None, *, count: int = 1_000_000, rounds: int = 200) -> bool:
    """Print the figures of one database; gives whether every limit was kept."""
    with towns.environment(database) as environ:
        app = create_app(read(environ))
        with app.app_context():
            schema.upgrade(db.engine)
            begun = time.monotonic()
            million.fill(db.engine, count)
            name = db.engine.dialect.name
            print(f"{name}: {count:,} reports made in {time.monotonic() - begun:.0f} s")
            cookie = make_colleague(Role.REPORT_REVIEWER)[1]
            residents = asked.sign_in()
            plans = asked.plans(cookie, residents, rounds)
            db.session.close()
            db.engine.dispose()
        load.pin(1)
        port = towns.free_port()
        with web.server("wsgi:app", port, **environ) as ours:
            plans["send"] = asked.sendings(port, residents)
            found = {kind: _run(port, ours, ones) for kind, ones in plans.items()}
            print(f"web process: {load.memory_mb(ours):.0f} MB PSS")
        return _table(found)


def _table(found: dict[str, Measured]) -> bool:
    print(
        f"{'':8}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'KB':>8}"
        f"{'bare ms':>9}{'ratio':>8}{'limit':>7}"
    )
    kept = True
    for kind, one in found.items():
        bare = _bare(one.size)
        p50 = statistics.median(one.wall)
        p95 = sorted(one.wall)[int(0.95 * len(one.wall))]
        kept = kept and p50 < LIMITS[kind]
        print(
            f"{kind:8}{p50:9.2f}{p95:9.2f}{one.cpu:9.2f}{one.size / 1024:8.1f}"
            f"{bare:9.2f}{bare / p50:8.3f}{LIMITS[kind]:7.0f}"
        )
    print("limits kept" if kept else "a limit was missed")
    return kept


def _bare(size: int) -> float:
    """p50 of a bare Flask view of that many bytes, ms, asked the same way."""
    port = towns.free_port()
    with web.server("bench.bare:app", port, BARE_BYTES=str(max(14, size))) as pid:
        asked = [Asked("GET", "/constant", {}, bool) for _ in range(200)]
        return statistics.median(_run(port, pid, asked).wall)


def _run(port: int, pid: int, asked: Sequence[Asked]) -> Measured:
    """Ask one after the other on one connection; a tenth of them first, to warm up."""
    wall: list[float] = []
    size = 0
    warm = max(1, len(asked) // 10)
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        for one in asked[:warm]:
            _ask(line, one)
        before = _tree_cpu(pid)
        for one in asked[warm:]:
            begun = time.perf_counter()
            raw = _ask(line, one)
            wall.append(1000 * (time.perf_counter() - begun))
            size = max(size, len(raw))
    return Measured(wall, 1000 * (_tree_cpu(pid) - before) / len(wall), size)


def _ask(line: http.client.HTTPConnection, one: Asked) -> bytes:
    line.request(one.method, one.path, body=one.body or None, headers=one.headers)
    answer = line.getresponse()
    raw = answer.read()
    plain = gzip.decompress(raw) if answer.headers.get("Content-Encoding") == "gzip" else raw
    if answer.status != one.status or not one.right(plain):
        raise Wrong(f"{one.method} {one.path}: {answer.status} {plain[:300]!r}")
    return raw


def _tree_cpu(pid: int) -> float:
    """CPU seconds of a process and all below it, those that have ended and were waited for too."""
    tick = os.sysconf("SC_CLK_TCK")
    total = 0
    for one in [pid, *load.below(pid)]:
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(value) for value in fields[11:15])  # utime stime cutime cstime
    return total / tick


if __name__ == "__main__":
    main()
