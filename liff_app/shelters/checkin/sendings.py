"""How much one resident may send from the check-in's pages."""

from __future__ import annotations

from flask import current_app, g, request

from liff_app import limits

# Seconds, and how many things in them. A refused form counts twice: the script sends it once more
# as a page, to show what is wrong.
SENDINGS = ((60, 20), (3600, 120))


def count() -> None:
    """A family sends a few things; a flood of one account must not hold up the doors of all.

    Raises TooMany.
    """
    if request.method != "POST":
        return
    counts = current_app.extensions["limits"]
    for span, most in SENDINGS:
        limits.allow(counts, f"sent:{span}:{g.resident_id}", most=most, window_seconds=span)
