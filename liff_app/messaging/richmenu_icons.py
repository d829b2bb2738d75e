"""Signs for the rich menu: heavy shapes of our own that stay readable at 40 px.

Each draws on a square of 100 units. Nothing is thinner than STROKE, because the image of 2500 px
is shown 360 px wide on a phone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PIL import Image, ImageDraw

STROKE: Final = 8  # units; 3 px on the phone at the smallest size used
_OVERSAMPLE: Final = 4  # Pillow's shapes have no smooth edges of their own
_ON: Final = 255
_OFF: Final = 0

Point = tuple[float, float]


class Pen:
    """Draws in units of a hundredth of the square's side."""

    def __init__(self, side_px: int) -> None:
        self.mask = Image.new("L", (side_px, side_px), _OFF)
        self._draw = ImageDraw.Draw(self.mask)
        self._unit = side_px / 100

    def _px(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self._unit, y * self._unit) for x, y in points]

    def area(self, *points: Point, on: bool = True) -> None:
        """Fill a polygon; `on=False` cuts it out."""
        self._draw.polygon(self._px(points), fill=_ON if on else _OFF)

    def bar(self, start: Point, end: Point, radius: float = 0, *, on: bool = True) -> None:
        """Fill an upright rectangle from its top left to its bottom right corner."""
        box = self._px([start, end])
        self._draw.rounded_rectangle(box, radius * self._unit, fill=_ON if on else _OFF)

    def disc(self, x: float, y: float, radius: float, *, on: bool = True) -> None:
        """Fill a circle."""
        box = self._px([(x - radius, y - radius), (x + radius, y + radius)])
        self._draw.ellipse(box, fill=_ON if on else _OFF)


def _shelter(pen: Pen) -> None:
    """A house with a person in it."""
    pen.area((50, 4), (98, 46), (90, 55), (50, 20), (10, 55), (2, 46))
    pen.area((50, 27), (84, 57), (84, 96), (16, 96), (16, 57))
    pen.disc(50, 55, 9.5, on=False)
    pen.bar((35, 68), (65, 110), 14, on=False)
    pen.bar((0, 96), (100, 100), on=False)


def _report(pen: Pen) -> None:
    """A traffic cone."""
    pen.area((43, 4), (57, 4), (80, 80), (20, 80))
    pen.area((36, 27), (64, 27), (67, 38), (33, 38), on=False)
    pen.area((30, 52), (70, 52), (74, 64), (26, 64), on=False)
    pen.bar((4, 82), (96, 96), 5)


def _procedure(pen: Pen) -> None:
    """A sheet with lines and a tick."""
    pen.bar((16, 3), (84, 97), 8)
    pen.bar((28, 18), (72, 27), 2, on=False)
    pen.bar((28, 37), (72, 46), 2, on=False)
    pen.area((28, 69), (35, 62), (45, 72), (65, 53), (72, 60), (45, 87), on=False)


def _preference(pen: Pen) -> None:
    """A bell."""
    pen.disc(50, 10, 8)
    pen.disc(50, 42, 32)
    pen.bar((18, 42), (82, 70))
    pen.area((18, 60), (82, 60), (95, 78), (5, 78))
    pen.disc(50, 84, 13)
    pen.bar((0, 73), (100, 79), on=False)
    pen.bar((5, 64), (95, 75), 4)


def _town_hall(pen: Pen) -> None:
    """A public building: gable, columns, steps."""
    pen.area((50, 3), (96, 32), (96, 40), (4, 40), (4, 32))
    for left in (12, 34, 56, 78):
        pen.bar((left, 46), (left + 10, 78))
    pen.bar((8, 76), (92, 84))
    pen.bar((3, 86), (97, 96), 2)
    pen.disc(50, 27, 6, on=False)


def _warning(pen: Pen) -> None:
    """A warning triangle."""
    pen.area((50, 4), (98, 92), (2, 92))
    pen.area((44, 32), (56, 32), (54, 64), (46, 64), on=False)
    pen.disc(50, 76, 6.5, on=False)


def _sun(pen: Pen) -> None:
    """A sun, for ordinary days."""
    pen.disc(50, 50, 24)
    for across, down in ((50, 8), (50, 92), (8, 50), (92, 50)):
        pen.disc(across, down, STROKE)
    for across, down in ((20, 20), (80, 20), (20, 80), (80, 80)):
        pen.disc(across, down, STROKE)


ICONS: Final[dict[str, Callable[[Pen], None]]] = {
    "shelter": _shelter,
    "report": _report,
    "procedure": _procedure,
    "preference": _preference,
    "town_hall": _town_hall,
    "warning": _warning,
    "sun": _sun,
}


def icon(name: str, side_px: int) -> Image.Image:
    """Give the sign as a mask with smooth edges, `side_px` square."""
    pen = Pen(side_px * _OVERSAMPLE)
    ICONS[name](pen)
    return pen.mask.resize((side_px, side_px), Image.Resampling.LANCZOS)
