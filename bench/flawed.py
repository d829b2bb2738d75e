"""The product with a planted flaw, for `bench.writers` to find: what it must not be.

`FLAW=unlocked`: nobody waits for anybody, as with SQLAlchemy's defaults on SQLite and without row
locks on PostgreSQL. A server of this module loses updates without an error.
"""

from __future__ import annotations

import os
import sqlite3

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from liff_app import create_app, db
from liff_app.config import read
from liff_app.shelters.models import ShelterVersion
from liff_app.shelters.occupancy import service


def _as_python_does(engine: Engine) -> None:
    """SQLite as Python's module leaves it: a transaction begins with the first write only."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in db.SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")


def _without_waiting(session: Session, name: str) -> ShelterVersion:
    """The counter, held by nobody."""
    return session.get_one(ShelterVersion, name)


if os.environ.get("FLAW") == "unlocked":
    db._tune_sqlite = _as_python_does  # noqa: SLF001 - the flaw is planted here
    vars(service)["hold"] = _without_waiting

app = create_app(read(os.environ))
