"""`python -m bench.board`: the console's board of 875 shelters, server time against bare Flask.

875 is the largest number of 指定避難所 in one municipality. Every place is open with people, needs
and a note, which is the heaviest page there is. Measured in this process, in CPU time, over the
whole WSGI call: session, guard, database, rows, template, compression.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from liff_app import clock, config, create_app, schema
from liff_app.db import db, transaction
from liff_app.shelters import service
from liff_app.shelters.console import desk as desks
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.models import Shelter
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change, Need
from liff_app.shelters.vocabulary import Hazard, Opening
from liff_app.staff.vocabulary import Role
from tests.conftest import colleague
from tests.shelters.published import north, people, publish, row

PLACES, ROUNDS, LIMIT_MS = 875, 15, 50.0
BOARD = "/console/shelters"
GZIP = {"Accept-Encoding": "gzip"}


def town(folder: str) -> Flask:
    """A town of 875 places, all of them open."""
    app = create_app(
        config.read(
            {
                "MACHIMADO_ENV": "test",
                "PUBLIC_URL": "http://localhost",
                "DATABASE_URL": f"sqlite:///{folder}/town.db",
                "FILE_STORE": f"{folder}/files",
                "PUBLIC_FILES": f"{folder}/public",
                "GEOCODER_URL": "",
            }
        )
    )
    with app.app_context():
        schema.upgrade(db.engine)
        publish(*(place(n) for n in range(PLACES)))
        started = clock.now() - timedelta(hours=3)
        draft = DisasterDraft(name="台風第19号", hazards=(Hazard.FLOOD,), drill=False)
        with transaction() as session:
            disasters.start(session, draft, by="bench", now=started)
        ids = list(db.session.scalars(select(Shelter.id)))
        for part in range(0, PLACES, 100):
            with transaction() as session:
                for n, one in enumerate(ids[part : part + 100], start=part):
                    said(session, one, n)
    return app


def place(n: int) -> Any:  # noqa: ANN401 - a ShelterRow
    """A row of the list."""
    return row(
        f"B{n:04}", name=f"まど市立第{n}小学校 体育館", capacity=people(100 + n), lat=north(60 * n)
    )


def said(session: Any, shelter_id: str, n: int) -> None:  # noqa: ANN401 - a Session
    """A report on the place, with everything there is to say."""
    change = Change(
        opening=Opening.OPEN,
        people=n % 150,
        note=f"入口は{n}番の門です",
        needs_added=frozenset({Need.WATER, Need.BLANKETS}) if n % 3 == 0 else frozenset(),
    )
    now = clock.now() - timedelta(minutes=n % 170)
    occupancy.change(session, shelter_id, change, by="pass:bench", now=now, policy=service.policy())


def cpu_ms(call: Callable[[], Any]) -> float:
    """CPU milliseconds of one call."""
    begun = time.process_time()
    call()
    return 1000 * (time.process_time() - begun)


def measure(name: str, call: Callable[[], Any], before: Callable[[], Any], base: float) -> float:
    """Print median and worst of a request; gives the median: others use this machine too."""
    times = []
    for _ in range(ROUNDS):
        before()
        times.append(cpu_ms(call))
    middle, worst = statistics.median(times), max(times)
    print(f"{name:46}{middle:9.2f}{worst:9.2f}{base / middle:9.3f}")
    return middle


def main() -> None:
    """Print the table. Exit 1 where a page takes longer than the limit."""
    if measure_all():
        raise SystemExit(1)


def measure_all() -> list[str]:
    """Print the table; gives what took longer than the limit."""
    with tempfile.TemporaryDirectory() as folder:
        app = town(folder)
        clerk: FlaskClient = colleague(app, Role.ADMINISTRATOR)
        page = clerk.get(BOARD, headers=GZIP)
        assert page.status_code == 200
        assert clerk.get(BOARD).text.count('class="board-row"') == PLACES + 1  # and the blank one
        tag = clerk.get(f"{BOARD}/board.json").headers["ETag"]
        bare = _bare(len(clerk.get(BOARD).data))
        base = statistics.median(cpu_ms(lambda: bare.get("/x")) for _ in range(200))
        print(f"page {len(page.data) / 1024:.0f} KB gzip; bare Flask {base:.2f} ms")
        print(f"{'875 shelters, CPU':46}{'p50 ms':>9}{'max ms':>9}{'ratio':>9}")
        plans: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
            "page": (lambda: clerk.get(BOARD, headers=GZIP), _nothing),
            "page, after one change": (lambda: clerk.get(BOARD, headers=GZIP), lambda: _one(app)),
            "page, a process's first reading": (
                lambda: clerk.get(BOARD, headers=GZIP), lambda: _forget(app),
            ),
            "refresh, nothing new (304)": (
                lambda: clerk.get(f"{BOARD}/board.json", headers=GZIP | {"If-None-Match": tag}),
                lambda: None,
            ),
            "refresh, after one change": (
                lambda: clerk.get(f"{BOARD}/board.json", headers=GZIP), lambda: _one(app),
            ),
        }  # fmt: skip
        measure("refresh, nothing new (304)", *plans.pop("refresh, nothing new (304)"), base)
        found = {name: measure(name, *plan, base) for name, plan in plans.items()}
    cold = found.pop("page, a process's first reading")
    slow = [name for name, ms in found.items() if ms > LIMIT_MS]
    print(f"limit {LIMIT_MS:.0f} ms: {'missed by ' + ', '.join(slow) if slow else 'kept'}")
    print(f"once per process, and after an import of a list: {cold:.0f} ms")
    return slow


def _bare(size: int) -> FlaskClient:
    """A Flask app whose one page is constant text of that size."""
    app = Flask("bare")
    app.add_url_rule("/x", view_func=lambda: "x" * size)
    return app.test_client()


def _nothing() -> None:
    pass


def _one(app: Flask) -> None:
    """One place reports; the reading of it is not what is measured."""
    with app.app_context():
        first = db.session.scalars(select(Shelter.id).limit(1)).one()
        with transaction() as session:
            occupancy.change(
                session, first, Change(people_change=1), by="pass:bench", now=clock.now(),
                policy=service.policy(),
            )  # fmt: skip


def _forget(app: Flask) -> None:
    """The process has just started: no row is known."""
    app.extensions["shelter_desk"] = desks.Desk()


if __name__ == "__main__":
    main()
