"""QR codes as drawings: a path for an inline SVG, so that a page needs no further address."""

from __future__ import annotations

from dataclasses import dataclass

import segno

QUIET = 4  # modules of white around the code, as ISO/IEC 18004 asks


@dataclass(frozen=True, slots=True)
class QrSquare:
    """A QR code: `d` of an SVG path, one unit per module, in a square of `size` units."""

    d: str
    size: int


def square(text: str) -> QrSquare:
    """The code of `text`, its quiet zone included; readable with 15 % of it lost (level M)."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    runs = [
        f"M{QUIET + start} {QUIET + y}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _dark_runs(row)
    ]
    return QrSquare("".join(runs), len(rows) + 2 * QUIET)


def _dark_runs(row: bytes) -> list[tuple[int, int]]:
    """Start and length of each run of dark modules."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if not dark:
            continue
        if found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((x, 1))
    return found
