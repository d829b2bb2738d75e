"""The reviewers' inbox in a browser: list and map together, keys, many at once, conflicts."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from liff_app import clock
from liff_app.reports.vocabulary import Priority, Status
from liff_app.staff.vocabulary import Role
from tests.reports.console.desk import INBOX, LAT, LON

from .conftest import Phones, Visit
from .inbox import DESK, LEFT, Ground, open_inbox, rows
from .people import sign_in
from .servers import Town
from .test_accessibility import faults
from .test_finder_ways import NO_TILES

pytestmark = pytest.mark.e2e

PHONE = {"width": 390, "height": 844}
HOSTILE = "${window.PWN=1}<img src=x onerror='window.PWN=2'>`</script><script>window.PWN=3</script>"
SHOTS = os.environ.get("SHOTS")  # a folder: pictures for people to look at
HIGHEST_FIRST_ROW = 430  # of 900 pixels: half a screen is left for the list


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


def test_filters_lead_to_an_address_that_says_the_same(desk: Visit, ground: Ground) -> None:
    hole, lamp = ground.put(), ground.put(category="light", priority=Priority.URGENT)
    open_inbox(desk, ground.address)
    page = desk.page
    expect(rows(page)).to_have_count(2)
    page.get_by_label("急ぎ具合").select_option(label="すぐに")
    page.get_by_role("button", name="しぼる").click()
    page.wait_for_url(re.compile("priority=3"))
    expect(rows(page)).to_have_count(1)
    expect(page.locator(f"#r-{lamp.id}")).to_contain_text("すぐに")
    expect(page.locator(f"#r-{hole.id}")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("急ぎ具合")).to_have_value("3")


def test_the_first_row_is_in_sight_and_what_is_done_to_many_waits_for_a_pick(
    desk: Visit, ground: Ground
) -> None:
    ground.put()
    open_inbox(desk, INBOX)
    page = desk.page
    top = rows(page).first.bounding_box()
    print(f"\nfirst row at y={top and top['y']}")  # noqa: T201 - a figure for the record
    assert top
    assert top["y"] < HIGHEST_FIRST_ROW
    bar = page.locator("[data-ref=bulk]")
    expect(bar).to_be_hidden()
    box = rows(page).first.get_by_role("checkbox")
    box.check()
    expect(bar).to_contain_text("えらんだものは、このページだけです。")
    expect(bar).to_be_in_viewport()
    assert rows(page).first.bounding_box() == top, "nothing jumps"
    box.uncheck()
    expect(bar).to_be_hidden()


def test_the_list_is_walked_by_keys(desk: Visit, ground: Ground) -> None:
    two, one = ground.put(), ground.put()
    open_inbox(desk, ground.address)
    page, press = desk.page, desk.page.keyboard.press
    first, second = (page.locator(f"#r-{report.id}") for report in (one, two))
    press("j")
    expect(first.get_by_role("link")).to_be_focused()
    press("j")
    press("j")
    expect(second.get_by_role("link")).to_be_focused()
    press("x")
    expect(second.get_by_role("checkbox")).to_be_checked()
    expect(page.locator("[data-ref=picked]")).to_have_text("1件をえらんでいます。")
    press("k")
    press("x")
    expect(page.get_by_label("この一覧をすべて")).to_be_checked()
    press("/")
    search = page.get_by_label("言葉・受付番号")
    expect(search).to_be_focused()
    page.keyboard.type("jkx?")
    expect(search).to_have_value("jkx?")
    search.blur()
    press("k")
    press("Enter")
    page.wait_for_url(re.compile(rf"{INBOX}/{one.ref}\b"), wait_until="commit")


def test_the_keys_explain_themselves_and_can_be_switched_off(desk: Visit, ground: Ground) -> None:
    one = ground.put()
    open_inbox(desk, ground.address)
    page, press = desk.page, desk.page.keyboard.press
    press("?")
    dialog = page.get_by_role("dialog", name="キーで動かす")
    expect(dialog).to_be_visible()
    dialog.get_by_label("このパソコンでキーを使う").uncheck()
    dialog.get_by_role("button", name="閉じる").click()
    press("?")
    expect(dialog).to_be_hidden()
    page.reload()
    desk.ready()
    press("?")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="キーで動かす").click()
    dialog.get_by_label("このパソコンでキーを使う").check()
    press("Escape")
    press("j")
    press("Enter")
    page.wait_for_url(re.compile(rf"{INBOX}/{one.ref}\b"), wait_until="commit")


def test_many_are_changed_and_a_colleagues_change_is_not_overwritten(
    desk: Visit, phones: Phones, ground: Ground
) -> None:
    reports = [ground.put() for _ in range(3)]
    open_inbox(desk, ground.address)
    other = phones(ground.town.url, None, viewport=DESK)
    other.foresee(NO_TILES, LEFT)
    sign_in(other, ground.town, Role.REPORT_REVIEWER)
    open_inbox(other, ground.address)
    for visit, some_of_them in ((desk, reports), (other, reports[:1])):
        for report in some_of_them:
            visit.page.locator(f"#r-{report.id}").get_by_role("checkbox").check()
    for visit, priority in ((other, "急がない"), (desk, "すぐに")):
        visit.page.get_by_role("button", name="急ぎ具合を変える").click()
        visit.page.get_by_label("急ぎ具合").select_option(label=priority)
        visit.page.get_by_role("button", name=re.compile("件の急ぎ具合を変える")).click()
    page = desk.page
    expect(page.get_by_text("2件を変えました")).to_be_visible()
    expect(page.get_by_text("1件は、変わっていません")).to_be_visible()
    link = page.get_by_role("main").get_by_role("listitem").get_by_role("link").last
    assert (link.get_attribute("href") or "").endswith(reports[0].ref)
    page.get_by_role("button", name="元に戻す").click()
    expect(page.get_by_text("2件を変えました")).to_be_visible()
    page.get_by_role("link", name="一覧に戻る").click()
    expect(page.locator(f"#r-{reports[0].id}")).to_contain_text("急がない")
    expect(page.locator(f"#r-{reports[1].id}")).not_to_contain_text("すぐに")
    assert ground.name in page.get_by_label("町の名前").input_value()


def test_without_a_script_many_are_read_assigned_and_told(phones: Phones, ground: Ground) -> None:
    report = ground.put()
    visit = phones(ground.town.url, None, viewport=DESK, java_script_enabled=False)
    visit.foresee(NO_TILES, LEFT)
    sign_in(visit, ground.town, Role.REPORT_REVIEWER)
    page = visit.page
    page.goto(ground.address)
    row = page.locator(f"#r-{report.id}")
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="既読にする").click()
    page.get_by_role("link", name="一覧に戻る").click()
    expect(row).not_to_contain_text("未読")
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="段階を進める").click()
    page.get_by_label("段階").select_option(label="対応しない")
    page.get_by_label("住民に見える文").fill("危険がないので、見守ります。")
    page.get_by_role("button", name="1件の段階を進める").click()
    page.get_by_role("link", name="一覧に戻る").click()
    expect(page.get_by_text("この条件に合う通報はありません")).to_be_visible()


def test_a_question_is_kept_by_name(desk: Visit, ground: Ground) -> None:
    ground.put()
    open_inbox(desk, ground.address)
    page = desk.page
    page.get_by_text("保存した条件").click()
    page.get_by_label("いまの条件に名前を付ける").fill("うちの町")
    page.get_by_role("button", name="保存する").click()
    expect(rows(page)).to_have_count(1)
    page.goto(INBOX)
    page.get_by_text("保存した条件（1）").click()
    page.get_by_role("link", name="うちの町").click()
    expect(page.get_by_label("町の名前")).to_have_value(ground.name)
    page.get_by_text("保存した条件（1）").click()
    page.get_by_role("button", name="うちの町を消す").click()
    expect(page.get_by_text("保存した条件（0）")).to_be_visible()


def test_hostile_words_are_text_on_page_and_map(desk: Visit, ground: Ground) -> None:
    report = ground.put(description=HOSTILE, place_text=HOSTILE)
    frame = open_inbox(desk, ground.address)
    page = desk.page
    page.locator(f"#r-{report.id}").get_by_role("button").click()
    expect(frame.get_by_text(HOSTILE).first).to_be_visible()
    expect(page.locator(f"#r-{report.id}")).to_contain_text("${window.PWN=1}")
    for place in page.frames:
        assert place.evaluate("() => window.PWN") is None
    assert page.frames[1].evaluate("() => window.origin") == "null"
    frame.get_by_role("button", name="ひらく").click()
    page.wait_for_url(re.compile(rf"{INBOX}/{report.ref}$"), wait_until="commit")
    hosts = {re.match(r"\w+:(//[^/]*)?", one.url)[0] for one in desk.requests}  # type: ignore[index]  # every address has a scheme
    own = {ground.town.url, "data:", "about:", "blob:"}
    assert hosts - own == {"https://cyberjapandata.gsi.go.jp"}


def busy(visit: Visit, ground: Ground) -> None:
    """An inbox on an ordinary morning."""
    ground.put(status=Status.REOPENED, reopened=1, priority=Priority.URGENT, joined=4)
    ground.put(category="light", description="街灯がつきません。夜はまっくらで、こわいです。")
    ground.put(
        status=Status.CHECKING, due_on=clock.now().date().replace(year=2025), lat=LAT + 0.003
    )
    ground.put(
        category="park", hidden=True, lat=LAT - 0.004, description="ブランコのくさりが切れそう"
    )
    ground.put(category="tree", status=Status.WORKING, lon=LON + 0.004, place_text="公民館の前")
    open_inbox(visit, ground.address)


def pressed(visit: Visit, ground: Ground) -> None:
    """A pin that says what it stands for."""
    busy(visit, ground)
    rows(visit.page).first.get_by_role("button").click()
    expect(visit.page.frame_locator("iframe").get_by_role("button", name="ひらく")).to_be_visible()


def keys(visit: Visit, ground: Ground) -> None:
    """The help about keys."""
    busy(visit, ground)
    visit.page.get_by_role("button", name="キーで動かす").click()


def asked(visit: Visit, ground: Ground) -> None:
    """The second step of a change for all of them."""
    busy(visit, ground)
    visit.page.get_by_label("この一覧をすべて").check()
    visit.page.get_by_role("button", name="段階を進める").click()


def done(visit: Visit, ground: Ground) -> None:
    """What became of it."""
    busy(visit, ground)
    visit.page.get_by_label("この一覧をすべて").check()
    visit.page.get_by_role("button", name="担当を決める").click()
    visit.page.get_by_role("button", name="5件の担当を決める").click()


PAGES: dict[str, Callable[[Visit, Ground], None]] = {
    "inbox": busy,
    "pressed": pressed,
    "keys": keys,
    "asked": asked,
    "done": done,
}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_dark_and_large(
    phones: Phones, ground: Ground, name: str, size: dict[str, int]
) -> None:
    visit = phones(ground.town.url, None, viewport=size)
    visit.foresee(NO_TILES, LEFT)
    sign_in(visit, ground.town, Role.REPORT_REVIEWER)
    PAGES[name](visit, ground)
    shot(visit, f"{name}-{size['width']}-light")
    assert faults(visit.page) == []
    visit.page.emulate_media(color_scheme="dark")
    shot(visit, f"{name}-{size['width']}-dark")
    assert faults(visit.page) == []
    visit.page.evaluate("() => { document.documentElement.dataset.size = 'xlarge'; }")
    shot(visit, f"{name}-{size['width']}-xlarge")
    assert faults(visit.page) == []


def shot(visit: Visit, name: str) -> None:
    """A picture, where somebody asked for one."""
    if SHOTS:
        visit.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_on_320_pixels(phones: Phones, ground: Ground, name: str) -> None:
    visit = phones(ground.town.url, None, viewport={"width": 320, "height": 640})
    visit.foresee(NO_TILES, LEFT)
    sign_in(visit, ground.town, Role.REPORT_REVIEWER)
    PAGES[name](visit, ground)
    for size in ("normal", "xlarge"):
        visit.page.evaluate("(size) => { document.documentElement.dataset.size = size; }", size)
        wide = visit.page.evaluate(
            """() => document.scrollingElement.scrollWidth <= 320 ? [] :
            [...document.body.querySelectorAll('*')].filter((one) => {
              const box = one.getBoundingClientRect();
              return box.width && box.right > 321 && !one.closest('.leaflet-container');
            }).map((one) => `${one.tagName}.${one.className} ${one.textContent.slice(0, 20)}`)"""
        )
        assert wide == [], size
