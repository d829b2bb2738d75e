"""A program that meets strangers' files: a small process that makes a child for every file.

Started by `limited_child.py`; it loads what decodes once, so that a file costs a fork and not a
start of Python. Each job arrives as a socket of its own. The child answers on it and ends; it can
open no file and no connection, and memory, processor and time are limited. What a decoder that was
taken over could still do, and what not: see `closed_memory.py`.
The program ends when its web process does, however that came to its end: the control socket closes.

Standard library only, and nothing of ours but `frames` and `closed_memory`.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from liff_app import frames
from liff_app.closed_memory import close_memory

# What becomes of an order and its body: a header, and bodies whose lengths are told beside it.
Answer = Callable[[frames.Header, bytes], tuple[frames.Header, tuple[bytes, ...]]]

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38  # <linux/prctl.h>
_CONTROL = 0
_MOST_OPEN = 1024  # descriptors that this program can have: a handful of jobs
LONGEST_SECONDS = 9.0  # a child that is older has switched off its own alarm
_LOOK_SECONDS = 1.0
_jobs: dict[int, tuple[int, float]] = {}  # child's pid -> our copy of its socket, its beginning
_libc = ctypes.CDLL(None)


def serve(answer: Answer, *, cpu_seconds: int) -> None:
    """Have jobs answered by children until the control socket closes."""
    close_memory()
    control = socket.socket(fileno=_CONTROL)
    signal.signal(signal.SIGCHLD, _reap)
    gc.collect()
    gc.freeze()  # children copy fewer pages
    while True:
        control.settimeout(_LOOK_SECONDS if _jobs else None)
        try:
            note, handles, _, _ = socket.recv_fds(control, 1, 1)
        except TimeoutError:
            _end_the_old()
            continue
        if not note:
            return
        for handle in handles:
            _begin(handle, answer, cpu_seconds)


def _begin(handle: int, answer: Answer, cpu_seconds: int) -> None:
    """A child has the job; our copy of its socket tells its death."""
    # Held back, so that a child that dies at once is in the book before it is looked for.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    pid = os.fork()
    if pid == 0:
        _work_and_end(handle, answer, cpu_seconds)
    _jobs[pid] = handle, time.monotonic()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def _end_the_old() -> None:
    """Children that should long have ended, had nobody taken them over, are killed."""
    now = time.monotonic()
    for pid, (_, begun) in list(_jobs.items()):
        if now - begun > LONGEST_SECONDS:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _reap(_number: int, _frame: FrameType | None) -> None:
    """Whoever waits for a child that gave no answer learns by which signal it ended (0: none)."""
    while True:
        try:
            pid, status, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        handle, _ = _jobs.pop(pid)
        if os.WIFSIGNALED(status) or os.WEXITSTATUS(status):
            died: frames.Header = {"died": os.WTERMSIG(status), "peak_kb": used.ru_maxrss}
            _tell_without_waiting(handle, frames.packed(died))
        os.close(handle)


def _tell_without_waiting(handle: int, frame: bytes) -> None:
    with socket.socket(fileno=os.dup(handle)) as line:
        try:
            line.send(frame, socket.MSG_DONTWAIT)
        except OSError:
            return  # nobody waits any more


def _work_and_end(handle: int, answer: Answer, cpu_seconds: int) -> None:
    """Everything the child does. It never returns."""
    status = 1
    try:
        os.closerange(0, handle)  # other people's jobs, and where they come from
        os.closerange(handle + 1, _MOST_OPEN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        with socket.socket(fileno=handle) as line:
            _work(line, answer, cpu_seconds)
        status = 0
    finally:
        os._exit(status)


def _work(line: socket.socket, answer: Answer, cpu_seconds: int) -> None:
    order = frames.receive_header(line)
    milliseconds = frames.whole(order, "ms")
    limit(
        memory_mb=frames.whole(order, "memory_mb"),
        milliseconds=milliseconds,
        cpu_seconds=cpu_seconds,
    )
    body = frames.receive(line, frames.whole(order, "length"))
    told, bodies = answer(order, body)
    lengths = [len(one) for one in bodies]
    frames.send(line, told | {"bodies": lengths} | _used(), *bodies)


def limit(*, memory_mb: int, milliseconds: int, cpu_seconds: int) -> None:
    """From here on: so much memory, so much time, and no file or connection at all."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * 2**20,) * 2)
    seconds = min(cpu_seconds, -(-milliseconds // 1000))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    signal.setitimer(signal.ITIMER_REAL, milliseconds / 1000)  # its signal ends us
    for closed in (resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE):
        resource.setrlimit(closed, (0, 0))
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _used() -> frames.Header:
    """What the job took: peak of memory in kB, time of the processor in ms."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "peak_kb": used.ru_maxrss,
        "cpu_ms": round(1000 * (used.ru_utime + used.ru_stime)),
    }
