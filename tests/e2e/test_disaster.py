"""A disaster begins, changes and ends by command, while people look at their phones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from liff_app.shelters.pages import PAGE

from .conftest import HERE, Phones, Visit
from .servers import Town

pytestmark = pytest.mark.e2e

REST = "ここから下は、まだ使えるとわかっていない場所です"
JST = ZoneInfo("Asia/Tokyo")


@contextmanager
def disaster(town: Town, *arguments: str) -> Iterator[None]:
    """A disaster, until the block ends."""
    town.run("disaster", "start", *arguments)
    try:
        yield
    finally:
        town.run("disaster", "stop")


def minute_passes(visit: Visit) -> None:
    """The page's own minute is over, and what caches keep for 15 seconds is forgotten."""
    session = visit.context.new_cdp_session(visit.page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    with visit.page.expect_response("**/api/v1/shelters/status.json"):
        visit.page.clock.fast_forward(61_000)


def open_list(phones: Phones, town: Town) -> Visit:
    """The list of a phone that knows where it is; its clock obeys."""
    visit = phones(town.url, geolocation=HERE, permissions=["geolocation"])
    visit.page.clock.install()
    visit.open("/shelters")
    visit.page.get_by_role("button", name="今いる場所でさがす").tap()
    visit.page.wait_for_selector("[data-ref=list] [data-id]")
    return visit


def japan_clock() -> str:
    """The time of day in Japan, as pages write it."""
    return datetime.now(JST).strftime("%-H:%M")


def listed(page: Page) -> Locator:
    """The names of the places shown, in their order."""
    return page.locator("[data-ref=list] [data-ref=name]")


def names(page: Page) -> list[str]:
    """What they are now."""
    return listed(page).all_inner_texts()


def card(page: Page, name: str) -> str:
    """Everything the card of a place says."""
    one = page.locator("[data-ref=list] [data-id]").filter(
        has=page.locator(f"[data-ref=name]:text-is('{name}')")
    )
    return one.inner_text()


def test_an_open_page_notices_a_disaster_by_itself_within_a_minute(
    phones: Phones, town: Town
) -> None:
    visit = open_list(phones, town)
    page = visit.page
    calm = names(page)
    expect(page.locator("[data-ref=list]")).not_to_contain_text(REST)
    with disaster(town, "台風19号", "--hazard", "flood"):
        town.run("shelters", "status", "まど市立丘の上小学校", "--opening", "open")
        minute_passes(visit)
        expect(page.locator("[data-ref=list]")).to_contain_text(REST)
        # The open school, 1.2 km away, stands before all nearer places that are not open.
        expect(listed(page).first).to_have_text("まど市立丘の上小学校")
        expect(page.locator("[data-ref=net]")).to_contain_text("災害の情報が変わりました。")
        banner = page.get_by_role("region", name="災害のお知らせ")
        expect(banner).to_contain_text("台風19号")
        expect(banner).to_contain_text("洪水")
        expect(page.get_by_role("radio", name="洪水")).to_be_checked()
        expect(page.get_by_role("radio", name="ふだんの確認")).to_have_count(0)
        told = banner.inner_text()
        page.reload()
        expect(banner).to_have_text(told, use_inner_text=True)
        visit.ready()
        page.get_by_role("button", name="今いる場所でさがす").tap()
        page.wait_for_selector("[data-ref=list] [data-id]")
    minute_passes(visit)
    expect(page.get_by_role("region", name="災害のお知らせ")).to_have_count(0)
    expect(page.get_by_role("radio", name="ふだんの確認")).to_be_checked()
    expect(listed(page)).to_have_text(calm)


def test_a_list_the_server_made_notices_a_disaster_too(phones: Phones, town: Town) -> None:
    visit = phones(town.url)
    visit.page.clock.install()
    visit.open("/shelters?q=%E3%81%82%E3%81%8B%E3%82%8A%E7%94%BA")
    page = visit.page
    assert REST not in page.locator("[data-ref=list]").inner_text()
    with disaster(town, "台風19号", "--hazard", "flood"):
        town.run("shelters", "status", "まど市立丘の上小学校", "--opening", "open")
        minute_passes(visit)
        expect(page.locator("[data-ref=list]")).to_contain_text(REST)
        expect(page.locator("[data-ref=net]")).to_contain_text("災害の情報が変わりました")


def test_the_end_of_a_disaster_brings_the_quiet_order_back(phones: Phones, town: Town) -> None:
    with disaster(town, "台風19号", "--hazard", "flood"):
        visit = open_list(phones, town)
        assert REST in visit.page.locator("[data-ref=list]").inner_text()
    minute_passes(visit)
    expect(visit.page.locator("[data-ref=list]")).not_to_contain_text(REST)
    expect(visit.page.locator("[data-ref=net]")).to_contain_text("災害の情報が変わりました")


def test_a_drill_cannot_be_mistaken_for_a_disaster(phones: Phones, town: Town) -> None:
    with disaster(town, "総合防災訓練", "--hazard", "earthquake", "--drill"):
        visit = phones(town.url)
        visit.open("/shelters")
        banner = visit.page.get_by_role("region", name="訓練のお知らせ")
        expect(banner).to_contain_text("【訓練】これは訓練です")
        expect(banner).to_contain_text("実際の災害ではありません。")
        # Not by words alone, and not by the colour of a real one.
        drilled = banner.evaluate("(one) => getComputedStyle(one).backgroundImage")
        assert "gradient" in drilled
        expect(visit.page.get_by_role("region", name="災害のお知らせ")).to_have_count(0)
    with disaster(town, "地震", "--hazard", "earthquake"):
        visit = phones(town.url)
        visit.open("/shelters")
        banner = visit.page.get_by_role("region", name="災害のお知らせ")
        expect(banner).not_to_contain_text("訓練")
        assert "gradient" not in banner.evaluate("(one) => getComputedStyle(one).backgroundImage")


def test_what_a_shelter_reports_stands_on_its_card_with_the_time(
    phones: Phones, town: Town
) -> None:
    with disaster(town, "台風19号", "--hazard", "flood"):
        visit = open_list(phones, town)
        before = japan_clock()
        town.run(
            *("shelters", "status", "まど市立中央小学校", "--opening", "open", "--people", "120"),
            *("--note", "毛布が足りません"),
        )
        after = japan_clock()
        minute_passes(visit)
        place = visit.page.locator("[data-ref=list] [data-id]").first
        expect(place).to_contain_text("避難している人 120人")
        expect(place).to_contain_text("開いています")
        expect(place).to_contain_text("毛布が足りません")
        shown = place.locator("[data-ref=asof]").inner_text()
        assert shown.startswith((f"{before} 現在", f"{after} 現在"))


def test_full_and_stale_places_come_after_those_one_can_use(phones: Phones, town: Town) -> None:
    with disaster(town, "台風19号", "--hazard", "flood"):
        for name, state in {
            "まど市立中央小学校": ("--opening", "open", "--level", "full"),
            "まど市立第一中学校": ("--opening", "open", "--people", "10"),
            "中央公民館": ("--opening", "preparing"),
        }.items():
            town.run("shelters", "status", name, *state)
        visit = open_list(phones, town)
        page = visit.page
        more = page.get_by_role("button", name="もっと見る")
        while more.is_visible():
            seen = len(names(page))
            more.tap()
            page.wait_for_function(
                "(seen) => document.querySelectorAll('[data-ref=list] [data-id]').length > seen",
                arg=seen,
            )
        order = names(page)
        assert order[0] == "まど市立第一中学校"
        # Open; open but full; nothing known; being prepared: whatever the distance.
        states = ["まど市立第一中学校", "まど市立中央小学校", "まど市民体育館", "中央公民館"]
        assert sorted(states, key=order.index) == states
        assert "満員" in card(page, "まど市立中央小学校")
        assert "準備しています" in card(page, "中央公民館")
        usable = page.locator("[data-ref=list] [data-usable] [data-ref=name]").all_inner_texts()
        assert "まど市立第一中学校" in usable
        assert "まど市立中央小学校" not in usable
        # Nobody has confirmed anything for hours: the phone itself says so, and asks again.
        visit.context.set_offline(True)
        visit.foresee("net::ERR_INTERNET_DISCONNECTED")
        page.clock.fast_forward(5 * 3600 * 1000)
        visit.context.set_offline(False)
        visit.outlast(10)
        expect(page.locator("[data-ref=list]")).to_contain_text("情報が古いです")
        expect(page.locator("[data-ref=list] [data-usable]")).to_have_count(0)


def test_the_page_made_by_the_server_has_the_same_order(phones: Phones, town: Town) -> None:
    with disaster(town, "津波警報", "--hazard", "tsunami"):
        town.run("shelters", "status", "まど市立湊小学校", "--opening", "open")
        visit = phones(town.url, java_script_enabled=False)
        visit.page.goto("/shelters")
        visit.page.get_by_label("町の名前でさがす").select_option(label="桟橋町（さんばしちょう）")
        visit.page.get_by_role("button", name="さがす", exact=True).tap()
        expect(visit.page.get_by_role("radio", name="津波")).to_be_checked()
        ids = visit.ids()
        found = town.api(f"/shelters/nearest?lat=35.59&lon=140.308&limit={PAGE}")
        assert ids == [place["id"] for place in found["shelters"]]
        assert names(visit.page)[0] == "まど市立湊小学校"
        expect(visit.page.locator("[data-ref=list]")).to_contain_text(REST)
