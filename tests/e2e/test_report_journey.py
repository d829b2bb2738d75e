"""A report's whole way: from the phone to the desk, back into the talk, まだ, and 直った."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

from liff_app.db import transaction
from liff_app.reports import sentences
from liff_app.reports.vocabulary import Status

from .conftest import HERE, Phones, Visit
from .own_town import demo_town
from .report_forms import NO_TILES, Desk
from .servers import Town, worker
from .test_line_entry import COUNT_TAPS, IN_LINE, hold, opened
from .test_report_case import Counted, reviewer
from .test_report_form import MOST_SECONDS, MOST_TAPS, told_from_the_menu

pytestmark = pytest.mark.e2e
__all__ = ["demo_town"]  # this module's own
QUESTION = "直った・まだを答える"
INBOX = "/console/reports"
MOST_ACTIONS = 5
DELIVERED_MS = 20_000  # the worker looks every few seconds, on a busy machine later


class Talk:
    """The resident's phone in LINE: the talk, and what slides up over it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.lines = page.locator("[data-ref=talk]")

    def says(self, words: str, times: int = 1) -> Any:  # noqa: ANN401 - Playwright's own
        """The message is there, so often."""
        found = self.lines.get_by_text(words)
        expect(found).to_have_count(times, timeout=DELIVERED_MS)
        return found.last

    def close(self) -> None:
        """The page goes down again."""
        self.page.locator("[data-ref=sheet-close]").click()

    def answer(self) -> Frame:
        """The page that the newest question opens."""
        self.lines.get_by_text(QUESTION).last.click()
        frame = opened(self.page)
        expect(frame.get_by_role("heading", name="直りましたか")).to_be_visible()
        return frame


def closes(desk: Visit, number: str, said: str) -> int:
    """The reviewer finds the report, and says that it is mended; gives how many actions it took."""
    hand, page = Counted(desk), desk.page
    hand.open(INBOX)
    row = page.locator(".inbox-row", has_text=number)
    expect(row).to_contain_text(said)
    hand.actions += 1
    row.get_by_role("link").click()
    page.wait_for_url(re.compile(r"/console/reports/[0-9a-f]{16}"))
    desk.ready()
    hand.choose("文例", "直しました")
    hand.press("住民に知らせる")
    expect(page.locator(".case-head")).to_contain_text("完了")
    return hand.actions


def look_again(desk: Visit) -> None:
    """The reviewer comes back to the report later."""
    desk.open(desk.page.url.partition("?")[0].partition("#")[0])


def status(desk: Desk) -> str:
    (report,) = desk.reports()
    return report.status


def in_hand(phones: Phones, town: Town) -> tuple[Talk, list[None]]:
    """The resident's phone, and every tap on it from now."""
    visit = phones(town.line, None, viewport=IN_LINE, geolocation=HERE, permissions=["geolocation"])
    visit.foresee(NO_TILES)
    taps: list[None] = []
    visit.context.expose_function("countTap", lambda: taps.append(None))
    visit.context.add_init_script(COUNT_TAPS)
    return Talk(hold(visit)), taps


def told_in_line(talk: Talk, taps: list[None]) -> tuple[str, str]:
    """A report goes out from the menu; gives its number, and how long and how many taps."""
    begun = time.monotonic()
    frame = told_from_the_menu(talk.page)
    took, tapped = time.monotonic() - begun, len(taps)
    assert tapped <= MOST_TAPS
    assert took <= MOST_SECONDS
    number = frame.locator("[data-ref=digits]").inner_text()
    talk.close()
    return number, f"{tapped} taps, {took:.1f} s"


def not_yet(talk: Talk, words: str) -> None:
    """The resident opens the newest question, and says that it is not mended."""
    page = talk.answer()
    page.get_by_text("まだ", exact=True).first.click()
    page.get_by_label("どこがまだですか").fill(words)
    page.get_by_role("button", name="「まだ」と伝える").click()
    expect(page.get_by_text("「まだ」と受け付けました。")).to_be_visible()
    talk.close()


def mended(talk: Talk) -> None:
    """The resident opens the newest question, and says that it is mended."""
    page = talk.answer()
    page.get_by_role("button", name="直った", exact=True).click()
    expect(page.get_by_text("「直った」と受け付けました。")).to_be_visible()


@pytest.fixture
def there(town: Town) -> Desk:
    """The town without any report, and with sentences for answers."""
    with town.app.app_context(), transaction() as session:
        sentences.bring(session)
    made = Desk(town)
    made.clear()
    return made


def test_from_the_phone_to_the_desk_and_back_twice(phones: Phones, town: Town, there: Desk) -> None:
    talk, taps = in_hand(phones, town)
    already = talk.lines.get_by_text(QUESTION).count()
    number, how = told_in_line(talk, taps)
    desk = reviewer(phones, town)
    with worker(town):
        first = closes(desk, number, "受付")
        talk.says(QUESTION, already + 1)
        not_yet(talk, "まわりがまだ割れています。")
        assert status(there) == Status.REOPENED
        look_again(desk)
        expect(desk.page.locator(".case-head")).to_contain_text("まだ直っていない 1回")
        expect(desk.page.locator(".case-history")).to_contain_text("まわりがまだ割れています。")
        second = closes(desk, number, "まだ")
        talk.says(QUESTION, already + 2)
        mended(talk)
    look_again(desk)
    expect(desk.page.locator(".case-history")).to_contain_text("直った")
    assert status(there) == Status.FIXED
    assert "割れています" not in talk.lines.inner_text()  # what was typed is in no message
    print(f"\n{number}: {how}; closed in {first} and {second} actions")  # noqa: T201 - the figures
    assert max(first, second) <= MOST_ACTIONS
