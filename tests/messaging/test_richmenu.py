import io
import itertools
import re
from collections.abc import Iterable

import pytest
from PIL import Image

from liff_app.gateways.line_messaging import SwitchTap, TapArea, UriTap
from liff_app.messaging import richmenu_drawing
from liff_app.messaging.richmenu import (
    NAME_PREFIX,
    MenuDefinition,
    Mode,
    Service,
    boxes_for,
    menu_definitions,
)
from liff_app.messaging.richmenu_icons import ICONS, icon

PHONE_WIDTH = 360
LIFF = "https://liff.line.me/1650000000-AbCdEfGh"
EVERYTHING = ("shelters", "reports", "procedures", "preferences")


def liff_url(path: str) -> str:
    return f"{LIFF}/{path}".rstrip("/")


def menus(open_services: Iterable[str] = EVERYTHING) -> dict[Mode, MenuDefinition]:
    return {
        menu.mode: menu for menu in menu_definitions(liff_url, open_services=set(open_services))
    }


@pytest.fixture(scope="module")
def full() -> dict[Mode, MenuDefinition]:
    return menus()


@pytest.fixture(scope="module")
def first() -> dict[Mode, MenuDefinition]:
    """The menus of a town that has only shelters so far."""
    return menus(["shelters"])


def _image(menu: MenuDefinition) -> Image.Image:
    return Image.open(io.BytesIO(menu.image_png))


def _buttons(menu: MenuDefinition) -> dict[str, TapArea]:
    return {area.tap.uri: area for area in menu.areas if isinstance(area.tap, UriTap)}


def _luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [value / 255 for value in colour[:3]]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", Mode)
def test_a_menu_is_within_what_line_takes(full: dict[Mode, MenuDefinition], mode: Mode) -> None:
    menu = full[mode]
    image = _image(menu)
    assert image.format == "PNG"
    assert image.size == menu.size == (2500, 1686)
    assert image.width / image.height >= 1.45
    assert len(menu.image_png) < 300_000  # LINE: 1 MB; ours is for a bad network
    assert len(menu.areas) <= 20
    assert 1 <= len(menu.chat_bar_text) <= 14
    assert len(menu.name) <= 300
    assert re.fullmatch(r"[a-z0-9_-]{1,32}", menu.alias)
    for area in menu.areas:
        assert 1 <= len(area.tap.label) <= 20
        assert not isinstance(area.tap, SwitchTap) or len(area.tap.data) <= 300


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_buttons_lie_inside_the_picture_and_apart_from_each_other(mode: Mode, count: int) -> None:
    boxes = boxes_for(mode, count)
    assert len(boxes) == count
    for box in boxes:
        assert box.x >= 0
        assert box.y >= richmenu_drawing.TAB_HEIGHT
        assert box.x + box.width <= richmenu_drawing.WIDTH
        assert box.y + box.height <= richmenu_drawing.HEIGHT
    for one, other in itertools.combinations(boxes, 2):
        apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
        apart_y = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert apart_x or apart_y


def test_every_tap_area_is_large_enough_for_a_thumb(full: dict[Mode, MenuDefinition]) -> None:
    for menu in full.values():
        for area in menu.areas:
            scale = PHONE_WIDTH / menu.size[0]
            assert min(area.width, area.height) * scale >= 44


def test_letters_are_at_least_18_px_high_on_a_phone() -> None:
    assert richmenu_drawing.MIN_FONT_PX * PHONE_WIDTH / richmenu_drawing.WIDTH >= 18


def test_words_that_would_be_too_small_stop_the_drawing() -> None:
    tile = richmenu_drawing.Tile(
        richmenu_drawing.Box(0, 400, 600, 400),
        "report",
        ("とてもながい言葉",),
        (0, 0, 0),
        (9, 9, 9),
    )
    with pytest.raises(ValueError, match="do not fit"):
        richmenu_drawing.draw((255, 255, 255), [], [tile])


@pytest.mark.parametrize("mode", Mode)
def test_words_and_signs_have_a_contrast_of_seven_in_the_finished_picture(
    full: dict[Mode, MenuDefinition], mode: Mode
) -> None:
    picture = _image(full[mode]).convert("RGB")
    half = picture.width // 2
    tabs = [(0, 0, half, 312), (half, 0, picture.width, 312)]
    buttons = [
        (a.x + 60, a.y + 60, a.x + a.width - 60, a.y + a.height - 60)
        for a in _buttons(full[mode]).values()
    ]
    for box in tabs + buttons:
        part = picture.crop(box)
        counted = sorted(part.getcolors(part.width * part.height) or [], reverse=True)
        (_, back), (_, ink) = counted[0], counted[1]
        assert isinstance(back, tuple)
        assert isinstance(ink, tuple)
        light, dark = sorted((_luminance(back), _luminance(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 7, (mode, box, back, ink)


@pytest.mark.parametrize("name", ICONS)
def test_a_sign_is_bold_enough_to_be_seen(name: str) -> None:
    small = icon(name, 27)  # the smallest on a phone, in its pixels
    inked = sum(small.histogram()[201:])
    assert 0.15 < inked / 27**2 < 0.75


def test_only_open_services_become_buttons(
    first: dict[Mode, MenuDefinition], full: dict[Mode, MenuDefinition]
) -> None:
    assert set(_buttons(first[Mode.NORMAL])) == {f"{LIFF}/shelters", LIFF}
    assert set(_buttons(first[Mode.DISASTER])) == {f"{LIFF}/shelters", LIFF}
    assert set(_buttons(full[Mode.NORMAL])) == {f"{LIFF}/{name}" for name in EVERYTHING}
    assert set(_buttons(full[Mode.DISASTER])) == {
        f"{LIFF}/shelters",
        f"{LIFF}/reports",
        f"{LIFF}/procedures",
    }


@pytest.mark.parametrize("chosen", [[], ["shelters", "preferences"]])
def test_a_town_may_open_its_services_in_any_order(chosen: list[str]) -> None:
    for menu in menus(chosen).values():
        assert 1 <= len(_buttons(menu)) <= 3
        assert LIFF in _buttons(menu)


def test_an_unknown_service_is_left_out(first: dict[Mode, MenuDefinition]) -> None:
    assert menus(["shelters", "no-such-page"]) == first


def test_finding_a_shelter_has_the_largest_button_in_a_disaster(
    full: dict[Mode, MenuDefinition],
) -> None:
    buttons = _buttons(full[Mode.DISASTER])
    sizes = {uri: area.width * area.height for uri, area in buttons.items()}
    shelters = sizes.pop(f"{LIFF}/shelters")
    assert shelters > sum(sizes.values())


def test_each_menu_has_one_tab_to_the_other(full: dict[Mode, MenuDefinition]) -> None:
    for mode, other in ((Mode.NORMAL, Mode.DISASTER), (Mode.DISASTER, Mode.NORMAL)):
        [tab] = [area for area in full[mode].areas if isinstance(area.tap, SwitchTap)]
        assert isinstance(tab.tap, SwitchTap)
        assert tab.tap.alias == full[other].alias
        assert (tab.x == 0) is (other is Mode.NORMAL)


def test_the_name_is_the_same_for_the_same_menu_and_another_for_another(
    full: dict[Mode, MenuDefinition], first: dict[Mode, MenuDefinition]
) -> None:
    again = menus()
    moved = {
        menu.mode: menu
        for menu in menu_definitions(lambda path: f"https://x/{path}", open_services=EVERYTHING)
    }
    for mode in Mode:
        assert full[mode].name.startswith(f"{NAME_PREFIX}{mode}:")
        assert again[mode].name == full[mode].name
        assert len({full[mode].name, first[mode].name, moved[mode].name}) == 3


def test_every_service_names_its_page_below_liff() -> None:
    assert [str(service) for service in Service] == [*EVERYTHING, "home"]
