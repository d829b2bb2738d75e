"""The rich menu's picture, drawn here so that words, tap areas and colours cannot drift apart.

A phone shows the picture about 360 px wide: one pixel there is seven here. Sizes below follow
from what a person of 75 reads there without glasses.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from liff_app.messaging.richmenu_icons import icon

WIDTH: Final = 2500
HEIGHT: Final = 1686
TAB_HEIGHT: Final = 312  # 45 px on the phone; 44 is the least a thumb hits (WCAG 2.5.5)
GAP: Final = 36
RADIUS: Final = 56
MIN_FONT_PX: Final = 126  # 18 px on the phone
MAX_FONT_PX: Final = 250
_TAB_FONT_PX: Final = 150
_TAB_LINE_PX: Final = 22
_WEIGHT: Final = 750  # heavier fills the inner space of kanji such as 難
_LINE_SPACING: Final = 1.22
_WIDE: Final = 1.7  # from this aspect on the sign stands beside the words

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the picture's pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Tile:
    """One button: where it is, what it says (a line each) and its colours."""

    box: Box
    sign: str
    lines: tuple[str, ...]
    back: Colour
    ink: Colour


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the tabs on top; the shown one has the panel's colour and a line below its words."""

    box: Box
    sign: str
    text: str
    back: Colour
    ink: Colour
    shown: bool


def draw(panel: Colour, tabs: Sequence[Tab], tiles: Sequence[Tile]) -> Image.Image:
    """Give the whole picture, WIDTH x HEIGHT."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), panel)
    for tab in tabs:
        _draw_tab(picture, tab)
    for tile in tiles:
        _draw_tile(picture, tile)
    return picture


def as_png(picture: Image.Image) -> bytes:
    """Give the picture as PNG without metadata; LINE takes at most 1 MB."""
    file = io.BytesIO()
    # 128 colours hold every edge's shades of the few flat ones, at a third of the bytes: the
    # phone of someone in a shelter loads it over a bad network.
    picture.quantize(128, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw_tab(picture: Image.Image, tab: Tab) -> None:
    box = tab.box
    pen = ImageDraw.Draw(picture)
    right, bottom = box.x + box.width - 1, box.y + box.height - 1
    pen.rectangle((box.x, box.y, right, bottom), fill=tab.back)
    font = _font(_TAB_FONT_PX)
    side, gap = 150, 40
    words = round(font.getlength(tab.text))
    left = box.x + (box.width - side - gap - words) // 2
    middle = box.y + box.height // 2
    if tab.shown:  # not by colour alone
        below = middle + side // 2 + _TAB_LINE_PX
        line = (left, below, left + side + gap + words, below + _TAB_LINE_PX)
        pen.rectangle(line, fill=tab.ink)
    picture.paste(tab.ink, (left, middle - side // 2), icon(tab.sign, side))
    _write(picture, (left + side + gap, middle), [tab.text], font, tab.ink, centred=False)


def _draw_tile(picture: Image.Image, tile: Tile) -> None:
    """Draw a button, its words as large as they go: legible comes before uniform."""
    box = tile.box
    picture.paste(tile.back, (box.x, box.y), _rounded(box.width, box.height))
    if box.width / box.height >= _WIDE:
        _draw_beside(picture, tile)
    else:
        _draw_above(picture, tile)


def _draw_beside(picture: Image.Image, tile: Tile) -> None:
    """Sign left, words right: for flat tiles."""
    box = tile.box
    side = min(round(box.height * 0.52), round(box.width * 0.215))
    pad = round(box.width * 0.035)
    room = box.width - 3 * pad - side
    font = _fitting(tile.lines, room, round(box.height * 0.8) // len(tile.lines))
    left = box.x + pad
    middle = box.y + box.height // 2
    picture.paste(tile.ink, (left, middle - side // 2), icon(tile.sign, side))
    _write(picture, (left + side + pad, middle), tile.lines, font, tile.ink, centred=False)


def _draw_above(picture: Image.Image, tile: Tile) -> None:
    """Sign above the words: for tall tiles."""
    box = tile.box
    room = round(box.height * 0.58) // len(tile.lines)
    font = _fitting(tile.lines, round(box.width * 0.88), room)
    words = round(len(tile.lines) * font.size * _LINE_SPACING)
    side = min(round((box.height - words) * 0.72), round(box.width * 0.56))
    gap = (box.height - side - words) // 3
    left = box.x + (box.width - side) // 2
    picture.paste(tile.ink, (left, box.y + gap), icon(tile.sign, side))
    centre = (box.x + box.width // 2, box.y + 2 * gap + side + words // 2)
    _write(picture, centre, tile.lines, font, tile.ink, centred=True)


def _write(
    picture: Image.Image,
    at: tuple[int, int],
    lines: Sequence[str],
    font: ImageFont.FreeTypeFont,
    ink: Colour,
    *,
    centred: bool,
) -> None:
    """Write lines around the height `at[1]`, from `at[0]` on or centred on it."""
    pen = ImageDraw.Draw(picture)
    step = font.size * _LINE_SPACING
    first = at[1] - step * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        place = (at[0], first + number * step)
        pen.text(place, line, font=font, fill=ink, anchor="mm" if centred else "lm")


def _fitting(lines: Sequence[str], width: int, step: int) -> ImageFont.FreeTypeFont:
    """Give the largest font in which each line fits `width`, one every `step` pixels.

    ValueError if the words would be too small to read.
    """
    for size in range(MAX_FONT_PX, MIN_FONT_PX - 1, -2):
        font = _font(size)
        widest = max(font.getlength(line) for line in lines)
        if widest <= width and size * _LINE_SPACING <= step:
            return font
    raise ValueError(f"{lines} do not fit {width} px a line at {MIN_FONT_PX} px")


@functools.cache
def _font(size_px: int) -> ImageFont.FreeTypeFont:
    place = files("justmytype_intl_cjk") / "fonts" / "ofl" / "notosansjp" / "NotoSansJP[wght].ttf"
    with as_file(place) as path:
        font = ImageFont.truetype(path, size_px)
    font.set_variation_by_axes([_WEIGHT])
    return font


def _rounded(width: int, height: int) -> Image.Image:
    scale = 2
    mask = Image.new("L", (width * scale, height * scale), 0)
    corner = (0, 0, width * scale - 1, height * scale - 1)
    ImageDraw.Draw(mask).rounded_rectangle(corner, RADIUS * scale, fill=255)
    return mask.resize((width, height), Image.Resampling.LANCZOS)
