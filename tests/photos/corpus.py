"""Hostile and odd files, made from a seed: every case says what may become of it.

The picture is the same throughout: four coloured quarters, so that a wrong turn, a lost colour or a
foreign picture is seen in five pixels.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin

from tests.photos import heic_files

OK = "ok"
TYPE, BROKEN, LARGE = "photo_type", "photo_broken", "photo_too_large"
PIXELS, TIMEOUT = "photo_too_many_pixels", "photo_timeout"
ANY = frozenset({OK, BROKEN, PIXELS, TIMEOUT})
QUARTERS = ((220, 30, 30), (30, 180, 40), (30, 60, 220), (230, 220, 40))  # read like a page
MARK = b"MARKER-7f3a"  # stands in every place a file has for words
PAYLOADS = {
    "html": b"<html><script>alert('MARKER-7f3a')</script></html>",
    "js": b"*/=1;alert('MARKER-7f3a');/*",
    "php": b"<?php system('MARKER-7f3a'); ?>",
    "pdf": b"%PDF-1.7\n1 0 obj<</MARKER-7f3a 1>>endobj\n%%EOF\n",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='MARKER-7f3a()'/>",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A file, and what may become of it. `looks`: the quarters must be seen in what is kept."""

    name: str
    raw: bytes
    may: frozenset[str]
    looks: bool = False
    tolerance: int = 45  # of 255, per colour: chroma is halved and JPEG rings


def good(name: str, raw: bytes, *, looks: bool = True, tolerance: int = 45) -> Case:
    """A file that must be taken."""
    return Case(name, raw, frozenset({OK}), looks, tolerance)


def bad(name: str, raw: bytes, *codes: str) -> Case:
    """A file that must be refused, with one of these codes."""
    return Case(name, raw, frozenset(codes))


def quarters(width: int = 160, height: int = 120) -> Image.Image:
    """The picture."""
    found = Image.new("RGB", (width, height))
    for index, colour in enumerate(QUARTERS):
        left, top = (index % 2) * (width // 2), (index // 2) * (height // 2)
        found.paste(colour, (left, top, width if index % 2 else left + width // 2, height))
    return found


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int = 1, *, gps: bool = True) -> bytes:
    """EXIF with words, an orientation and a position in 東京 (35.504167, 139.75)."""
    found = Image.Exif()
    found[0x0112] = orientation
    found[0x010E] = MARK.decode()
    found[0x010F] = "MARKER-7f3a camera"
    if gps:
        place = found.get_ifd(0x8825)
        place[1], place[2] = "N", (35.0, 30.0, 15.0)
        place[3], place[4] = "E", (139.0, 45.0, 0.0)
    return found.tobytes()


@cache
def jpeg() -> bytes:
    """A plain good JPEG."""
    return saved(quarters(), "JPEG", quality=90)


@cache
def png() -> bytes:
    """A plain good PNG."""
    return saved(quarters(), "PNG")


def segment(mark: int, body: bytes) -> bytes:
    """A JPEG segment."""
    return bytes((0xFF, mark)) + struct.pack(">H", len(body) + 2) + body


def with_segments(*segments: bytes) -> bytes:
    """The good JPEG with these segments right after its beginning."""
    return jpeg()[:2] + b"".join(segments) + jpeg()[2:]


def chunk(name: bytes, body: bytes) -> bytes:
    """A PNG chunk."""
    check = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)


def bare_png(width: int, height: int, packed: bytes, *, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG that says its size, and holds whatever it is given."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def with_chunks(*chunks: bytes) -> bytes:
    """The good PNG with these chunks after its header."""
    return png()[:33] + b"".join(chunks) + png()[33:]


def turns() -> Iterator[Case]:
    """All eight ways a camera may be held, in each format that says so."""
    undo = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    for number, way in undo.items():
        stored = quarters() if way is None else quarters().transpose(way)
        for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
            yield good(f"turned {number} {kind}", saved(stored, kind, exif=exif(number)))
        yield good(f"turned {number} progressive", saved(
            stored, "JPEG", progressive=True, exif=exif(number, gps=False)
        ))  # fmt: skip
    for number in (0, 9, 255, 65535):
        yield good(f"turned {number}, which is no way", saved(
            quarters(), "JPEG", exif=exif(number)
        ))  # fmt: skip


def modes() -> Iterator[Case]:
    """Every way to store colours that phones, scanners and drawing programs have."""
    picture = quarters()
    clear = picture.copy()
    clear.putalpha(255)
    for mode, kinds in {
        "RGBA": ("PNG", "WEBP", "AVIF"), "P": ("PNG", "GIF"), "CMYK": ("JPEG",),
    }.items():  # fmt: skip
        one = clear if mode == "RGBA" else picture.convert(mode)
        for kind in kinds:
            # Ink without a profile is a guess: the colours shift, but the quarters stay.
            yield good(f"{mode} {kind}", saved(one, kind), tolerance=80 if mode == "CMYK" else 45)
    for mode in ("L", "1", "LA", "I;16"):
        one = picture.convert("L").convert(mode) if mode != "I;16" else sixteen()
        yield good(f"{mode} PNG", saved(one, "PNG"), looks=False)
    yield good("L JPEG", saved(picture.convert("L"), "JPEG"), looks=False)
    yield good("YCCK JPEG", saved(picture.convert("CMYK"), "JPEG", quality=95), tolerance=80)
    yield good("RGB 16 bit PNG", sixteen_rgb())
    yield good("interlaced PNG", interlaced())
    palette = picture.convert("P")
    yield good("palette with one clear colour", saved(palette, "PNG", transparency=255))
    yield good("RGB with one clear colour", saved(picture, "PNG", transparency=(1, 2, 3)))
    yield good("lossless WebP", saved(picture, "WEBP", lossless=True))
    for sampling in ("4:4:4", "4:2:2", "4:2:0"):
        for quality in (1, 30, 100):
            yield good(
                f"JPEG {sampling} {quality}",
                saved(picture, "JPEG", quality=quality, subsampling=sampling),
                looks=quality > 1,
            )
    yield good("restart marks", saved(picture, "JPEG", restart_marker_blocks=2))
    for name in ("PLAIN", "GPS", "TURNED", "ALPHA", "TWO"):
        yield good(f"HEIC {name}", getattr(heic_files, name))
    frames = [quarters(), Image.new("RGB", (160, 120), (0, 0, 0)), quarters(80, 60)]
    for kind in ("GIF", "WEBP", "PNG", "AVIF"):
        yield good(f"animated {kind}", saved(
            frames[0], kind, save_all=True, append_images=frames[1:2] * 5
        ))  # fmt: skip
    yield good("MPO, two pictures in one JPEG", saved(
        frames[0], "MPO", save_all=True, append_images=frames[2:]
    ))  # fmt: skip


def sixteen() -> Image.Image:
    """A grey picture of 16 bits: left half dark, right half light."""
    found = Image.new("I;16", (160, 120), 0x2000)
    found.paste(0xE000, (80, 0, 160, 120))
    return found


def sixteen_rgb() -> bytes:
    """A PNG of 16 bits a colour, which Pillow reads and does not write."""
    rows = b""
    for row in range(120):
        line = b"".join(
            struct.pack(">HHH", *(257 * part for part in QUARTERS[(row // 60) * 2 + column // 80]))
            for column in range(160)
        )
        rows += b"\0" + line
    return bare_png(160, 120, zlib.compress(rows), depth=16)


def interlaced() -> bytes:
    """A PNG in Adam7 order, made by hand."""
    steps = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
             (0, 1, 1, 2)]  # fmt: skip
    picture, rows = quarters(), b""
    for left, top, across, down in steps:
        for y in range(top, 120, down):
            pixels = (picture.getpixel((x, y)) for x in range(left, 160, across))
            rows += b"\0" + b"".join(bytes(one) for one in pixels if isinstance(one, tuple))
    head = struct.pack(">IIBBBBB", 160, 120, 8, 2, 0, 0, 1)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )  # fmt: skip


def sizes() -> Iterator[Case]:
    """From one pixel to as many as are taken, and one more."""
    for width, height in ((1, 1), (1, 2), (2, 1), (3, 3), (1, 20000), (20000, 1), (7, 1601)):
        grey = Image.new("RGB", (width, height), (90, 90, 90))
        yield good(f"{width}x{height} JPEG", saved(grey, "JPEG"), looks=False)
        yield good(f"{width}x{height} PNG", saved(grey, "PNG"), looks=False)
    for width, height in ((1599, 1200), (1600, 1200), (1601, 1200), (1200, 1601), (3200, 100)):
        yield good(f"{width}x{height}", saved(quarters(width, height), "JPEG"))
    yield good("24 megapixels", saved(quarters(5712, 4284), "JPEG", exif=exif(1)))
    yield good("24 megapixels HEIC", heic_files.LARGEST)
    yield good("12 megapixels HEIC", heic_files.LARGE)
    yield good("24 megapixels in grey", saved(Image.new("L", (5712, 4284), 80), "PNG"), looks=False)
    many = saved(Image.new("L", (5001, 5000), 80), "JPEG")
    yield bad("25 megapixels and a bit JPEG", many, PIXELS)
    yield bad("25 megapixels and a bit PNG", saved(Image.new("1", (5001, 5000)), "PNG"), PIXELS)
    yield bad("13 megapixels WebP", saved(Image.new("RGB", (4000, 3200)), "WEBP", method=0), PIXELS)
    yield bad("12 MB and a byte", jpeg() + b"\0" * (12 * 1024 * 1024 + 1 - len(jpeg())), LARGE)
    yield good("12 MB with a long tail", jpeg() + MARK * ((12 * 1024 * 1024 - len(jpeg())) // 11))


def words() -> Iterator[Case]:  # noqa: PLR0915 - a list
    """Everything a file can say beside its picture."""
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><b>MARKER-7f3a</b></x:xmpmeta>"
    thumb = segment(0xE0, b"JFXX\0\x10" + saved(quarters(16, 12), "JPEG", comment=MARK))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\x11\x1c\x02\x78\0\x0bMARKER-7f3a\0"
    yield good("COM", saved(quarters(), "JPEG", comment=MARK))
    yield good("EXIF and GPS", saved(quarters(), "JPEG", exif=exif()))
    yield good("XMP", with_segments(segment(0xE1, xmp)))
    yield good("IPTC", with_segments(segment(0xED, iptc)))
    yield good("JFXX with a picture", with_segments(thumb))
    yield good("profile JPEG", saved(quarters(), "JPEG", icc_profile=profile))
    yield good("profile PNG", saved(quarters(), "PNG", icc_profile=profile))
    yield good("profile that is none", saved(quarters(), "JPEG", icc_profile=MARK * 30))
    yield good("profile cut off", saved(quarters(), "JPEG", icc_profile=profile[:90]))
    yield good("EXIF that is none", with_segments(segment(0xE1, b"Exif\0\0" + MARK * 9)))
    yield good("EXIF that leads in a circle", with_segments(segment(
        0xE1, b"Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0"
    )))  # fmt: skip
    yield good("five hundred comments", with_segments(*(segment(0xFE, MARK * 40),) * 500))
    for number in range(0xE2, 0xF0):
        if number != 0xEE:  # Adobe's own says how colours are stored
            yield good(f"APP{number - 0xE0}", with_segments(segment(number, MARK * 20)))
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", MARK.decode())
    text.add_itxt("XML:com.adobe.xmp", MARK.decode(), zip=True)
    text.add_text("Long", "MARKER-7f3a " * 999, zip=True)
    yield good("texts in PNG", saved(quarters(), "PNG", pnginfo=text, exif=exif()))
    yield good("unknown chunk in PNG", with_chunks(chunk(b"maRk", MARK * 50)))
    yield good("WebP that says much", saved(quarters(), "WEBP", exif=exif(), xmp=xmp))
    yield good("AVIF that says much", saved(quarters(), "AVIF", exif=exif(), xmp=xmp))
    yield good("GIF with a comment", saved(quarters(), "GIF", comment=MARK))


def bombs() -> Iterator[Case]:  # noqa: PLR0915 - a list
    """Small files that would become large ones."""
    nothing = zlib.compress(b"\0" * 1000)
    for width, height in ((50000, 50000), (2**31 - 1, 2**31 - 1), (2**31 - 1, 1), (1, 2**31 - 1),
                          (30000, 30000), (100000, 251)):  # fmt: skip
        yield bad(f"PNG of {width}x{height}", bare_png(width, height, nothing), PIXELS)
    yield bad("PNG of 0x0", bare_png(0, 0, nothing), BROKEN)
    squashed = zlib.compress(b"\0" * 200_000_000, 9)
    yield Case("PNG of one pixel, 200 MB of it", bare_png(1, 1, squashed), frozenset({OK, BROKEN}))
    for name, body in {
        "zTXt": b"k\0\0" + squashed, "iTXt": b"k\0\1\0\0\0" + squashed, "iCCP": b"k\0\0" + squashed,
    }.items():  # fmt: skip
        yield Case(f"PNG with 200 MB of {name}", with_chunks(chunk(name.encode(), body)), ANY)
    yield Case("PNG in a PNG's text", with_chunks(chunk(b"zTXt", b"k\0\0" + zlib.compress(
        zlib.compress(squashed)
    ))), ANY)  # fmt: skip
    for width, height in ((65535, 65535), (65535, 400), (400, 65535), (6000, 6000)):
        size = struct.pack("<HH", width, height)
        gif = saved(quarters(), "GIF")
        yield bad(f"GIF of {width}x{height}", gif[:6] + size + gif[10:], PIXELS)
        head = struct.pack(">BHHB", 8, height, width, 3) + b"\x01\x22\0\x02\x11\x01\x03\x11\x01"
        start = jpeg().index(b"\xff\xc0")
        yield bad(
            f"JPEG of {width}x{height}",
            jpeg()[:start] + segment(0xC0, head) + jpeg()[start + 19 :], PIXELS,
        )  # fmt: skip
    for width, height in ((16384, 16384), (16384, 800), (2**24, 2**24), (16383, 16383)):
        size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x10\0\0\0" + size
        riff = b"RIFF" + struct.pack("<I", len(body)) + body
        yield bad(f"WebP of {width}x{height}", riff, PIXELS)
    for width, height in ((16383, 16383), (4000, 4000)):
        bits = (width - 1) | (height - 1) << 14
        body = b"WEBPVP8L" + struct.pack("<I", 10) + b"\x2f" + struct.pack("<I", bits) + b"\0" * 5
        riff = b"RIFF" + struct.pack("<I", len(body)) + body
        yield bad(f"lossless WebP of {width}x{height}", riff, PIXELS)
    for name, raw in {"HEIC": heic_files.PLAIN, "AVIF": saved(quarters(), "AVIF")}.items():
        at = raw.index(b"ispe") + 8
        for width, height in ((60000, 60000), (2**31, 2**31), (0, 0), (6000, 6000)):
            size = struct.pack(">II", width, height)
            yield Case(f"{name} that says {width}x{height}", raw[:at] + size + raw[at + 8 :],
                       frozenset({BROKEN, PIXELS}))  # fmt: skip
    yield bad("JPEG of two thousand scans", many_scans(2000), BROKEN)
    yield Case("JPEG of as many scans as are taken", many_scans(), frozenset({OK, TIMEOUT}))
    frames = [Image.new("P", (800, 800), index) for index in range(60)]
    yield good("GIF of sixty frames", saved(
        frames[0], "GIF", save_all=True, append_images=frames[1:]
    ), looks=False)  # fmt: skip


def many_scans(count: int = 100) -> bytes:
    """A progressive JPEG of 24 million pixels that says its last scan until there are so many."""
    raw = saved(Image.new("RGB", (5712, 4284), (10, 120, 40)), "JPEG", progressive=True)
    last, more = raw.rindex(b"\xff\xda"), count - raw.count(b"\xff\xda")
    return raw[:-2] + raw[last:-2] * more + raw[-2:]


def disguises() -> Iterator[Case]:
    """Files that are two things at once, or not what they say."""
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("MARKER-7f3a.txt", MARK)
    tails = PAYLOADS | {"zip": zipped.getvalue(), "jpeg": jpeg(), "png": png(), "zeros": bytes(999)}
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "AVIF"):
        raw = saved(quarters(), kind)
        for name, tail in tails.items():
            yield good(f"{kind} with {name} behind", raw + tail)
    for name, payload in PAYLOADS.items():
        yield good(f"JPEG with {name} in a comment", with_segments(segment(0xFE, payload)))
        yield good(f"PNG with {name} in a chunk", with_chunks(chunk(b"teXt", b"k\0" + payload)))
        yield bad(f"{name} alone", payload, TYPE)
        yield bad(f"{name} before a JPEG", payload + jpeg(), TYPE)
        yield bad(f"{name} that begins like a JPEG", b"\xff\xd8\xff\xe0" + payload, BROKEN)
        yield bad(f"{name} that begins like a PNG", b"\x89PNG\r\n\x1a\n" + payload, BROKEN)
        yield bad(f"{name} that begins like a GIF", b"GIF89a" + payload, BROKEN, PIXELS)
        yield bad(f"{name} that begins like a WebP", b"RIFF\0\0\0\0WEBP" + payload, BROKEN, PIXELS)
        for brand in (b"heic", b"avif"):
            yield bad(f"{name} that begins like {brand.decode()}",
                      b"\0\0\0\x14ftyp" + brand + b"\0\0\0\0mif1" + payload, BROKEN)  # fmt: skip
    picture = quarters()
    for kind in ("BMP", "TIFF", "ICO", "PPM", "TGA", "PDF", "EPS", "JPEG2000", "PCX", "ICNS"):
        size = picture.resize((128, 128)) if kind == "ICNS" else picture
        yield bad(f"{kind} file", saved(size, kind), TYPE)
    yield bad("zip", zipped.getvalue(), TYPE)
    yield bad("nothing", b"", TYPE)
    yield bad("one byte", b"\xff", TYPE)
    yield bad("a film", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", TYPE)
    yield bad("gzip", b"\x1f\x8b" + bytes(99), TYPE)
    yield bad("spaces before a JPEG", b"  " + jpeg(), TYPE)


def damaged(seed: int, count: int) -> Iterator[Case]:
    """Good files cut off, and with bits turned over, at places drawn by lot."""
    lots = random.Random(seed)
    files = {
        "JPEG": saved(quarters(), "JPEG", exif=exif(6), comment=MARK),
        "progressive": saved(quarters(), "JPEG", progressive=True, quality=95),
        "PNG": saved(quarters(), "PNG", exif=exif(3)),
        "GIF": saved(quarters(), "GIF", save_all=True, append_images=[quarters()]),
        "WEBP": saved(quarters(), "WEBP", exif=exif(8)),
        "AVIF": saved(quarters(), "AVIF", exif=exif(5)),
        "HEIC": heic_files.GPS,
    }
    for number in range(count):
        name, raw = lots.choice(list(files.items()))
        if lots.random() < 0.4:
            at = lots.randrange(len(raw))
            yield Case(f"{number}: {name} cut at {at}", raw[:at], ANY | {TYPE})
            continue
        turned = bytearray(raw)
        for _ in range(lots.choice((1, 1, 2, 8, 40))):
            turned[lots.randrange(len(raw))] ^= 1 << lots.randrange(8)
        yield Case(f"{number}: {name} with bits turned", bytes(turned), ANY | {TYPE})
    for name in ("JPEG", "progressive", "PNG"):
        half = files[name][: len(files[name]) // 2]
        yield bad(f"half a {name}", half, BROKEN)


def cases(seed: int = 2026, damage: int = 120) -> Iterator[Case]:
    """Everything, `damage` damaged files among it."""
    for some in (turns, modes, sizes, words, bombs, disguises):
        yield from some()
    yield from damaged(seed, damage)
