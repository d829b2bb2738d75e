"""A disaster is begun, amended and ended at a desk, by everybody who may."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from liff_app.shelters.board import CHECK_SECONDS
from liff_app.staff.vocabulary import Role

from .conftest import Phones, Visit
from .people import sign_in
from .servers import Town
from .test_accessibility import faults
from .test_disaster import disaster

pytestmark = pytest.mark.e2e

HOME = "/console/disasters"


@pytest.fixture
def desk(phones: Phones, town: Town) -> Visit:
    """An administrator's office PC."""
    visit = phones(town.url, None, viewport={"width": 1280, "height": 900})
    sign_in(visit, town, Role.ADMINISTRATOR)
    return visit


def declare(page: Page, name: str, *, drill: bool = False, hazard: str = "洪水") -> None:
    """Both steps but for the last tap."""
    page.goto(f"{HOME}/new")
    page.get_by_text("訓練" if drill else "本番の災害", exact=True).click()
    page.get_by_label("名前（住民の画面に出ます）").fill(name)
    page.locator("label.hazard", has_text=hazard).click()
    page.get_by_label("対象の地域（住民の画面に出ます）").fill("川ぞいの町")
    page.get_by_role("button", name="確認へ進む").click()
    page.get_by_role("checkbox").check()


def begin(page: Page, name: str, *, drill: bool = False, hazard: str = "洪水") -> None:
    """It is on."""
    declare(page, name, drill=drill, hazard=hazard)
    page.get_by_role("button", name="訓練を始める" if drill else "災害モードを始める").click()
    settle(page)


def settle(page: Page) -> None:
    """The change was taken, and the web process has looked at the database since."""
    page.wait_for_url(f"**{HOME}")
    page.wait_for_timeout(1000 * CHECK_SECONDS + 50)


def ask_end(page: Page) -> None:
    """All of an end but for the last tap."""
    page.goto(HOME)
    page.get_by_role("link", name=re.compile("を終える$")).click()
    page.get_by_role("checkbox").check()


def end(page: Page) -> None:
    """It is over."""
    ask_end(page)
    page.get_by_role("button", name=re.compile("を終える$")).click()
    settle(page)


def test_the_whole_life_works_without_a_script(phones: Phones, town: Town) -> None:
    visit = phones(town.url, java_script_enabled=False)
    sign_in(visit, town, Role.ADMINISTRATOR)
    page = visit.page
    page.goto(f"{HOME}/new")
    page.get_by_role("button", name="確認へ進む").click()
    visit.foresee("status of 422")
    expect(page.get_by_role("alert")).to_contain_text("本番か訓練かをえらんでください。")
    begin(page, "秋の訓練", drill=True)
    expect(page.get_by_role("heading", name="訓練をしています")).to_be_visible()
    page.get_by_role("link", name="いまの数字と記録を見る").click()
    expect(page.get_by_text("【訓練】ここにある数字は、訓練のものです。")).to_be_visible()
    end(page)
    expect(page.get_by_role("heading", name="ふだんの画面です")).to_be_visible()


def test_two_taps_on_the_last_button_begin_it_once(desk: Visit, town: Town) -> None:
    page = desk.page
    declare(page, "二度押しの災害")
    page.get_by_role("button", name="災害モードを始める").dblclick()
    page.wait_for_url(f"**{HOME}")
    expect(page.get_by_role("heading", name="災害モードです（本番）")).to_be_visible()
    assert town.run("disaster", "list").count("二度押しの災害") == 1


@pytest.fixture
def night(town: Town) -> Iterator[str]:
    """A drill with reports; gives the address of its page."""
    with disaster(town, "総合防災訓練", "--hazard", "flood", "--drill", "--area", "市内全域"):
        for name, state in {
            "まど市立中央小学校": ("--opening", "open", "--people", "120"),
            "まど市立第一中学校": ("--opening", "open", "--people", "45"),
            "中央公民館": ("--opening", "preparing"),
        }.items():
            town.run("shelters", "status", name, *state)
        one = town.api("/shelters/status.json")["disaster"]["id"]
        yield f"{HOME}/{one}"


DESK_SIZES = pytest.mark.parametrize("width", [1280, 320])


def check(page: Page, width: int) -> None:
    """For everybody, in every light, at every size, without scrolling sideways."""
    for scheme, text in (("light", "normal"), ("dark", "normal"), ("light", "xlarge")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal
        page.evaluate("(size) => { document.documentElement.dataset.size = size; }", text)
        assert faults(page) == [], (page.url, scheme, text)
        wide: int = page.evaluate("() => document.scrollingElement.scrollWidth")
        assert wide <= width, (page.url, text)


@DESK_SIZES
@pytest.mark.parametrize("place", [None, "", "/amend", "/stop"])
def test_the_pages_on_a_drill_are_for_everybody(
    phones: Phones, town: Town, night: str, place: str | None, width: int
) -> None:
    visit = phones(town.url, None, viewport={"width": width, "height": 700})
    sign_in(visit, town, Role.ADMINISTRATOR)
    visit.page.goto(HOME if place is None else night + place)
    check(visit.page, width)


@DESK_SIZES
def test_the_pages_of_a_start_are_for_everybody(phones: Phones, town: Town, width: int) -> None:
    visit = phones(town.url, None, viewport={"width": width, "height": 700})
    sign_in(visit, town, Role.ADMINISTRATOR)
    visit.page.goto(HOME)
    check(visit.page, width)
    visit.foresee("status of 422")
    visit.page.goto(f"{HOME}/new")
    visit.page.get_by_role("button", name="確認へ進む").click()
    check(visit.page, width)
    declare(visit.page, "台風26号による大雨")
    check(visit.page, width)
