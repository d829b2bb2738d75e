"""What is taken for a photo, how large it may be, and what a photo of ours looks like.

Standard library only: the workshop, which decodes in a process of its own, reads it too.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Sequence
from enum import StrEnum

MOST_BYTES = 12 * 1024 * 1024  # a phone's photo as it is; scripts of ours send about 0.4 MB
MOST_PIXELS = 25_000_000  # "24 megapixels" of a present phone are 5712 × 4284 = 24.5 million
LARGE_PX = 1600  # longer side of what is kept
THUMB_PX = 320
MOST_SCANS = 100  # of a progressive JPEG; cameras and optimisers make ten, sixty at the utmost
QUALITY = 80  # about 0.3 MB at 1600 px; more is not seen on a phone or an office screen
THUMB_QUALITY = 75
MOST_BOXES = 50
MOST_COPY_BYTES = 4 * 1024 * 1024  # 1600 × 1600 of pure noise at quality 80 is 2.4 MB

Box = tuple[float, float, float, float]  # left, top, width, height, each 0 to 1 of the picture


class Kind(StrEnum):
    """Formats that are decoded. SVG is a program and never among them."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    HEIF = "heif"
    AVIF = "avif"


class Refusal(StrEnum):
    """Why a file is not taken for a photo. Stable codes."""

    TYPE = "photo_type"
    BROKEN = "photo_broken"
    TOO_LARGE = "photo_too_large"
    TOO_MANY_PIXELS = "photo_too_many_pixels"
    TIMEOUT = "photo_timeout"


# Pillow's WebP decoder holds the canvas twice, its own copy and the picture: 16 bytes a pixel.
# AVIF and HEIF hold planes, rows and the picture. More pixels would not fit into MEMORY_MB.
PIXELS_OF_KIND = {Kind.WEBP: 12_500_000, Kind.AVIF: 16_000_000}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_LONGEST_FTYP = 256
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
# A mark that begins a segment or ends the picture: no stuffed byte, restart, TEM or beginning.
_MARK = re.compile(rb"\xff+([^\x00\x01\xd0-\xd8\xff])")
_PLAIN = frozenset({0xE0, 0xDB, 0xC0, 0xC4, _SOS})  # JFIF, tables, a baseline frame, the scan
_JFIF_BYTES = 16


def kind_of(raw: bytes) -> Kind | None:
    """Format of a file by its first bytes, whatever its name says. None: nothing we decode."""
    if raw[:3] == b"\xff\xd8\xff":
        return Kind.JPEG
    if raw[:8] == b"\x89PNG\r\n\x1a\n":
        return Kind.PNG
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return Kind.WEBP
    if raw[:6] in (b"GIF87a", b"GIF89a"):
        return Kind.GIF
    return _of_brands(raw) if raw[4:8] == b"ftyp" else None


def _of_brands(raw: bytes) -> Kind | None:
    """HEIF or AVIF by the brands of the first box (ISO/IEC 14496-12 4.3)."""
    length = min(int.from_bytes(raw[:4], "big"), _LONGEST_FTYP)
    brands = {raw[8:12], *(raw[at : at + 4] for at in range(16, length - 3, 4))}
    if brands & _AVIF_BRANDS:
        return Kind.AVIF
    return Kind.HEIF if brands & _HEIF_BRANDS else None


def webp_size(raw: bytes) -> tuple[int, int] | None:
    """Canvas of a WebP file, read without its decoder, which makes the canvas to tell it.

    None where the header is none of the three there are (RFC 9649).
    """
    chunk, head = raw[12:16], raw[20:30]
    if len(head) < struct.calcsize("<10B"):
        return None
    if chunk == b"VP8X":
        return (
            1 + int.from_bytes(head[4:7], "little"),
            1 + int.from_bytes(head[7:10], "little"),
        )
    if chunk == b"VP8L" and head[0] == 0x2F:  # noqa: PLR2004 - the signature RFC 9649 gives
        bits = int.from_bytes(head[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", head[6:10])
        return width & 0x3FFF, height & 0x3FFF
    return None


def most_pixels(kind: Kind) -> int:
    """How many pixels a file of that kind may have before it is decoded."""
    return PIXELS_OF_KIND.get(kind, MOST_PIXELS)


def fitted(width: int, height: int, most: int) -> tuple[int, int]:
    """Size with the same proportions whose longer side is at most `most`; never enlarged."""
    longer = max(width, height)
    if longer <= most:
        return width, height
    return max(1, round(width * most / longer)), max(1, round(height * most / longer))


def boxes_fault(boxes: Sequence[Box]) -> bool:
    """Whether boxes cannot be drawn: too many, no numbers, empty, or outside the picture."""
    return len(boxes) > MOST_BOXES or any(not _is_inside(box) for box in boxes)


def _is_inside(box: Box) -> bool:
    if not all(math.isfinite(one) for one in box):
        return False
    left, top, width, height = box
    slack = 1e-6  # what a browser's division loses
    return (
        0 <= left <= 1
        and 0 <= top <= 1
        and width > 0
        and height > 0
        and left + width <= 1 + slack
        and top + height <= 1 + slack
    )


def too_many_scans(raw: bytes) -> bool:
    """Whether a JPEG has more than `MOST_SCANS`: each costs a pass over the picture.

    Read as decoders do, so that a thumbnail, or a film behind the end, is none.
    """
    scans, at = 0, 2
    while (found := _MARK.search(raw, at)) and found[1][0] != _EOI:
        scans += found[1][0] == _SOS
        if scans > MOST_SCANS:
            return True
        at = found.end() + max(2, int.from_bytes(raw[found.end() : found.end() + 2], "big"))
    return False


def is_plain_jpeg(copy: bytes) -> bool:
    """Whether a copy is what the workshop makes: tables and one picture, nothing beside.

    No comment, EXIF, profile or other application data, and nothing behind the end. Asked of
    everything that comes out of the process that met the stranger's file.
    """
    if len(copy) > MOST_COPY_BYTES or copy[:2] != bytes((0xFF, _SOI)):
        return False
    at = 2
    while at + 4 <= len(copy):
        mark, length = copy[at + 1], int.from_bytes(copy[at + 2 : at + 4], "big")
        if copy[at] != 0xFF or mark not in _PLAIN:  # noqa: PLR2004 - every marker begins with it
            return False
        if mark == 0xE0 and not (length == _JFIF_BYTES and copy[at + 4 : at + 9] == b"JFIF\0"):  # noqa: PLR2004 - APP0
            return False
        at += 2 + length
        if mark == _SOS:
            return _ends_with_scan(copy, at)
    return False


def _ends_with_scan(copy: bytes, at: int) -> bool:
    """Whether the compressed picture from `at` on runs to the end without another segment."""
    while (at := copy.find(b"\xff", at)) >= 0 and at + 1 < len(copy):
        if copy[at + 1] == _EOI:
            return at + 2 == len(copy)
        if copy[at + 1] != 0:  # 0 is a stuffed byte; our copies have no restart marks
            return False
        at += 2
    return False
