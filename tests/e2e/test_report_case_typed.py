"""What a reviewer typed into one form of a report's page outlives the sending of another."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.reports import ground

from .conftest import Phones, Visit
from .servers import Town
from .test_report_case import desk, filed, in_town, reviewer

pytestmark = pytest.mark.e2e
__all__ = ["desk", "in_town"]  # fixtures

NOTE, SAID = "道路課の佐々木さんに聞くこと\n1. 材料", "来週の火曜日に直します。"


def test_a_note_typed_before_a_step_is_still_there_after_it(desk: Visit, in_town: Town) -> None:
    receipt = filed(ground.resident())
    desk.open(f"/console/reports/{receipt.ref}")
    note = desk.page.get_by_label("メモ（住民には見えません）")
    note.fill(NOTE)
    desk.page.get_by_label("確かめ始める").check()
    desk.page.get_by_role("button", name="住民に知らせる").click()
    desk.page.wait_for_selector("#done")
    expect(note).to_have_value(NOTE)
    desk.page.get_by_role("button", name="メモを残す").click()
    desk.page.wait_for_selector("#done")
    expect(note).to_have_value("")


def test_words_for_residents_outlive_a_note_and_a_faster_colleague(
    desk: Visit, phones: Phones, in_town: Town
) -> None:
    receipt = filed(ground.resident())
    other = reviewer(phones, in_town)
    other.open(f"/console/reports/{receipt.ref}")
    desk.open(f"/console/reports/{receipt.ref}")
    other.page.get_by_label("メモ（住民には見えません）").fill("先に書きました")
    other.page.get_by_role("button", name="メモを残す").click()
    other.page.wait_for_selector("#done")
    desk.page.get_by_label("住民が読む文").fill(SAID)
    desk.page.get_by_label("メモ（住民には見えません）").fill(NOTE)
    desk.foresee("status of 409")
    desk.page.get_by_role("button", name="メモを残す").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("ほかの人が先に変えました")
    expect(desk.page.get_by_label("住民が読む文")).to_have_value(SAID)
    expect(desk.page.get_by_label("メモ（住民には見えません）")).to_have_value(NOTE)
