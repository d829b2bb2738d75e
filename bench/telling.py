"""Messages to residents while workers are killed: none lost, none told twice, none out of order.

    python -m bench.telling [--database URL] [--messages 5000] [--residents 400] [--kills 500]
                            [--seed N] [--flaw newkey|recordfirst|unordered] [--latency SECONDS]

Two real workers and LINE in a box on loopback, on a database of their own (SQLite, or one made on
the PostgreSQL server of `--database`). Messages are queued all the while, some twice; LINE answers
with errors before and after accepting, broken connections, silence, and too many requests; and a
worker is killed (SIGKILL) at seeded moments and another started. Then every talk is read. The exit
status is 1 if anything is not as it must be; with `--flaw` a flaw is planted, and it is 0 only if
it was found. With `--kills 0` nothing goes wrong and nothing is hurried: how fast is one worker,
when LINE takes `--latency` for an answer?
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from flask import Flask

from bench import towns
from bench.told_town import (
    CHANNEL,
    FLAWS,
    TOKEN,
    TROUBLES,
    Crowd,
    Line,
    Workers,
    close,
    crowd,
    emulator,
)
from liff_app import create_app, schema
from liff_app.config import read
from liff_app.db import db, transaction
from liff_app.messaging import outbox

STUCK_S = 120.0  # nothing more is told for so long, without kills: it has come to a standstill


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is tried."""

    database: str | None = None
    messages: int = 5000
    residents: int = 400
    kills: int = 500
    seed: int = 20251122
    flaw: str | None = None
    latency: float = 0.0


@dataclass(slots=True)
class Report:
    """What was seen."""

    queued: int = 0
    kills: int = 0
    troubles: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    repeats: int = 0
    accepted: int = 0
    lost: int = 0
    twice: int = 0
    disorder: int = 0
    states: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def wrong(self) -> int:
        """How much is not as it must be."""
        unsent = sum(count for state, count in self.states.items() if state != "sent")
        return self.lost + self.twice + self.disorder + unsent


def attempt(plan: Plan) -> Report:
    """Try it, and count."""
    program = emulator()
    with towns.environment(plan.database) as environ, towns.running([program]):
        line = Line(program.port or 0)
        line.ask("/crowd", {"count": plan.residents})
        environ |= {
            "LINE_API_URL": f"http://127.0.0.1:{line.port}",
            "LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
            "LIFF_ID": f"{CHANNEL}-AbCdEfGh",
        }
        app = create_app(read(environ))
        with app.app_context():
            schema.upgrade(db.engine)
            people = crowd(app, plan.residents)
        try:
            return _told(plan, app, line, people)
        finally:
            close(app)


def _told(plan: Plan, app: Flask, line: Line, people: Crowd) -> Report:
    """Queue, kill, wait for the end, and read every talk."""
    report, dice = Report(), random.Random(plan.seed)
    workers = Workers(app, fast=plan.kills > 0, flaw=plan.flaw)
    if plan.latency:
        line.trouble("delay", times=plan.messages * 2, seconds=plan.latency)
    begun = time.monotonic()
    try:
        if plan.kills:
            _kill(plan, workers, line, people, report, dice)
        else:
            _queue(app, people, dice, plan.messages)
            begun = time.monotonic()
            workers.start()
        _wait(app, report)
        report.seconds = time.monotonic() - begun
    finally:
        workers.stop()
    line.count_calls()
    report.calls, report.repeats = line.calls, line.repeats
    _read(line, people, report)
    return report


def _kill(
    plan: Plan, workers: Workers, line: Line, people: Crowd, report: Report, dice: random.Random
) -> None:
    workers.start()
    workers.start()
    for number in range(plan.kills):
        share = plan.messages * (number + 1) // plan.kills - plan.messages * number // plan.kills
        _queue(workers.app, people, dice, share)
        if dice.random() < 0.5:
            kind = "monthly" if dice.random() < 0.03 else dice.choice(TROUBLES)
            line.trouble(kind, times=dice.choice((1, 2, 3)))
            report.troubles[kind] += 1
        time.sleep(dice.uniform(0.005, 0.15))
        workers.kill(dice)
        report.kills += 1
        if number % 50 == 0:
            line.count_calls()


def _queue(app: Flask, people: Crowd, dice: random.Random, count: int) -> None:
    with app.app_context(), transaction() as session:
        for _ in range(count):
            people.tell(session, dice)


def _wait(app: Flask, report: Report) -> None:
    """Until nothing waits any more, or nothing moves: a busy machine is slow, not wrong."""
    sent, moved = -1, time.monotonic()
    while True:
        with app.app_context():
            counts = outbox.count_by_state(db.session)
        report.states = {state.value: count for state, count in counts.items() if count}
        if report.states.get("sent", 0) > sent:
            sent, moved = report.states.get("sent", 0), time.monotonic()
        if not {"queued", "sending"} & set(report.states) or time.monotonic() > moved + STUCK_S:
            return
        time.sleep(0.1)


def _read(line: Line, people: Crowd, report: Report) -> None:
    """Every talk against what was to be told."""
    for number, wanted in enumerate(people.told):
        told = line.told(number)
        times = Counter(told)
        report.queued += len(wanted)
        report.accepted += len(told)
        report.lost += sum(1 for one in wanted if not times[one])
        report.twice += sum(count - 1 for count in times.values())
        first = [wanted.index(one) for one in dict.fromkeys(told)]
        report.disorder += sum(1 for a, b in itertools.pairwise(first) if b < a)


def shown(plan: Plan, report: Report) -> str:
    """The report in lines."""
    kind = "PostgreSQL" if plan.database else "SQLite"
    pace = report.queued / report.seconds
    return "\n".join(
        [
            f"{kind}, {report.queued} messages to {plan.residents} residents, seed {plan.seed}"
            + (f", FLAW {plan.flaw}" if plan.flaw else ""),
            f"workers killed: {report.kills}; {report.seconds:.1f} s, {pace:.0f} messages/s",
            f"troubles at LINE: {dict(sorted(report.troubles.items()))}",
            f"sends: {report.calls}, of which LINE knew by their key: {report.repeats}",
            f"in the database: {report.states}",
            (
                f"accepted: {report.accepted}; lost: {report.lost}; told twice: {report.twice};"
                f" out of order: {report.disorder}"
            ),
        ]
    )


def main() -> int:
    """Print the report; give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    usual = Plan()
    parser.add_argument("--database", help="a PostgreSQL server on which a database may be made")
    parser.add_argument("--messages", type=int, default=usual.messages)
    parser.add_argument("--residents", type=int, default=usual.residents)
    parser.add_argument("--kills", type=int, default=usual.kills)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--latency", type=float, default=usual.latency)
    parser.add_argument("--flaw", choices=FLAWS)
    plan = Plan(**vars(parser.parse_args()))
    report = attempt(plan)
    print(shown(plan, report))
    return int(bool(report.wrong) is (plan.flaw is None))


if __name__ == "__main__":
    sys.exit(main())
