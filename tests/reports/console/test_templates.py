"""Sentences for answers: brought, written, put right, chosen."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from liff_app.db import db
from liff_app.reports import sentences
from liff_app.reports.sentences import Sentence
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague
from tests.house.page import faults
from tests.reports.ground import file, resident, row

from .desk import department

PAGE = "/console/reports/templates"
GOOD = {
    "title": "現地を確かめました",
    "text": "見てきました。",
    "for_status": "fixed",
    "category": "road",
}


@pytest.fixture
def reviewer(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.REPORT_REVIEWER)


def kept() -> list[Sentence]:
    found = sentences.sentences(db.session)
    db.session.rollback()
    return found


def test_sentences_to_begin_with_come_once(reviewer: ConsoleVisitor) -> None:
    assert "まだありません" in reviewer.get(PAGE).text
    for _again in range(2):
        assert reviewer.post(f"{PAGE}/bring").status_code == 303
    assert len(kept()) == len(sentences.TO_BEGIN_WITH)
    shown = reviewer.get(PAGE)
    assert faults(shown, PAGE) == []


def test_a_sentence_is_written_put_right_and_removed(reviewer: ConsoleVisitor) -> None:
    assert reviewer.post(PAGE, data=GOOD).status_code == 303
    one = kept()[0]
    edit = reviewer.get(f"{PAGE}/{one.id}")
    assert faults(edit, PAGE) == []
    better = GOOD | {"text": "見てきました。ありがとう。", "version": "1"}
    assert reviewer.post(f"{PAGE}/{one.id}", data=better).status_code == 303
    late = reviewer.post(f"{PAGE}/{one.id}", data=GOOD | {"version": "1", "text": "遅れた文"})
    assert late.status_code == 409
    assert "遅れた文</textarea>" in late.text
    assert kept()[0].text == "見てきました。ありがとう。"
    for _again in range(2):
        assert reviewer.post(f"{PAGE}/{one.id}/remove").status_code == 303
    assert kept() == []
    assert reviewer.get(f"{PAGE}/{one.id}").status_code == 404


def test_reviewers_of_one_department_read_them_and_change_none(
    app: Flask, reviewer: ConsoleVisitor
) -> None:
    reviewer.post(PAGE, data=GOOD)
    narrow = colleague(app, (Role.REPORT_REVIEWER, {"department": department("公園課")}))
    page = narrow.get(PAGE)
    assert faults(page, PAGE) == []
    assert GOOD["title"] in page.text
    assert f'action="{PAGE}' not in page.text
    one = kept()[0]
    for path in ("", "/bring", f"/{one.id}", f"/{one.id}/remove"):
        refused = narrow.post(PAGE + path, data=GOOD | {"version": "1", "text": "ほかの文"})
        assert refused.status_code == 403, path
        assert "すべての部署の通報を見る人だけです" in refused.text
    assert kept() == [one]


@pytest.mark.parametrize(
    ("name", "typed"),
    [("title", ""), ("title", "長" * 61), ("text", " "), ("text", "長" * 1001),
     ("for_status", "nothing"), ("for_status", "duplicate"), ("category", "nothing")],
)  # fmt: skip
def test_what_cannot_be_used_is_asked_for_again(
    reviewer: ConsoleVisitor, name: str, typed: str
) -> None:
    refused = reviewer.post(PAGE, data=GOOD | {name: typed})
    assert refused.status_code == 422
    assert f'href="#f-{name}"' in refused.text
    assert kept() == []


def test_without_script_an_address_puts_the_sentence_in(reviewer: ConsoleVisitor) -> None:
    reviewer.post(PAGE, data=GOOD)
    reviewer.post(PAGE, data=GOOD | {"title": "ほかの種類", "category": "light"})
    ref = file(resident()).ref
    one = next(sentence for sentence in kept() if sentence.category == "road")
    page = reviewer.get(f"/console/reports/{ref}?template={one.id}").text
    assert "見てきました。</textarea>" in page
    assert re.search(r'value="fixed"[^>]* checked', page)
    assert "ほかの種類" not in page
    assert row(ref).version == 1
