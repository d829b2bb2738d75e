"""`make bench`, the web part: the finder's API against a bare Flask view of the same size.

One server process on one core, the load on the other; bursts interleaved; medians over rounds.
Ratio = CPU per answer of the bare view / CPU per answer of ours, in the same run.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import load

ROOT = Path(__file__).resolve().parent.parent
SITES = ROOT.parent / "shared" / "data" / "shelters" / "gsi_401307_fukuoka_emergency.geojson"
ROUNDS, SECONDS = 5, 2.0
BOX = (33.50, 33.66, 130.25, 130.47)  # 福岡市, degrees: south, north, west, east


@contextmanager
def server(target: str, port: int, **environ: str) -> Iterator[int]:
    """A granian worker on core 0; gives its pid."""
    command = [
        *(str(Path(sys.executable).parent / "granian"), "--interface", "wsgi"),
        *("--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "1"),
        *("--log-level", "critical", target),
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environ)  # noqa: S603 - ours
    os.sched_setaffinity(process.pid, {0})
    try:
        _wait(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=1).close()
        except urllib.error.HTTPError:
            return  # the bare app knows no such page, but it answers
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("server did not start")


def settings(folder: str) -> dict[str, str]:
    """The environment of a town of 福岡市's published sites."""
    return {
        "MACHIMADO_ENV": "test",
        "PUBLIC_URL": "http://localhost",
        "DATABASE_URL": f"sqlite:///{folder}/town.db",
        "FILE_STORE": f"{folder}/files",
        "MUNICIPALITY_CODE": "401307",
        "GEOCODER_URL": "",
    }


def flask(environ: dict[str, str], *arguments: str) -> None:
    """Run one of our commands."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    subprocess.run(  # noqa: S603 - ours
        command, cwd=ROOT, env=os.environ | environ, check=True, stdout=subprocess.DEVNULL
    )


def main() -> None:
    """Print the ratios."""
    load.pin(1)
    rng = random.Random(20251027)
    with tempfile.TemporaryDirectory() as folder:
        town = settings(folder)
        flask(town, "db", "upgrade")
        flask(town, "shelters", "import", str(SITES), "--yes")
        points = [(rng.uniform(*BOX[:2]), rng.uniform(*BOX[2:])) for _ in range(2000)]
        paths = [
            f"/api/v1/shelters/nearest?lat={lat:.5f}&lon={lon:.5f}&hazard=earthquake"
            for lat, lon in points
        ]
        with server("wsgi:app", 8181, **town) as ours:
            first = urllib.request.urlopen(f"http://127.0.0.1:8181{paths[0]}")
            size = len(first.read())
            status = urllib.request.urlopen("http://127.0.0.1:8181/api/v1/shelters/status.json")
            tag = status.headers["ETag"]
            with server("bench.bare:app", 8182, BARE_BYTES=str(size)) as bare:
                _compare(ours, bare, paths, tag)
            print(f"web process, one town: {load.memory_mb(ours):.0f} MB PSS")


def _compare(ours: int, bare: int, paths: list[str], tag: str) -> None:
    nearest = [load.get(path) for path in paths]
    matching = [load.get("/api/v1/shelters/status.json", If_None_Match=tag)]
    constant = [load.get("/constant")]
    plans = {
        "bare": (8182, bare, constant, b"200"),
        "nearest, 786 sites": (8181, ours, nearest, b"200"),
        "status.json, matching ETag": (8181, ours, matching, b"304"),
    }
    found: dict[str, list[load.Burst]] = {name: [] for name in plans}
    for port, pid, requests, code in plans.values():
        load.burst(port, pid, requests, status=code, seconds=1.0)  # warm
    for _ in range(ROUNDS):
        for name, (port, pid, requests, code) in plans.items():
            found[name].append(load.burst(port, pid, requests, status=code, seconds=SECONDS))
    base = statistics.median(one.cpu_us for one in found["bare"])
    print(f"{'':34}{'CPU µs':>8}{'req/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'ratio':>7}")
    for name, bursts in found.items():
        cpu = statistics.median(one.cpu_us for one in bursts)
        rate = statistics.median(one.answers / one.seconds for one in bursts)
        p50 = statistics.median(one.percentile(0.5) for one in bursts)
        p99 = statistics.median(one.percentile(0.99) for one in bursts)
        print(f"{name:34}{cpu:8.0f}{rate:8.0f}{p50:8.2f}{p99:8.2f}{base / cpu:7.2f}")


if __name__ == "__main__":
    main()
