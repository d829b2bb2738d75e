"""From the list into a report and back: one's place, and the filters, are kept all the way."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask

from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague

from .desk import INBOX, put

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def reviewer(app: Flask) -> ConsoleVisitor:
    """Somebody who reviews every department's reports."""
    return colleague(app, Role.REPORT_REVIEWER)


def link(page: str, words: str) -> str:
    """Address of the link with these words, "" for none."""
    found = re.search(rf'href="([^"]+)"[^>]*>{words}</a>', page)
    return html.unescape(found[1]) if found else ""


def test_unread_reports_of_the_list_are_walked_through_one_by_one(
    reviewer: ConsoleVisitor,
) -> None:
    lamps = [put(category="light") for _ in range(3)]
    put(category="road")
    row = reviewer.get(f"{INBOX}/rows?category=light&order=oldest").get_json()["rows"][1]
    seen, address = [], row["href"]
    while address:
        seen.append(address.partition("?")[0].rpartition("/")[2])
        page = reviewer.get(address).text
        assert link(page, "一覧に戻る") == f"{INBOX}?category=light&order=oldest"
        address = link(page, "次の未読")
    assert seen == [lamps[n].ref for n in (1, 2, 0)], "on from here, then what was left before"


def test_the_list_goes_along_through_what_is_sent(reviewer: ConsoleVisitor) -> None:
    one = put(category="light")
    page = reviewer.get(f"{INBOX}/{one.ref}?list=category%3Dlight").text
    action = re.search(r'action="([^"]+/note[^"]*)"', page)
    assert action
    sent = reviewer.post(html.unescape(action[1]), data={"version": "0", "note": "見ました"})
    assert sent.status_code == 409
    assert link(sent.text, "一覧に戻る") == f"{INBOX}?category=light"
    sent = reviewer.post(
        html.unescape(action[1]), data={"version": str(one.version), "note": "見ました"}
    )
    assert sent.status_code == 303
    assert link(reviewer.get(sent.location).text, "一覧に戻る") == f"{INBOX}?category=light"


def test_an_address_made_by_hand_leads_to_no_other_place(reviewer: ConsoleVisitor) -> None:
    one = put()
    page = reviewer.get(f"{INBOX}/{one.ref}?list=https%3A%2F%2Fexample.com").text
    assert link(page, "一覧に戻る") == INBOX
    assert "次の未読" not in page
