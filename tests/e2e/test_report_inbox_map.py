"""The inbox's map in a browser: list and map move together, and the map shows what it was asked."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from liff_app.staff.vocabulary import Role
from tests.reports.console.desk import LAT, LON

from .conftest import Phones, Visit
from .inbox import DESK, LEFT, Ground, open_inbox, rows
from .people import sign_in
from .servers import Town
from .test_finder_ways import NO_TILES

pytestmark = pytest.mark.e2e

MANY = 2000
TALL: ViewportSize = {"width": 1440, "height": 1400}  # the whole map without scrolling


@pytest.fixture
def ground(town: Town) -> Ground:
    """No reports yet."""
    return Ground(town)


@pytest.fixture
def desk(phones: Phones, town: Town) -> Visit:
    """A reviewer's office PC."""
    visit = phones(town.url, None, viewport=DESK)
    visit.foresee(NO_TILES, LEFT)
    sign_in(visit, town, Role.REPORT_REVIEWER)
    return visit


def area(page: Page) -> list[float]:
    """West, south, east and north in the address, as soon as they stand there."""
    page.wait_for_url(re.compile("bbox="))
    return [float(one) for one in parse_qs(urlsplit(page.url).query)["bbox"][0].split(",")]


def test_a_moved_map_moves_the_list_and_the_address(desk: Visit, ground: Ground) -> None:
    here, far = ground.put(), ground.put(lat=LAT + 0.05, lon=LON + 0.05)
    frame = open_inbox(desk, ground.address)
    page = desk.page
    row = page.locator(f"#r-{here.id}")
    row.get_by_role("checkbox").check()
    row.get_by_role("button").click()
    expect(frame.get_by_text("歩道に穴があいています。")).to_be_visible()
    page.set_viewport_size({"width": 1300, "height": 800})
    page.wait_for_timeout(600)  # Leaflet hears of a new size, and the page of a move, later
    assert "bbox" not in page.url, "nobody moved the map by hand"
    expect(rows(page)).to_have_count(2)
    frame.get_by_role("button", name="大きくする").click()
    page.wait_for_url(re.compile("bbox="))
    expect(rows(page)).to_have_count(1)
    expect(row.get_by_role("checkbox")).to_be_checked()
    expect(page.locator("[data-ref=count]")).to_have_text("1件")
    expect(frame.get_by_text("歩道に穴があいています。")).to_be_visible()
    page.reload()
    desk.ready()
    expect(rows(page)).to_have_count(1)
    page.get_by_role("link", name="地図の範囲を外す").click()
    expect(page.locator(f"#r-{far.id}")).to_be_visible()
    assert "bbox" not in page.url


def test_two_thousand_pins_appear_and_more_are_counted(desk: Visit, ground: Ground) -> None:
    ground.fill(MANY)
    frame = open_inbox(desk, ground.address)
    html = frame.locator("html")
    expect(html).to_have_attribute("data-pins", str(MANY))
    expect(desk.page.locator("[data-ref=note]")).to_have_text(re.compile("2,000件|背景地図"))
    expect(desk.page.locator("[data-ref=count]")).to_have_text("1,000件以上")
    ground.put(lat=LAT + 0.001)
    open_inbox(desk, ground.address)
    expect(html).to_have_attribute("data-pins", "0")
    squares = frame.locator(".pin-square")
    assert 1 < squares.count() <= 11 * 11
    counted = squares.all_inner_texts()
    assert sum(int(one.replace(",", "")) for one in counted) == MANY + 1
    rows(desk.page).first.get_by_role("button").click()
    desk.page.wait_for_url(re.compile("bbox="))
    expect(html).not_to_have_attribute("data-pins", "0")
    expect(frame.get_by_role("button", name="ひらく")).to_be_visible()
    desk.page.set_viewport_size(TALL)  # a frame that is still being scrolled is hit elsewhere
    open_inbox(desk, ground.address)
    squares.nth(squares.count() // 2).click()
    desk.page.wait_for_url(re.compile("bbox="))


def test_a_map_that_gets_its_size_late_shows_what_it_was_asked(desk: Visit, ground: Ground) -> None:
    ground.put()
    ground.put(lat=LAT + 0.004, lon=LON + 0.004)
    desk.without_frame()
    frame = open_inbox(desk, ground.address)
    expect(frame.locator("html")).to_have_attribute("data-pins", "2")
    desk.show_frame()
    closer = frame.get_by_role("button", name="大きくする")
    expect(closer).to_be_in_viewport()
    closer.click()
    west, south, east, north = area(desk.page)
    assert east - west < 0.02
    assert north - south < 0.02
    assert west < LON + 0.002 < east
    assert south < LAT + 0.002 < north


def test_a_new_size_takes_back_no_move_that_somebody_made(desk: Visit, ground: Ground) -> None:
    ground.put()
    ground.put(lat=LAT + 0.02, lon=LON + 0.02)
    frame = open_inbox(desk, ground.address)
    closer = frame.get_by_role("button", name="大きくする")
    closer.scroll_into_view_if_needed()
    expect(frame.locator("html")).to_have_attribute("data-pins", "2")
    closer.click()
    desk.page.set_viewport_size({"width": 1300, "height": 800})  # while the map still moves
    west, _, east, _ = area(desk.page)
    desk.page.set_viewport_size(DESK)
    desk.page.wait_for_timeout(600)  # Leaflet hears of a new size, and the page of a move, later
    assert area(desk.page)[::2] == [west, east], "a new size alone is no move"
