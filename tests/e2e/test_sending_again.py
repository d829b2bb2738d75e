"""A session that ends inside a form: in another tab the colleague signs in, and nothing is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from liff_app.staff.vocabulary import Role

from .conftest import Phones
from .people import sign_in
from .servers import Town
from .test_accessibility import faults

pytestmark = pytest.mark.e2e


def test_what_was_typed_survives_the_end_of_the_session(phones: Phones, town: Town) -> None:
    visit = phones(town.url)
    page = visit.page
    sign_in(visit, town, Role.ADMINISTRATOR)
    page.goto("/console/departments/")
    page.get_by_label("新しい部署の名前").fill("危機管理課の夜番")
    visit.foreseen += ["401", "403"]
    visit.context.clear_cookies()  # half an hour went by
    page.get_by_role("button", name="部署を足す").click()
    expect(page.get_by_role("heading", name="ログアウトしています")).to_be_visible()
    expect(page.locator("dd").get_by_text("危機管理課の夜番")).to_be_visible()
    assert faults(page) == []
    with page.expect_popup() as opened:
        page.get_by_role("link", name="別のタブでログインする").click()
    expect(opened.value.get_by_role("heading", name="職員のログイン")).to_be_visible()
    assert opened.value.url.endswith("next=/console/departments/")
    sign_in(visit, town, Role.ADMINISTRATOR)
    page.get_by_role("button", name="もう一度送る").click()
    expect(page.get_by_role("heading", name="もう一度押してください")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="もう一度送る").click()
    expect(page.get_by_text("危機管理課の夜番").first).to_be_visible()
    assert page.url.endswith("/console/departments/")
