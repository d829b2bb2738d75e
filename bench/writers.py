"""Writers, all at once, while servers die: no change lost, none twice, never below 0.

    python -m bench.writers [--database URL] [--writers 8] [--changes 500] [--kills 50] [--seed N]
                            [--flaw unlocked|keyless]

Real web servers and a worker on a database of their own (SQLite, or one made on the PostgreSQL
server of `--database`). Each writer is a process and sends its changes by
`PUT /api/v1/shelters/{id}/status` with a shelter's pass or a system's key, and again until each is
answered, while web servers and the worker are killed (SIGKILL) at seeded moments and restarted.
Then everything is counted; the exit status is 1 if anything is not as it must be. With `--flaw` a
flaw is planted, and the exit status is 0 only if it was found.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import text

from bench import towns
from bench.checked import Found, everything
from bench.writer import Done, Task, run
from liff_app import clock, create_app, schema
from liff_app.config import read
from liff_app.db import db, transaction
from liff_app.shelters import service as shelters
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.passes import service as passes
from liff_app.shelters.vocabulary import Hazard
from liff_app.staff import api_keys
from liff_app.staff.api_keys import KeyDraft
from liff_app.staff.vocabulary import KeyScope
from tests.shelters.published import people, publish, row

SERVERS = 3
PLACES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is tried."""

    database: str | None = None
    writers: int = 8
    changes: int = 500
    kills: int = 50
    seed: int = 20251122
    flaw: str | None = None


@dataclass(slots=True)
class Report:
    """What was seen, and what is wrong."""

    seen: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    found: Found = field(default_factory=Found)


def attempt(plan: Plan) -> Report:
    """Try it, and count."""
    with towns.environment(plan.database) as environ:
        app = create_app(read(environ))
        with app.app_context():
            schema.upgrade(db.engine)
            tokens = _town(app)
            if plan.flaw == "unlocked":
                _unconstrained()
            db.session.close()
            db.engine.dispose()
        flawed = plan.flaw == "unlocked"
        target = "bench.flawed:app" if flawed else "wsgi:app"
        environ |= {"FLAW": plan.flaw or ""}
        programs = [towns.web(environ, target) for _ in range(SERVERS)] + [towns.worker(environ)]
        with towns.running(programs):
            report, answers = _write(plan, programs, tokens)
        with app.app_context():
            everything(report.found, answers, list(tokens), keyed=plan.flaw != "keyless")
            db.session.close()
            db.engine.dispose()
    for name in [one for one in report.seen if one.startswith("answer 5") and "503" not in one]:
        report.found.wrong.append(f"{report.seen[name]} × {name}")
    return report


def _town(app: Flask) -> dict[str, tuple[str, ...]]:
    """Places in a disaster; by place its pass, and keys that open every place."""
    publish(
        *(row(f"A{n}", name=f"第{n}小学校", lat=35.6 + n / 100, capacity=people(9000))
          for n in range(PLACES))
    )  # fmt: skip
    ids = [shelters.find_by_name(db.session, f"第{n}小学校").id for n in range(PLACES)]
    keys, now = app.config["SETTINGS"].keys, clock.now()
    scopes = frozenset({KeyScope.SHELTERS_WRITE})
    with transaction() as session:
        draft = DisasterDraft(name="訓練", hazards=(Hazard.FLOOD,), drill=True)
        disasters.start(session, draft, by="command:bench", now=now)
        passes.make_all(session, by="command:bench", keys=keys, now=now)
        shown = [
            api_keys.issue(
                session, KeyDraft(name=f"外{n}", scopes=scopes), by="command:bench", now=now
            )[1]
            for n in range(8)
        ]
    sheets = {one.shelter_id: one.token for one in passes.sheets(db.session, keys=keys)[1]}
    return {one: (sheets[one], sheets[one], sheets[one], *shown) for one in ids}


def _unconstrained() -> None:
    """The constraint that would catch a lost update is gone, so that the count must find it."""
    with db.engine.begin() as connection:
        connection.execute(
            text("DROP INDEX ix_shelter_status_events_shelter_id_disaster_id_version")
        )


def _write(
    plan: Plan, programs: list[towns.Program], tokens: dict[str, tuple[str, ...]]
) -> tuple[Report, list[Done]]:
    """Let all writers write and the programs die."""
    report, dice = Report(), random.Random(plan.seed)
    context = multiprocessing.get_context("spawn")
    progress = context.Value("i", 0)
    ports = tuple(one.port for one in programs if one.port is not None)
    moments = sorted(dice.randrange(plan.writers * plan.changes) for _ in range(plan.kills))
    waiting = []
    begun = time.monotonic()
    for number in range(plan.writers):
        ours, theirs = context.Pipe(duplex=False)
        task = Task(number, plan.changes, plan.seed, ports, tokens, plan.flaw != "keyless")
        process = context.Process(target=run, args=(task, progress, theirs), daemon=True)
        process.start()
        theirs.close()
        waiting.append((process, ours))
    for moment in moments:
        while progress.value < moment:
            time.sleep(0.001)
        time.sleep(dice.random() * 0.02)  # not always between two answers
        report.kills[towns.kill_one(programs, dice)] += 1
    answers: list[Done] = []
    for process, ours in waiting:
        answers.append(ours.recv())
        process.join()
    report.seconds = time.monotonic() - begun
    for done in answers:
        report.seen += done.seen
        report.latencies += done.latencies
    return report, answers


def shown(plan: Plan, report: Report) -> str:
    """The report in lines."""
    ordered = sorted(report.latencies)
    pace = [1000 * ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99)]
    kind = "PostgreSQL" if plan.database else "SQLite"
    lines = [
        f"{kind}, {plan.writers} writers × {plan.changes} changes, seed {plan.seed}"
        + (f", FLAW {plan.flaw}" if plan.flaw else ""),
        f"killed: {dict(report.kills)}; {report.seconds:.1f} s",
        f"answered after: p50 {pace[0]:.0f} ms, p99 {pace[1]:.0f} ms",
        f"seen by the writers: {dict(sorted(report.seen.items()))}",
        f"found in the database: {report.found.counts}",
        *(f"WRONG: {one}" for one in report.found.wrong[:5]),
        "wrong: none" if not report.found.wrong else f"wrong: {len(report.found.wrong)}",
    ]
    return "\n".join(lines)


def main() -> int:
    """Print the report; give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    usual = Plan()
    parser.add_argument("--database", help="a PostgreSQL server on which a database may be made")
    parser.add_argument("--writers", type=int, default=usual.writers)
    parser.add_argument("--changes", type=int, default=usual.changes)
    parser.add_argument("--kills", type=int, default=usual.kills)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--flaw", choices=("unlocked", "keyless"))
    plan = Plan(**vars(parser.parse_args()))
    report = attempt(plan)
    print(shown(plan, report))
    return int(bool(report.found.wrong) is (plan.flaw is None))


if __name__ == "__main__":
    sys.exit(main())
