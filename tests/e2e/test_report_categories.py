"""A colleague makes a category with questions in a real browser, without losing a word."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from liff_app.staff.vocabulary import Role

from .conftest import Phones, Visit
from .people import sign_in
from .servers import Town
from .test_accessibility import faults

pytestmark = pytest.mark.e2e
DESK = {"width": 1280, "height": 900}
HOME = "/console/reports/categories"


@pytest.fixture
def reviewer(phones: Phones, town: Town) -> Visit:
    """Somebody who works on reports, at an office PC."""
    visit = phones(town.url, None, viewport=DESK)
    sign_in(visit, town, Role.REPORT_REVIEWER)
    return visit


def town_of(page: Page) -> str:
    """Where the town's pages stand."""
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}"


def test_a_category_is_made_step_by_step(reviewer: Visit) -> None:
    page = reviewer.page
    reviewer.open(HOME)
    page.get_by_role("link", name="種類を足す").click()
    page.locator("#f-name").fill("橋")
    page.get_by_label("川", exact=True).check()
    page.get_by_role("button", name="質問を足す").click()
    expect(page).to_have_url(f"{town_of(page)}{HOME}/new#q0")
    expect(page.locator("#f-name")).to_have_value("橋")
    page.get_by_label("質問の文（40字まで）").fill("どうなっていますか")
    page.get_by_label("答え 1").fill("手すりがない")
    second = page.locator("#q0-o1")
    second.get_by_label("答え 2").fill("落ちた人がいる")
    second.get_by_text("この答えの行き先").click()
    second.get_by_label("行き先", exact=True).select_option("急ぎなので電話してもらう")
    second.get_by_label("見出し（40字まで）").fill("119番に電話してください")
    second.get_by_label("電話番号", exact=True).fill("１１９")
    page.get_by_role("button", name="質問1に答えを足す").click()
    expect(second.get_by_label("電話番号", exact=True)).to_have_value("１１９")
    page.get_by_role("button", name="住民の見え方を確かめる").click()
    expect(page.locator(".kinds-preview")).to_contain_text("119番に電話してください")
    page.locator("#f-name").press("Enter")  # saves: the first button of the form
    expect(page.get_by_role("link", name="橋", exact=True)).to_have_count(1)


def test_one_of_the_towns_own_is_taken_away_again(reviewer: Visit) -> None:
    page = reviewer.page
    reviewer.open(f"{HOME}/new")
    page.locator("#f-name").fill("歩道橋")
    page.get_by_role("button", name="保存する").first.click()
    page.get_by_role("link", name="歩道橋", exact=True).click()
    page.get_by_label("消してよいことを確かめました").check()
    page.get_by_role("button", name="消す", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("通報の種類")
    expect(page.get_by_role("link", name="歩道橋", exact=True)).to_have_count(0)


@pytest.mark.parametrize("address", [HOME, f"{HOME}/new", f"{HOME}/light"])
@pytest.mark.parametrize("device", ["iPhone 13", None])
def test_axe_finds_nothing_in_light_dark_and_large(
    reviewer: Visit, phones: Phones, town: Town, address: str, device: str | None
) -> None:
    visit = reviewer
    if device:
        visit = phones(town.url, device)
        sign_in(visit, town, Role.ADMINISTRATOR)
    visit.open(address)
    page = visit.page
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page) == []
    page.evaluate("() => { document.documentElement.dataset.size = 'xlarge'; }")
    assert faults(page) == []


@pytest.mark.parametrize("address", [HOME, f"{HOME}/light"])
def test_nothing_scrolls_sideways_on_a_small_phone(
    phones: Phones, town: Town, address: str
) -> None:
    visit = phones(town.url, None, viewport={"width": 320, "height": 640})
    sign_in(visit, town, Role.ADMINISTRATOR)
    visit.open(address)
    for size in ("normal", "xlarge"):
        visit.page.evaluate("(s) => { document.documentElement.dataset.size = s; }", size)
        wide = visit.page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= 320
