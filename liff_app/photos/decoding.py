"""The web process's side of the workshop: orders, and a look at what comes back.

What comes back is believed only as far as it is a plain JPEG of a sensible size: the process that
made it had met a stranger's file. How the workshop starts, ends and is limited: `limited_child.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from liff_app import frames, limited_child
from liff_app.limited_child import LimitedChild
from liff_app.photos import rules
from liff_app.photos.refusals import PhotoRefused, PhotosBusy, WorkshopDown
from liff_app.photos.rules import Box, Kind, Refusal
from liff_app.telemetry import log

MEMORY_MB = 300  # address space of a child, so its memory stays below
MILLISECONDS = 5000  # of the clock; of the processor see `workshop.CPU_SECONDS`
_PICTURES = 2  # the large one and the thumb
_BEGIN = limited_child.beginning("liff_app.photos", "workshop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one child may use."""

    memory_mb: int = MEMORY_MB
    milliseconds: int = MILLISECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Two plain JPEGs, the size of the large one, where it was taken, and what it cost."""

    large: bytes
    thumb: bytes
    width: int
    height: int
    position: tuple[float, float] | None
    peak_kb: int
    cpu_ms: int


class Workshop:
    """A helper process and the line to it. Threads may use one at the same time."""

    def __init__(self, limits: Limits | None = None) -> None:
        allowed = limits or Limits()
        self._child = LimitedChild(
            "photos",
            lambda: _BEGIN,
            limited_child.Limits(
                memory_mb=allowed.memory_mb,
                milliseconds=allowed.milliseconds,
                most_bytes=rules.MOST_COPY_BYTES,
            ),
        )

    @property
    def pid(self) -> int | None:
        """The helper's process id; None while there is none."""
        return self._child.pid

    def rebuild(self, raw: bytes, kind: Kind, *, want_position: bool = False) -> Made:
        """Pictures of a stranger's file, ours. Raises PhotoRefused, PhotosBusy, WorkshopDown."""
        return self._made({"job": "rebuild", "kind": kind.value, "position": want_position}, raw)

    def mask(self, copy: bytes, boxes: Sequence[Box]) -> Made:
        """Our large copy drawn anew with black boxes. Raises as `rebuild` does."""
        return self._made({"job": "mask", "boxes": json.dumps([list(box) for box in boxes])}, copy)

    def close(self) -> None:
        """The helper has ended; the next photo starts another."""
        self._child.close()

    def kept(self) -> Workshop:
        """This one, ended with its web process and forgotten by its forks."""
        self._child.kept()
        return self

    def _made(self, job: frames.Header, body: bytes) -> Made:
        try:
            return _believed(self._child.ask(job, body))
        except limited_child.Busy:
            raise PhotosBusy("too many photos at once") from None
        except limited_child.Down:
            raise WorkshopDown("the workshop keeps dying") from None
        except limited_child.Slow:
            raise PhotoRefused(Refusal.TIMEOUT) from None
        except limited_child.Died as error:
            if error.number:  # 0: a decoder gave up by an error of its own
                log().warning("photo_decoder_died", code=error.number)
            raise PhotoRefused(Refusal.BROKEN) from None
        except (limited_child.Forged, frames.FrameBroken):
            log().error("photo_answer_broken")
            raise PhotoRefused(Refusal.BROKEN) from None


def _refusal(code: object) -> Refusal:
    """The reason by its code; from a child that makes up codes, that the file is broken."""
    try:
        return Refusal(str(code))
    except ValueError:
        return Refusal.BROKEN


def _believed(told: limited_child.Told) -> Made:
    """The answer, if it is what a workshop gives. Raises FrameBroken, PhotoRefused else."""
    header = told.header
    if "refused" in header:
        raise PhotoRefused(_refusal(header["refused"]))
    if len(told.bodies) != _PICTURES:
        raise frames.FrameBroken("no two pictures")
    large, thumb = told.bodies
    width, height = frames.whole(header, "width"), frames.whole(header, "height")
    plain = rules.is_plain_jpeg(large) and rules.is_plain_jpeg(thumb)
    if not plain or not (1 <= width <= rules.LARGE_PX and 1 <= height <= rules.LARGE_PX):
        log().error("photo_copy_not_plain")
        raise PhotoRefused(Refusal.BROKEN)
    return Made(
        large=large,
        thumb=thumb,
        width=width,
        height=height,
        position=_position(header.get("position")),
        peak_kb=frames.whole(header, "peak_kb"),
        cpu_ms=frames.whole(header, "cpu_ms"),
    )


def _position(told: object) -> tuple[float, float] | None:
    match told:
        case [float(lat) | int(lat), float(lon) | int(lon)] if (
            -90 <= lat <= 90 and -180 <= lon <= 180  # noqa: PLR2004 - degrees
        ):
            return lat, lon
    return None


workshop = Workshop().kept()
