"""Headquarters at its desk: the board follows by itself, and nothing moves under the finger."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from liff_app.shelters.vocabulary import Opening
from liff_app.staff.vocabulary import Role

from .conftest import Phones, Visit
from .flooded import (
    DESK,
    GYM,
    HALL,
    NO_TILES,
    SCHOOL,
    SOON_MS,
    begin,
    open_board,
    row,
    say,
    shelter,
)
from .people import sign_in
from .servers import Town

pytestmark = pytest.mark.e2e


@pytest.fixture
def flood(town: Town) -> Town:
    """A flood with two places open."""
    return begin(town)


@pytest.fixture
def desk(phones: Phones, flood: Town) -> Visit:
    """An administrator's office PC."""
    visit = phones(flood.url, None, viewport=DESK)
    sign_in(visit, flood, Role.ADMINISTRATOR)
    return visit


def test_a_report_appears_by_itself_and_is_marked(desk: Visit, flood: Town) -> None:
    open_board(desk)
    gym = row(desk, flood, GYM)
    expect(gym).to_contain_text("310／900人")
    pick = row(desk, flood, HALL).get_by_role("checkbox")
    pick.check()
    pick.focus()
    desk.page.evaluate("() => window.scrollTo(0, 400)")
    scrolled = desk.page.evaluate("() => window.scrollY")
    say(flood, GYM, people=870, note="通路が混んでいます")
    expect(gym).to_contain_text("870／900人", timeout=SOON_MS)
    expect(gym).to_have_attribute("data-changed", "")
    expect(gym).to_contain_text("通路が混んでいます")
    expect(desk.page.locator("[data-ref=figure-people]")).to_have_text("990人")
    expect(desk.page.locator("[data-ref=status]")).to_contain_text("1か所が変わりました")
    expect(pick).to_be_checked()
    expect(pick).to_be_focused()
    assert desk.page.evaluate("() => window.scrollY") == scrolled
    expect(gym).not_to_have_attribute("data-changed", "", timeout=SOON_MS)


def test_an_unchanged_board_costs_a_304(desk: Visit) -> None:
    open_board(desk)
    with desk.page.expect_response(re.compile("board.json"), timeout=SOON_MS) as second:
        pass
    assert second.value.status == 304


def test_a_new_row_comes_in_and_none_moves_until_asked(desk: Visit, flood: Town) -> None:
    open_board(desk, "?show=open&order=people")
    names = desk.page.locator("tr.board-row [data-ref=name]")
    expect(names).to_have_text([GYM, SCHOOL])
    say(flood, SCHOOL, people=800)
    say(flood, HALL, opening=Opening.OPEN, people=500)
    expect(names).to_have_count(3, timeout=SOON_MS)
    found = names.all_inner_texts()
    assert found.index(GYM) < found.index(SCHOOL), "nobody's row moves under the finger"
    button = desk.page.get_by_role("button", name="新しい順に並べ直す")
    button.click()
    expect(names).to_have_text([SCHOOL, HALL, GYM])
    expect(button).to_be_hidden()
    expect(row(desk, flood, HALL).get_by_role("link", name=f"{HALL}を変更")).to_be_visible()


def test_without_a_network_the_board_says_so_and_comes_back(desk: Visit, flood: Town) -> None:
    desk.foresee("ERR_INTERNET_DISCONNECTED")
    open_board(desk)
    desk.context.set_offline(True)
    status = desk.page.locator("[data-ref=status]")
    expect(status).to_contain_text("つながりません", timeout=SOON_MS)
    say(flood, GYM, people=333)
    desk.context.set_offline(False)
    expect(row(desk, flood, GYM)).to_contain_text("333", timeout=SOON_MS)
    expect(status).not_to_contain_text("つながりません")


def test_one_place_is_changed_in_place_and_a_conflict_is_shown(desk: Visit, flood: Town) -> None:
    desk.foresee("status of 409")
    open_board(desk)
    page = desk.page
    row(desk, flood, SCHOOL).get_by_role("link", name="変更").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(SCHOOL)
    expect(dialog.get_by_label("避難している人の数")).to_have_value("120")
    say(flood, SCHOOL, people=150)
    dialog.get_by_label("避難している人の数").fill("130")
    dialog.get_by_role("button", name="変更する").click()
    expect(dialog.get_by_role("alert")).to_contain_text("ほかの人が先に変えました")
    expect(dialog.get_by_role("alert")).to_contain_text("150人")
    expect(dialog.get_by_label("避難している人の数")).to_have_value("130")
    dialog.get_by_role("button", name="変更する").click()
    expect(dialog).to_be_hidden()
    expect(row(desk, flood, SCHOOL)).to_contain_text("130／820人")
    expect(page.locator("[data-ref=status]")).to_contain_text(f"{SCHOOL}を変えました")


def test_needs_are_ticked_and_cleared_in_the_dialog(desk: Visit, flood: Town) -> None:
    open_board(desk)
    row(desk, flood, GYM).get_by_role("link", name="変更").click()
    dialog = desk.page.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox", name="水")).to_be_checked()
    dialog.get_by_role("checkbox", name="水").uncheck()
    dialog.get_by_role("checkbox", name="毛布").check()
    dialog.get_by_role("button", name="変更する").click()
    expect(dialog).to_be_hidden()
    expect(row(desk, flood, GYM).locator("[data-ref=needs]")).to_have_text("毛布")


def test_unchanged_waits_until_somebody_said_whether_it_is_open(desk: Visit, flood: Town) -> None:
    say(flood, HALL, people=12)
    open_board(desk)
    expect(row(desk, flood, HALL)).to_contain_text("開設か未確認")
    dialog = desk.page.get_by_role("dialog")
    for name, is_known in ((HALL, False), (GYM, True)):
        row(desk, flood, name).get_by_role("link", name="変更").click()
        expect(dialog.get_by_role("button", name="変わりなし")).to_be_enabled(enabled=is_known)
        expect(dialog.get_by_text("一度報告されてから使えます")).to_be_visible(visible=not is_known)
        dialog.get_by_role("button", name="やめる").click()


@pytest.mark.parametrize("path", ["/console/shelters", "/console/shelters/map"])
def test_a_board_left_open_asks_to_sign_in_again(desk: Visit, flood: Town, path: str) -> None:
    desk.foresee(NO_TILES)
    desk.open(path)
    link = desk.page.get_by_role("main").get_by_role("link", name="ログインする")
    expect(link).to_be_hidden()
    desk.context.clear_cookies()
    expect(link).to_be_visible(timeout=SOON_MS)
    status = desk.page.get_by_role("status").filter(has_text="ログインが必要です")
    expect(status).to_be_visible()
    sign_in(desk, flood, Role.ADMINISTRATOR)  # in another tab
    desk.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(link).to_be_hidden(timeout=SOON_MS)
    desk.context.clear_cookies()
    expect(link).to_be_visible(timeout=SOON_MS)
    link.click()
    desk.page.wait_for_url(re.compile(r"/console/login\?next="))
    assert desk.page.url.endswith(path.replace("/", "%2F")) or desk.page.url.endswith(path)


def test_the_dialog_opens_and_closes_by_keyboard(desk: Visit, flood: Town) -> None:
    open_board(desk)
    link = row(desk, flood, GYM).get_by_role("link", name="変更")
    link.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("dialog").get_by_role("heading")).to_be_focused()
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("dialog")).to_be_hidden()
    expect(link).to_be_focused()


def test_many_are_opened_in_two_steps_without_a_script(phones: Phones, flood: Town) -> None:
    visit = phones(flood.url, None, viewport=DESK, java_script_enabled=False)
    sign_in(visit, flood, Role.ADMINISTRATOR)
    page = visit.page
    page.goto(f"/console/shelters?q={HALL}")
    page.get_by_label(f"{HALL}をえらぶ").check()
    page.get_by_role("button", name="開設").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1か所を「開設」にしますか")
    expect(page.get_by_text(HALL)).to_be_visible()
    page.get_by_label("名前を確かめました").check()
    page.get_by_role("button", name="1か所を「開設」にする").click()
    expect(page.get_by_text("1か所を変えました")).to_be_visible()
    expect(row(visit, flood, HALL)).to_contain_text("開設")
    row(visit, flood, HALL).get_by_role("link", name="変更").click()
    page.get_by_label("避難している人の数").fill("12")
    page.get_by_role("button", name="変更する").click()
    expect(page.get_by_text("12／", exact=False).first).to_be_visible()


def test_a_wrong_report_is_taken_back_from_the_history(desk: Visit, flood: Town) -> None:
    say(flood, GYM, people_change=500)
    page = desk.page
    page.goto(f"/console/shelters/{shelter(flood, GYM)}")
    expect(page.get_by_role("img", name="避難している人の数の移り変わり")).to_be_visible()
    page.get_by_text("この報告を取り消す").first.click()
    page.get_by_label("取り消す理由").first.fill("けたをまちがえた")
    page.get_by_role("button", name="取り消す").first.click()
    expect(page.locator(".spot-people")).to_have_text("310／900人")
    expect(page.get_by_text("理由：けたをまちがえた")).to_be_visible()
