"""From a stranger's bytes to our own pictures. Runs in the workshop's children and nowhere else.

Whatever a decoder does wrong here happens in a process that has no file, no network, little memory
and a few seconds; see `workshop.py`.
"""

from __future__ import annotations

import io
import math
import struct
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import pi_heif  # type: ignore[import-untyped]  # it ships none
from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageDraw,
    ImageFile,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from liff_app.photos import rules
from liff_app.photos.rules import Box, Kind, Refusal

# Loaded now, because the children can open no file: Pillow imports plugins when they are needed.
PLUGINS = (
    AvifImagePlugin,
    GifImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)
ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = rules.MOST_PIXELS
Image.init()
pi_heif.register_heif_opener(thumbnails=False)
pi_heif.options.DECODE_THREADS = 1  # a thread of its own would have a stack of its own
AvifImagePlugin.DEFAULT_MAX_THREADS = 1

_FORMATS = {
    Kind.JPEG: ("JPEG",),
    Kind.PNG: ("PNG",),
    Kind.WEBP: ("WEBP",),
    Kind.GIF: ("GIF",),
    Kind.HEIF: ("HEIF",),
    Kind.AVIF: ("AVIF",),
}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION, _GPS = 0x0112, 0x8825  # EXIF 2.3 tags
_GPS_LAT_REF, _GPS_LAT, _GPS_LON_REF, _GPS_LON = 1, 2, 3, 4
_POLE, _DATE_LINE = 90.0, 180.0
# What reading a stranger's EXIF raises: any tag may have any type and lead anywhere.
_STRANGE = (
    *(ValueError, TypeError, LookupError, ArithmeticError, AttributeError),
    *(OSError, SyntaxError, struct.error),
)
_WHITE = (255, 255, 255)
_BLACK = (0, 0, 0)
_MOST_PROFILE_BYTES = 256 * 1024  # a display's profile is under 4 kB, a scanner's some 100 kB
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_BY_65536 = [level >> 8 for level in range(65536)]


class Refused(Exception):
    """The file is not taken; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Drawn:
    """Two pictures made of pixels alone, the size of the large one, and where it was taken."""

    large: bytes
    thumb: bytes
    width: int
    height: int
    position: tuple[float, float] | None = None


def rebuild(raw: bytes, kind: Kind, *, want_position: bool) -> Drawn:
    """The file's picture, upright and on white.

    The position is read only where it is wanted; without GPS data, or with senseless ones, None.
    Raises Refused; and whatever a decoder raises over a broken file, which ends the child.
    """
    if kind is Kind.JPEG and rules.too_many_scans(raw):
        raise Refused(Refusal.BROKEN)
    if kind is Kind.WEBP:
        _check_size(rules.webp_size(raw), kind)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata is no reason: none of it is kept
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _rebuilt(_opened(raw, kind), kind, want_position=want_position)
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(Refusal.TOO_MANY_PIXELS) from None


def _rebuilt(picture: Image.Image, kind: Kind, *, want_position: bool) -> Drawn:
    _check_size(picture.size, kind)
    size = rules.fitted(*picture.size, rules.LARGE_PX)
    picture.draft("RGB", size)  # a JPEG is decoded at 1/2, 1/4 or 1/8 where that is enough
    picture.load()
    turn, position = None, None
    with suppress(*_STRANGE):
        exif = picture.getexif()
        turn = _TURNS.get(_number(exif.get(_ORIENTATION)))
        position = _position(exif) if want_position else None
    small = _on_white(picture, size)
    return _both(small if turn is None else small.transpose(turn), position)


def _opened(raw: bytes, kind: Kind) -> Image.Image:
    try:
        return Image.open(io.BytesIO(raw), formats=_FORMATS[kind])
    except (UnidentifiedImageError, SyntaxError, ValueError, LookupError):
        raise Refused(Refusal.BROKEN) from None


def _check_size(size: tuple[int, int] | None, kind: Kind) -> None:
    if size is None:
        raise Refused(Refusal.BROKEN)
    if size[0] * size[1] > rules.most_pixels(kind):
        raise Refused(Refusal.TOO_MANY_PIXELS)


def _on_white(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A fresh picture of these pixels alone: what a file said beside them stays behind."""
    profile = picture.info.get("icc_profile")
    plain = _eight_bit(picture)
    if plain.size != size:
        plain = plain.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if plain.mode == "RGB" and isinstance(profile, bytes):
        plain = _in_srgb(plain, profile)
    fresh = Image.new("RGB", size, _WHITE)
    fresh.paste(plain, mask=plain.getchannel("A") if plain.mode in ("LA", "RGBA") else None)
    return fresh


def _eight_bit(picture: Image.Image) -> Image.Image:
    """The picture as L, RGB, LA or RGBA, whatever its file had."""
    if picture.mode.startswith("I"):  # 16 bits a channel; the table keeps the upper eight
        return picture.convert("I").point(_BY_65536, "L")
    if picture.mode in ("LA", "RGBA"):
        return picture
    if picture.has_transparency_data:  # a palette with one, or one colour that is none
        return picture.convert("RGBA")
    if picture.mode in ("L", "RGB"):
        return picture
    return picture.convert("L" if picture.mode == "1" else "RGB")


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """The colours as every screen shows them; as they are where the profile is no use."""
    if not 0 < len(profile) <= _MOST_PROFILE_BYTES or b"sRGB" in profile:
        return picture
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, own, _SRGB, outputMode="RGB")
        return turned or picture
    return picture


def _both(small: Image.Image, position: tuple[float, float] | None = None) -> Drawn:
    size = rules.fitted(*small.size, rules.THUMB_PX)
    thumb = small if size == small.size else small.resize(size, Image.Resampling.BOX)
    width, height = small.size
    return Drawn(
        _as_jpeg(small, rules.QUALITY),
        _as_jpeg(thumb, rules.THUMB_QUALITY),
        width,
        height,
        position,
    )


def _as_jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, subsampling="4:2:0")
    return out.getvalue()


def mask(copy: bytes, boxes: Sequence[Box]) -> Drawn:
    """Our own large copy with black boxes, and its small one. Nothing shows through them.

    Boxes reach one pixel further than asked, and the picture is drawn anew from the pixels, so
    that no block of the old JPEG remains below an edge. Blurring can be undone; this cannot.
    """
    with Image.open(io.BytesIO(copy), formats=("JPEG",)) as kept:
        kept.load()
        fresh = Image.new("RGB", kept.size, _WHITE)
        fresh.paste(kept)
    pen = ImageDraw.Draw(fresh)
    width, height = fresh.size
    for left, top, wide, high in boxes:
        pen.rectangle(
            (
                math.floor(left * width) - 1,
                math.floor(top * height) - 1,
                math.ceil((left + wide) * width),
                math.ceil((top + high) * height),
            ),
            fill=_BLACK,
        )
    return _both(fresh)


def _position(exif: Image.Exif) -> tuple[float, float] | None:
    """Latitude and longitude from EXIF, if they can be a place on earth."""
    with suppress(*_STRANGE):
        tags = exif.get_ifd(_GPS)
        lat = _degrees(tags[_GPS_LAT]) * (-1 if _text(tags[_GPS_LAT_REF]) == "S" else 1)
        lon = _degrees(tags[_GPS_LON]) * (-1 if _text(tags[_GPS_LON_REF]) == "W" else 1)
        if abs(lat) <= _POLE and abs(lon) <= _DATE_LINE and (lat, lon) != (0.0, 0.0):
            return round(lat, 6), round(lon, 6)
    return None


def _degrees(parts: Sequence[object]) -> float:
    degrees, minutes, seconds = (float(str(one)) for one in parts)
    return degrees + minutes / 60 + seconds / 3600


def _text(told: object) -> str:
    text = told.decode("ascii", "ignore") if isinstance(told, bytes) else str(told)
    return text.strip("\0 ").upper()


def _number(told: object) -> int:
    return told if isinstance(told, int) else 1
