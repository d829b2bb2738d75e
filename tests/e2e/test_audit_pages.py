"""The log and the keys at the town hall: looked through, taken out, made, stopped."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import expect

from liff_app import clock
from liff_app.audit import service
from liff_app.db import transaction
from liff_app.staff.vocabulary import Role

from .conftest import Phones, Visit
from .people import sign_in
from .servers import Town
from .test_accessibility import faults

pytestmark = pytest.mark.e2e
DESK = {"width": 1280, "height": 900}
LOG, KEYS = "/console/audit", "/console/staff/keys"


@pytest.fixture
def boss(phones: Phones, town: Town) -> Visit:
    """An administrator at an office PC, in a town whose log has more than one page."""
    visit = phones(town.url, None, viewport=DESK, accept_downloads=True)
    mine = sign_in(visit, town, Role.ADMINISTRATOR)
    with town.app.app_context(), transaction() as session:
        for number in range(70):
            service.record(
                session,
                actor=f"staff:{mine}" if number % 3 else f"command:{mine}",
                action="shelter.status_changed" if number % 2 else "disaster.started",
                subject=f"shelter:{number % 4}",
                keys=town.app.config["SETTINGS"].keys,
                now=clock.now(),
                persons=number % 5,
                detail={"people": number, "drill": number % 2 == 0},
            )
    return visit


def test_the_log_is_narrowed_turned_over_and_taken_out(
    boss: Visit, town: Town, tmp_path: Path
) -> None:
    page = boss.page
    boss.open(LOG)
    page.get_by_role("link", name="古いほうへ").click()
    page.get_by_role("link", name="新しいほうへ").click()
    page.get_by_label("だれが").select_option("コマンド")
    page.get_by_label("したこと").select_option("災害を始めた")
    page.get_by_role("button", name="しぼり込む").click()
    rows = page.get_by_role("row").filter(has=page.get_by_role("cell"))
    for row in rows.all():
        expect(row).to_contain_text("コマンド")
        expect(row).to_contain_text("災害を始めた")
    rows.first.get_by_role("link", name="コマンド").click()  # of this test alone
    expect(rows).to_have_count(12)
    rows.first.get_by_role("link", name="避難所").click()
    expect(rows).to_have_count(6)
    page.get_by_label("書き出す理由").select_option("定期の点検")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSVを書き出す").click()
    waiting.value.save_as(tmp_path / "log.csv")
    text = (tmp_path / "log.csv").read_text(encoding="utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text, newline="")))) == 6 + 1
    boss.open(LOG)
    expect(rows.first).to_contain_text("監査の記録を書き出した")
    expect(rows.first).to_contain_text("窓口 一郎")
    assert "異常はありません。" in town.run("audit", "verify")


def test_a_file_without_a_reason_is_asked_for_one(boss: Visit) -> None:
    boss.open(LOG)
    page = boss.page
    boss.foresee("422")
    page.evaluate(
        "() => document.querySelectorAll('form').forEach((f) => { f.noValidate = true; })"
    )
    page.get_by_role("button", name="CSVを書き出す").click()
    boss.ready()
    expect(page.get_by_role("alert")).to_contain_text("書き出す理由を選んでください。")
    assert faults(page) == []


def test_a_key_is_made_shown_once_used_and_stopped(boss: Visit) -> None:
    page = boss.page
    boss.open(KEYS)
    page.get_by_label("何のシステムか").fill("見本のシステム")
    page.get_by_label("避難所の開設・人数を書く").check()
    page.get_by_role("button", name="鍵を作る").click()
    expect(page.get_by_text("いまだけ表示しています")).to_be_visible()
    text = page.locator(".key-text").inner_text()
    assert text.startswith("mmk_")
    assert faults(page) == []
    page.get_by_role("link", name="入れました").click()
    boss.ready()
    card = page.get_by_role("listitem").filter(
        has=page.get_by_role("heading", name="見本のシステム")
    )
    expect(card).to_contain_text("使えます")
    assert text.split("_", 2)[2] not in page.content()
    card.get_by_text("この鍵を止める").click()
    assert faults(page) == []
    card.get_by_role("button", name="止める").click()
    expect(page.get_by_text("鍵を止めました")).to_be_visible()
    expect(card).to_contain_text("停止")


@pytest.mark.parametrize("address", [LOG, f"{LOG}?actor=command&since=2020-01-01", KEYS])
@pytest.mark.parametrize("device", ["iPhone 13", None])
def test_axe_finds_nothing_in_light_dark_and_large(
    boss: Visit, phones: Phones, town: Town, address: str, device: str | None
) -> None:
    visit = boss
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


@pytest.mark.parametrize("address", [LOG, KEYS])
def test_nothing_scrolls_sideways_on_a_small_phone(
    boss: Visit, phones: Phones, town: Town, address: str
) -> None:
    visit = phones(town.url, None, viewport={"width": 320, "height": 640})
    sign_in(visit, town, Role.ADMINISTRATOR)
    visit.open(address)
    for size in ("normal", "xlarge"):
        visit.page.evaluate("(s) => { document.documentElement.dataset.size = s; }", size)
        assert visit.page.evaluate("() => document.scrollingElement.scrollWidth") <= 320, size
