"""What the numbers of the face model mean, and which of them become proposals. Pure.

The model is CenterFace. For every 4 × 4 pixels of its input it tells how likely the middle of a
face lies there, the logarithm of the face's height and width in cells, and how far the middle is
from the cell's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from liff_app.photos.rules import Box

STEP = 32  # the input's sides are multiples: the network halves five times
LEAST_SCORE = 0.3  # a box too many is one tap to remove, a face too few is a harm: docs/faces.md
MOST_OVERLAP = 0.3  # of two boxes' union; more is the same face twice
COVERED = 0.6  # of a proposal, where a person has already drawn
MARGIN = 0.15  # of the box on every side: the model's box ends at chin and brow
MOST_FACES = 50  # as many as a public copy can hide
_MOST_CANDIDATES = 2000  # before doubles are dropped; a face lights up some twenty cells
_MOST_LOGARITHM = 8.0  # e^8 cells are wider than any picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The model's answer as rows of numbers, one to a cell, line by line."""

    columns: int
    heat: Sequence[float]
    log_height: Sequence[float]
    log_width: Sequence[float]
    down: Sequence[float]
    right: Sequence[float]


@dataclass(frozen=True, slots=True)
class Face:
    """A place that may be a face, as parts (0 to 1) of the picture, and how sure the model is."""

    left: float
    top: float
    width: float
    height: float
    score: float

    @property
    def box(self) -> Box:
        """The place alone."""
        return self.left, self.top, self.width, self.height


def input_size(width: int, height: int, longer_px: int) -> tuple[int, int]:
    """Size in which a picture is shown to the model: some `longer_px`, both sides `STEP`s."""
    scale = longer_px / max(width, height)
    wide, high = (max(1, math.ceil(side * scale / STEP)) * STEP for side in (width, height))
    return wide, high


def decoded(outputs: Outputs, *, least: float = LEAST_SCORE) -> list[Face]:
    """Every cell that is at least so likely, as a face; several cells tell of the same face."""
    rows = len(outputs.heat) // outputs.columns
    likely = [(score, at) for at, score in enumerate(outputs.heat) if score >= least]
    likely.sort(reverse=True)
    found = (
        _face(outputs, at, score, (outputs.columns, rows))
        for score, at in likely[:_MOST_CANDIDATES]
    )
    return [face for face in found if face is not None]


def _face(outputs: Outputs, at: int, score: float, size: tuple[int, int]) -> Face | None:
    """The face whose middle a cell holds, clipped; None where the numbers make no sense."""
    logs = outputs.log_width[at], outputs.log_height[at]
    shifts = outputs.right[at], outputs.down[at]
    sensible = all(map(math.isfinite, (*logs, *shifts))) and max(logs) <= _MOST_LOGARITHM
    if not sensible:
        return None
    row, column = divmod(at, outputs.columns)
    sides = []
    for place, shift, log, cells in zip((column, row), shifts, logs, size, strict=True):
        middle, half = (place + shift + 0.5) / cells, math.exp(log) / cells / 2
        sides.append((middle - half, middle + half))
    across, down = sides
    return _clipped(across, down, min(1.0, score))


def _clipped(across: tuple[float, float], down: tuple[float, float], score: float) -> Face | None:
    left, right = max(0.0, across[0]), min(1.0, across[1])
    top, bottom = max(0.0, down[0]), min(1.0, down[1])
    if right <= left or bottom <= top:
        return None
    return Face(left, top, right - left, bottom - top, score)


def distinct(found: Iterable[Face]) -> list[Face]:
    """Each face once, the surest first: doubles of a surer one are dropped. At most MOST_FACES."""
    kept: list[Face] = []
    for face in sorted(found, key=lambda one: one.score, reverse=True):
        if all(_overlap(face.box, other.box) < MOST_OVERLAP for other in kept):
            kept.append(face)
            if len(kept) == MOST_FACES:
                break
    return kept


def proposed(faces: Iterable[Face], there: Sequence[Box]) -> list[Box]:
    """Boxes for faces that no box that is `there` already hides, a little wider, surest first."""
    boxes = [_widened(face) for face in faces]
    return [box for box in boxes if not any(hidden(box, by=other) >= COVERED for other in there)]


def hidden(box: Box, *, by: Box) -> float:
    """Part of a box that another covers."""
    return _shared(box, by) / (box[2] * box[3])


def in_reading_order(boxes: Sequence[Box]) -> list[Box]:
    """From the upper left to the lower right, as the boxes' numbers are read aloud."""
    return sorted(boxes, key=lambda box: (box[1], box[0]))


def believed(told: object) -> list[Face]:
    """The faces that the finder's process tells; whatever is no face is left out."""
    if not isinstance(told, list):
        return []
    return [face for one in told[:MOST_FACES] if (face := _believed(one)) is not None]


def _believed(told: object) -> Face | None:
    match told:
        case [float(), float(), float(), float(), float()] if all(map(math.isfinite, told)):
            left, top, width, height, score = told
            return _clipped((left, left + width), (top, top + height), score)
    return None


def _widened(face: Face) -> Box:
    """The face with a margin, inside the picture."""
    aside, above = face.width * MARGIN, face.height * MARGIN
    left, top = max(0.0, face.left - aside), max(0.0, face.top - above)
    right = min(1.0, face.left + face.width + aside)
    bottom = min(1.0, face.top + face.height + above)
    return left, top, right - left, bottom - top


def _shared(one: Box, other: Box) -> float:
    """Area that two boxes have in common."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0.0, wide) * max(0.0, high)


def _overlap(one: Box, other: Box) -> float:
    """Common area of two boxes as a part of what they cover together."""
    shared = _shared(one, other)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)
