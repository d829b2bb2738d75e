"""Whether a PDF does anything but show pages. Runs in the children of a limited program alone.

No object may name what runs, opens another file or lies inside, wherever it stands and whichever
table leads to it: readers find ways that we do not. The bytes are searched besides.
"""

from __future__ import annotations

import io
import re

from pypdf import PdfReader, filters
from pypdf.errors import PyPdfError

from liff_app.procedures.files import pdf_objects
from liff_app.procedures.files.rules import MOST_PAGES, PDF_BEGINS, Refusal

# Loaded now, because the children can open no file: pypdf imports it when a stream comes.
LOADED = (filters,)
# Under or by these something runs, opens or lies inside (ISO 32000-2: 12.6, 7.11.4, 12.7.8, 13).
_ACTIVE = frozenset(
    {
        *("JS", "JavaScript", "Launch", "SubmitForm", "ImportData", "GoToR", "GoToE"),
        *("Rendition", "Movie", "Sound", "RichMedia", "RichMediaContent", "RichMediaExecute"),
        *("EF", "EmbeddedFile", "EmbeddedFiles", "XFA"),
    }
)
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
    if not raw.startswith(PDF_BEGINS):
        raise Refused(Refusal.BROKEN)  # readers differ in where such a file begins
    reader = PdfReader(io.BytesIO(raw), strict=False)
    if reader.is_encrypted:
        raise Refused(Refusal.ENCRYPTED)
    if _ACTIVE_BYTES.search(_ESCAPED.sub(_unescaped, raw)):
        raise Refused(Refusal.ACTIVE)
    _check_names(raw)
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


def _check_names(raw: bytes) -> None:
    """Raises Refused if an object names what is active, or a table hidden behind a password."""
    try:
        for name in pdf_objects.names(raw):
            if name in _ACTIVE:
                raise Refused(Refusal.ACTIVE)
            if name == "Encrypt":
                raise Refused(Refusal.ENCRYPTED)
    except pdf_objects.Broken:
        raise Refused(Refusal.BROKEN) from None
