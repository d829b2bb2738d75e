"""The way in through LINE: from the phone's menu, by a login outside, by a deep link."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Frame, Page, expect

from .conftest import HERE, Phones, Visit, resident_cookies
from .servers import LIFF_ID, Town

pytestmark = pytest.mark.e2e

TOKENS = ("access_token", "id_token", "context_token", "feature_token", "client_id")
FROM_LOGIN = ("code", "state", "liffClientId", "liffRedirectUri")
COUNT_TAPS = "addEventListener('pointerdown', () => window.countTap(), true)"
IN_LINE = {"width": 1280, "height": 900}


def address(page: Page | Frame) -> str:
    """What the address bar would show now."""
    shown: str = page.evaluate("() => location.href")
    return shown


def hold(visit: Visit, key: str = "haru") -> Page:
    """The emulator's phone in that resident's hand, its menu on the screen."""
    visit.page.goto(f"/#{key}")
    visit.page.wait_for_selector(f"html[data-ready={key}]", state="attached")
    return visit.page


def opened(page: Page) -> Frame:
    """The page that slid up over the talk."""
    frame = page.locator("[data-ref=sheet-page] iframe").element_handle().content_frame()
    assert frame
    return frame


def hosts(visit: Visit) -> set[str]:
    """Every host this browser asked for anything."""
    return {urlsplit(one.url).netloc for one in visit.requests}


@pytest.fixture
def line_phone(phones: Phones, town: Town) -> Visit:
    """The emulator's phone, which knows where it is."""
    return phones(town.line, None, viewport=IN_LINE, geolocation=HERE, permissions=["geolocation"])


class TestInLine:
    """From the rich menu."""

    def test_two_taps_lead_from_the_menu_to_the_list(self, line_phone: Visit) -> None:
        taps: list[None] = []
        line_phone.context.expose_function("countTap", lambda: taps.append(None))
        line_phone.context.add_init_script(COUNT_TAPS)
        page = hold(line_phone)
        page.get_by_role("button", name="避難所をさがす").click()
        frame = opened(page)
        frame.get_by_role("button", name="今いる場所でさがす").click()
        place = frame.locator("[data-ref=list] [data-id]").first
        expect(place).to_be_visible()
        assert 1 <= len(taps) <= 2
        inside, screen = place.bounding_box(), page.locator(".screen").bounding_box()
        assert inside
        assert screen
        assert screen["x"] <= inside["x"]
        assert inside["x"] + inside["width"] <= screen["x"] + screen["width"]
        assert screen["y"] <= inside["y"] < screen["y"] + screen["height"]

    def test_the_shelters_need_no_sign_in_and_leave_no_token_in_the_address(
        self, line_phone: Visit
    ) -> None:
        page = hold(line_phone)
        page.get_by_role("button", name="避難所をさがす").click()
        frame = opened(page)
        frame.wait_for_selector("html[data-ready]", state="attached")
        assert urlsplit(address(frame)).path == "/liff/shelters"
        assert [name for name in TOKENS if name in address(frame)] == []
        assert line_phone.asked("/api/v1/session") == []
        assert line_phone.asked("/sdk.js") == []

    def test_the_window_opens_the_menu_signed_in_with_a_clean_address(
        self, line_phone: Visit, town: Town
    ) -> None:
        page = hold(line_phone)
        page.get_by_role("button", name="窓口をひらく").click()
        frame = opened(page)
        frame.wait_for_url(f"{town.url}/liff/menu")
        expect(frame.get_by_role("heading", name="何をしますか")).to_be_visible()
        assert address(frame) == f"{town.url}/liff/menu"
        cookie = resident_cookies(line_phone)[0]
        assert cookie["httpOnly"] is True
        assert cookie["sameSite"] == "Lax"
        assert len(line_phone.asked("/api/v1/session", "POST")) == 1
        # No address that a server or a proxy could log ever held a token.
        logged = [one.url.split("#")[0] for one in line_phone.requests if town.url in one.url]
        assert [url for url in logged if any(f"{name}=" in url for name in TOKENS)] == []
        frame.get_by_role("link", name="避難所をさがす").click()
        frame.wait_for_url(f"{town.url}/liff/shelters")

    def test_a_second_opening_goes_straight_on(self, line_phone: Visit, town: Town) -> None:
        page = hold(line_phone, "kenta")
        for _ in range(2):
            page.get_by_role("button", name="窓口をひらく").click()
            opened(page).wait_for_url(f"{town.url}/liff/menu*")
            page.get_by_role("button", name="ページを閉じる").click()
        assert len(line_phone.asked("/api/v1/session", "POST")) == 1

    def test_the_next_holder_of_the_phone_signs_in_for_themselves(
        self, line_phone: Visit, town: Town
    ) -> None:
        cookies = set()
        for key in ("haru", "mei"):
            page = hold(line_phone) if key == "haru" else line_phone.page
            page.locator(f"input[value={key}]").check(force=True)
            page.wait_for_selector(f"html[data-ready={key}]", state="attached")
            page.get_by_role("button", name="窓口をひらく").click()
            opened(page).wait_for_url(f"{town.url}/liff/menu*")
            cookies.add(resident_cookies(line_phone)[0]["value"])
        assert len(cookies) == 2
        assert len(line_phone.asked("/api/v1/session", "POST")) == 2


class TestOutsideLine:
    """From an ordinary browser."""

    def test_a_login_comes_back_to_the_menu_with_a_clean_address(
        self, phone: Visit, town: Town
    ) -> None:
        page = phone.page
        page.goto("/liff/menu")
        page.get_by_role("button", name="小窓 芽衣").tap()
        page.wait_for_url(f"{town.url}/liff/menu")
        expect(page.get_by_role("heading", name="何をしますか")).to_be_visible()
        assert address(page) == f"{town.url}/liff/menu"
        assert resident_cookies(phone)[0]["httpOnly"] is True
        assert len(phone.asked("/api/v1/session", "POST")) == 1

    def test_the_entry_takes_the_login_out_of_the_address_before_it_goes_on(
        self, phone: Visit, town: Town
    ) -> None:
        page = phone.page
        page.context.route("**/api/v1/session", lambda route: route.abort())
        phone.foresee("net::ERR_FAILED.*/api/v1/session")
        page.goto("/liff/")
        page.get_by_role("button", name="小窓 芽衣").tap()
        page.wait_for_selector("html[data-ready=stopped]", state="attached")
        query = parse_qs(urlsplit(address(page)).query)
        assert [name for name in FROM_LOGIN if name in query] == []
        assert address(page).startswith(f"{town.url}/liff/")

    def test_a_resident_who_is_signed_in_is_not_asked_again(self, phone: Visit, town: Town) -> None:
        town.drill("POST", "/auto-login", {"as": "satoru"})
        phone.page.goto("/liff/")
        phone.page.wait_for_url(f"{town.url}/liff/menu")
        before = len(phone.requests)
        phone.page.goto("/liff/")
        phone.page.wait_for_url(f"{town.url}/liff/menu")
        assert [one for one in phone.requests[before:] if "sdk.js" in one.url] == []


class TestDeepLinks:
    """Where a link was meant to lead."""

    def test_a_permalink_leads_to_its_page_with_its_question(
        self, phone: Visit, town: Town
    ) -> None:
        phone.page.goto(f"{town.line}/{LIFF_ID}/shelters?hazard=tsunami&town=&purpose=stay")
        phone.page.wait_for_url(f"{town.url}/liff/shelters?*")
        assert parse_qs(urlsplit(address(phone.page)).query) == {
            "hazard": ["tsunami"],
            "purpose": ["stay"],
        }
        expect(phone.page.locator("input[value=tsunami]")).to_be_checked()

    def test_a_page_for_residents_is_reached_after_the_login(
        self, phone: Visit, town: Town
    ) -> None:
        town.drill("POST", "/auto-login", {"as": "haru"})
        phone.page.goto(f"/liff/?liff.state={quote('/menu?id=7', safe='')}")
        phone.page.wait_for_url(f"{town.url}/liff/menu?id=7")

    @pytest.mark.parametrize(
        "foreign",
        [
            "https://evil.example/",
            "//evil.example/menu",
            "/\\evil.example",
            "/liff/../../evil",
            "javascript:alert(1)",
            "/menu\n//evil.example",
            "/console/",
        ],
    )
    def test_a_foreign_next_leads_to_our_menu(self, phone: Visit, town: Town, foreign: str) -> None:
        town.drill("POST", "/auto-login", {"as": "haru"})
        phone.page.goto(f"/liff/?next={quote(foreign, safe='')}")
        phone.page.wait_for_url(f"{town.url}/liff/menu")
        assert hosts(phone) <= {urlsplit(town.url).netloc, urlsplit(town.line).netloc}

    @pytest.mark.parametrize(
        "foreign", ["https://evil.example/", "//evil.example/menu", "/\\evil.example"]
    )
    def test_a_foreign_state_ends_on_a_page_of_ours(
        self, phone: Visit, town: Town, foreign: str
    ) -> None:
        # LINE's script itself goes to the state below our endpoint: there is no such page.
        phone.foresee("status of 404")
        phone.page.goto(f"/liff/?liff.state={quote(foreign, safe='')}")
        phone.page.wait_for_url(re.compile("/liff/[^?]"))
        expect(phone.page.get_by_role("link", name="避難所をさがす")).to_be_visible()
        assert hosts(phone) <= {urlsplit(town.url).netloc, urlsplit(town.line).netloc}
