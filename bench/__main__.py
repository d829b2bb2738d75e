"""`make bench`: every measurement, one after the other."""

from __future__ import annotations

import os
import socket

from sqlalchemy import make_url

from bench import board, imports, nearest, occupancy, startup, web

POSTGRES = os.environ.get(
    "TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


def on_postgres() -> None:
    """The occupancy figures on PostgreSQL; a sentence where no server answers."""
    url = make_url(POSTGRES)
    try:
        socket.create_connection((url.host or "127.0.0.1", url.port or 5432), 1).close()
    except OSError:
        print("no PostgreSQL server answers (TEST_POSTGRES_URL)")
        return
    occupancy.measure(POSTGRES)


def main() -> None:
    """Print all tables."""
    for title, part in (
        ("Start-up and memory", startup.main),
        ("The search alone, CPU µs", nearest.main),
        ("The API against a bare Flask view (granian, one core)", web.main),
        ("Occupancy updates beside bare commits, SQLite", occupancy.measure),
        ("The same, PostgreSQL", on_postgres),
        ("The console's board of 875 shelters", board.measure_all),
        ("Imports", imports.main),
    ):
        print(f"\n== {title}")
        part()


if __name__ == "__main__":
    main()
