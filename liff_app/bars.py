"""Where the bars of a chart go. Pure: numbers in, percentages out; words stay outside.

The drawings are `templates/components/bar_chart.html` and `bar.html`; nothing here knows
markup or colours. A table of the same numbers must stand on the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liff_app.charts import Tick

MOST_ACROSS, MOST_UP = 3, 4  # labels that fit a phone at the largest text
LEFT = 12.0  # percent: beside the numbers, which would else stand on the bars
_FILLED = 0.7  # of the room of a bar; the rest stands between it and the next


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the whole and, in front of it, one of its part; percent of the drawing."""

    left: float
    width: float
    height: float
    part: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """A chart ready to be drawn."""

    bars: tuple[Bar, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


def bar_chart(columns: Sequence[tuple[str, int, int]]) -> BarChart:
    """The chart of columns from left to right: label, whole, and the part of the whole."""
    top, up = scale(max((whole for _label, whole, _part in columns), default=0))
    room = (100 - LEFT) / max(1, len(columns))
    every = -(-len(columns) // MOST_ACROSS) or 1
    bars = tuple(
        Bar(
            round(LEFT + at * room + room * (1 - _FILLED) / 2, 3),
            round(room * _FILLED, 3),
            round(100 * whole / top, 2),
            round(100 * part / top, 2),
        )
        for at, (_label, whole, part) in enumerate(columns)
    )
    across = tuple(
        Tick(round(LEFT + (at + 0.5) * room, 2), label)
        for at, (label, _whole, _part) in enumerate(columns)
        if at % every == 0
    )
    return BarChart(bars=bars, across=across, up=up)


def shares(counts: Sequence[int]) -> list[float]:
    """How long the bar of each count is, in percent of the longest one."""
    most = max(counts, default=0) or 1
    return [round(100 * one / most, 1) for one in counts]


def scale(most: int) -> tuple[int, tuple[Tick, ...]]:
    """A round number at the top, and the numbers on the way there."""
    step = next(
        digit * 10**power
        for power in range(12)
        for digit in (1, 2, 5)
        if digit * 10**power * MOST_UP >= most
    )
    top = step * max(1, -(-most // step))
    return top, tuple(
        Tick(round(100 - 100 * n / top, 2), f"{n:,}") for n in range(0, top + 1, step)
    )
