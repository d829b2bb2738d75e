"""The staff map, places added in the field, and every page of the board for everybody."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from liff_app.staff.vocabulary import Role

from .conftest import HERE, Phones, Visit
from .flooded import DESK, GYM, NO_TILES, SOON_MS, begin, open_board, row, say, shelter
from .people import sign_in
from .servers import Town
from .test_accessibility import faults

pytestmark = pytest.mark.e2e

# The town fills the frame; where half the world is shown, all its places are one spot.
APART = """() => {
  const marks = [...document.querySelectorAll('.staff-mark')];
  const heights = marks.map((one) => one.getBoundingClientRect().y);
  return Math.max(...heights) - Math.min(...heights) > innerHeight / 3;
}"""
HOSTILE = "${window.PWN=1}<img src=x onerror='window.PWN=2'>`"


@pytest.fixture
def flood(town: Town) -> Town:
    """A flood with two places open."""
    return begin(town)


@pytest.fixture
def desk(phones: Phones, flood: Town) -> Visit:
    """An administrator's office PC."""
    visit = phones(flood.url, None, viewport=DESK)
    sign_in(visit, flood, Role.ADMINISTRATOR)
    return visit


def test_the_map_shows_places_by_mark_and_asks_only_for_tiles(desk: Visit, flood: Town) -> None:
    desk.foresee(NO_TILES)
    say(flood, GYM, note=HOSTILE)
    desk.open("/console/shelters/map")
    frame = desk.page.frame_locator("iframe")
    expect(frame.locator("html")).to_have_attribute("data-points", re.compile(r"\d\d"))
    gym = desk.page.locator(f"#m-{shelter(flood, GYM)}")
    gym.get_by_role("button").click()
    expect(frame.get_by_text(HOSTILE)).to_be_visible()
    assert desk.page.frames[1].evaluate("() => window.origin") == "null"
    for place in desk.page.frames:
        assert place.evaluate("() => window.PWN") is None
    frame.get_by_role("button", name="一覧で見る").click()
    expect(gym).to_be_focused()
    say(flood, GYM, people=900)
    expect(frame.locator(".staff-mark[data-mark=full]")).to_have_count(1, timeout=SOON_MS)
    expect(gym).to_contain_text("満員")
    hosts = {re.match(r"\w+:(//[^/]*)?", one.url)[0] for one in desk.requests}  # type: ignore[index]  # every address has a scheme
    assert hosts - {flood.url, "data:", "about:"} == {"https://cyberjapandata.gsi.go.jp"}


def test_a_map_that_gets_its_size_late_shows_the_town(desk: Visit) -> None:
    desk.foresee(NO_TILES)
    desk.without_frame()
    desk.open("/console/shelters/map")
    frame = desk.page.frame_locator("iframe")
    expect(frame.locator("html")).to_have_attribute("data-points", re.compile(r"\d\d"))
    desk.show_frame()
    desk.page.frames[1].wait_for_function(APART)


def test_the_map_without_a_script_is_a_list(phones: Phones, flood: Town) -> None:
    visit = phones(flood.url, None, java_script_enabled=False)
    visit.foresee(NO_TILES)  # the frame is a process of its own, and may begin before it is told
    sign_in(visit, flood, Role.VIEWER)
    visit.page.goto("/console/shelters/map")
    expect(visit.page.locator(".map-row").first).to_contain_text("開設")


def test_a_place_is_added_in_the_field_with_one_thumb(phones: Phones, flood: Town) -> None:
    phone = phones(flood.url, geolocation=HERE, permissions=["geolocation"])
    phone.foresee("status of 422")  # it is asked whether a neighbour is the same place
    resident = phones(flood.url)
    sign_in(phone, flood, Role.ADMINISTRATOR)
    phone.open("/console/shelters/new")
    page = phone.page
    page.get_by_label("名前").fill("橋のたもとの集会所")
    page.get_by_role("button", name="いまいる場所にする").click()
    expect(page.locator("[data-ref=said]")).to_contain_text("場所を決めました")
    page.get_by_label("洪水").check()
    page.get_by_role("button", name="追加する").click()
    page.wait_for_load_state("domcontentloaded")
    if page.get_by_label("確かめました。このまま進めます").count():
        page.get_by_label("確かめました。このまま進めます").check()
        page.get_by_role("button", name="追加する").click()
    page.wait_for_url(re.compile(r"/console/shelters/[a-z0-9]{10}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("橋のたもとの集会所")
    resident.page.wait_for_timeout(600)  # other processes look four times a second
    resident.page.goto("/shelters?lat=35.607&lon=140.294&hazard=flood")
    card = resident.page.locator(".place", has_text="橋のたもとの集会所")
    expect(card).to_contain_text("開いています")
    page.goto(f"{page.url}/edit")
    page.get_by_label("この避難所を取りやめます").check()
    page.get_by_role("button", name="取りやめる").click()
    expect(page).to_have_url(re.compile(r"/console/shelters$"))


def test_the_spot_can_be_shown_on_a_map(phones: Phones, flood: Town) -> None:
    phone = phones(flood.url)
    phone.foresee(NO_TILES)
    sign_in(phone, flood, Role.ADMINISTRATOR)
    phone.open("/console/shelters/new")
    page = phone.page
    page.get_by_role("button", name="地図で示す").click()
    page.wait_for_selector(".leaflet-control-zoom-in")
    page.get_by_role("button", name="この場所にする").click()
    expect(page.get_by_label("緯度")).to_have_value(re.compile(r"^35\.\d{6}$"))


def dialog(visit: Visit, town: Town) -> None:
    open_board(visit)
    row(visit, town, GYM).get_by_role("link", name="変更").click()


def asked_in_bulk(visit: Visit, _town: Town) -> None:
    open_board(visit)
    visit.page.get_by_label(re.compile("か所すべて")).check()
    visit.page.get_by_role("button", name="準備中").click()


def on_map(visit: Visit, _town: Town) -> None:
    visit.foresee(NO_TILES)
    visit.open("/console/shelters/map")


def field_form(visit: Visit, _town: Town) -> None:
    visit.foresee(NO_TILES)
    visit.open("/console/shelters/new")
    visit.page.get_by_role("button", name="地図で示す").click()
    visit.page.wait_for_selector(".leaflet-control-zoom-in")


PAGES: dict[str, Callable[[Visit, Town], None]] = {
    "board": lambda visit, _town: open_board(visit),
    "dialog": dialog,
    "bulk": asked_in_bulk,
    "place": lambda v, town: v.open(f"/console/shelters/{shelter(town, GYM)}"),
    "map": on_map,
    "new": field_form,
}


@pytest.mark.parametrize("device", [None, "iPhone 13"], ids=["desk", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_dark_and_large(
    phones: Phones, flood: Town, name: str, device: str | None
) -> None:
    visit = phones(flood.url, device)
    sign_in(visit, flood, Role.ADMINISTRATOR)
    PAGES[name](visit, flood)
    assert faults(visit.page) == []
    visit.page.emulate_media(color_scheme="dark")
    assert faults(visit.page) == []
    visit.page.evaluate("() => { document.documentElement.dataset.size = 'xlarge'; }")
    assert faults(visit.page) == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_on_320_pixels(phones: Phones, flood: Town, name: str) -> None:
    visit = phones(flood.url, None, viewport={"width": 320, "height": 640})
    sign_in(visit, flood, Role.ADMINISTRATOR)
    PAGES[name](visit, flood)
    for size in ("normal", "xlarge"):
        visit.page.evaluate("(size) => { document.documentElement.dataset.size = size; }", size)
        wide = visit.page.evaluate(
            """() => document.scrollingElement.scrollWidth <= 320 ? [] :
            [...document.body.querySelectorAll('*')].filter((one) => {
              const box = one.getBoundingClientRect();
              return box.width && box.right > 321 && !one.closest('.leaflet-container');
            }).map((one) => `${one.tagName}.${one.className} ${one.textContent.slice(0, 20)}`)"""
        )
        assert wide == [], size
