"""Every way to say where one is: position, town, typed name, map, and a page without script."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, Route, expect

from liff_app.shelters.pages import PAGE

from .conftest import HERE, Phones, Visit
from .servers import Town

pytestmark = pytest.mark.e2e

SEARCH_HERE = "今いる場所でさがす"
TILE_HOST = "cyberjapandata.gsi.go.jp"
# What a browser says of tiles it cannot get; the tests that open a map provoke it.
NO_TILES = rf"net::ERR_NAME_NOT_RESOLVED.*{TILE_HOST}"
SILENT_GEOLOCATION = """() => {
  Object.defineProperty(navigator, 'geolocation', { value: { getCurrentPosition() {} } });
}"""


def server_order(town: Town, lat: float, lon: float, **asked: str) -> list[str]:
    """Ids of the places of a page that the server itself finds for a point."""
    query = urlencode({"lat": lat, "lon": lon, "limit": PAGE, **asked})
    found: dict[str, Any] = town.api(f"/shelters/nearest?{query}")
    return [place["id"] for place in found["shelters"]]


def choose_hazard(page: Page, word: str) -> None:
    """Tap a hazard's button."""
    page.locator("label.hazard", has_text=word).first.click()


def kept_by_phone(page: Page) -> str:
    """All that the page's origin keeps, as text."""
    kept: str = page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])")
    return kept


def test_the_list_at_a_position_has_the_servers_order(placed_phone: Visit, town: Town) -> None:
    page = placed_phone.page
    placed_phone.open("/shelters")
    page.get_by_role("button", name=SEARCH_HERE).tap()
    page.wait_for_selector("[data-ref=list] [data-id]")
    assert placed_phone.ids() == server_order(town, HERE["latitude"], HERE["longitude"])
    expect(page.get_by_text("今いる場所がわかりました（誤差 約30 m）。")).to_be_visible()
    expect(page.locator("[data-ref=answer]")).to_be_focused()
    choose_hazard(page, "洪水")
    expect(page.locator("[data-ref=fits]").first).to_have_text("洪水のとき避難できる")
    flood = server_order(town, HERE["latitude"], HERE["longitude"], hazard="flood")
    assert placed_phone.ids() == flood != []


def test_the_position_never_leaves_the_phone(placed_phone: Visit) -> None:
    page = placed_phone.page
    placed_phone.open("/shelters")
    page.get_by_role("button", name=SEARCH_HERE).tap()
    page.wait_for_selector("[data-ref=list] [data-id]")
    page.get_by_role("button", name="もっと見る").tap()
    page.get_by_role("link", name="家に帰れず泊まる").tap()
    choose_hazard(page, "津波")
    placed_phone.quiet()
    sent = [
        f"{one.url} {one.post_data or ''} {json.dumps(one.all_headers())}"
        for one in placed_phone.requests
    ]
    assert len(sent) > 3
    # Not even rounded to the 100 m that an address may carry.
    told = [text for text in sent if "35.607" in text or "140.294" in text]
    assert told == []
    assert "35.6073" not in kept_by_phone(page)
    assert "140.2941" not in kept_by_phone(page)
    assert page.url.endswith("/shelters")


def test_a_refused_position_leads_to_the_towns(phone: Visit) -> None:
    phone.open("/shelters")
    phone.page.get_by_role("button", name=SEARCH_HERE).tap()
    status = phone.page.locator("[data-ref=status]")
    expect(status).to_have_text("位置を使えませんでした。町の名前をえらんでください。")
    expect(phone.page.get_by_label("町の名前でさがす")).to_be_focused()
    assert status.get_attribute("role") == "status"


def test_a_position_that_never_comes_is_given_up_after_ten_seconds(phone: Visit) -> None:
    page = phone.page
    page.add_init_script(f"({SILENT_GEOLOCATION})()")
    page.clock.install()
    phone.open("/shelters")
    phone.freeze()
    page.get_by_role("button", name=SEARCH_HERE).tap()
    status = page.locator("[data-ref=status]")
    expect(status).to_have_text("位置を調べています（10秒まで）…")
    page.clock.run_for(9_900)
    expect(status).to_have_text("位置を調べています（10秒まで）…")
    page.clock.run_for(200)
    expect(status).to_have_text(
        "位置を調べるのに時間がかかっています。町の名前をえらんでください。"
    )
    expect(page.get_by_label("町の名前でさがす")).to_be_focused()


def test_a_vague_position_is_shown_with_its_error(phones: Phones, town: Town) -> None:
    wide = {**HERE, "accuracy": 2400}
    visit = phones(town.url, geolocation=wide, permissions=["geolocation"])
    visit.open("/shelters")
    visit.page.get_by_role("button", name=SEARCH_HERE).tap()
    expect(visit.page.locator("[data-ref=status]")).to_have_text(
        "位置がはっきりしません（誤差 約2400 m）。町の名前でもさがせます。"
    )
    expect(visit.page.locator("[data-ref=list] [data-id]").first).to_be_visible()


def test_a_town_of_the_list_gives_its_nearest_places(phone: Visit, town: Town) -> None:
    page = phone.page
    phone.open("/shelters")
    choose_hazard(page, "津波")
    page.get_by_label("町の名前でさがす").select_option(label="湊（みなと）")
    page.get_by_role("button", name="さがす", exact=True).tap()
    expect(page.get_by_role("heading", name="湊の近くの避難所")).to_be_visible()
    expected = server_order(town, 35.5865, 140.3090, hazard="tsunami")
    assert phone.ids() == expected != []


@pytest.mark.parametrize("typed", ["格子町", "こうしちょう", "コウシチョウ", "格子"])
def test_a_town_is_found_by_name_or_kana(phone: Visit, town: Town, typed: str) -> None:
    page = phone.page
    phone.open("/shelters")
    page.get_by_label("または、町の名前を入れる").fill(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="格子町の近くの避難所")).to_be_visible()
    assert phone.ids() == server_order(town, 35.6065, 140.3010)


def test_a_name_of_several_towns_asks_which(phone: Visit) -> None:
    page = phone.page
    phone.open("/shelters?q=なかにわ")
    expect(page.get_by_role("heading", name="どの町ですか")).to_be_visible()
    page.get_by_role("link", name="中庭二丁目（なかにわにちょうめ）").tap()
    expect(page.get_by_role("heading", name="中庭二丁目の近くの避難所")).to_be_visible()


def test_a_name_of_no_town_says_so_and_keeps_the_words(phone: Visit) -> None:
    phone.open("/shelters?q=どこでもない町")
    alert = phone.page.get_by_role("alert")
    expect(alert).to_contain_text("「どこでもない町」という町はありません。")
    expect(phone.page.get_by_label("または、町の名前を入れる")).to_have_value("どこでもない町")


def test_nothing_chosen_is_told_without_asking_the_server(phone: Visit) -> None:
    phone.open("/shelters")
    before = len(phone.requests)
    phone.page.get_by_role("button", name="さがす", exact=True).tap()
    expect(phone.page.locator("[data-ref=status]")).to_have_text(
        "一覧から町をえらぶか、町の名前を入れてください。"
    )
    assert [one.url for one in phone.requests[before:] if one.is_navigation_request()] == []


def test_a_place_pointed_to_on_the_map_is_searched_without_a_background(
    phone: Visit, town: Town
) -> None:
    phone.foresee(NO_TILES)
    page = phone.page
    phone.open("/shelters")
    assert phone.asked("leaflet") == []
    page.get_by_role("button", name="地図で場所をえらぶ").tap()
    expect(page.locator("[data-ref=pick-note]")).to_have_text(
        "背景地図を読み込めません。位置関係だけを表示しています。"
    )
    # The town's middle stands under the cross; the phone works from there.
    page.get_by_role("button", name="この場所でさがす").tap()
    expect(page.get_by_role("heading", name="地図でえらんだ場所の近くの避難所")).to_be_visible()
    middle = ((35.5844 + 35.62351) / 2, (140.28237 + 140.31256) / 2)
    assert set(phone.ids()[:5]) & set(server_order(town, *middle)[:8])
    first = phone.ids()
    # Another place under the cross, another list.
    page.locator("[data-ref=pick-map]").focus()
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    page.wait_for_timeout(600)  # Leaflet slides there in steps of a quarter second
    page.get_by_role("button", name="この場所でさがす").tap()
    page.wait_for_function(
        "(before) => document.querySelector('[data-ref=list] [data-id]').dataset.id !== before",
        arg=first[0],
    )


def test_the_map_repeats_the_list_without_a_background(placed_phone: Visit) -> None:
    placed_phone.foresee(NO_TILES)
    page = placed_phone.page
    placed_phone.open("/shelters")
    page.get_by_role("button", name=SEARCH_HERE).tap()
    page.wait_for_selector("[data-ref=list] [data-id]")
    page.get_by_role("button", name="地図で見る").tap()
    expect(page.locator("[data-ref=map-note]")).to_have_text(
        "背景地図を読み込めません。位置関係だけを表示しています。"
    )
    numbers = page.locator("[data-ref=map] .finder-number")
    expect(numbers).to_have_count(PAGE)
    assert sorted(map(int, numbers.all_inner_texts())) == list(range(1, PAGE + 1))
    # The places, the person, three rings.
    expect(page.locator("[data-ref=map] path.leaflet-interactive")).to_have_count(PAGE)
    expect(page.locator("[data-ref=map] path")).to_have_count(PAGE + 4)


def test_the_map_asks_the_tile_server_only_when_opened(placed_phone: Visit) -> None:
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478"
        "9c6360606060000000050001a5f645400000000049454e44ae426082"
    )

    def tile(route: Route) -> None:
        route.fulfill(body=png, content_type="image/png")

    placed_phone.context.route(f"https://{TILE_HOST}/**", tile)
    page = placed_phone.page
    placed_phone.open("/shelters")
    page.get_by_role("button", name=SEARCH_HERE).tap()
    page.wait_for_selector("[data-ref=list] [data-id]")
    assert placed_phone.asked(TILE_HOST) == []
    page.get_by_role("button", name="地図で見る").tap()
    page.wait_for_selector("[data-ref=map] .leaflet-tile-loaded")
    expect(page.locator("[data-ref=map-note]")).to_be_empty()
    assert 0 < len(placed_phone.asked(TILE_HOST)) <= 16
    hosts = {one.url.split("/")[2].split(":")[0] for one in placed_phone.requests}
    assert hosts == {"localhost", TILE_HOST}


@pytest.fixture
def plain(phones: Phones, town: Town) -> Visit:
    """A browser that runs no script."""
    return phones(town.url, java_script_enabled=False)


class TestWithoutScript:
    """The same page as forms and links."""

    def test_a_town_and_a_hazard_give_the_servers_list(self, plain: Visit, town: Town) -> None:
        page = plain.page
        page.goto("/shelters")
        expect(page.get_by_role("button", name=SEARCH_HERE)).to_be_hidden()
        choose_hazard(page, "洪水")
        page.get_by_label("町の名前でさがす").select_option(label="川端町（かわばたちょう）")
        page.get_by_role("button", name="さがす", exact=True).tap()
        expect(page.get_by_role("heading", name="川端町の近くの避難所")).to_be_visible()
        ids = [one.get_attribute("data-id") for one in page.locator("[data-id]").all()]
        assert ids == server_order(town, 35.6030, 140.2925, hazard="flood") != []
        expect(page.locator(".place").first).to_contain_text("洪水のとき避難できる")

    def test_a_typed_name_works(self, plain: Visit) -> None:
        page = plain.page
        page.goto("/shelters")
        page.get_by_label("または、町の名前を入れる").fill("きたど")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="北戸の近くの避難所")).to_be_visible()

    def test_typed_coordinates_are_rounded_and_not_kept_by_caches(
        self, plain: Visit, town: Town
    ) -> None:
        page = plain.page
        page.goto("/shelters")
        page.get_by_text("緯度・経度でさがす").tap()
        page.get_by_label("緯度", exact=True).fill("35.60731")
        page.get_by_label("経度", exact=True).fill("140.29417")
        with page.expect_navigation() as gone:
            page.get_by_role("button", name="この位置でさがす").tap()
        expect(page.get_by_role("heading", name="入れた位置の近くの避難所")).to_be_visible()
        ids = [one.get_attribute("data-id") for one in page.locator("[data-id]").all()]
        assert ids == server_order(town, 35.607, 140.294)
        assert gone.value is not None
        assert gone.value.headers["cache-control"] == "no-store"
