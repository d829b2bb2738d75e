"""A line that breaks at a byte: a proxy on loopback in front of the real server.

Each connection carries one request and its answer. Before it is made, the proxy may be told after
how many bytes of which of the two the line is to break, and how.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal

CHUNK = 16 * 1024
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a line breaks: after `after` bytes of the request or of the answer.

    `hard`: with a reset, as when a phone leaves the cell; else closed as if all had been said.
    """

    side: Literal["request", "answer"]
    after: int
    hard: bool


class Line:
    """The proxy. `next_cuts` holds what befalls connections to come, by the port they come from."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._cuts: dict[int, Cut] = {}
        self._lock = threading.Lock()
        threading.Thread(target=self._serve, daemon=True).start()

    def connect(self, cut: Cut | None) -> socket.socket:
        """A connection to the server through the proxy; `cut` will befall it."""
        ours = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        ours.settimeout(PATIENCE_S)
        ours.bind(("127.0.0.1", 0))
        if cut is not None:
            with self._lock:
                self._cuts[ours.getsockname()[1]] = cut
        ours.connect(("127.0.0.1", self.port))
        return ours

    def close(self) -> None:
        """No connection is taken any more."""
        self._door.close()

    def _serve(self) -> None:
        while True:
            try:
                caller, (_, port) = self._door.accept()
            except OSError:
                return
            with self._lock:
                cut = self._cuts.pop(port, None)
            threading.Thread(target=self._carry, args=(caller, cut), daemon=True).start()

    def _carry(self, caller: socket.socket, cut: Cut | None) -> None:
        with caller, suppress(OSError):
            server = socket.create_connection(("127.0.0.1", self._target), PATIENCE_S)
            with server:
                both = _Both(cut)
                asking = threading.Thread(
                    target=both.carry, args=(caller, server, "request"), daemon=True
                )
                asking.start()
                both.carry(server, caller, "answer")
                asking.join(PATIENCE_S)


class _Both:
    """The two directions of one connection, which break together."""

    def __init__(self, cut: Cut | None) -> None:
        self._cut = cut
        self._broken = threading.Event()

    def carry(self, source: socket.socket, sink: socket.socket, side: str) -> None:
        """Bytes go from `source` to `sink` until it ends, or until the line breaks under them."""
        cut = self._cut if self._cut is not None and self._cut.side == side else None
        left = CHUNK if cut is None else cut.after
        with suppress(OSError):
            while left > 0:
                some = source.recv(min(CHUNK, left))
                if self._broken.is_set():
                    return
                if not some:
                    sink.shutdown(socket.SHUT_WR)
                    return
                sink.sendall(some)
                left -= 0 if cut is None else len(some)
        if cut is not None:
            self._broken.set()
            for end in (source, sink):
                _break(end, hard=cut.hard)


def _break(end: socket.socket, *, hard: bool) -> None:
    """Nothing comes through any more; `hard` lets the close, which follows, be a reset."""
    with suppress(OSError):
        if hard:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.shutdown(socket.SHUT_RD if hard else socket.SHUT_RDWR)


@contextmanager
def line(target: int) -> Iterator[Line]:
    """A proxy in front of the server at port `target`, until the block ends."""
    made = Line(target)
    try:
        yield made
    finally:
        made.close()
