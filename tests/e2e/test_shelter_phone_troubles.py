"""A teacher's phone without network, against others, and after its sheet was stopped."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from .conftest import Phones
from .gyms import (
    CONFLICT,
    IMPROBABLE,
    OFFLINE,
    OVER,
    SMALL,
    Gym,
    count,
    open_gym,
    press,
    scan,
    seen,
    sent,
    teacher,
)
from .servers import Town
from .test_accessibility import faults

pytestmark = pytest.mark.e2e


@pytest.fixture
def gym(town: Town) -> Gym:
    """The school in a disaster, and the sheet on its door."""
    return open_gym(town)


def test_without_network_everything_is_kept_and_arrives_once(phones: Phones, gym: Gym) -> None:
    visit = teacher(phones, gym)
    visit.foresee(OFFLINE)
    page = visit.page
    visit.context.set_offline(True)
    press(page, "開設")
    count(page, 40)
    for _ in range(3):
        press(page, "1人 増やす")
    press(page, "水")
    expect(page.get_by_label("避難している人", exact=True)).to_have_value("43")
    expect(page.locator("[data-ref=net]")).to_have_text("つながりません。送信待ち 4件")
    expect(page.locator("[data-ref=net]")).to_have_attribute("data-kind", "off")
    expect(page.locator("[data-ref=waiting] li")).to_have_count(4)
    assert gym.status().version == 0
    page.wait_for_timeout(2500)
    visit.context.set_offline(False)
    sent(page)
    view = gym.status()
    assert (view.opening.value, view.people, [n.value for n in view.needs]) == (
        "open",
        43,
        ["water"],
    )
    events = gym.events()
    assert len(events) == 4
    assert all((one.received_at - one.at).total_seconds() >= 2 for one in events)


def test_a_tap_on_the_wrong_thing_is_taken_back_before_it_left(phones: Phones, gym: Gym) -> None:
    visit = teacher(phones, gym)
    visit.foresee(OFFLINE)
    visit.context.set_offline(True)
    press(visit.page, "開設")
    press(visit.page, "閉鎖")
    expect(visit.page.locator("[data-ref=net]")).to_contain_text("つながりません")
    press(visit.page, "取り消す：閉鎖にする")
    expect(visit.page.locator("[data-ref=waiting] li")).to_have_count(1)
    visit.context.set_offline(False)
    sent(visit.page)
    assert [one.opening.value for one in gym.events()] == ["open"]


def test_a_page_that_was_killed_sends_what_it_held(phones: Phones, gym: Gym) -> None:
    visit = teacher(phones, gym)
    visit.foresee(OFFLINE)
    visit.context.set_offline(True)
    press(visit.page, "開設")
    press(visit.page, "10人 増やす")
    press(visit.page, "1人 増やす")
    expect(visit.page.locator("[data-ref=net]")).to_contain_text("送信待ち 2件")
    kept(visit.page)
    visit.page.close()
    visit.context.set_offline(False)
    visit.page = visit.context.new_page()
    page = scan(visit, gym)
    gym.becomes(lambda view: view.people == 11 and view.opening.value == "open")
    expect(page.get_by_label("避難している人", exact=True)).to_have_value("11")
    sent(page)
    assert len(gym.events()) == 2


NO_DATABASE = "Object.defineProperty(window, 'indexedDB', { value: undefined });"
NO_STORAGE = """Object.defineProperty(window, 'localStorage', {
  get() { throw new DOMException('refused', 'SecurityError'); } });"""


def test_without_a_database_the_plain_storage_keeps_it(phones: Phones, gym: Gym) -> None:
    visit = phones(gym.town.url, viewport=SMALL)
    visit.foresee(OFFLINE)
    visit.context.add_init_script(NO_DATABASE)
    page = scan(visit, gym)
    visit.context.set_offline(True)
    press(page, "10人 増やす")
    expect(page.locator("[data-ref=net]")).to_contain_text("つながりません")
    kept(page)
    page.close()
    visit.context.set_offline(False)
    visit.page = visit.context.new_page()
    scan(visit, gym)
    gym.becomes(lambda view: view.people == 10)


def test_a_phone_that_keeps_nothing_says_so_and_still_sends(phones: Phones, gym: Gym) -> None:
    visit = phones(gym.town.url, viewport=SMALL)
    visit.foresee(OFFLINE)
    visit.context.add_init_script(NO_DATABASE + NO_STORAGE)
    page = scan(visit, gym)
    visit.context.set_offline(True)
    press(page, "10人 増やす")
    expect(page.locator("[data-ref=net]")).to_contain_text("この電話には残せません")
    visit.context.set_offline(False)
    sent(page)
    assert gym.status().people == 10


def test_an_answer_that_was_lost_is_not_counted_twice(phones: Phones, gym: Gym) -> None:
    visit = teacher(phones, gym)
    visit.foresee("ERR_FAILED")
    lost: list[str] = []

    def arrives_but_never_answers(route: Route) -> None:
        if len(lost) < 2:
            lost.append("x")
            route.fetch()
            route.abort()
        else:
            route.continue_()

    visit.page.route("**/change", arrives_but_never_answers)
    press(visit.page, "10人 増やす")
    expect(visit.page.locator("[data-ref=net]")).to_contain_text("つながりません")
    gym.becomes(lambda view: view.people == 10)
    sent_within(visit.page, 15_000)
    assert len(lost) == 2
    assert (gym.status().people, len(gym.events())) == (10, 1)


def kept(page: Page) -> None:
    """The phone's storage has every tap."""
    page.wait_for_selector("[data-module=shelter-phone]:not([data-keeping])", state="attached")


def sent_within(page: Page, ms: int) -> None:
    """Everything has arrived before that time is over."""
    expect(page.locator("[data-ref=net]")).to_have_attribute("data-kind", "ok", timeout=ms)


def test_a_conflict_shows_both_and_one_tap_decides(phones: Phones, gym: Gym) -> None:
    visit = teacher(phones, gym)
    visit.foresee(OFFLINE, CONFLICT)
    page = visit.page
    for choice, people in (("120人にする", 120), ("95人のままにする", 95)):
        gym.headquarters_says(people=50)
        seen(page, "50")
        visit.context.set_offline(True)
        count(page, 120)
        gym.headquarters_says(people=95)
        visit.context.set_offline(False)
        panel = page.get_by_role("alert")
        expect(panel).to_contain_text("あなた：120人にする")
        expect(panel).to_contain_text("ほかの人：95人")
        expect(page.locator("[data-ref=net]")).to_have_text("決めてください（1件）")
        assert gym.status().people == 95
        press(page, choice)
        expect(panel).to_have_count(0)
        sent(page)
        gym.becomes(lambda view, people=people: view.people == people)  # type: ignore[misc]  # bound now
        expect(page.get_by_label("避難している人", exact=True)).to_have_value(str(people))


def test_what_waits_behind_a_conflict_is_not_lost(phones: Phones, gym: Gym) -> None:
    visit = teacher(phones, gym)
    visit.foresee(OFFLINE, CONFLICT)
    page = visit.page
    visit.context.set_offline(True)
    count(page, 120)
    press(page, "10人 増やす")
    press(page, "開設")
    gym.headquarters_says(people=95)
    visit.context.set_offline(False)
    expect(page.get_by_role("alert")).to_contain_text("ほかの人：95人")
    gym.becomes(lambda view: view.opening.value == "open")
    press(page, "120人にする")
    gym.becomes(lambda view: view.people == 130)
    sent(page)


def test_a_count_nobody_believes_is_confirmed_or_mended(phones: Phones, gym: Gym) -> None:
    visit = teacher(phones, gym)
    visit.foresee(IMPROBABLE)
    page = visit.page
    count(page, 9999)
    expect(page.get_by_role("alert")).to_contain_text("9,999人で合っていますか")
    press(page, "直す")
    expect(page.get_by_label("避難している人", exact=True)).to_be_focused()
    assert gym.status().people is None
    count(page, 9998)
    press(page, "9,998人で合っている")
    gym.becomes(lambda view: view.people == 9998)


def test_a_count_typed_anew_is_sent_past_the_one_nobody_believed(phones: Phones, gym: Gym) -> None:
    visit = teacher(phones, gym)
    visit.foresee(IMPROBABLE)
    page = visit.page
    press(page, "開設")
    count(page, 9999)
    expect(page.get_by_role("alert")).to_contain_text("9,999人で合っていますか")
    press(page, "1人 増やす")
    net = page.locator("[data-ref=net]")
    expect(net).to_have_text("決めてください（1件）。送信待ち 1件")
    count(page, 120)
    gym.becomes(lambda view: view.people == 120)
    expect(page.get_by_role("alert")).to_have_count(0)
    sent(page)


def test_no_change_is_said_only_after_an_opening(phones: Phones, gym: Gym) -> None:
    page = teacher(phones, gym).page
    same = page.get_by_role("button", name="変わりなし")
    expect(same).to_be_disabled()
    expect(same).to_contain_text("まず「開設」「準備中」「閉鎖」のどれかを押してください")
    press(page, "準備中")
    expect(same).to_be_enabled()
    same.tap()
    sent(page)
    assert len(gym.events()) == 2


def test_a_sheet_that_was_stopped_drops_nothing_silently(phones: Phones, gym: Gym) -> None:
    visit = teacher(phones, gym)
    visit.foresee(OFFLINE, OVER)
    page = visit.page
    visit.context.set_offline(True)
    press(page, "閉鎖")
    count(page, 12)
    expect(page.locator("[data-ref=net]")).to_contain_text("送信待ち 2件")
    gym.revoke()
    visit.context.set_offline(False)
    panel = page.get_by_role("alert")
    expect(panel).to_contain_text("送れなかった報告が 2件あります")
    for words in ("このQRコードは使えなくなりました", "閉鎖にする", "12人にする"):
        expect(panel).to_contain_text(words)
    expect(page.locator("[data-ref=net]")).to_have_text("このQRコードは使えません")
    # The page is opened again: the answer says what to do, and still shows what was not sent.
    page.goto(gym.address)
    expect(page.get_by_role("heading", level=1)).to_have_text("このQRコードは使えなくなりました")
    expect(page.get_by_role("link", name=re.compile("本部に電話"))).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("12人にする")
    assert faults(page) == []
    press(page, "伝えたので消す")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_tab_that_was_put_away_comes_back_without_network(phones: Phones, gym: Gym) -> None:
    visit = teacher(phones, gym)
    visit.foresee(OFFLINE)
    press(visit.page, "開設")
    sent(visit.page)
    visit.page.goto(f"{gym.town.url}/livez")
    visit.context.set_offline(True)
    visit.page.go_back()
    visit.page.wait_for_selector("[data-live]", state="attached")
    press(visit.page, "10人 増やす")
    expect(visit.page.locator("[data-ref=net]")).to_have_text("つながりません。送信待ち 1件")
    visit.context.set_offline(False)
    gym.becomes(lambda view: view.people == 10)
