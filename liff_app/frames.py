"""How two processes talk: a length, a JSON header, then as many bytes as it says.

Standard library only: the programs that meet strangers' files load it.
"""

from __future__ import annotations

import json
import socket
import time

Header = dict[str, object]
MOST_HEADER_BYTES = 16 * 1024
_LENGTH_BYTES = 4


class FrameBroken(Exception):
    """What came is no frame: cut off, too long, or not of the agreed shape."""


class CutOff(FrameBroken):
    """The line closed before the frame was whole."""


def packed(header: Header) -> bytes:
    """A header as it goes over the line."""
    text = json.dumps(header).encode()
    return len(text).to_bytes(_LENGTH_BYTES, "big") + text


def send(line: socket.socket, header: Header, *bodies: bytes) -> None:
    """Header and bodies are on their way."""
    line.sendall(packed(header))
    for body in bodies:
        line.sendall(body)


def receive_header(line: socket.socket, *, until: float | None = None) -> Header:
    """The next header. Raises FrameBroken where none comes whole, and as `receive` does."""
    length = int.from_bytes(receive(line, _LENGTH_BYTES, until=until), "big")
    if length > MOST_HEADER_BYTES:
        raise FrameBroken("header too long")
    try:
        found = json.loads(receive(line, length, until=until))
    except ValueError:
        raise FrameBroken("not JSON") from None
    if not isinstance(found, dict):
        raise FrameBroken("not an object")
    return found


def receive(line: socket.socket, length: int, *, until: float | None = None) -> bytes:
    """Exactly `length` bytes. Raises CutOff if the line closes before.

    With `until` (of the monotonic clock) also TimeoutError, however slowly bytes trickle in.
    """
    found = bytearray(length)
    rest = memoryview(found)
    while rest:
        if until is not None:
            line.settimeout(max(0.001, until - time.monotonic()))
        count = line.recv_into(rest)
        if not count:
            raise CutOff("cut off")
        rest = rest[count:]
    return bytes(found)


def whole(header: Header, name: str) -> int:
    """A whole number of the header that is not negative. Raises FrameBroken if it is none."""
    found = header.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise FrameBroken(f"no number: {name}")
    return found
