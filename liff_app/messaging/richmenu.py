"""What stands on the menu below the talk: two menus, for ordinary days and for disasters.

Only services that are open become buttons, and every button opens a LIFF permalink: LINE's
endpoint address itself would open without LIFF (LIFF: registering apps).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from PIL import Image

from liff_app.gateways.line_messaging import RichMenuSpec, SwitchTap, TapArea, UriTap
from liff_app.messaging.richmenu_drawing import (
    GAP,
    HEIGHT,
    TAB_HEIGHT,
    WIDTH,
    Box,
    Colour,
    Tab,
    Tile,
    as_png,
    draw,
)

NAME_PREFIX: Final = "machimado:"
"""Marks our menus among those of other programs; never changed, or old ones would stay."""


class Mode(StrEnum):
    """Which of the two menus."""

    NORMAL = "normal"
    DISASTER = "disaster"


class Service(StrEnum):
    """What a button can open, named like its page below `/liff/`."""

    SHELTERS = "shelters"
    REPORTS = "reports"
    PROCEDURES = "procedures"
    PREFERENCES = "preferences"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class _Face:
    """A button's words, a line each, and its sign."""

    lines: tuple[str, ...]
    sign: str


_FACES: Final = {
    Service.SHELTERS: _Face(("避難所を", "さがす"), "shelter"),
    Service.REPORTS: _Face(("こわれた所を", "知らせる"), "report"),
    Service.PROCEDURES: _Face(("手続きを", "する"), "procedure"),
    Service.PREFERENCES: _Face(("受け取る", "情報をえらぶ"), "preference"),
    Service.HOME: _Face(("窓口を", "ひらく"), "town_hall"),
}
_TABS: Final = {Mode.NORMAL: ("ふだん", "sun"), Mode.DISASTER: ("災害時", "warning")}
_CHAT_BAR: Final = {Mode.NORMAL: "メニュー", Mode.DISASTER: "災害時のメニュー"}

# White on each has a contrast of at least 7 (WCAG 1.4.6), and so have the black ones below.
WHITE: Final[Colour] = (255, 255, 255)
BLACK: Final[Colour] = (26, 26, 26)
GREEN: Final[Colour] = (0, 90, 50)  # the colour of evacuation signs (JIS Z 9098), darkened
BLUE: Final[Colour] = (0, 23, 193)  # the product's action colour
RED: Final[Colour] = (150, 0, 20)
YELLOW: Final[Colour] = (255, 212, 61)  # of the drill's banner
PALE: Final[Colour] = (226, 233, 247)
GREY: Final[Colour] = (214, 214, 214)
_PANEL: Final = {Mode.NORMAL: PALE, Mode.DISASTER: RED}
_PANEL_INK: Final = {Mode.NORMAL: BLACK, Mode.DISASTER: WHITE}
# In a drill the disaster's menu says so before a word is read, and in words.
_DRILL_TAB: Final = ("訓練", "warning")
_DRILL_CHAT_BAR: Final = "【訓練】のメニュー"


@dataclass(frozen=True, slots=True)
class MenuDefinition:
    """A menu as it should be at LINE. `name` carries a hash of everything visible or tappable."""

    mode: Mode
    name: str
    alias: str
    chat_bar_text: str
    size: tuple[int, int]
    areas: tuple[TapArea, ...]
    image_png: bytes

    @property
    def spec(self) -> RichMenuSpec:
        """The part LINE takes as JSON."""
        return RichMenuSpec(self.name, self.chat_bar_text, *self.size, self.areas)


def alias_of(mode: Mode) -> str:
    """Give the alias under which the tabs find a mode's menu."""
    return f"machimado-{mode}"


def menu_definitions(
    liff_url: Callable[[str], str], *, open_services: Collection[str], drill: bool = False
) -> list[MenuDefinition]:
    """Give both menus, the ordinary one first; for a `drill` with a disaster's menu that says so.

    `liff_url` makes the permalink of a path below the LIFF endpoint (`shelters`; empty for its
    root). `open_services` are values of Service; HOME fills the space while others are missing.
    """
    wanted = [service for service in Service if service in set(open_services)]
    return [_definition(mode, _on_menu(mode, wanted), liff_url, drill=drill) for mode in Mode]


def _on_menu(mode: Mode, wanted: Sequence[Service]) -> list[Service]:
    """Pick two to four buttons, the most important first."""
    chosen: list[Service] = [service for service in wanted if service is not Service.HOME]
    if mode is Mode.DISASTER:  # what to receive can be chosen on a quieter day
        chosen = [service for service in chosen if service is not Service.PREFERENCES]
    full = 3 if mode is Mode.DISASTER else 4
    return [*chosen[:full], Service.HOME] if len(chosen) < full else chosen[:full]


def _definition(
    mode: Mode, services: Sequence[Service], liff_url: Callable[[str], str], *, drill: bool
) -> MenuDefinition:
    boxes = boxes_for(mode, len(services))
    tiles = [_tile(mode, service, box) for service, box in zip(services, boxes, strict=True)]
    other = Mode.DISASTER if mode is Mode.NORMAL else Mode.NORMAL
    areas = [_switch_area(other, drill=drill)]
    for service, box in zip(services, boxes, strict=True):
        path = "" if service is Service.HOME else str(service)
        tap = UriTap(liff_url(path), "".join(_FACES[service].lines))
        areas.append(TapArea(box.x, box.y, box.width, box.height, tap))
    drilled = drill and mode is Mode.DISASTER
    chat_bar = _DRILL_CHAT_BAR if drilled else _CHAT_BAR[mode]
    tabs = [_tab(each, shown=mode, drill=drill) for each in Mode]
    picture = draw(YELLOW if drilled else _PANEL[mode], tabs, tiles)
    return MenuDefinition(
        mode=mode,
        name=f"{NAME_PREFIX}{mode}:{_fingerprint(chat_bar, areas, picture)}",
        alias=alias_of(mode),
        chat_bar_text=chat_bar,
        size=(WIDTH, HEIGHT),
        areas=tuple(areas),
        image_png=as_png(picture),
    )


def boxes_for(mode: Mode, count: int) -> list[Box]:
    """Give the places of `count` buttons (1 to 4) below the tabs, the most important first."""
    top, height = TAB_HEIGHT + GAP, HEIGHT - TAB_HEIGHT - 2 * GAP
    whole = WIDTH - 2 * GAP
    if count == 1:
        return [Box(GAP, top, whole, height)]
    share = 0.56 if mode is Mode.DISASTER else 0.5
    left = round((whole - GAP) * share)
    right_x, right = 2 * GAP + left, whole - GAP - left
    half = (height - GAP) // 2
    low = top + half + GAP
    if count == 2:  # noqa: PLR2004 - buttons
        return [Box(GAP, top, left, height), Box(right_x, top, right, height)]
    if count == 3:  # noqa: PLR2004 - buttons
        corner = [Box(right_x, top, right, half), Box(right_x, low, right, half)]
        return [Box(GAP, top, left, height), *corner]
    return [Box(x, y, w, half) for y in (top, low) for x, w in ((GAP, left), (right_x, right))]


def _tile(mode: Mode, service: Service, box: Box) -> Tile:
    face = _FACES[service]
    if service is Service.SHELTERS:
        return Tile(box, face.sign, face.lines, GREEN, WHITE)
    if mode is Mode.DISASTER:
        return Tile(box, face.sign, face.lines, WHITE, BLACK)
    return Tile(box, face.sign, face.lines, BLUE, WHITE)


def _tab(mode: Mode, *, shown: Mode, drill: bool) -> Tab:
    drilled = drill and mode is Mode.DISASTER
    text, sign = _DRILL_TAB if drilled else _TABS[mode]
    half = WIDTH // 2
    box = Box(0 if mode is Mode.NORMAL else half, 0, half, TAB_HEIGHT)
    if mode is shown and drilled:
        return Tab(box, sign, text, YELLOW, BLACK, shown=True)
    if mode is shown:
        return Tab(box, sign, text, _PANEL[mode], _PANEL_INK[mode], shown=True)
    return Tab(box, sign, text, GREY, BLACK, shown=False)


def _switch_area(to: Mode, *, drill: bool) -> TapArea:
    half = WIDTH // 2
    text, _sign = _DRILL_TAB if drill and to is Mode.DISASTER else _TABS[to]
    tap = SwitchTap(alias_of(to), f"menu:{to}", f"{text}のメニュー")
    return TapArea(0 if to is Mode.NORMAL else half, 0, half, TAB_HEIGHT, tap)


def _fingerprint(chat_bar: str, areas: Sequence[TapArea], picture: Image.Image) -> str:
    """Hash of pixels, not of the PNG: another zlib must not make another menu."""
    said = json.dumps([asdict(area) for area in areas] + [chat_bar], ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8") + picture.tobytes()).hexdigest()[:16]
