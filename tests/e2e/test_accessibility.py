"""Every page for everybody: axe in light, dark and large, 320 px at 200 %, keyboard, thumb."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import HERE, Phones, Visit, press_pin
from .servers import LIFF_ID, Town
from .test_finder_ways import NO_TILES
from .test_line_entry import IN_LINE, hold

pytestmark = pytest.mark.e2e

Opening = Callable[[Visit, Town], None]
MIN_TARGET_PX = 48


def at(address: str) -> Opening:
    """The page at that address of the product."""
    return lambda visit, _town: visit.open(address)


def without_script(address: str) -> Opening:
    """A page that has no script to wait for."""

    def open_it(visit: Visit, _town: Town) -> None:
        visit.foresee("status of 404")
        visit.page.goto(address)

    return open_it


def found(visit: Visit, _town: Town) -> None:
    """The list as the phone makes it, with both maps and every fold open."""
    visit.foresee(NO_TILES)
    visit.open("/shelters")
    page = visit.page
    page.locator("label.hazard", has_text="津波").click()
    page.get_by_role("button", name="地図で場所をえらぶ").click()
    page.get_by_text("緯度・経度でさがす").click()
    page.get_by_role("button", name="今いる場所でさがす").click()
    page.wait_for_selector("[data-ref=list] [data-id]")
    page.get_by_role("button", name="地図で見る").click()
    page.wait_for_selector("[data-ref=map] path.leaflet-interactive")
    expect(page.locator("[data-ref=map-note]")).not_to_be_empty()
    press_pin(page)


def refused(visit: Visit, _town: Town) -> None:
    """The position could not be had."""
    visit.context.clear_permissions()
    visit.open("/shelters")
    visit.page.get_by_role("button", name="今いる場所でさがす").click()
    expect(visit.page.locator("[data-ref=status]")).not_to_be_empty()


def in_disaster(*arguments: str) -> Opening:
    """The list while a disaster or drill is on, with places in several states."""

    def open_it(visit: Visit, town: Town) -> None:
        town.run("disaster", "start", *arguments)
        for name, state in {
            "まど市立中央小学校": ("--opening", "open", "--people", "120", "--note", "毛布あり"),
            "まど市立第一中学校": ("--opening", "open", "--level", "full"),
            "まど市民体育館": ("--opening", "preparing"),
        }.items():
            town.run("shelters", "status", name, *state)
        visit.open(f"/shelters?q={quote('中庭一丁目')}")

    return open_it


def signed_in(address: str) -> Opening:
    """A page of a resident who has signed in."""

    def open_it(visit: Visit, town: Town) -> None:
        town.drill("POST", "/auto-login", {"as": "haru"})
        visit.page.goto(address)
        visit.page.wait_for_url(f"{town.url}{address}")
        visit.ready()

    return open_it


def entry_given_up(visit: Visit, town: Town) -> None:
    """The entry page after LINE kept silent."""
    town.trouble("init", "rejects")
    visit.page.goto("/liff/")
    visit.page.wait_for_selector("html[data-ready=stopped]", state="attached")


def entry_waiting(visit: Visit, town: Town) -> None:
    """The entry page while LINE thinks."""
    town.trouble("init", "hangs")
    with visit.page.expect_response("**/liff/emulated/init"):
        visit.page.goto("/liff/")


PAGES: dict[str, Opening] = {
    "before": at("/shelters"),
    "results": at(f"/shelters?q={quote('川端町')}&hazard=flood"),
    "welfare": at(f"/shelters?q={quote('川端町')}&purpose=welfare"),
    "which town": at(f"/shelters?q={quote('なかにわ')}"),
    "error": at(f"/shelters?q={quote('どこでもない町')}"),
    "far": at("/shelters?lat=35.100&lon=139.500&hazard=tsunami"),
    "found": found,
    "refused": refused,
    "disaster": in_disaster("台風19号による大雨", "--hazard", "flood", "--hazard", "landslide"),
    "drill": in_disaster("総合防災訓練", "--hazard", "earthquake", "--drill"),
    "entry": entry_waiting,
    "entry given up": entry_given_up,
    "menu": signed_in("/liff/menu"),
    "shelters in LINE": signed_in("/liff/shelters"),
    "components": without_script("/_components"),
    "not found": without_script("/nowhere"),
}


# Marks of a map fade in, by style or by script; axe would measure them half through.
STILL = """() => {
  const ends = (one) => one.effect.getComputedTiming().endTime !== Infinity;
  const moving = document.getAnimations().filter((one) => one.playState === 'running' && ends(one));
  const drawing = document.querySelector('.leaflet-zoom-anim, .leaflet-pan-anim');
  const faint = [...document.querySelectorAll('.leaflet-popup')].filter(
    (one) => getComputedStyle(one).opacity !== '1',
  );
  return moving.length === 0 && !drawing && faint.length === 0;
}"""


def faults(page: Page) -> list[str]:
    """What axe finds, as readable lines, once nothing fades in any more."""
    page.wait_for_function(STILL)
    violations = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in violations
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_dark_and_large(phones: Phones, town: Town, name: str) -> None:
    visit = phones(town.url, geolocation=HERE, permissions=["geolocation"])
    PAGES[name](visit, town)
    assert faults(visit.page) == []
    visit.page.emulate_media(color_scheme="dark")
    assert faults(visit.page) == []
    visit.page.evaluate("() => { document.documentElement.dataset.size = 'xlarge'; }")
    assert faults(visit.page) == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_on_320_pixels_at_200_percent(
    phones: Phones, town: Town, name: str
) -> None:
    small = {"width": 320, "height": 640}
    visit = phones(town.url, viewport=small, geolocation=HERE, permissions=["geolocation"])
    PAGES[name](visit, town)
    for size in ("normal", "xlarge", "200 %"):
        visit.page.evaluate(
            "(size) => { const root = document.documentElement;"
            " if (size === '200 %') root.style.fontSize = '225%'; else root.dataset.size = size; }",
            size,
        )
        too_wide = visit.page.evaluate("""() => {
          const wide = document.scrollingElement.scrollWidth;
          if (wide <= 320) return [];
          return [...document.body.querySelectorAll('*')].filter((one) => {
            const box = one.getBoundingClientRect();
            return box.width && box.right > 321 && !one.closest('.leaflet-container');
          }).map((one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 20)}`)
            .concat(`page: ${wide}`);
        }""")
        assert too_wide == [], size


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_emulators_pages_pass_axe(phones: Phones, town: Town, scheme: str) -> None:
    visit = phones(town.line, None, viewport=IN_LINE, color_scheme=scheme)
    page = hold(visit)
    page.get_by_role("button", name="避難所をさがす").wait_for()
    assert faults(page) == []
    query = f"app_id={LIFF_ID}&response_type=code&code_challenge=x&code_challenge_method=S256"
    page.goto(f"/liff/v1/authorize?{query}")
    assert faults(page) == []


FOCUSABLE = """() => [...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), select, summary, textarea')]
  .filter((one) => one.checkVisibility() && !one.disabled
    && (one.type !== 'radio' || one.checked)).length"""
STOP = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const shown = one.closest('label') || one;
  const mark = (of) => of.outlineStyle !== 'none' && parseFloat(of.outlineWidth) >= 2;
  const all = [...document.querySelectorAll('*')];
  return { at: all.indexOf(one), seen: mark(getComputedStyle(one)) || mark(getComputedStyle(shown)),
    what: one.outerHTML.slice(0, 90) };
}"""


def test_the_keyboard_reaches_every_control_in_order_and_shows_where_it_is(
    phones: Phones, town: Town
) -> None:
    visit = phones(town.url)
    visit.open(f"/shelters?q={quote('川端町')}&hazard=flood")
    expected = visit.page.evaluate(FOCUSABLE)
    stops = []
    for _ in range(expected + 2):
        visit.page.keyboard.press("Tab")
        stop = visit.page.evaluate(STOP)
        if stop is None:
            break
        stops.append(stop)
    assert len(stops) == expected
    assert [stop["at"] for stop in stops] == sorted(stop["at"] for stop in stops)
    assert [stop["what"] for stop in stops if not stop["seen"]] == []


def test_the_list_and_its_map_work_by_keyboard_alone(phones: Phones, town: Town) -> None:
    visit = phones(town.url, geolocation=HERE, permissions=["geolocation"])
    visit.foresee(NO_TILES)
    page = visit.page
    visit.open("/shelters")
    press = page.keyboard.press
    page.get_by_role("radio", name="ふだんの確認").focus()
    press("ArrowDown")
    expect(page.get_by_role("radio", name="洪水")).to_be_checked()
    press("Tab")
    expect(page.get_by_role("button", name="今いる場所でさがす")).to_be_focused()
    press("Enter")
    expect(page.locator("[data-ref=answer]")).to_be_focused()
    expect(page.locator("[data-ref=list] [data-id]").first).to_be_visible()
    press("Tab")
    press("Tab")
    stay = page.get_by_role("link", name="家に帰れず泊まる")
    expect(stay).to_be_focused()
    press("Enter")
    expect(stay).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="地図で見る").focus()
    press("Enter")
    page.wait_for_selector("[data-ref=map] .leaflet-control-zoom-in")
    press("Tab")
    expect(page.locator("[data-ref=map]")).to_be_focused()


def test_a_town_is_asked_for_by_keyboard_alone(phones: Phones, town: Town) -> None:
    visit = phones(town.url)
    visit.open("/shelters")
    page = visit.page
    page.get_by_label("町の名前でさがす").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.get_by_label("または、町の名前を入れる")).to_be_focused()
    page.keyboard.type("きたど")
    # The one touched last counts.
    expect(page.get_by_label("町の名前でさがす")).to_have_value("")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="北戸の近くの避難所")).to_be_visible()


@pytest.mark.parametrize("name", ["before", "results", "disaster", "entry given up", "menu"])
def test_a_thumb_hits_every_control(phones: Phones, town: Town, name: str) -> None:
    visit = phones(town.url)
    PAGES[name](visit, town)
    small = visit.page.evaluate(
        """(least) => [...document.querySelectorAll('button, select, summary, label.hazard,'
          + ' .button, input:not([type=hidden]):not([type=radio]), nav a, header a')]
          .filter((one) => one.checkVisibility())
          .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
          .filter(([, box]) => box.height < least - 0.5 || box.width < least - 0.5)
          .map(([what, box]) => `${what} ${box.width} x ${box.height}`)""",
        MIN_TARGET_PX,
    )
    assert small == []
