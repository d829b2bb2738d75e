"""LINE that refuses, keeps silent or is away: one sentence, no loop, and the shelters at hand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from .conftest import Phones, Visit, resident_cookies
from .servers import Town
from .test_line_entry import IN_LINE, hold, opened

pytestmark = pytest.mark.e2e

SILENT = "LINEから返事がありません。電波のよい場所で、もう一度ためしてください。"
REFUSED = "LINEの確認ができませんでした。LINEのトーク画面から、もう一度ひらいてください。"
SERVER = "役場のサーバーにつながりません。少し待ってから、もう一度ためしてください。"
# What the browser itself says of an answer that the test asked for.
SAYS_401 = "status of 401"
SAYS_503 = "status of 503"
CUT = "net::ERR_FAILED"


def logins(visit: Visit) -> int:
    """How often a page sent the person to LINE's login."""
    opened_pages = [one for one in visit.asked("/liff/v1/authorize") if "&as=" not in one.url]
    return len([one for one in opened_pages if one.is_navigation_request()])


def exchanges(visit: Visit) -> int:
    """How often a token was shown to our server."""
    return len(visit.asked("/api/v1/session", "POST"))


def stopped(page: Page, sentence: str) -> None:
    """The page has given up with this sentence, and offers two ways on."""
    page.wait_for_selector("html[data-ready=stopped]", state="attached")
    expect(page.get_by_role("status")).to_have_text(sentence)
    expect(page.get_by_role("button", name="もう一度ためす")).to_be_visible()
    expect(page.get_by_role("link", name="避難所をさがす")).to_be_visible()


def to_shelters(page: Page) -> None:
    """The way that needs no LINE works."""
    page.get_by_role("link", name="避難所をさがす").tap()
    page.wait_for_url("**/shelters")
    expect(page.get_by_role("heading", name="避難所をさがす")).to_be_visible()


class TestTokens:
    """A token lives one hour, and LINE never renews it."""

    def test_a_token_expired_outside_line_costs_exactly_one_new_login(
        self, phone: Visit, town: Town
    ) -> None:
        phone.foresee(SAYS_401)
        town.drill("POST", "/auto-login", {"as": "haru"})
        town.trouble("kept_token", "stale")
        phone.page.goto("/liff/menu")
        phone.page.wait_for_url(f"{town.url}/liff/menu")
        assert (logins(phone), exchanges(phone)) == (2, 2)
        assert len(resident_cookies(phone)) == 1

    def test_a_token_expired_inside_line_costs_exactly_one_new_opening(
        self, phones: Phones, town: Town
    ) -> None:
        visit = phones(town.line, None, viewport=IN_LINE)
        visit.foresee(SAYS_401)
        town.drill("POST", "/auto-login", {"as": "haru"})
        town.trouble("kept_token", "stale")
        page = hold(visit)
        page.get_by_role("button", name="窓口をひらく").click()
        opened(page).wait_for_url(f"{town.url}/liff/menu")
        assert exchanges(visit) == 2

    @pytest.mark.parametrize("kind", ["stale", "forged"])
    def test_a_token_that_stays_bad_ends_in_a_sentence_and_not_in_a_loop(
        self, phone: Visit, town: Town, kind: str
    ) -> None:
        phone.foresee(SAYS_401)
        town.drill("POST", "/auto-login", {"as": "haru"})
        town.trouble("kept_token", kind, times=999)
        phone.page.goto("/liff/menu")
        stopped(phone.page, REFUSED)
        phone.page.wait_for_timeout(1500)
        assert (logins(phone), exchanges(phone)) == (2, 2)
        assert resident_cookies(phone) == []
        town.drill("DELETE", "/troubles")
        phone.page.get_by_role("button", name="もう一度ためす").tap()
        phone.page.wait_for_url(f"{town.url}/liff/menu")
        assert exchanges(phone) <= 4

    def test_a_bad_token_inside_line_ends_in_a_sentence_too(
        self, phones: Phones, town: Town
    ) -> None:
        visit = phones(town.line, None, viewport=IN_LINE)
        visit.foresee(SAYS_401)
        town.drill("POST", "/auto-login", {"as": "haru"})
        town.trouble("kept_token", "stale", times=999)
        page = hold(visit)
        page.get_by_role("button", name="窓口をひらく").click()
        frame = opened(page)
        frame.wait_for_selector("html[data-ready=stopped]", state="attached")
        expect(frame.get_by_role("status")).to_have_text(REFUSED)
        assert exchanges(visit) == 2
        frame.get_by_role("link", name="避難所をさがす").click()
        frame.wait_for_url(re.compile("/shelters$"))

    def test_a_token_bad_from_the_start_is_got_over_by_one_new_try(
        self, phone: Visit, town: Town
    ) -> None:
        phone.foresee(SAYS_401)
        town.drill("POST", "/auto-login", {"as": "haru"})
        town.trouble("id_token", "stale")
        phone.page.goto("/liff/menu")
        # LINE's own script refuses it, so the page cannot know more than that.
        stopped(phone.page, SILENT)
        phone.page.get_by_role("button", name="もう一度ためす").tap()
        phone.page.wait_for_url(f"{town.url}/liff/menu")
        assert logins(phone) <= 2


class TestSilence:
    """LINE is down, or its script never comes."""

    def test_an_init_that_fails_is_told(self, phone: Visit, town: Town) -> None:
        town.trouble("init", "rejects")
        phone.page.goto("/liff/menu")
        stopped(phone.page, SILENT)
        to_shelters(phone.page)

    def test_an_init_that_never_ends_is_given_up_after_eight_seconds(
        self, phone: Visit, town: Town
    ) -> None:
        town.trouble("init", "hangs")
        page = phone.page
        page.clock.install()
        with page.expect_response("**/liff/emulated/init"):
            page.goto("/liff/menu")
        phone.freeze()
        # Even while the page waits, the shelters are one tap away.
        expect(page.get_by_role("link", name="避難所をさがす")).to_be_visible()
        page.clock.run_for(5_000)
        assert page.get_attribute("html", "data-ready") is None
        page.clock.run_for(3_000)
        stopped(page, SILENT)
        to_shelters(page)

    def test_a_missing_script_is_told_at_once(self, phone: Visit) -> None:
        phone.foresee(CUT)
        phone.context.route("**/sdk.js", lambda route: route.abort())
        phone.page.goto("/liff/menu")
        stopped(phone.page, SILENT)
        to_shelters(phone.page)

    def test_a_broken_script_is_told_at_once(self, phone: Visit) -> None:
        phone.foresee(SAYS_503)

        def broken(route: Route) -> None:
            route.fulfill(status=503, body="maintenance")

        phone.context.route("**/sdk.js", broken)
        phone.page.goto("/liff/menu")
        stopped(phone.page, SILENT)

    def test_a_script_that_never_comes_leaves_the_shelters_at_hand(self, phone: Visit) -> None:
        held: list[Route] = []

        def hold_back(route: Route) -> None:
            held.append(route)

        phone.context.route("**/sdk.js", hold_back)
        phone.foresee(CUT)
        page = phone.page
        page.clock.install()
        page.goto("/liff/menu", wait_until="commit")
        expect(page.get_by_role("link", name="避難所をさがす")).to_be_visible()
        page.clock.run_for(9_000)
        stopped(page, SILENT)
        to_shelters(page)
        held[0].abort()

    def test_line_without_a_network_is_told_and_works_again_later(
        self, phone: Visit, town: Town
    ) -> None:
        phone.foresee(CUT)
        town.drill("POST", "/auto-login", {"as": "mei"})
        phone.context.route("**/liff/v2/apps/**", lambda route: route.abort())
        phone.page.goto("/liff/menu")
        stopped(phone.page, SILENT)
        phone.context.unroute("**/liff/v2/apps/**")
        phone.page.get_by_role("button", name="もう一度ためす").tap()
        phone.page.wait_for_url(f"{town.url}/liff/menu")

    def test_a_server_that_cannot_check_says_it_is_the_town_hall(
        self, phone: Visit, town: Town
    ) -> None:
        phone.foresee(SAYS_503)
        town.drill("POST", "/auto-login", {"as": "mei"})

        def busy(route: Route) -> None:
            route.fulfill(status=503, content_type="application/problem+json", body="{}")

        phone.context.route("**/api/v1/session", busy)
        phone.page.goto("/liff/menu")
        stopped(phone.page, SERVER)
        assert exchanges(phone) == 1


def test_a_refused_login_is_told_and_can_be_tried_again(phone: Visit, town: Town) -> None:
    page = phone.page
    page.goto("/liff/menu?id=7")
    page.get_by_role("button", name="許可しないで戻る").tap()
    stopped(page, REFUSED)
    assert (logins(phone), exchanges(phone)) == (1, 0)
    page.get_by_role("button", name="もう一度ためす").tap()
    page.get_by_role("button", name="遠見 悟").tap()
    # Where the person wanted to go outlives the refusal.
    page.wait_for_url(f"{town.url}/liff/menu?id=7")
