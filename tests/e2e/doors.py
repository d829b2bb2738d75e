"""A town in a disaster with check-in: its doors, families, and what they do again and again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.shelters import service as shelters
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import StatusView
from liff_app.shelters.passes import service as passes
from liff_app.shelters.vocabulary import Hazard

from .conftest import Phones, Visit
from .servers import Town

FOLLOWS_S = 5.0
IN_LINE = {"width": 1280, "height": 900}


@dataclass(frozen=True, slots=True)
class Gyms:
    """Two shelters of a town in a disaster with check-in: ids, names, passes."""

    town: Town
    ids: tuple[str, str]
    names: tuple[str, str]
    tokens: tuple[str, str]

    def status(self, at: int = 0) -> StatusView:
        """How the shelter stands."""
        with self.town.app.app_context():
            return occupancy.current(
                db.session, self.ids[at], now=clock.now(), policy=shelters.policy()
            )

    def counts(self, at: int = 0) -> tuple[int | None, int | None]:
        """Its head count, and how many are checked in."""
        found = self.status(at)
        return found.people, found.checked_in

    def revoke(self) -> None:
        """The first shelter's sheet opens nothing any more."""
        with self.town.app.app_context(), transaction() as session:
            passes.revoke(session, [self.ids[0]], by="test", now=clock.now())


@pytest.fixture
def gyms(town: Town) -> Gyms:
    """A disaster with check-in is on, and there are sheets on the doors."""
    with town.app.app_context():
        keys = town.app.config["SETTINGS"].keys
        with transaction() as session:
            draft = DisasterDraft(
                name="台風第19号", hazards=(Hazard.FLOOD,), drill=False, checkin=True
            )
            disasters.start(session, draft, by="test", now=clock.now())
        with transaction() as session:
            passes.make_all(session, by="test", keys=keys, now=clock.now())
        found = passes.sheets(db.session, keys=keys)[1][:2]
    time.sleep(0.4)  # the server looks for a disaster four times a second
    one, two = found
    return Gyms(
        town,
        (one.shelter_id, two.shelter_id),
        (one.name, two.name),
        (one.token, two.token),
    )


RESIDENTS = cycle(("haru", "kenta", "mei", "hoa", "satoru"))  # one alone would meet the limits


def family(phones: Phones, town: Town, **options: Any) -> Visit:  # noqa: ANN401 - Playwright's own
    """A resident's phone, signed in, at the check-in's page; somebody else each time."""
    town.drill("POST", "/auto-login", {"as": next(RESIDENTS)})
    visit = phones(town.url, **options)
    visit.page.goto("/liff/checkin")
    visit.page.wait_for_url("**/liff/checkin")
    visit.ready()
    return visit


def door(phones: Phones, gyms: Gyms, at: int = 0, **options: Any) -> Visit:  # noqa: ANN401 - Playwright's own
    """A shelter's phone, at its door."""
    visit = phones(gyms.town.url, **options)
    visit.page.goto(f"/s/{gyms.tokens[at]}/reception")
    visit.page.wait_for_selector("[data-live]")
    return visit


def people(page: Page, count: int) -> None:
    """Set the number of the family by tapping ＋."""
    for _ in range(count - 1):
        page.get_by_role("button", name="何人ですかを1増やす").tap()


def shown_code(page: Page, count: int = 4) -> str:
    """The six digits the family's phone shows."""
    people(page, count)
    page.get_by_role("button", name="受付で見せる番号を出す").tap()
    page.wait_for_selector(".checkin-digits")
    page.wait_for_selector("html[data-ready]", state="attached")
    return page.locator(".checkin-digits").inner_text().replace(" ", "")


def walk_in(page: Page, count: int) -> None:
    """Staff let a family in by two taps."""
    page.locator(".reception-number").nth(count - 1).tap()
    page.locator("[data-say=walk_in] button:not([data-step])").tap()


def leave(page: Page) -> None:
    """The whole family goes home, by two taps."""
    page.get_by_text("避難所を出る").tap()
    page.get_by_role("button", name="全員が出る").tap()


def entered(page: Page, name: str, count: int) -> None:
    """The family's page says where they are."""
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{name}に {count}人で入りました")


def scriptless(phones: Phones, gyms: Gyms) -> Visit:
    """A signed-in resident whose browser runs no script."""
    cookies = family(phones, gyms.town).context.cookies()
    visit = phones(gyms.town.url, java_script_enabled=False)
    for one in cookies:
        visit.context.add_cookies(
            [{"name": one["name"], "value": one["value"], "url": gyms.town.url}]
        )
    return visit
