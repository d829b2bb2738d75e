"""Roles for browser tests: a running town, and people with phones who notice every complaint."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    WebError,
    expect,
    sync_playwright,
)

from .servers import RESIDENT_COOKIE, Town, running_town

# Nothing leaves this machine: every name but ours is unknown to the browser.
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--lang=ja"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
)
WAIT_MS = 30_000  # a busy machine is late; what never comes is a fault all the same
EXPECT_MS = 15_000
SOON_SECONDS = 10
MEASURED_SECONDS = 0.05
CALM_LOOKS = 3
# A point on a street of まど市, with more decimals than an address may ever show.
HERE = {"latitude": 35.607312, "longitude": 140.294168, "accuracy": 25}
WATCH = """() => {
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(`policy: ${event.effectiveDirective} refused ${event.blockedURI}`);
  });
}"""

# A page slower than the map in its frame: the frame gets its place when somebody says so.
NO_PLACE = """() => {
  if (window !== window.parent) return;
  new MutationObserver((_, watching) => {
    const frame = document.querySelector('iframe');
    if (!frame) return;
    frame.style.display = 'none';
    watching.disconnect();
  }).observe(document, { childList: true, subtree: true });
}"""
GIVE_PLACE = "() => { document.querySelector('iframe').style.display = ''; }"


def busy() -> float:
    """How many times longer work takes than on a machine that does nothing else; 1 at least."""
    begun, worked = time.monotonic(), time.thread_time()
    while time.thread_time() - worked < MEASURED_SECONDS:
        pass
    return max(1.0, (time.monotonic() - begun) / MEASURED_SECONDS)


def chromium() -> str:
    """Path of the browser; skips by name where there is none."""
    found = shutil.which("chromium", path="/usr/bin") or shutil.which("chromium")
    if found is None:
        pytest.skip("no Chromium (/usr/bin/chromium or chromium on PATH)")
    return found


# Chromium's complaint where Leaflet writes into a page that is being left.
LEFT = "provided callback is no longer runnable"


@dataclass
class Visit:
    """One person's browser: the page, all it asked for, and all it complained of."""

    context: BrowserContext
    page: Page
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    foreseen: list[str] = field(default_factory=list)
    under_way: set[Request] = field(default_factory=set)

    def foresee(self, *patterns: str) -> None:
        """These complaints are provoked by the test."""
        self.foreseen.extend(patterns)

    def surprises(self) -> list[str]:
        """Complaints that nobody foresaw."""
        return [
            text
            for text in self.complaints
            if not any(re.search(pattern, text) for pattern in (LEFT, *self.foreseen))
        ]

    def ready(self) -> None:
        """The page's script has built what the page holds."""
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def open(self, address: str) -> None:
        """Go there and wait for the page's script."""
        self.page.goto(address)
        self.ready()

    def without_frame(self) -> None:
        """Pages opened from now on give their frame no place until `show_frame`."""
        self.context.add_init_script(f"({NO_PLACE})()")

    def show_frame(self) -> None:
        """The frame of the page gets its place."""
        self.page.evaluate(GIVE_PLACE)

    def freeze(self) -> None:
        """Time stands still in the page, whose clock was installed before it opened."""
        now: float = self.page.evaluate("() => Date.now()")
        self.page.clock.pause_at(now / 1000 + 1)

    def outlast(self, seconds: int) -> None:
        """So many seconds pass in the page, each with time for what it asks the network."""
        for _ in range(seconds):
            before = len(self.requests)
            self.page.clock.run_for(1_000)
            self.page.wait_for_timeout(30)
            until = time.monotonic() + SOON_SECONDS
            while self.under_way & set(self.requests[before:]) and time.monotonic() < until:
                self.page.wait_for_timeout(10)

    def quiet(self) -> None:
        """Nothing is asked of the network, and nothing was for a third of a second.

        Playwright's own `networkidle` holds for good once a page has come to rest the first time.
        """
        until, calm, known = time.monotonic() + SOON_SECONDS, 0, -1
        while calm < CALM_LOOKS and time.monotonic() < until:
            self.page.wait_for_timeout(110)
            calm = 0 if self.under_way or len(self.requests) != known else calm + 1
            known = len(self.requests)

    def asked(self, part: str, method: str | None = None) -> list[Request]:
        """Requests whose address holds `part`."""
        return [
            one
            for one in self.requests
            if part in one.url and (method is None or one.method == method)
        ]

    def ids(self) -> list[str]:
        """Ids of the places in the list, in its order."""
        self.page.wait_for_load_state("domcontentloaded")
        found: list[str] = self.page.locator("[data-ref=list] [data-id]").evaluate_all(
            "(all) => all.map((one) => one.dataset.id)"
        )
        return found


class Phones:
    """Hands out browsers of their own, and asks each at the end what it complained of."""

    def __init__(self, playwright: Playwright, browser: Browser) -> None:
        self._playwright = playwright
        self._browser = browser
        self._visits: list[Visit] = []

    def __call__(self, base: str, device: str | None = "iPhone 13", **options: Any) -> Visit:  # noqa: ANN401 - Playwright's own
        """A fresh profile whose pages stand at `base`."""
        wanted: dict[str, Any] = dict(self._playwright.devices[device]) if device else {}
        wanted.pop("default_browser_type", None)
        wanted |= {"base_url": base, "locale": "ja-JP", "timezone_id": "Asia/Tokyo"} | options
        context = self._browser.new_context(**wanted)
        context.set_default_timeout(WAIT_MS)
        context.add_init_script(f"({WATCH})()")
        visit = Visit(context, context.new_page())
        self._listen(visit)
        self._visits.append(visit)
        return visit

    def close(self) -> list[str]:
        """Close every browser; gives what nobody foresaw."""
        surprises = [text for visit in self._visits for text in visit.surprises()]
        for visit in self._visits:
            visit.context.close()
        return surprises

    @staticmethod
    def _listen(visit: Visit) -> None:
        def console(line: ConsoleMessage) -> None:
            if line.type in {"error", "warning"}:
                visit.complaints.append(f"{line.text} ({line.location.get('url', '')})")

        def asked(request: Request) -> None:
            visit.requests.append(request)
            visit.under_way.add(request)

        def ended(request: Request) -> None:
            visit.under_way.discard(request)

        def failed(error: WebError) -> None:
            visit.complaints.append(f"uncaught: {error.error}")

        visit.context.on("console", console)
        visit.context.on("weberror", failed)
        visit.context.on("request", asked)
        visit.context.on("requestfinished", ended)
        visit.context.on("requestfailed", ended)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver. Its loop bars every other one in this process, so it ends soon."""
    chromium()
    expect.set_options(timeout=EXPECT_MS)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for the tests of a module."""
    started = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
    yield started
    started.close()


@pytest.fixture(scope="session")
def demo_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """まど市, loaded by its command, behind the real server; LINE is the emulator."""
    chromium()
    with running_town(tmp_path_factory.mktemp("town")) as town:
        town.run("demo", "load")
        yield town


@pytest.fixture
def town(demo_town: Town) -> Iterator[Town]:
    """まど市 on a quiet day, with a LINE that works; what a test began is ended after it."""
    demo_town.drill("DELETE", "/troubles")
    demo_town.drill("POST", "/auto-login", {"as": None})
    yield demo_town
    if demo_town.api("/shelters/status.json")["disaster"]:
        demo_town.run("disaster", "stop")


@pytest.fixture
def phones(playwright: Playwright, browser: Browser) -> Iterator[Phones]:
    """As many phones as a test needs. None may complain of anything the test did not name."""
    made = Phones(playwright, browser)
    yield made
    assert made.close() == []


@pytest.fixture
def phone(phones: Phones, town: Town) -> Visit:
    """A phone outside LINE, without a position to give."""
    return phones(town.url)


@pytest.fixture
def placed_phone(phones: Phones, town: Town) -> Visit:
    """A phone that knows where it is and may tell its pages."""
    return phones(town.url, geolocation=HERE, permissions=["geolocation"])


def press_pin(page: Page) -> None:
    """The nearest place's on the list's map, under others at its spot; once the map is at rest."""
    pin = page.locator("[data-ref=map] path.leaflet-interactive").last
    pin.scroll_into_view_if_needed()
    pin.element_handle().wait_for_element_state("stable")
    pin.click(force=True)


def resident_cookies(visit: Visit) -> list[dict[str, Any]]:
    """The product's own cookies in that browser."""
    kept = [dict(cookie) for cookie in visit.context.cookies()]
    return [cookie for cookie in kept if RESIDENT_COOKIE in str(cookie["name"])]
