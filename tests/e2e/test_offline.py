"""The network goes away: what is on the screen stays, says how old it is, and gives nobody away."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Error, expect

from .conftest import HERE, Phones, Visit
from .servers import Town

pytestmark = pytest.mark.e2e

CUT = "net::ERR_INTERNET_DISCONNECTED"
JST = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def listed(phones: Phones, town: Town) -> Visit:
    """A phone that has made its list; its clock obeys, and it may complain of the network."""
    visit = phones(town.url, geolocation=HERE, permissions=["geolocation"])
    visit.foresee(CUT)
    visit.page.clock.install()
    visit.open("/shelters")
    visit.page.get_by_role("button", name="今いる場所でさがす").tap()
    visit.page.wait_for_selector("[data-ref=list] [data-id]")
    visit.quiet()
    return visit


def without_network(visit: Visit) -> None:
    """The network is gone, and so is what the browser kept for some seconds."""
    session = visit.context.new_cdp_session(visit.page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    visit.context.set_offline(True)


def test_the_list_stays_and_says_of_when_it_is(listed: Visit) -> None:
    page = listed.page
    before = listed.ids()
    shown_at: float = page.evaluate("() => JSON.parse(localStorage['machimado.shelters']).at")
    clock = datetime.fromtimestamp(shown_at / 1000, JST).strftime("%-H:%M")
    without_network(listed)
    page.clock.fast_forward(61_000)
    listed.outlast(10)  # three more tries, after 1, 2 and 4 seconds
    net = page.locator("[data-ref=net]")
    expect(net).to_have_text(f"通信できません。{clock}の情報です。")
    assert net.get_attribute("role") == "status"
    assert listed.ids() == before != []
    # Another question is still answered, from what the phone has.
    page.locator("label.hazard", has_text="津波").click()
    expect(page.locator("[data-ref=fits]").first).to_contain_text("津波")
    assert listed.ids() != before
    listed.outlast(10)
    listed.context.set_offline(False)
    page.clock.fast_forward(61_000)
    expect(net).to_be_empty()


def test_a_page_opened_without_network_shows_the_last_list(listed: Visit) -> None:
    page = listed.page
    before = listed.ids()
    listed.context.set_offline(True)
    # The page itself is fresh for a minute, so the browser may open it without asking anybody.
    page.goto("about:blank")
    listed.open("/shelters")
    expect(page.locator("[data-ref=net]")).to_contain_text("通信できません。")
    expect(page.get_by_role("heading", name="今いる場所の近くの避難所")).to_be_visible()
    assert listed.ids() == before


def test_a_forced_reload_without_network_is_the_browsers_own_page(listed: Visit) -> None:
    # stale-while-revalidate does not cover it in Chromium: asking for the newest means asking.
    listed.context.set_offline(True)
    with pytest.raises(Error, match=CUT):
        listed.page.reload()


def test_nothing_kept_in_the_phone_tells_where_it_was(listed: Visit) -> None:
    stored: dict[str, str] = listed.page.evaluate("() => ({...localStorage, ...sessionStorage})")
    kept: dict[str, Any] = json.loads(stored["machimado.shelters"])
    assert set(kept) == {"at", "title", "hazard", "disaster", "views"}
    # Distances to three known places, exact to the metre, would be the position itself.
    assert {view["distance_m"] % 100 for view in kept["views"]} == {0}
    assert {view["distance_m"] for view in kept["views"]} != {100}
    written = json.dumps(stored)
    for exact in (str(HERE["latitude"]), str(HERE["longitude"]), "35.6073", "140.2941"):
        assert exact not in written
    places = {(view["lat"], view["lon"]) for view in kept["views"]}
    assert all(str(lat) in written and str(lon) in written for lat, lon in places)


def test_a_first_visit_without_the_lists_files_says_so(phones: Phones, town: Town) -> None:
    visit = phones(town.url, geolocation=HERE, permissions=["geolocation"])
    visit.foresee(CUT)
    visit.page.clock.install()
    visit.open("/shelters")
    # One tap loads the modules; the lists themselves never come.
    visit.page.locator("label.hazard", has_text="津波").click()
    visit.quiet()
    visit.context.set_offline(True)
    visit.page.get_by_role("button", name="今いる場所でさがす").tap()
    expect(visit.page.locator("[data-ref=status]")).to_contain_text("今いる場所がわかりました")
    visit.outlast(10)
    expect(visit.page.locator("[data-ref=net]")).to_have_text(
        "通信できません。電波のよい場所で、もう一度ためしてください。"
    )
