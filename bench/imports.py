"""Import of every published list by the command itself, and how the product serves them.

    python -m bench.imports [--postgres URL] [--only-files PART]

Per list: rows, imported, reported and blank as the command counts them, seconds of wall and CPU,
rows per second of wall, peak memory, each run in a process of its own. All lists go into one empty
database, in the order of their names, each twice: the second time must change nothing. At the end
the product is asked to serve what there is. With --postgres the URL names a server; a database is
made there and dropped again.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from liff_app import clock, config, create_app, schema
from liff_app.db import db
from liff_app.shelters import service

ROOT = Path(__file__).resolve().parents[1]
LISTS = ROOT.parent / "shared" / "data" / "shelters"
COUNTS = re.compile(r"行数：(\d+)　取り込み：(\d+)　受け付けない：(\d+)　空の行：(\d+)")
CHILD = (
    "import resource, sys; from liff_app import create_app; run = create_app().test_cli_runner();"
    "done = run.invoke(args=['shelters', 'import', sys.argv[1], '--yes']);"
    "print(done.output); use = resource.getrusage(resource.RUSAGE_SELF);"
    "print('USED', use.ru_utime + use.ru_stime, use.ru_maxrss, done.exit_code)"
)
QUESTIONS = (
    "/api/v1/shelters/nearest?lat=35.681&lon=139.767",
    "/api/v1/shelters/nearest?lat=35.681&lon=139.767&hazard=flood",
    "/api/v1/shelters/status.json",
    "/shelters?lat=35.681&lon=139.767&hazard=flood",
    "/shelters?lat=35.681&lon=139.767&purpose=welfare",
)


@dataclass(frozen=True, slots=True)
class Figures:
    """One run of the command."""

    counts: tuple[int, ...]
    wall_s: float
    cpu_s: float
    peak_mb: float
    is_unchanged: bool


def import_once(file: Path, environ: Mapping[str, str]) -> Figures:
    """Run the command in a process of its own."""
    begun = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", CHILD, str(file)],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    wall = time.perf_counter() - begun
    found = COUNTS.search(done.stdout)
    used = re.search(r"USED ([\d.]+) (\d+) (\d+)", done.stdout)
    if found is None or used is None or used[3] != "0":
        raise SystemExit(f"{file.name}: {done.stdout[-500:]}")
    return Figures(
        tuple(map(int, found.groups())),
        wall,
        float(used[1]),
        int(used[2]) / 1024,
        "何も変えていません" in done.stdout,
    )


@contextmanager
def postgres_database(server: str) -> Iterator[str]:
    """A database made for this run and dropped after it."""
    name = f"machimado_bench_{os.getpid()}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        admin.dispose()


def measure(url: str, folder: Path, part: str) -> None:
    """Import every list twice into the database at `url`, then serve it."""
    told = {"MACHIMADO_ENV": "test", "DATABASE_URL": url, "GEOCODER_URL": "",
            "FILE_STORE": str(folder / "files")}  # fmt: skip
    environ = {**os.environ, **told}
    engine = create_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    files = sorted(file for file in LISTS.iterdir() if part in file.name)
    print(f"{'list':<44}{'rows':>8}{'imported':>9}{'reported':>9}{'blank':>6}"
          f"{'wall s':>8}{'CPU s':>7}{'rows/s':>8}{'peak MB':>8}{'again s':>8}")  # fmt: skip
    for file in files:
        first = import_once(file, environ)
        again = import_once(file, environ)
        rows, imported, reported, blank = first.counts
        if rows != imported + reported + blank or not again.is_unchanged:
            raise SystemExit(
                f"{file.name}: counts do not add up, or a repetition changed something"
            )
        print(f"{file.name:<44}{rows:>8}{imported:>9}{reported:>9}{blank:>6}{first.wall_s:>8.1f}"
              f"{first.cpu_s:>7.1f}{rows / first.wall_s:>8.0f}{first.peak_mb:>8.0f}"
              f"{again.wall_s:>8.1f}", flush=True)  # fmt: skip
    serve(environ)


def serve(environ: Mapping[str, str]) -> None:
    """Build the board once and ask the questions residents ask."""
    app = create_app(config.read(environ))
    with app.app_context():
        cpu = time.process_time()
        moment = service.board().now(db.session, clock.now())
        print(
            f"board: {len(moment.finder.places)} places, {time.process_time() - cpu:.1f} s CPU, "
            f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
        )
        for name, file in (("snapshot", moment.snapshot), ("status", moment.status)):
            print(f"{name}: {len(file.body):,} bytes, gzip {len(file.compressed):,}")
    client = app.test_client()
    for question in QUESTIONS:
        times = []
        for _ in range(5):
            cpu = time.process_time()
            answer = client.get(question)
            times.append((time.process_time() - cpu) * 1000)
        print(f"{question}: {answer.status_code}, {len(answer.data):,} bytes, "
              f"first {times[0]:.1f} ms CPU, later {min(times[1:]):.2f} ms CPU")  # fmt: skip


def main() -> None:
    """Print the figures for SQLite, or for PostgreSQL where a server is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", metavar="URL")
    parser.add_argument("--only-files", metavar="PART", default="")
    asked = parser.parse_args()
    if not LISTS.is_dir():
        raise SystemExit("the published lists are not beside the project")
    with tempfile.TemporaryDirectory() as folder:
        if asked.postgres:
            with postgres_database(asked.postgres) as url:
                measure(url, Path(folder), asked.only_files)
        else:
            measure(f"sqlite:///{folder}/town.db", Path(folder), asked.only_files)


if __name__ == "__main__":
    main()
