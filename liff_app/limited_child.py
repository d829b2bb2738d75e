"""The web process's side of a program that meets strangers' files: orders, limits, answers.

A program starts with the first order and again when it has died; a fork of the web process gets one
of its own. What the programs are: `limited_program.py`. What comes back was made by a process that
had met a stranger's file: whoever asks believes it only as far as it has looked at it.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from liff_app import frames
from liff_app.telemetry import log

_GRACE_SECONDS = 5.0  # beyond the child's own limit, for a machine that is busy
_TRIES = 2
_TIMES_UP = frozenset({signal.SIGALRM, signal.SIGXCPU, signal.SIGKILL})
_MOST_BODIES = 8
_PACKAGE = Path(__file__).resolve().parent
# The package's own __init__ makes a web application: 40 MB and half a second that no such program
# needs. It gets a package of the same name that holds nothing but the way to the modules.
_BEGIN = (
    "import sys, types\n"
    "top = types.ModuleType('liff_app')\n"
    "top.__path__ = [sys.argv[1]]\n"
    "sys.modules['liff_app'] = top\n"
)


def beginning(package: str, module: str) -> str:
    """The program that runs `main` of that module of ours."""
    return f"{_BEGIN}from {package} import {module}\n{module}.main()\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one child may use. `memory_mb` is of address space, so its memory stays below."""

    memory_mb: int
    milliseconds: int  # of the clock; of the processor the program itself says
    most_bytes: int  # of one body that comes back
    at_once: int = 2  # children of one web process
    wait_seconds: float = 0.5  # for other people's orders, in a thread of the web process


@dataclass(frozen=True, slots=True)
class Told:
    """What a child answered."""

    header: frames.Header
    bodies: tuple[bytes, ...]


class Busy(Exception):
    """Other orders are in hand, and none ended in time."""


class Down(Exception):
    """The program cannot be started, or keeps dying."""


class Slow(Exception):
    """The child was not done in time."""


class Died(Exception):
    """The child ended without an answer; `number` is the signal, 0 if it ended by an error."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Forged(Exception):
    """What came back is no answer that a child of ours gives."""


class _Gone(Exception):
    """The program died before it answered."""


class LimitedChild:
    """A program and the line to it. Threads may use one at the same time."""

    def __init__(self, name: str, program: Callable[[], str], limits: Limits) -> None:
        self.name = name  # stands in the log
        self.limits = limits
        self._text = program
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(limits.at_once)
        self._program: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        """The program's process id; None while there is none."""
        return self._program.pid if self._program else None

    def ask(self, order: frames.Header, body: bytes) -> Told:
        """What a child makes of it. Raises Busy, Down, Slow, Died, Forged."""
        whole = order | {
            "length": len(body),
            "memory_mb": self.limits.memory_mb,
            "ms": self.limits.milliseconds,
        }
        if not self._room.acquire(timeout=self.limits.wait_seconds):
            raise Busy
        try:
            for _ in range(_TRIES):
                try:
                    return self._once(whole, body)
                except _Gone:
                    log().warning("limited_program_gone", program=self.name)
        finally:
            self._room.release()
        raise Down

    def close(self) -> None:
        """The program has ended; the next order starts another."""
        with self._lock:
            self._end()

    def kept(self) -> LimitedChild:
        """This one, ended with its web process and forgotten by its forks."""
        atexit.register(self.close)
        os.register_at_fork(after_in_child=self.forget)
        return self

    def forget(self) -> None:
        """In a fork: the program is the parent's, and its line must not stay open here."""
        if self._control:
            self._control.close()
        if self._program:
            self._program.returncode = 0  # not our child: nothing to wait for
        # Locks of another process are no locks.
        self.__init__(self.name, self._text, self.limits)  # type: ignore[misc]  # locks of another process are no locks

    def _once(self, order: frames.Header, body: bytes) -> Told:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._hand_over(theirs)
            seconds = self.limits.milliseconds / 1000 + _GRACE_SECONDS
            ours.settimeout(seconds)  # for what is sent; what comes has an end of its own
            try:
                return self._exchange(ours, order, body, until=time.monotonic() + seconds)
            except TimeoutError:
                raise Slow from None
            except (frames.CutOff, OSError):
                raise _Gone from None
            except frames.FrameBroken:  # from a child that makes up frames
                raise Forged from None

    def _hand_over(self, theirs: socket.socket) -> None:
        """The program has the job's end of the line; it is started where there is none."""
        with self._lock:
            for _ in range(_TRIES):
                control = self._control or self._begin()
                try:
                    socket.send_fds(control, [b"j"], [theirs.fileno()])
                except OSError:  # it died since the last order
                    self._end()
                else:
                    return
        raise Down

    def _begin(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
        with theirs:
            self._program = subprocess.Popen(  # noqa: S603 - our own program, no shell
                [sys.executable, "-I", "-c", self._text(), str(_PACKAGE)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=kept | {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"},  # no secret of ours
                cwd="/",
                start_new_session=True,  # Ctrl-C is for the web process, which ends it
            )
        self._control = ours
        return ours

    def _end(self) -> None:
        if self._control:
            self._control.close()
        if self._program:
            self._program.kill()
            self._program.wait()
        self._control = self._program = None

    def _exchange(
        self, line: socket.socket, order: frames.Header, body: bytes, *, until: float
    ) -> Told:
        """The job sent, and what came of it."""
        with suppress(BrokenPipeError, ConnectionResetError):
            frames.send(line, order, body)  # a child that died while it read has left word
        told = frames.receive_header(line, until=until)
        if "died" in told:
            number = frames.whole(told, "died")
            if number in _TIMES_UP:
                raise Slow
            raise Died(number)
        lengths = told.get("bodies")
        if not isinstance(lengths, list) or len(lengths) > _MOST_BODIES:
            raise frames.FrameBroken("no lengths")
        sizes = [frames.whole({"length": one}, "length") for one in lengths]
        if any(size > self.limits.most_bytes for size in sizes):
            raise frames.FrameBroken("too long")
        return Told(told, tuple(frames.receive(line, size, until=until) for size in sizes))
