"""Where the strokes of a step chart go. Pure: numbers in, coordinates out; words stay outside.

A count holds until the next one, so a chart of people or of open places is made of steps. The
drawing is `templates/components/step_chart.html`; nothing here knows markup or colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from liff_app.clock import JST

SIDE = 1000  # units of the drawing, in both directions
MOST_ACROSS, MOST_UP = 5, 4  # labels that fit a phone at the largest text
LEAST_NAMED = 14.0  # percent of the width: a narrower band has no room for its word
DRAWN_LIMIT = 4  # a limit over so many times the peak would press the line to the ground
NEAR_EDGE = 6.0  # percent
STEPS = (
    *(timedelta(minutes=m) for m in (1, 5, 10, 30, 60, 120, 180, 360, 720)),
    *(timedelta(days=d) for d in (1, 2, 7, 14, 30, 60, 120, 365)),
)

Point = tuple[datetime, int | None]
"""From this moment on the count was so; None: nobody knew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A stretch of time with a state: `tone` is ok, warn, err or calm, `label` its word."""

    start: datetime
    end: datetime
    tone: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stripe:
    """A band as drawn: `left` and `width` in units, `named_at` in percent where its word fits."""

    left: int
    width: int
    tone: str
    label: str
    named_at: float | None


@dataclass(frozen=True, slots=True)
class Tick:
    """A label at a place in percent of the drawing, from the left or from the top."""

    at: float
    label: str

    @property
    def anchor(self) -> str:
        """Which end of the label stands at its place, so that none is cut off."""
        if self.at < NEAR_EDGE:
            return "start"
        return "end" if self.at > 100 - NEAR_EDGE else "middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepChart:
    """A chart ready to be drawn: paths in units of `SIDE`, labels in percent.

    `limit_at` is None where there is no limit, or where it lies far above the drawing.
    """

    line: str
    area: str
    limit_at: float | None
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    bands: tuple[Stripe, ...]
    start: datetime
    end: datetime
    peak: int
    peak_at: datetime | None


def step_chart(
    points: Sequence[Point],
    *,
    start: datetime,
    end: datetime,
    limit: int | None = None,
    bands: Iterable[Band] = (),
) -> StepChart:
    """The chart of counts that each hold until the next, over `start` to `end`.

    `points` in order of time; the last before `start` counts from there on. A span of nothing is
    drawn as one minute.
    """
    end = max(end, start + timedelta(minutes=1))
    inside = _within(points, start, end)
    peak, peak_at = _peak(inside)
    drawn_limit = limit if limit and limit <= DRAWN_LIMIT * max(peak, 1) else None
    top, up = _scale(max(peak, drawn_limit or 0))
    runs = [_steps(run, start, end, top) for run in _runs(inside, end)]
    return StepChart(
        line=" ".join(stroke for stroke, _ground in runs),
        area=" ".join(f"{stroke}{ground}" for stroke, ground in runs),
        limit_at=None if drawn_limit is None else round(100 - 100 * drawn_limit / top, 2),
        across=_across(start, end),
        up=up,
        bands=tuple(_stripes(bands, start, end)),
        start=start,
        end=end,
        peak=peak,
        peak_at=peak_at,
    )


def _within(points: Sequence[Point], start: datetime, end: datetime) -> list[Point]:
    """The points of the span, begun by the count that held when it began."""
    before = [count for at, count in points if at <= start]
    inside = [point for point in points if start < point[0] <= end]
    return [(start, before[-1] if before else None), *inside]


def _peak(points: Sequence[Point]) -> tuple[int, datetime | None]:
    counted = [(count, at) for at, count in points if count is not None]
    if not counted:
        return 0, None
    count, at = max(counted, key=lambda one: one[0])
    return count, at


def _runs(points: Sequence[Point], end: datetime) -> list[list[tuple[datetime, int]]]:
    """Stretches of known counts, each ending with the moment up to which it is known."""
    runs: list[list[tuple[datetime, int]]] = []
    open_run: list[tuple[datetime, int]] | None = None
    for (at, count), (until, _next) in pairwise([*points, (end, None)]):
        if count is None:
            open_run = None
            continue
        if open_run is None:
            open_run = []
            runs.append(open_run)
        else:
            open_run.pop()  # the end of the step before is this one's beginning
        open_run += [(at, count), (until, count)]
    return runs


def _steps(
    run: Sequence[tuple[datetime, int]], start: datetime, end: datetime, top: int
) -> tuple[str, str]:
    """One stroke, and what closes it to an area above the ground."""
    left, last = _left(run[0][0], start, end), _left(run[-1][0], start, end)
    pieces = [f"M{left} {_height(run[0][1], top)}"]
    x, y = left, _height(run[0][1], top)
    # Thousands of changes fall on few units: of each unit only the extremes can be seen.
    for at, heights in _columns(run, start, end, top):
        if at != x:
            pieces.append(f"H{at}")
        for height in heights:
            if height != y:
                pieces.append(f"V{height}")
                y = height
        x = at
    return "".join(pieces), f"V{SIDE}H{left}Z" if last > left else f"V{SIDE}Z"


def _columns(
    run: Sequence[tuple[datetime, int]], start: datetime, end: datetime, top: int
) -> list[tuple[int, list[int]]]:
    columns: dict[int, list[int]] = {}
    for at, count in run:
        columns.setdefault(_left(at, start, end), []).append(_height(count, top))
    return [
        (x, list(dict.fromkeys((min(heights), max(heights), heights[-1]))))
        if len(heights) > 2  # noqa: PLR2004 - fewer have no middle
        else (x, heights)
        for x, heights in columns.items()
    ]


def _left(at: datetime, start: datetime, end: datetime) -> int:
    share = (at - start) / (end - start)
    return round(SIDE * min(1.0, max(0.0, share)))


def _height(count: int, top: int) -> int:
    return round(SIDE - SIDE * count / top)


def _scale(most: int) -> tuple[int, tuple[Tick, ...]]:
    """A round number at the top, and the numbers on the way there."""
    steps = (digit * 10**power for power in range(12) for digit in (1, 2, 5))
    step = next(one for one in steps if one * MOST_UP >= most)
    top = step * max(1, -(-most // step))
    ticks = [Tick(round(100 - 100 * n / top, 2), f"{n:,}") for n in range(0, top + 1, step)]
    return top, tuple(ticks)


def _across(start: datetime, end: datetime) -> tuple[Tick, ...]:
    """Moments on round hours or days of Japan, at most so many as fit."""
    step = next((one for one in STEPS if (end - start) / one <= MOST_ACROSS), STEPS[-1])
    first = start.astimezone(JST).replace(hour=0, minute=0, second=0, microsecond=0)
    moment = first + step * -(-(start - first) // step)
    ticks = []
    while moment <= end:
        share = 100 * ((moment - start) / (end - start))
        ticks.append(Tick(round(share, 2), _moment(moment, step)))
        moment += step
    return tuple(ticks)


def _moment(moment: datetime, step: timedelta) -> str:
    local = moment.astimezone(JST)
    if step >= timedelta(days=1) or (local.hour, local.minute) == (0, 0):
        return f"{local.month}/{local.day}"
    return f"{local.hour}:{local.minute:02d}"


def _stripes(bands: Iterable[Band], start: datetime, end: datetime) -> Iterable[Stripe]:
    for band in bands:
        left, right = _left(band.start, start, end), _left(band.end, start, end)
        if right > left:
            share = 100 * (right - left) / SIDE
            named = round(100 * left / SIDE, 2) if share >= LEAST_NAMED else None
            yield Stripe(
                left=left, width=right - left, tone=band.tone, label=band.label, named_at=named
            )
