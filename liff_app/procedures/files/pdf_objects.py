"""The names in every object of a PDF, whichever table leads a reader to it.

A file may hold several tables of its objects, and readers differ in which one they believe. So no
table is believed here: an object is what begins like one, anywhere in the bytes, and what lies
packed in a stream of objects. Where readers could differ in what an object says, the file is
broken: two readers of the same bytes must see the same.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

__all__ = ["Broken", "names"]

_SPACE = rb"[\0\t\n\f\r ]"
_SKIPPED = rb"(?:[\0\t\n\f\r ]|%[^\r\n]*[\r\n])"  # white space and comments
_BEGINS = re.compile(
    rb"\d" + _SKIPPED + rb"+\d+" + _SKIPPED + rb"*obj|trailer(?=" + _SKIPPED + rb"*<<)"
)
_NAME = re.compile(rb"/([^\0\t\n\f\r ()<>\[\]{}/%]*)")
_TOKEN = re.compile(
    rb"(?P<run>[^()<>\[\]{}%]+)"  # names, numbers and references, as far as they go
    rb"|(?P<bracket><<|>>|\[|\])"
    rb"|(?P<text>\()"
    rb"|<[0-9A-Fa-f\0\t\n\f\r ]*>"
    rb"|%[^\r\n]*"
)
_BRACKET = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# Words that no object has inside.
_FOREIGN = re.compile(rb"(?:\A|[\0\t\n\f\r ])[^/\0\t\n\f\r ]*(?:obj|stream|xref|trailer)")
_STREAM = re.compile(_SKIPPED + rb"*stream *(?:\r\n|\n|\r)")
_STREAM_WORD = re.compile(_SKIPPED + rb"*stream")
_BLANK = re.compile(_SKIPPED + rb"*")
_OPENS = (b"(", b"<", b"[")
_CLOSES = {b"<<": b">>", b"[": b"]"}
# What writers put into the dictionary of a stream of objects (ISO 32000-2, 7.5.7), each once.
_PACKED_NAMES = frozenset(
    {
        *("Type", "ObjStm", "N", "First", "Length", "Extends"),
        *("Filter", "FlateDecode", "DecodeParms"),
    }
)
_NEXT = rb"(?=" + _SPACE + rb"*(?:/|>>))"
_COUNT = re.compile(rb"/N" + _SPACE + rb"+(\d{1,6})" + _NEXT)
_FIRST = re.compile(rb"/First" + _SPACE + rb"+(\d{1,8})" + _NEXT)
_DEFLATED = re.compile(
    rb"/Filter" + _SPACE + rb"*\[?" + _SPACE + rb"*/FlateDecode" + _SPACE + rb"*\]?" + _NEXT
)
_MOST_OBJECTS = 100_000
_MOST_PACKED = 16 * 1024 * 1024  # bytes in one stream of objects; writers put 100 or 200 in one
_DEEPEST = 50


class Broken(Exception):
    """Readers could see different things in it."""


def names(raw: bytes) -> Iterator[str]:
    """Every name in every object and trailer, escapes undone. Raises Broken."""
    for count, begun in enumerate(_BEGINS.finditer(raw)):
        if count > _MOST_OBJECTS:
            raise Broken("objects without end")
        if b"%" in begun[0]:
            raise Broken("a comment in which another object may begin")
        found, end = _value(raw, begun.end())
        yield from found
        stream = _STREAM.match(raw, end) if raw.endswith(b">>", 0, end) else None
        if stream is None and _STREAM_WORD.match(raw, end):
            raise Broken("a stream that begins as readers may not agree")
        if stream and not {"ObjStm", "First"}.isdisjoint(found):
            yield from _packed(raw, raw[begun.end() : end], found, stream.end())


def _value(raw: bytes, at: int) -> tuple[list[str], int]:
    """The names in the one value that stands there, and where it ends."""
    at = _BLANK.match(raw, at).end()  # type: ignore[union-attr]  # matches nothing too
    if raw[at : at + 1] in _OPENS:
        return _nested(raw, at)
    name = _NAME.match(raw, at)
    return ([_spelled(name[1])], name.end()) if name else ([], at)  # else a number, or a word


def _nested(raw: bytes, at: int) -> tuple[list[str], int]:
    """The same of a text, an array or a dictionary."""
    found: list[str] = []
    inside: list[bytes] = []
    while True:
        token = _TOKEN.match(raw, at)
        if token is None:
            raise Broken("no token")
        at = token.end()
        if token.lastgroup == "run":
            if _FOREIGN.search(token[0]):
                raise Broken("an object that does not end")
            found += map(_spelled, _NAME.findall(token[0]))
        elif token.lastgroup == "text":
            at = _end_of_text(raw, at)
        elif token.lastgroup == "bracket":
            _nest(inside, token[0])
        if not inside:
            return found, at


def _nest(inside: list[bytes], bracket: bytes) -> None:
    if bracket in _CLOSES:
        inside.append(_CLOSES[bracket])
    elif not inside or inside.pop() != bracket:
        raise Broken("brackets do not match")
    if len(inside) > _DEEPEST:
        raise Broken("too deep")


def _end_of_text(raw: bytes, at: int) -> int:
    depth = 1
    while depth:
        bracket = _BRACKET.search(raw, at)
        if bracket is None:
            raise Broken("a text that does not end")
        at = bracket.end()
        depth += {b"(": 1, b")": -1}.get(bracket[0], 0)
    return at


def _spelled(name: bytes) -> str:
    if b"#" in name:
        name = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), name)
    return name.decode("latin-1")


def _packed(raw: bytes, head: bytes, found: list[str], at: int) -> Iterator[str]:
    """The names in the objects of a stream of objects, each from where the stream says it is."""
    count, first = _COUNT.search(head), _FIRST.search(head)
    is_odd = not _PACKED_NAMES.issuperset(found) or len(set(found)) < len(found)
    if is_odd or count is None or first is None:
        raise Broken("an unusual stream of objects")
    body = raw[at:] if "Filter" not in found else _inflated(raw, head, at)
    begins = int(first[1])
    numbers = body[:begins].split()
    if len(numbers) < 2 * int(count[1]):
        raise Broken("a stream of objects without its table")
    for offset in numbers[1 : 2 * int(count[1]) : 2]:
        yield from _value(body, begins + int(offset))[0]


def _inflated(raw: bytes, head: bytes, at: int) -> bytes:
    """What lies packed there; the packing itself says where it ends."""
    if not _DEFLATED.search(head):
        raise Broken("packed in an unusual way")
    opening = zlib.decompressobj()
    try:
        body = opening.decompress(raw[at:], _MOST_PACKED)
    except zlib.error:
        raise Broken("not packed") from None
    if not opening.eof:
        raise Broken("cut off, or without end")
    return body
