"""The door of a shelter: walk-ins, no network, both counts; and axe on every page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from .conftest import Phones
from .doors import (
    Gyms,
    door,
    entered,
    family,
    gyms,
    shown_code,
    walk_in,
)

__all__ = ["gyms"]  # a fixture
pytestmark = pytest.mark.e2e


class TestDoor:
    """Walk-ins, offline, both counts."""

    def test_a_family_is_let_in_by_two_taps_and_taken_back_by_one(
        self, phones: Phones, gyms: Gyms
    ) -> None:
        page = door(phones, gyms).page
        walk_in(page, 4)
        expect(page.locator("[data-done]")).to_contain_text("受付番号 1：4人 を受け付けました。")
        expect(page.locator("[data-ref=net]")).to_have_text("受付 4人・1家族")
        page.get_by_role("button", name="まちがい（取り消す）").tap()
        expect(page.locator("[data-ref=net]")).to_have_text("受付 0人・0家族")
        page.get_by_role("button", name="受付番号1を戻す").first.tap()
        expect(page.locator("[data-ref=net]")).to_have_text("受付 4人・1家族")
        page.get_by_role("button", name="受付番号1が出る").tap()
        expect(page.locator("[data-ref=net]")).to_have_text("受付 0人・0家族")
        assert gyms.counts() == (0, 0)

    def test_a_code_of_ten_digits_is_not_ignored(self, phones: Phones, gyms: Gyms) -> None:
        page = door(phones, gyms).page
        field = page.get_by_label("番号を見せた家族")
        field.fill("1234567890")
        page.keyboard.press("Enter")
        wrong = page.get_by_role("alert")
        expect(wrong).to_have_text("6けたで入れてください。")
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        assert Axe().run(page).violations_count == 0
        field.fill("123456")
        expect(wrong).to_have_count(0)

    def test_without_network_families_wait_in_the_phone_and_arrive_once(
        self, phones: Phones, gyms: Gyms
    ) -> None:
        visit = door(phones, gyms)
        visit.foresee("ERR_INTERNET_DISCONNECTED")
        page = visit.page
        walk_in(page, 2)
        expect(page.locator("[data-ref=net]")).to_have_text("受付 2人・1家族")
        visit.context.set_offline(True)
        for count in (3, 5):
            walk_in(page, count)
        page.get_by_role("button", name="受付番号1が出る").tap()
        net = page.locator("[data-ref=net]")
        expect(net).to_have_text("つながりません。送信待ち 3件（この電話に残しています）")
        expect(page.locator("[data-ref=waiting] li")).to_have_count(3)
        assert gyms.counts() == (2, 2)
        visit.context.set_offline(False)
        expect(net).to_have_text("受付 8人・2家族")
        expect(page.locator("[data-ref=waiting] li")).to_have_count(0)
        assert gyms.counts() == (8, 8)

    def test_a_page_that_was_killed_still_sends_what_it_held(
        self, phones: Phones, gyms: Gyms
    ) -> None:
        visit = door(phones, gyms)
        visit.foresee("net::ERR_FAILED")
        page = visit.page
        page.route("**/reception", lambda route: route.abort())
        walk_in(page, 3)
        expect(page.locator("[data-ref=waiting] li")).to_have_count(1)
        page.close()
        anew = visit.context.new_page()
        anew.goto(f"/s/{gyms.tokens[0]}/reception")
        expect(anew.locator("[data-ref=net]")).to_have_text("受付 3人・1家族")
        assert gyms.counts() == (3, 3)

    def test_an_answer_that_was_lost_lets_in_once(self, phones: Phones, gyms: Gyms) -> None:
        visit = door(phones, gyms)
        visit.foresee("net::ERR_FAILED")
        lost: list[str] = []

        def lose(route: Route) -> None:
            if lost:
                route.continue_()
                return
            lost.append("one")
            route.fetch()  # the server has it
            route.abort()  # the phone does not know

        visit.page.route("**/reception", lose)
        walk_in(visit.page, 3)
        net = visit.page.locator("[data-ref=net]")
        expect(net).to_have_text("受付 3人・1家族", timeout=15_000)  # it looks every five seconds
        assert lost
        assert gyms.counts() == (3, 3)

    def test_both_counts_and_their_difference_are_told_and_one_tap_ends_it(
        self, phones: Phones, gyms: Gyms
    ) -> None:
        staff = door(phones, gyms).page
        walk_in(staff, 4)
        expect(staff.locator("[data-ref=net]")).to_have_text("受付 4人・1家族")
        staff.get_by_role("link", name=re.compile("報告のページへ")).tap()
        staff.wait_for_selector("[data-live]")
        staff.get_by_role("button", name="10人 増やす").tap()
        expect(staff.locator("[data-ref=difference]")).to_have_text(
            "受付していない人が10人います。", timeout=15_000
        )
        assert gyms.counts() == (14, 4)
        staff.get_by_role("button", name="人数を、受付の人数に合わせる").tap()
        expect(staff.locator("[data-ref=difference]")).to_have_text("人数と受付は同じです。")
        assert gyms.counts() == (4, 4)

    def test_two_phones_at_one_door_see_each_other(self, phones: Phones, gyms: Gyms) -> None:
        one, two = door(phones, gyms).page, door(phones, gyms).page
        walk_in(one, 4)
        expect(two.locator("[data-ref=net]")).to_have_text("受付 4人・1家族")
        walk_in(two, 3)
        expect(one.locator("[data-ref=net]")).to_have_text("受付 7人・2家族")


class Look:
    """Axe's eye on one page after the other."""

    def __init__(self, *, xlarge: bool) -> None:
        self.xlarge = xlarge
        self.found: dict[str, object] = {}

    def at(self, page: Page, name: str) -> None:
        """What is wrong with the page, every fold open; it is no wider than the screen."""
        page.wait_for_load_state()
        if self.xlarge:
            page.evaluate("document.documentElement.dataset.size = 'xlarge'")
        page.locator("details").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")
        wrong = [one["id"] for one in Axe().run(page).response["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        self.found[name] = wrong + ([f"{wide} px too wide"] if wide > 0 else [])


@pytest.mark.parametrize("look", ["light", "dark", "xlarge"])
def test_axe_finds_nothing(phones: Phones, gyms: Gyms, look: str) -> None:
    options: dict[str, Any] = {"color_scheme": "dark"} if look == "dark" else {}
    if look == "xlarge":
        options["viewport"] = {"width": 360, "height": 640}
    page = family(phones, gyms.town, **options).page
    staff = door(phones, gyms, **options).page
    eye = Look(xlarge=look == "xlarge")
    eye.at(page, "ask")
    page.reload()
    code = shown_code(page)
    eye.at(page, "code")
    staff.goto(f"/s/check/{code}")
    eye.at(staff, "confirm")
    staff.get_by_role("button", name="受け付ける", exact=True).tap()
    staff.wait_for_selector("[data-live]")
    eye.at(staff, "reception")
    entered(page, gyms.names[0], 4)
    eye.at(page, "stay")
    for path in (f"/liff/checkin/{gyms.ids[1]}", "/liff/checkin/scan", "/liff/checkin/move"):
        page.goto(path)
        eye.at(page, path)
    staff.get_by_role("link", name="受付番号1を直す").tap()
    staff.wait_for_url("**/reception/*")
    eye.at(staff, "family")
    assert eye.found == {name: [] for name in eye.found}
    assert len(eye.found) == 9
