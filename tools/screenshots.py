"""Pictures of every page, to be looked at: `python -m tools.screenshots FOLDER`.

Starts the servers of the browser tests. With `--readme FILE` it makes the picture of the README
instead: the phone, and beside it the finder in a disaster.
"""

from __future__ import annotations

import argparse
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.e2e.servers import LIFF_ID, Town, running_town

FLAGS = ["--no-sandbox", "--disable-gpu", "--lang=ja", "--hide-scrollbars"]
FLAGS += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"]
HERE = {"latitude": 35.607312, "longitude": 140.294168, "accuracy": 25}
SCREENS = ("phone", "desktop")
LOOKS = ("light", "dark", "xlarge")
DESKTOP = {"width": 1280, "height": 900}
README_COLOURS = 128  # keeps the picture below 300 kB
README_EDGE = 40  # pixels around its parts
README_HEIGHT = 1100  # pixels of a part
README_PHONE = {"width": 390, "height": 800}
STATES = {
    "まど市立中央小学校": ("--opening", "open", "--people", "120", "--note", "毛布があります"),
    "まど市立第一中学校": ("--opening", "open", "--people", "1090"),
    "まど市民体育館": ("--opening", "open", "--people", "310"),
    "まど市立丘の上小学校": ("--opening", "preparing"),
}

Steps = Callable[[Page, Town], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture: the page as it is after `steps`, and the disaster it is taken in."""

    name: str
    steps: Steps
    disaster: tuple[str, ...] = ()


def at(address: str) -> Steps:
    """The product's page at that address."""
    return lambda page, town: _go(page, town.url + address)


def _go(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")


def found(page: Page, town: Town) -> None:
    """The list around the person, made by the phone."""
    _go(page, f"{town.url}/shelters")
    page.get_by_role("button", name="今いる場所でさがす").click()
    page.wait_for_selector("[data-ref=list] [data-id]")


def with_map(page: Page, town: Town) -> None:
    """The same with its map, which has no background here."""
    found(page, town)
    page.get_by_role("button", name="地図で見る").click()
    page.wait_for_selector("[data-ref=map] path.leaflet-interactive")
    page.locator("[data-ref=map] path.leaflet-interactive").last.click(force=True)
    page.wait_for_timeout(500)


def picking(page: Page, town: Town) -> None:
    """The map on which to point to a place."""
    _go(page, f"{town.url}/shelters")
    page.get_by_role("button", name="地図で場所をえらぶ").click()
    page.wait_for_selector("[data-ref=pick-map] .leaflet-control-zoom-in")
    page.wait_for_timeout(500)


def offline(page: Page, town: Town) -> None:
    """The list after the network went away."""
    found(page, town)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    page.context.set_offline(True)
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    page.wait_for_selector("[data-ref=net]:not(:empty)", timeout=20_000)


def signed_in(address: str) -> Steps:
    """A resident's page."""

    def go(page: Page, town: Town) -> None:
        town.drill("POST", "/auto-login", {"as": "haru"})
        page.goto(town.url + address)
        page.wait_for_url(town.url + address)
        page.wait_for_load_state("networkidle")

    return go


def given_up(page: Page, town: Town) -> None:
    """The entry after LINE kept silent."""
    town.trouble("init", "rejects")
    page.goto(f"{town.url}/liff/")
    page.wait_for_selector("html[data-ready=stopped]", state="attached")


def held_phone(page: Page, town: Town) -> None:
    """The emulator's phone."""
    page.goto(f"{town.line}/#haru")
    page.wait_for_selector("html[data-ready=haru]", state="attached")
    page.get_by_role("button", name="避難所をさがす").wait_for()
    page.wait_for_timeout(500)


def disaster_menu(page: Page, town: Town) -> None:
    """The emulator's phone with the menu for disasters."""
    held_phone(page, town)
    page.get_by_role("button", name="災害時のメニュー").click()
    page.wait_for_timeout(1_500)


def opened_phone(page: Page, town: Town) -> None:
    """The emulator's phone with the finder open."""
    held_phone(page, town)
    page.get_by_role("button", name="避難所をさがす").click()
    frame = page.locator("[data-ref=sheet-page] iframe").element_handle().content_frame()
    if frame:
        frame.wait_for_selector("html[data-ready]", state="attached")


def authorize(page: Page, town: Town) -> None:
    """The emulator's login."""
    town.drill("POST", "/auto-login", {"as": None})
    query = f"app_id={LIFF_ID}&response_type=code&code_challenge=x&code_challenge_method=S256"
    _go(page, f"{town.line}/liff/v1/authorize?{query}")


FLOOD = ("台風19号による大雨", "--hazard", "flood", "--hazard", "landslide")
DRILL = ("総合防災訓練", "--hazard", "earthquake", "--drill")
NEAR = f"/shelters?q={quote('中庭一丁目')}"
SCENES = (
    Scene(name="01-before", steps=at("/shelters")),
    Scene(name="02-results", steps=at(f"/shelters?q={quote('川端町')}&hazard=flood")),
    Scene(name="03-found", steps=found),
    Scene(name="04-map", steps=with_map),
    Scene(name="05-picking", steps=picking),
    Scene(name="06-which-town", steps=at(f"/shelters?q={quote('なかにわ')}")),
    Scene(name="07-error", steps=at(f"/shelters?q={quote('どこでもない町')}")),
    Scene(name="08-far", steps=at("/shelters?lat=35.100&lon=139.500&hazard=tsunami")),
    Scene(name="09-welfare", steps=at(f"{NEAR}&purpose=welfare")),
    Scene(name="10-disaster", steps=at(NEAR), disaster=FLOOD),
    Scene(name="11-drill", steps=at(NEAR), disaster=DRILL),
    Scene(name="12-offline", steps=offline, disaster=FLOOD),
    Scene(name="20-menu", steps=signed_in("/liff/menu")),
    Scene(name="21-menu-disaster", steps=signed_in("/liff/menu"), disaster=FLOOD),
    Scene(name="22-in-line", steps=signed_in("/liff/shelters")),
    Scene(name="23-given-up", steps=given_up),
    Scene(name="30-components", steps=at("/_components")),
    Scene(name="31-not-found", steps=at("/nowhere")),
    Scene(name="40-emulator", steps=held_phone),
    Scene(name="41-emulator-page", steps=opened_phone),
    Scene(name="42-authorize", steps=authorize),
)


@contextmanager
def disaster(town: Town, arguments: tuple[str, ...]) -> Iterator[None]:
    """That disaster, if any, with shelters in several states."""
    if arguments:
        town.run("disaster", "start", *arguments)
        for name, state in STATES.items():
            town.run("shelters", "status", name, *state)
    try:
        yield
    finally:
        if arguments:
            town.run("disaster", "stop")


def options(playwright: Playwright, screen: str, look: str) -> dict[str, Any]:
    """How the browser stands: device, colours, place."""
    wanted: dict[str, Any] = {"viewport": DESKTOP}
    if screen == "phone":
        wanted = dict(playwright.devices["iPhone 13"])
        wanted.pop("default_browser_type")
    scheme = "dark" if look == "dark" else "light"
    return wanted | {
        "color_scheme": scheme,
        "locale": "ja-JP",
        "timezone_id": "Asia/Tokyo",
        "geolocation": HERE,
        "permissions": ["geolocation"],
    }


def photograph(playwright: Playwright, browser: Browser, town: Town, folder: Path) -> int:
    """A PNG of every scene, screen and look; gives how many."""
    taken = 0
    for scene in SCENES:
        with disaster(town, scene.disaster):
            for screen in SCREENS:
                for look in LOOKS:
                    context = browser.new_context(**options(playwright, screen, look))
                    page = context.new_page()
                    scene.steps(page, town)
                    if look == "xlarge":
                        page.evaluate("() => { document.documentElement.dataset.size = 'xlarge'; }")
                    file = folder / f"{scene.name}-{screen}-{look}.png"
                    page.screenshot(path=file, full_page=True)
                    context.close()
                    town.drill("DELETE", "/troubles")
                    taken += 1
    return taken


def readme(playwright: Playwright, browser: Browser, town: Town, file: Path) -> None:
    """The phone, the finder's first screen and its list, after a disaster has begun."""
    parts = []
    with disaster(town, FLOOD):
        for steps, clip in ((disaster_menu, ".phone"), (at(NEAR), None), (found, None)):
            wanted = options(playwright, "desktop" if clip else "phone", "light")
            size = DESKTOP if clip else README_PHONE
            wanted |= {"viewport": size, "device_scale_factor": 2}
            context = browser.new_context(**wanted)
            page = context.new_page()
            steps(page, town)
            page.wait_for_timeout(700)
            shot = page.locator(clip).screenshot() if clip else page.screenshot()
            parts.append(Image.open(io.BytesIO(shot)).convert("RGB"))
            context.close()
    joined(parts).quantize(README_COLOURS).save(file, optimize=True)


def joined(parts: list[Image.Image]) -> Image.Image:
    """The pictures side by side, equally high, on the ground of the first."""
    same = [
        part.resize((round(part.width * README_HEIGHT / part.height), README_HEIGHT))
        for part in parts
    ]
    width = sum(part.width for part in same) + README_EDGE * (len(same) + 1)
    size = (width, README_HEIGHT + 2 * README_EDGE)
    paper = parts[0].crop((0, 0, 1, 1)).resize(size)
    left = README_EDGE
    for part in same:
        paper.paste(part, (left, README_EDGE))
        left += part.width + README_EDGE
    return paper


def main() -> int:
    """Take the pictures; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--readme", type=Path)
    told = parser.parse_args()
    chromium = shutil.which("chromium", path="/usr/bin") or shutil.which("chromium")
    if chromium is None or not (told.folder or told.readme):
        parser.error("a folder (or --readme FILE) and Chromium are needed")
    with (
        tempfile.TemporaryDirectory() as place,
        running_town(Path(place)) as town,
        sync_playwright() as playwright,
    ):
        town.run("demo", "load")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        if told.folder:
            told.folder.mkdir(parents=True, exist_ok=True)
            print(f"{photograph(playwright, browser, town, told.folder)} pictures")
        if told.readme:
            readme(playwright, browser, town, told.readme)
            print(f"{told.readme.stat().st_size} bytes")
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
