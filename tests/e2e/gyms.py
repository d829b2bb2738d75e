"""A gym, the sheet on its door, and what a thumb does on the phone that scanned it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.shelters import service as shelters
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change, EventView, StatusView
from liff_app.shelters.passes import service as passes

from .conftest import Phones, Visit
from .servers import Town

SCHOOL = "まど市立中央小学校"
SMALL = {"width": 360, "height": 640}
OFFLINE = "ERR_INTERNET_DISCONNECTED"
CONFLICT, IMPROBABLE, OVER = "status of 409", "status of 422", "status of 410"
LOOKED_MS = 10_000  # the page looks every five seconds for what others said
TAPS = """() => {
  window.taps = 0;
  document.addEventListener('pointerup', () => { window.taps += 1; }, true);
}"""


@dataclass(frozen=True, slots=True)
class Gym:
    """The shelter behind a sheet, as headquarters sees and changes it."""

    town: Town
    id: str
    address: str

    def status(self) -> StatusView:
        """How it stands."""
        with self.town.app.app_context():
            return occupancy.current(db.session, self.id, now=clock.now(), policy=shelters.policy())

    def events(self) -> list[EventView]:
        """What was said, newest first."""
        with self.town.app.app_context():
            return occupancy.history(db.session, self.id)

    def headquarters_says(self, **said: object) -> None:
        """Somebody at the town hall changes it."""
        with self.town.app.app_context(), transaction() as session:
            occupancy.change(
                session, self.id, Change(**said), by="staff:hq", now=clock.now(),  # type: ignore[arg-type]  # any field
                policy=shelters.policy(),
            )  # fmt: skip

    def revoke(self) -> None:
        """The sheet is stopped."""
        with self.town.app.app_context(), transaction() as session:
            passes.revoke(session, [self.id], by="staff:hq", now=clock.now())

    def becomes(self, holds: Callable[[StatusView], bool]) -> StatusView:
        """The state, as soon as that holds of it; ten seconds at most."""
        until = time.monotonic() + 10
        while not holds(self.status()):
            assert time.monotonic() < until, self.status()
            time.sleep(0.05)
        return self.status()


def open_gym(town: Town) -> Gym:
    """The school in a disaster that begins now, and the sheet on its door."""
    town.run("disaster", "start", "台風19号による大雨", "--hazard", "flood")
    with town.app.app_context():
        keys = town.app.config["SETTINGS"].keys
        with transaction() as session:
            passes.make_all(session, by="staff:hq", keys=keys, now=clock.now())
        found = passes.sheets(db.session, keys=keys)[1]
    sheet = next(one for one in found if one.name == SCHOOL)
    return Gym(town, sheet.shelter_id, f"{town.url}/s/{sheet.token}")


def scan(visit: Visit, gym: Gym) -> Page:
    """The QR of the sheet has been read; the page is there and alive."""
    visit.page.goto(gym.address)
    visit.page.wait_for_selector("[data-live]", state="attached")
    return visit.page


def teacher(phones: Phones, gym: Gym) -> Visit:
    """A small phone that scans the sheet."""
    visit = phones(gym.town.url, viewport=SMALL)
    scan(visit, gym)
    return visit


def press(page: Page, name: str) -> None:
    """Tap the button of that name."""
    page.get_by_role("button", name=name, exact=True).first.tap()


def count(page: Page, people: int) -> None:
    """Type a head count."""
    page.get_by_label("避難している人", exact=True).tap()
    page.keyboard.type(str(people))
    press(page, "決定")


def seen(page: Page, people: str) -> None:
    """The page has seen what others said by now."""
    expect(page.get_by_label("避難している人", exact=True)).to_have_value(people, timeout=LOOKED_MS)


def net(page: Page) -> str:
    """What the page says of the network."""
    return page.locator("[data-ref=net]").inner_text()


def sent(page: Page) -> None:
    """Everything has arrived."""
    expect(page.locator("[data-ref=net]")).to_have_attribute("data-kind", "ok")
    expect(page.locator("[data-ref=waiting]")).to_be_hidden()
