"""A disaster is begun at a desk, and every process, open page and LINE menu follows."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route, expect

from .conftest import HERE, Phones, Visit
from .servers import Town, another_web, worker
from .test_accessibility import faults
from .test_disaster import disaster, names, open_list
from .test_disaster_console import HOME, ask_end, begin, declare, desk, end, settle

__all__ = ["desk"]  # a fixture

pytestmark = pytest.mark.e2e

FOLLOW_S = 5.0  # every process shows it by then
MENU_S = 60  # the worker has to start first, on a machine with other work
LOOK_S = 41  # the longest time between two looks of an open page


def read(address: str) -> str:
    """What a visitor without any cache is told."""
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - loopback
        return str(answer.read().decode())


def seconds_until(tells: Callable[[str], bool], addresses: list[str]) -> dict[str, float]:
    """How long after now each address told it; FOLLOW_S and more is a failure."""
    begun, waiting, found = time.monotonic(), set(addresses), {}
    while waiting and time.monotonic() - begun < 2 * FOLLOW_S:
        for address in list(waiting):
            if tells(read(address)):
                found[address] = time.monotonic() - begun
                waiting.discard(address)
        time.sleep(0.02)
    assert waiting == set()
    return found


@pytest.fixture
def two(town: Town) -> Iterator[list[str]]:
    """Two web processes on one database."""
    with another_web(town) as other:
        yield [town.url, other]


def test_every_process_follows_the_console_within_five_seconds(
    two: list[str], desk: Visit, record_property: Callable[[str, object], None]
) -> None:
    paths = ("/shelters", "/liff/shelters", "/api/v1/shelters/status.json")
    addresses = [base + path for base in two for path in paths]
    assert not any("台風21号" in read(address) for address in addresses)  # every board is warm
    declare(desk.page, "台風21号")
    figures = {}
    for what, tells in (
        ("start", lambda text: "台風21号" in text and "川ぞいの町" in text),
        ("stop", lambda text: "台風21号" not in text),
    ):
        if what == "start":
            with desk.page.expect_response(lambda one: one.request.method == "POST"):
                desk.page.get_by_role("button", name="災害モードを始める").click()
        else:
            ask_end(desk.page)
            with desk.page.expect_response(lambda one: one.request.method == "POST"):
                desk.page.get_by_role("button", name="災害モードを終える").click()
        took = seconds_until(tells, addresses)
        figures[what] = max(took.values())
        record_property(f"slowest of {len(took)} addresses after {what}, s", figures[what])
    print(  # noqa: T201 - the figures are what is asked for
        f"\n2 processes, {len(paths)} addresses each: slowest {figures['start']:.2f} s after the "
        f"start, {figures['stop']:.2f} s after the end"
    )
    assert max(figures.values()) < FOLLOW_S


def look(visit: Visit) -> None:
    """The page's own time to look has come, and what caches keep for 15 seconds is forgotten."""
    session = visit.context.new_cdp_session(visit.page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    with visit.page.expect_response("**/api/v1/shelters/status.json"):
        visit.page.clock.fast_forward(LOOK_S * 1000)


def test_an_open_list_gets_banner_and_order_and_loses_them_without_a_reload(
    phones: Phones, town: Town, desk: Visit
) -> None:
    visit = open_list(phones, town)
    page = visit.page
    calm = names(page)
    begin(desk.page, "総合防災訓練", drill=True, hazard="津波")
    town.run("shelters", "status", "まど市立湊小学校", "--opening", "open")
    look(visit)
    drill = page.get_by_role("region", name="訓練のお知らせ")
    expect(drill).to_contain_text("【訓練】これは訓練です")
    expect(drill).to_contain_text("川ぞいの町")
    assert "gradient" in drill.evaluate("(one) => getComputedStyle(one).backgroundImage")
    expect(page.get_by_role("radio", name="津波")).to_be_checked()
    assert names(page)[0] == "まど市立湊小学校" != calm[0]
    end(desk.page)
    begin(desk.page, "津波警報", hazard="津波")
    look(visit)
    real = page.get_by_role("region", name="災害のお知らせ")
    expect(real).to_contain_text("津波警報")
    expect(real).not_to_contain_text("訓練")
    assert "gradient" not in real.evaluate("(one) => getComputedStyle(one).backgroundImage")
    expect(page.locator("[data-ref=banner]")).to_have_count(1)
    end(desk.page)
    look(visit)
    expect(page.locator("[data-ref=banner]")).to_have_count(0)
    assert names(page) == calm


def test_an_open_page_without_a_list_gets_the_banner_with_a_few_small_files(
    phones: Phones, town: Town, desk: Visit
) -> None:
    visit = phones(town.url)
    visit.page.clock.install()
    visit.open("/shelters")
    before = len(visit.requests)
    begin(desk.page, "台風22号")
    look(visit)
    banner = visit.page.get_by_role("region", name="災害のお知らせ")
    expect(banner).to_contain_text("台風22号")
    expect(visit.page.get_by_role("radio", name="洪水")).to_be_checked()
    asked = [one.url.rsplit("/", 1)[1] for one in visit.requests[before:]]
    assert sorted(asked) == [
        "finder_banner.js", "http.js", "place_words.js", "shelter_feed.js", "status.json",
    ]  # fmt: skip
    assert banner.bounding_box() is not None
    desk.page.goto(HOME)
    desk.page.get_by_role("link", name="内容を直す").click()
    desk.page.get_by_label("対象の地域（住民の画面に出ます）").fill("市内全域")
    desk.page.get_by_role("button", name="この内容に直す").click()
    settle(desk.page)
    look(visit)
    expect(banner).to_contain_text("市内全域")
    expect(visit.page.locator("[data-ref=net]")).to_contain_text("災害の情報が変わりました。")
    assert faults(visit.page) == []


def test_the_hazard_a_person_chose_stays_chosen(phones: Phones, town: Town, desk: Visit) -> None:
    visit = phones(town.url, geolocation=HERE, permissions=["geolocation"])
    visit.page.clock.install()
    visit.open("/shelters")
    visit.page.locator("label.hazard", has_text="津波").click()
    visit.page.get_by_role("button", name="今いる場所でさがす").tap()
    visit.page.wait_for_selector("[data-ref=list] [data-id]")
    begin(desk.page, "台風23号")
    look(visit)
    expect(visit.page.get_by_role("region", name="災害のお知らせ")).to_be_visible()
    expect(visit.page.get_by_role("radio", name="津波")).to_be_checked()


def test_a_page_out_of_yesterdays_cache_looks_at_once(phones: Phones, town: Town) -> None:
    kept = re.sub(r'data-at="\d+"', 'data-at="1000"', read(f"{town.url}/shelters"))
    with disaster(town, "台風24号", "--hazard", "flood"):
        visit = phones(town.url)

        def old(route: Route) -> None:
            answer = route.fetch()
            route.fulfill(response=answer, body=kept)

        visit.page.route("**/shelters", old)
        visit.open("/shelters")
        banner = visit.page.get_by_role("region", name="災害のお知らせ")
        expect(banner).to_contain_text("台風24号")


def test_the_menu_in_line_follows_with_the_worker(town: Town, desk: Visit) -> None:
    def bar() -> str:
        return str(json.loads(read(f"{town.line}/phone/state?as=haru"))["menu"]["chatBarText"])

    def until(wanted: str) -> float:
        begun = time.monotonic()
        while bar() != wanted:
            assert time.monotonic() - begun < MENU_S
            time.sleep(0.1)
        return time.monotonic() - begun

    with worker(town):
        begin(desk.page, "訓練の名前", drill=True)
        drill = until("【訓練】のメニュー")
        end(desk.page)
        until("メニュー")
        begin(desk.page, "台風25号")
        real = until("災害時のメニュー")
        end(desk.page)
        calm = until("メニュー")
    print(  # noqa: T201 - the figures are what is asked for
        f"\nmenu shown after {drill:.1f} s (drill), {real:.1f} s (disaster), {calm:.1f} s (end)"
    )
