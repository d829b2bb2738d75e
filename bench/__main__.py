"""`make bench`: every measurement, one after the other."""

from __future__ import annotations

from bench import board, imports, nearest, occupancy, startup, web


def main() -> None:
    """Print all tables."""
    for title, part in (
        ("Start-up and memory", startup.main),
        ("The search alone, CPU µs", nearest.main),
        ("The API against a bare Flask view (granian, one core)", web.main),
        ("Occupancy updates beside bare commits, SQLite", occupancy.measure),
        ("The console's board of 875 shelters", board.measure_all),
        ("Imports", imports.main),
    ):
        print(f"\n== {title}")
        part()


if __name__ == "__main__":
    main()
