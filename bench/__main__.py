"""`make bench`: every measurement, one after the other."""

from __future__ import annotations

from bench import imports, nearest, startup, web


def main() -> None:
    """Print all tables."""
    for title, part in (
        ("Start-up and memory", startup.main),
        ("The search alone, CPU µs", nearest.main),
        ("The API against a bare Flask view (granian, one core)", web.main),
        ("Imports", imports.main),
    ):
        print(f"\n== {title}")
        part()


if __name__ == "__main__":
    main()
