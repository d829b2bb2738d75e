"""Whether a PDF does anything but show pages. Runs in the children of a limited program alone.

Every object of the file is looked at, wherever it is referred to from, because a reader may find a
way that we do not. The bytes are searched besides, for what stands outside of the object table.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from pypdf import PdfReader, filters
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject

from liff_app.procedures.files.rules import MOST_PAGES, Refusal

# Loaded now, because the children can open no file: pypdf imports it when a stream comes.
LOADED = (filters,)
_MOST_OBJECTS = 100_000
_DEEPEST = 50
# Keys under which something runs, opens or lies inside (ISO 32000-2: 12.6, 7.11.4, 12.7.8, 13.6).
_ACTIVE_KEYS = frozenset(
    {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent"}
)
_ACTIVE_ACTIONS = frozenset(
    {
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"),
        *("/Rendition", "/Movie", "/Sound", "/RichMediaExecute"),
    }
)
_ACTIVE_TYPES = frozenset({"/EmbeddedFile"})
_ACTIVE_BYTES = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia)\b")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# What pypdf raises over a broken file besides its own errors.
_STRANGE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    OSError,
    RecursionError,
)


class Refused(Exception):
    """The file is not taken; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def pages_of(raw: bytes) -> int:
    """How many pages a harmless PDF has. Raises Refused."""
    try:
        return _looked_at(raw)
    except (PyPdfError, *_STRANGE, MemoryError):
        raise Refused(Refusal.BROKEN) from None


def _looked_at(raw: bytes) -> int:
    reader = PdfReader(io.BytesIO(raw), strict=False)
    if reader.is_encrypted:
        raise Refused(Refusal.ENCRYPTED)
    if _ACTIVE_BYTES.search(_ESCAPED.sub(_unescaped, raw)):
        raise Refused(Refusal.ACTIVE)
    _check_objects(reader)
    count = 0
    for _page in reader.pages:
        count += 1
        if count > MOST_PAGES:
            raise Refused(Refusal.PAGES)
    if not count:
        raise Refused(Refusal.BROKEN)
    return count


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode())


def _check_objects(reader: PdfReader) -> None:
    _check(reader.trailer)
    for count, (number, generation) in enumerate(_known(reader)):
        if count > _MOST_OBJECTS:
            raise Refused(Refusal.BROKEN)
        _check(reader.get_object(IndirectObject(number, generation, reader)))


def _known(reader: PdfReader) -> Iterator[tuple[int, int]]:
    """Every object of the file's tables: number and generation."""
    for generation, numbers in list(reader.xref.items()):
        for number in list(numbers):
            yield number, generation
    for number in list(reader.xref_objStm):
        yield number, 0


def _check(found: object, depth: int = 0) -> None:
    """Raises Refused if the object, or what it holds itself, is active."""
    if depth > _DEEPEST:
        raise Refused(Refusal.BROKEN)
    if isinstance(found, DictionaryObject):
        if _is_active(found):
            raise Refused(Refusal.ACTIVE)
        for value in found.values():
            _check(value, depth + 1)
    elif isinstance(found, ArrayObject):
        for value in found:
            _check(value, depth + 1)


def _is_active(found: DictionaryObject) -> bool:
    named = _ACTIVE_KEYS.intersection(found)
    if any(not isinstance(found.raw_get(key), NullObject) for key in named):
        return True
    return _name(found, "/S") in _ACTIVE_ACTIONS or _name(found, "/Type") in _ACTIVE_TYPES


def _name(found: DictionaryObject, key: str) -> str:
    return str(found.raw_get(key)) if key in found else ""
