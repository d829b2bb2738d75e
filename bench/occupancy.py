"""Cost of one occupancy update with its durable commit, beside a bare one-row commit.

    python -m bench.occupancy [--database URL] [--updates 600] [--clients 16]

A town of 875 shelters in a disaster. Updates (service, audit event and commit, as the API does
them) and bare commits (one row of one table, by the same engine) take turns, so both meet the same
disk; printed are wall and CPU times, and the ratio of the medians. Then a history is read, and
`--clients` threads update at once, each over HTTP, against one web server.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import statistics
import threading
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy import text

from bench import towns
from liff_app import clock, create_app, schema
from liff_app.audit import service as audit
from liff_app.config import read
from liff_app.db import db, transaction
from liff_app.shelters import service as shelters
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.occupancy import service
from liff_app.shelters.occupancy.service import Change
from liff_app.shelters.passes import service as passes
from liff_app.shelters.vocabulary import Hazard, Opening
from tests.shelters.published import people, publish, row

SHELTERS = 875  # a large city
WARM = 20
SECONDS = 5.0
Times = list[tuple[float, float]]  # wall and CPU, ms


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="a PostgreSQL server on which a database may be made")
    parser.add_argument("--updates", type=int, default=600)
    parser.add_argument("--clients", type=int, default=16)
    asked = parser.parse_args()
    measure(asked.database, updates=asked.updates, clients=asked.clients)


def measure(database: str | None = None, *, updates: int = 600, clients: int = 16) -> None:
    """Print the figures of one database."""
    with towns.environment(database) as environ:
        app = create_app(read(environ))
        with app.app_context():
            schema.upgrade(db.engine)
            ids, tokens = _town(app)
            print(f"{db.engine.dialect.name}, {len(ids)} shelters, {updates} updates")
            _alone(app, ids, updates)
            db.session.close()
            db.engine.dispose()
        with towns.running([towns.web(environ)]) as (server,):
            _at_once(server.port or 0, ids, tokens, clients)


def _town(app: Flask) -> tuple[list[str], dict[str, str]]:
    """Ids of the places, each spoken of once, and their passes."""
    publish(
        *(row(f"A{n}", name=f"第{n:03}小学校", lat=35.6 + n / 1000, capacity=people(400))
          for n in range(SHELTERS))
    )  # fmt: skip
    keys, now = app.config["SETTINGS"].keys, clock.now()
    with transaction() as session:
        draft = DisasterDraft(name="台風", hazards=(Hazard.FLOOD,), drill=False)
        disasters.start(session, draft, by="command:bench", now=now)
        found = service.all_current(session, now=now, policy=shelters.policy())
        ids = [one.shelter_id for one in found]
        opened = Change(opening=Opening.OPEN, people=10)
        for one in ids:
            service.change(
                session, one, opened, by="command:bench", now=now, policy=shelters.policy()
            )
        passes.make_all(session, by="command:bench", keys=keys, now=now)
    sheets = passes.sheets(db.session, keys=keys)[1]
    return ids, {one.shelter_id: one.token for one in sheets}


class _Night:
    """What one process does over a long night."""

    def __init__(self, app: Flask, ids: list[str]) -> None:
        self.dice = random.Random(875)
        self.ids = ids
        self.keys = app.config["SETTINGS"].keys
        self.policy = shelters.policy()
        for _ in range(200):  # at one place, so that there is a history to read
            with transaction() as session:
                service.change(
                    session, ids[0], Change(), by="pass:bench", now=clock.now(), policy=self.policy
                )

    def update(self) -> None:
        """One change, as the API makes it."""
        place, now = self.dice.choice(self.ids), clock.now()
        key = f"{self.dice.getrandbits(96):024x}"
        change = Change(people_change=1, request_key=key, confirmed=True)
        with transaction() as session:
            done = service.change(
                session, place, change, by="pass:bench", now=now, policy=self.policy
            )
            audit.record(
                session, actor="pass:bench", action=service.CHANGED, subject=f"shelter:{place}",
                keys=self.keys, now=now, detail=done.detail(),
            )  # fmt: skip

    def bare(self) -> None:
        """One row of one small table, committed."""
        with transaction() as session:
            session.execute(text("UPDATE shelter_versions SET value = value WHERE name = 'master'"))

    def history(self) -> None:
        """The last hundred events of a place."""
        service.history(db.session, self.ids[0], limit=100)
        db.session.rollback()


def _alone(app: Flask, ids: list[str], updates: int) -> None:
    night = _Night(app, ids)
    found: dict[str, Times] = {"update": [], "bare commit": []}
    for number in range(WARM + updates):
        for name, work in (("update", night.update), ("bare commit", night.bare)):
            times = _timed(work)
            if number >= WARM:
                found[name].append(times)
    found["history, 100 events"] = [_timed(night.history) for _ in range(100)]
    print(f"{'':34}{'wall p50':>10}{'wall p99':>10}{'CPU p50':>10}{'CPU p99':>10}   ms")
    for name, rows in found.items():
        print(f"{name:34}{_row(rows)}")
    ratio = _median(found["update"], 0) / _median(found["bare commit"], 0)
    print(f"an update takes {ratio:.2f} times a bare commit (wall, medians of turns)")


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def _median(times: Times, which: int) -> float:
    return statistics.median(one[which] for one in times)


def _row(times: Times) -> str:
    cells = []
    for which in (0, 1):
        ordered = sorted(one[which] for one in times)
        cells += [ordered[len(ordered) // 2], ordered[int(0.99 * (len(ordered) - 1))]]
    return "".join(f"{cell:10.2f}" for cell in cells)


def _at_once(port: int, ids: list[str], tokens: dict[str, str], clients: int) -> None:
    """Updates per second over HTTP, every answer checked."""
    counted: list[list[float]] = [[] for _ in range(clients)]
    until = time.perf_counter() + SECONDS

    def write(number: int) -> None:
        dice = random.Random(number)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() < until:
            place, begun = dice.choice(ids), time.perf_counter()
            body = json.dumps({"people_change": 1, "confirmed": True})
            headers = {
                "Content-Type": "application/json", "Host": "localhost",
                "Authorization": f"Bearer {tokens[place]}",
                "Idempotency-Key": f"{dice.getrandbits(96):024x}",
            }  # fmt: skip
            connection.request("PUT", f"/api/v1/shelters/{place}/status", body, headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{answer.status} {said[:200]!r}")
            counted[number].append(1000 * (time.perf_counter() - begun))
        connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = sorted(one for row in counted for one in row)
    print(
        f"{clients} clients over HTTP, one web process: {len(times) / SECONDS:.0f} updates/s,"
        f" p50 {times[len(times) // 2]:.0f} ms, p99 {times[int(0.99 * (len(times) - 1))]:.0f} ms"
    )


if __name__ == "__main__":
    main()
