"""What browser tests of the inbox share: reports of their own, and the page with its map."""

from __future__ import annotations

import re
import secrets
from typing import Any

from playwright.sync_api import FrameLocator, Locator, Page, ViewportSize, expect

from liff_app import clock
from liff_app.db import transaction
from liff_app.reports import rules
from liff_app.reports.models import Report
from tests.reports.console.desk import INBOX, LAT, LON, put

from .conftest import Visit
from .servers import Town

DESK: ViewportSize = {"width": 1440, "height": 900}
# A frame that is left while Leaflet still draws in it: nobody sees it any more.
LEFT = "provided callback is no longer runnable"


class Ground:
    """The reports of one test, apart from everybody else's by the name of their town."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.name = f"見本{secrets.token_hex(4)}"
        self.address = f"{INBOX}?town={self.name}"

    def put(self, **fields: Any) -> Report:  # noqa: ANN401 - any column
        """One more report."""
        with self.town.app.app_context():
            return put(**({"town_name": self.name, "created_at": clock.now()} | fields))

    def fill(self, count: int) -> None:
        """Many reports, a few metres apart."""
        with self.town.app.app_context(), transaction() as session:
            for n in range(count):
                lat, lon = LAT + n // 50 * 0.0004, LON + n % 50 * 0.0005
                session.add(
                    Report(
                        ref=secrets.token_hex(8), source="liff", category="light", answers="{}",
                        description="街灯がつきません", lat=lat, lon=lon,
                        cell=rules.cell_of(lat, lon), place_way="pin", town_name=self.name,
                        status=("received", "checking", "working")[n % 3], is_open=True,
                        priority=n % 4, created_at=clock.now(), updated_at=clock.now(),
                    )
                )  # fmt: skip


def open_inbox(visit: Visit, address: str) -> FrameLocator:
    """The inbox with its first pins; gives the map."""
    visit.open(address)
    visit.page.wait_for_selector("[data-live]")
    frame = visit.page.frame_locator("iframe")
    expect(frame.locator("html")).to_have_attribute("data-pins", re.compile(r"\d+"))
    return frame


def rows(page: Page) -> Locator:
    return page.locator(".inbox-row")
