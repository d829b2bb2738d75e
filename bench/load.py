"""A small HTTP load generator: a few keep-alive connections, every answer checked."""

from __future__ import annotations

import os
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Burst:
    """What one burst of requests cost: answers, wall seconds, server CPU seconds, latencies."""

    answers: int
    seconds: float
    cpu_seconds: float
    latencies: tuple[float, ...]

    @property
    def cpu_us(self) -> float:
        """Server CPU time per answer, µs: the figure to compare."""
        return 1e6 * self.cpu_seconds / self.answers

    def percentile(self, share: float) -> float:
        """Latency below which `share` of the answers stayed, ms."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class WrongAnswer(Exception):
    """The server said something else than expected."""


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and all below it so far, on-CPU time of every thread."""
    total = 0
    for one in [pid, *below(pid)]:
        for file in Path(f"/proc/{one}/task").glob("*/schedstat"):
            try:
                total += int(file.read_text().split()[0])
            except OSError:
                continue  # the thread ended between the listing and the reading
    return total / 1e9


def below(pid: int) -> Iterator[int]:
    """Every process started by this one, and by those."""
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in file.read_text().split():
            yield int(child)
            yield from below(int(child))


def memory_mb(pid: int) -> float:
    """Proportional set size of a process and all below it, MB."""
    total = 0
    for one in [pid, *below(pid)]:
        text = Path(f"/proc/{one}/smaps_rollup").read_text()
        total += next(int(li.split()[1]) for li in text.splitlines() if li.startswith("Pss:"))
    return total / 1024


class _Connection:
    """One keep-alive connection that asks, and waits for the whole answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.begun = 0.0

    def ask(self, request: bytes) -> None:
        self.begun = time.perf_counter()
        self.socket.sendall(request)

    def answer(self) -> bytes | None:
        """The head of the answer once it is whole, else None."""
        self.buffer += self.socket.recv(262_144)
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        if len(body) < _length(head):
            return None
        self.buffer = b""
        return head


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def burst(
    port: int,
    pid: int,
    requests: Sequence[bytes],
    *,
    status: bytes,
    seconds: float,
    clients: int = 16,
) -> Burst:
    """Ask the requests in turn for `seconds`. Raises WrongAnswer on any other status."""
    chooser = selectors.DefaultSelector()
    connections = [_Connection(port) for _ in range(clients)]
    for number, connection in enumerate(connections):
        chooser.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask(requests[number % len(requests)])
    latencies: list[float] = []
    sent, cpu, begun = clients, cpu_seconds(pid), time.perf_counter()
    until = begun + seconds
    while time.perf_counter() < until:
        for key, _ in chooser.select(1):
            connection = key.data
            head = connection.answer()
            if head is None:
                continue
            if head.split(b" ", 2)[1] != status:
                raise WrongAnswer(head[:200].decode("latin-1"))
            latencies.append(time.perf_counter() - connection.begun)
            connection.ask(requests[sent % len(requests)])
            sent += 1
    spent, used = time.perf_counter() - begun, cpu_seconds(pid) - cpu
    for connection in connections:
        connection.socket.close()
    return Burst(len(latencies), spent, used, tuple(latencies))


def get(path: str, **headers: str) -> bytes:
    """The bytes of a GET request."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def pin(core: int) -> None:
    """Keep this process on one core; the servers get another."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > core:
        os.sched_setaffinity(0, {core})
