"""What became of a file, examined without the product's own rules."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from liff_app.photos import service
from liff_app.photos.refusals import PhotoRefused
from liff_app.photos.service import Prepared
from tests.photos.corpus import OK, QUARTERS, Case

FOREIGN = (
    *(b"MARKER", b"Exif\0\0", b"http:", b"ICC_PROFILE", b"Photoshop", b"JFXX", b"<script"),
    *(b"PK\x03\x04", b"%PDF-", b"<?php", b"xmpmeta", b"8BIM", b"MPF\0"),
)
PLAIN_INFO = {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a case, and what is wrong about that."""

    became: str
    faults: tuple[str, ...]


def examine(case: Case, prepare: Callable[[bytes], Prepared] = service.prepare) -> Verdict:
    """The case sent through `prepare` and looked at."""
    try:
        found = prepare(case.raw)
    except PhotoRefused as refused:
        became = refused.shown_code
        return Verdict(became, () if became in case.may else (f"{case.name}: {became}",))
    faults = [] if OK in case.may else [f"{case.name}: taken"]
    faults += [f"{case.name}: {fault}" for fault in copy_faults(found.large, 1600)]
    faults += [f"{case.name}: small: {fault}" for fault in copy_faults(found.thumb, 320)]
    if not faults and case.looks:
        for copy in (found.large, found.thumb):
            faults += [f"{case.name}: {fault}" for fault in look_faults(copy, case.tolerance)]
    return Verdict(OK, tuple(faults))


def copy_faults(copy: bytes, most: int) -> list[str]:
    """What a picture of ours must not have."""
    faults = [f"holds {word!r}" for word in FOREIGN if word in copy]
    faults += [f"segment {mark:02x}" for mark in marks(copy) - {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}]
    if copy[-2:] != b"\xff\xd9":
        faults.append("something behind the end")
    try:
        with Image.open(io.BytesIO(copy)) as picture:
            picture.load()
            if picture.format != "JPEG" or picture.mode != "RGB" or max(picture.size) > most:
                faults.append(f"{picture.format} {picture.mode} {picture.size}")
            faults += [f"says {name}" for name in set(picture.info) - PLAIN_INFO]
    except OSError as error:
        faults.append(f"cannot be opened: {error}")
    return faults


def marks(copy: bytes) -> set[int]:
    """Marks of the segments before the picture, and of any inside it."""
    found: set[int] = set()
    at = 2
    while at + 4 <= len(copy) and copy[at] == 0xFF and 0xDA not in found:
        found.add(copy[at + 1])
        at += 2 + int.from_bytes(copy[at + 2 : at + 4], "big")
    found |= {copy[i + 1] for i in range(at, len(copy) - 2) if copy[i] == 0xFF}
    return found - {0}


def look_faults(copy: bytes, tolerance: int) -> list[str]:
    """Quarters that are not where they belong, or not of their colour."""
    with Image.open(io.BytesIO(copy)) as picture:
        width, height = picture.size
        seen = [
            picture.getpixel((int(width * across), int(height * down)))
            for down in (0.25, 0.75)
            for across in (0.25, 0.75)
        ]
    return [
        f"quarter {index} is {got}, not {wanted}"
        for index, (got, wanted) in enumerate(zip(seen, QUARTERS, strict=True))
        if not isinstance(got, tuple)
        or max(abs(a - b) for a, b in zip(got, wanted, strict=True)) > tolerance
    ]
