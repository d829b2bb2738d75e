"""`make bench`: every measurement, one after the other."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

from sqlalchemy import make_url

from bench import board, imports, nearest, occupancy, procedures, reports, startup, web

POSTGRES = os.environ.get(
    "TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


def on_postgres(measure: Callable[[str], object]) -> None:
    """The same measurement on PostgreSQL; a sentence where no server answers."""
    url = make_url(POSTGRES)
    try:
        socket.create_connection((url.host or "127.0.0.1", url.port or 5432), 1).close()
    except OSError:
        print("no PostgreSQL server answers (TEST_POSTGRES_URL)")
        return
    measure(POSTGRES)


def main() -> None:
    """Print all tables."""
    parts: list[tuple[str, Callable[[], object]]] = [
        ("Start-up and memory", startup.main),
        ("The search alone, CPU µs", nearest.main),
        ("The API against a bare Flask view (granian, one core)", web.main),
        ("Occupancy updates beside bare commits, SQLite", occupancy.measure),
        ("The same, PostgreSQL", lambda: on_postgres(occupancy.measure)),
        ("The console's board of 875 shelters", board.measure_all),
        ("Imports", imports.main),
        ("A million damage reports, SQLite", reports.measure),
        ("The same, PostgreSQL", lambda: on_postgres(reports.measure)),
        ("Procedures: a journey to a receipt number, SQLite", procedures.measure),
        ("The same, PostgreSQL", lambda: on_postgres(procedures.measure)),
    ]
    for title, part in parts:
        print(f"\n== {title}")
        part()


if __name__ == "__main__":
    main()
