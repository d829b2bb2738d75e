"""Calls to other systems that asked to be told. Only to addresses that the settings allow."""

from __future__ import annotations

import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

DEADLINE_S: Final = 10.0
"""For a whole call, from the question for the name to the last header: a system that sends a byte
every few seconds must not hold up the worker, and a busy one answers within a few."""

CONNECT_S: Final = 3.0
"""For each address of a host: one that is dead leaves time for the others."""

MOST_BYTES: Final = 32 * 1024
"""Of an answer, status and headers with it; nobody reads a body."""

Resolve = Callable[..., Sequence[tuple[Any, ...]]]


class HookFailed(Exception):
    """The system did not take the call; it may later. `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class HookCaller(Protocol):
    """What is asked of it."""

    def call(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """The system has taken the body (2xx). Raises HookFailed."""


def is_allowed(url: str, origins: Sequence[str]) -> bool:
    """Whether the address lies below one of the origins, and hides nothing.

    A name before the host, a backslash or a control character would mean one host to us and
    another to whoever connects.
    """
    if any(ord(one) <= ord(" ") or one in "\\\x7f#" or not one.isascii() for one in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return "@" not in parts.netloc and f"{parts.scheme}://{parts.netloc}" in origins


class HttpHookCaller:
    """Calls by HTTP, follows nothing, and has an answer or a failure within `deadline_s`."""

    def __init__(
        self,
        origins: Sequence[str],
        in_transaction: Callable[[], bool],
        *,
        deadline_s: float = DEADLINE_S,
        resolve: Resolve = socket.getaddrinfo,
    ) -> None:
        self._origins = origins
        self._in_transaction = in_transaction
        self._deadline_s = deadline_s
        self._resolve = resolve

    def call(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """POST the body. Raises HookFailed for whatever is no 2xx."""
        if self._in_transaction():
            raise RuntimeError("no network inside a transaction")
        if not is_allowed(url, self._origins):
            raise HookFailed("not_allowed")
        try:
            status = self._status(urlsplit(url), body, headers)
        except TimeoutError as error:
            raise HookFailed("too_slow") from error
        except (OSError, HTTPException, ValueError) as error:
            raise HookFailed("no_answer") from error
        if status // 100 != 2:  # noqa: PLR2004 - the class of statuses that say "taken"
            raise HookFailed(f"status_{status}")

    def _status(self, parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> int:
        until = time.monotonic() + self._deadline_s
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        found = _addresses(self._resolve, host, port, until)
        plain = _connected(found, until)
        try:
            line = _Line(_secured(plain, host, until) if parts.scheme == "https" else plain, until)
            return _asked(line, parts, body, headers)
        finally:
            plain.close()  # detached, and so already shut, where it was secured


def _left(until: float) -> float:
    """Seconds until then. Raises TimeoutError for none."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("the call has used its time")
    return left


def _addresses(resolve: Resolve, host: str, port: int, until: float) -> Sequence[tuple[Any, ...]]:
    """Where the host is. Asked in a thread: the resolver knows no deadline, only its own limits."""
    answers: SimpleQueue[Sequence[tuple[Any, ...]] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:  # no such name, or one that cannot be a name
            answers.put(error)

    threading.Thread(target=ask, name="hook-name", daemon=True).start()
    try:
        found = answers.get(timeout=_left(until))
    except Empty:
        raise TimeoutError("no answer from the resolver") from None
    if isinstance(found, Exception):
        raise found
    return found


def _connected(found: Sequence[tuple[Any, ...]], until: float) -> socket.socket:
    """A connection to the first address that takes one. Raises OSError."""
    last = OSError("no address")
    for family, kind, protocol, _name, address in found:
        one = socket.socket(family, kind, protocol)
        try:
            one.settimeout(min(_left(until), CONNECT_S))
            one.connect(address)
        except OSError as error:
            one.close()
            last = error
        else:
            return one
    raise last


def _secured(plain: socket.socket, host: str, until: float) -> socket.socket:
    """The connection under TLS; the handshake's time is the socket's as a whole."""
    plain.settimeout(_left(until))
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _asked(line: _Line, parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer to one request on that line, which is closed after it."""
    connection = HTTPConnection(parts.netloc)
    connection.sock = line  # as much of a socket as it asks for
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body, {**headers, "Connection": "close"})
        with connection.getresponse() as answer:
            return answer.status
    finally:
        connection.close()
        line.close()


class _Line:
    """A connection that is cut at a moment: what `http.client` asks of a socket, and no more."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock = sock
        self._until = until

    def sendall(self, sent: bytes) -> None:
        """All of it is sent. Raises TimeoutError."""
        self._sock.settimeout(_left(self._until))
        self._sock.sendall(sent)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What comes back, as far as anybody reads it."""
        return io.BufferedReader(_Answer(self._sock, self._until))

    def close(self) -> None:
        """The connection is gone."""
        self._sock.close()


class _Answer(io.RawIOBase):
    """What comes, each piece within what is left of the whole time and of `MOST_BYTES`."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock = sock
        self._until = until
        self._room = MOST_BYTES

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """How many bytes came. Raises TimeoutError, or ValueError for an answer without end."""
        if not self._room:
            raise ValueError(f"more than {MOST_BYTES} bytes of headers")
        self._sock.settimeout(_left(self._until))
        count = self._sock.recv_into(buffer, min(memoryview(buffer).nbytes, self._room))
        self._room -= count
        return count


class RecordingHookCaller:
    """For tests: what was called, and how it answers next."""

    def __init__(self, in_transaction: Callable[[], bool]) -> None:
        self._in_transaction = in_transaction
        self.calls: list[tuple[str, bytes, dict[str, str]]] = []
        self.failures: list[str] = []  # reasons, for the next calls

    def call(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Noted. Raises HookFailed while there are failures left."""
        if self._in_transaction():
            raise RuntimeError("no network inside a transaction")
        self.calls.append((url, body, dict(headers)))
        if self.failures:
            raise HookFailed(self.failures.pop(0))
