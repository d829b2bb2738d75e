"""The page of numbers and the export in a browser: for eyes, for axe, and for the hand."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from liff_app import clock
from liff_app.reports.vocabulary import Status
from liff_app.staff.vocabulary import Role
from tests.reports.console.desk import INBOX, put

from .conftest import Phones, Visit
from .people import sign_in
from .servers import Town
from .test_accessibility import faults

pytestmark = pytest.mark.e2e

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
FIGURES = f"{INBOX}/statistics"
SHOTS = os.environ.get("SHOTS")  # a folder: pictures for people to look at


@pytest.fixture(scope="module")
def years(demo_town: Town) -> None:
    """Reports of a year, more in summer than in winter."""
    with demo_town.app.app_context():
        now = clock.now()
        for number in range(60):
            at = now - timedelta(days=number * 6 + 1)
            done = number % 3 > 0
            put(
                category=("road", "light", "park", "dumping")[number % 7 % 4],
                town_name=f"{number % 9 + 1}番町",
                status=Status.FIXED if done else Status.WORKING,
                created_at=at,
                due_on=(at + timedelta(days=20)).date(),
                first_answer_at=at + timedelta(hours=number),
                closed_at=at + timedelta(days=number % 10 + 1) if done else None,
                reopened=int(number % 11 == 0),
            )


def shot(visit: Visit, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        visit.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.mark.usefixtures("years")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("device", "viewport"), [("desk", DESK), ("phone", PHONE)])
def test_axe_finds_nothing_and_nothing_sticks_out(
    phones: Phones, town: Town, scheme: str, device: str, viewport: dict[str, int]
) -> None:
    visit = phones(town.url, None, viewport=viewport, color_scheme=scheme)
    sign_in(visit, town, Role.REPORT_REVIEWER)
    for name, address in (("statistics", FIGURES), ("export", f"{INBOX}/export?category=road")):
        visit.open(address)
        assert faults(visit.page) == []
        width = visit.page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], name
        shot(visit, f"{name}-{device}-{scheme}")


@pytest.mark.usefixtures("years")
def test_the_largest_text_fits(phones: Phones, town: Town) -> None:
    visit = phones(town.url, None, viewport=PHONE)
    sign_in(visit, town, Role.VIEWER)
    visit.context.add_cookies([{"name": "text_size", "value": "xlarge", "url": town.url}])
    visit.open(FIGURES)
    assert faults(visit.page) == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    shot(visit, "statistics-xlarge")


@pytest.mark.usefixtures("years")
def test_a_period_is_picked_and_saved_as_csv(phones: Phones, town: Town) -> None:
    visit = phones(town.url, None, viewport=DESK)
    sign_in(visit, town, Role.VIEWER)
    visit.open(FIGURES)
    page = visit.page
    expect(page.get_by_role("img", name="月ごとの件数と")).to_be_visible()
    page.get_by_label("この日から").fill("2000-01-01")
    page.get_by_label("この日まで").fill("2000-01-31")
    page.get_by_role("button", name="この期間を見る").click()
    expect(page.get_by_text("この期間に届いた通報はありません。")).to_be_visible()
    page.get_by_role("link", name="この12か月").click()
    with page.expect_download() as got:
        page.get_by_role("link", name="数をCSVで保存").click()
    assert got.value.suggested_filename.endswith(".csv")


@pytest.mark.usefixtures("years")
def test_what_the_inbox_shows_comes_as_a_workbook(phones: Phones, town: Town) -> None:
    visit = phones(town.url, None, viewport=DESK)
    sign_in(visit, town, Role.REPORT_REVIEWER)
    visit.open(f"{INBOX}/export?town=1番町")
    with visit.page.expect_download() as got:
        visit.page.get_by_role("button", name="Excelで書き出す").click()
    assert Path(got.value.path()).read_bytes()[:2] == b"PK"
