"""Protocol buffers by hand: as much of a model as is needed to see what becomes of its parts."""

from __future__ import annotations


def varint(value: int) -> bytes:
    """A number, seven bits to a byte."""
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def message(number: int, body: bytes) -> bytes:
    """A field with a length."""
    return varint(number << 3 | 2) + varint(len(body)) + body


def value_info(name: bytes, *, shape: bytes | None) -> bytes:
    """A named tensor of floats, with or without a stated shape."""
    tensor = varint(1 << 3) + varint(1) + (message(2, shape) if shape is not None else b"")
    return message(1, name) + message(2, message(1, tensor))


def model(*, shape: bytes | None, weights: bytes) -> bytes:
    """A model: version, a node, weights, one input and one output."""
    graph = (
        message(1, b"\x0a\x01x")  # a node
        + message(5, weights)
        + message(11, value_info(b"input.1", shape=shape))
        + message(12, value_info(b"537", shape=shape))
    )
    odd = varint(99 << 3 | 5) + b"\1\2\3\4" + varint(98 << 3 | 1) + b"\1\2\3\4\5\6\7\10"
    return varint(1 << 3) + varint(300) + odd + message(7, graph)
