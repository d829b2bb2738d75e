"""Reports as files: who gets which, that nothing in them runs, and that the log has it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import event
from werkzeug.test import TestResponse

from liff_app import clock, spreadsheet
from liff_app.audit import queries as audit
from liff_app.audit.queries import Line, Search
from liff_app.db import db, transaction
from liff_app.reports import export, filing
from liff_app.reports.models import Report
from liff_app.reports.vocabulary import Priority, Status
from liff_app.staff.models import StaffSession
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, on_sqlite

from .desk import INBOX, ago, department, put, put_photo, visitor

EXPORT = f"{INBOX}/export"
REVIEWER = Role.REPORT_REVIEWER


def take(browser: ConsoleVisitor, form: str = "csv", **fields: str) -> TestResponse:
    """The answer to the button of that form."""
    return browser.post(f"{EXPORT}/reports.{form}", data=fields, buffered=True)


def table(answer: TestResponse) -> list[dict[str, str]]:
    """The lines of a CSV, by heading."""
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def log(action: str = "report.exported") -> list[Line]:
    lines = list(audit.found(db.session, Search(action=action)))
    db.session.rollback()
    return lines


def test_the_file_holds_what_the_inbox_finds(app: Flask) -> None:
    _, browser = visitor(app, REVIEWER)
    lead = put(
        description="歩道に穴\nあぶない", priority=Priority.URGENT, due_on=ago(days=2).date(),
        answers='{"kind":"hole","gone":"x"}', asset_number="A-1", joined=3, text_public=True,
    )  # fmt: skip
    put_photo(lead)
    put(status=Status.DUPLICATE, lead_id=lead.id)
    put(category="light", status=Status.FIXED)
    [line] = table(take(browser))
    assert line["種類"] == "道路"
    assert line["段階"] == "受付"
    assert line["急ぎ具合"] == "すぐに"
    assert line["期限切れ"] == "はい"
    assert line["受付日時"] == "2026-11-22 14:05"
    assert line["内容"] == "歩道に穴\nあぶない"
    assert "gone：x" in line["質問の答え"]
    assert (line["まとめた件数"], line["わたしも"], line["写真の数"]) == ("1", "3", "1")
    assert line["文を公開"] == "はい"
    assert "連絡先" not in line
    [closed] = table(take(browser, query="state=closed&category=light"))
    assert closed["段階"] == "完了"


def test_both_forms_hold_the_same_and_nothing_runs_in_them(app: Flask) -> None:
    _, browser = visitor(app, REVIEWER)
    put(description="=1+2", place_text="@SUM(A1)", asset_number="http://a.example", joined=2)
    [line] = table(take(browser))
    assert line["内容"] == "'=1+2"
    assert line["場所の説明"] == "'@SUM(A1)"
    answer = take(browser, "xlsx")
    assert answer.content_type == spreadsheet.XLSX_TYPE
    sheet = load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet is not None
    header, row = sheet.iter_rows()
    cells = {str(name.value): cell for name, cell in zip(header, row, strict=True)}
    assert cells["内容"].value == "=1+2"
    assert cells["内容"].data_type == "s"
    assert cells["管理番号"].hyperlink is None
    assert cells["わたしも"].value == 2
    assert [cell.value for cell in header] == list(line)


def test_the_log_has_who_took_how_many_people_out(app: Flask) -> None:
    account, browser = visitor(app, REVIEWER)
    put()
    put()
    assert len(table(take(browser))) == 2
    [noted] = log()
    assert noted.actor == f"staff:{account}"
    assert noted.persons == 2
    assert noted.detail == {"rows": 2, "format": "csv", "contact": False}


def test_a_contact_is_taken_out_only_where_it_is_asked_for(app: Flask) -> None:
    _, browser = visitor(app, REVIEWER)
    row = put()
    keys = app.config["SETTINGS"].keys
    with transaction() as session:
        kept = session.get_one(Report, row.id)
        kept.contact_sealed = keys.seal("0475-00-1234", filing.contact_context(row.ref))
    assert b"0475-00-1234" not in take(browser).get_data()
    [line] = table(take(browser, contact="1"))
    assert line["連絡先"] == "0475-00-1234"
    assert [one.detail["contact"] for one in log()] == [False, True]


def test_other_departments_reports_stay_out(app: Flask) -> None:
    ours, theirs = department("道路課"), department("公園課")
    _, browser = visitor(app, (REVIEWER, {"department": ours}))
    put(description="うちの", department_id=ours)
    put(description="だれのでもない")
    put(description="よその", department_id=theirs)
    for query in ("", "state=all", "q=の"):
        told = {line["内容"] for line in table(take(browser, query=query))}
        assert told == {"うちの", "だれのでもない"}
    assert take(browser, query=f"department={theirs}").status_code == 422


def test_nothing_found_makes_no_file_and_no_line_in_the_log(app: Flask) -> None:
    _, browser = visitor(app, REVIEWER)
    answer = take(browser)
    assert answer.status_code == 422
    assert "この条件に合う通報はありません" in answer.text
    assert log() == []


def test_too_many_make_no_file(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _, browser = visitor(app, REVIEWER)
    monkeypatch.setattr(export, "MOST_ROWS", 2)
    for _number in range(3):
        put()
    answer = take(browser)
    assert answer.status_code == 422
    assert "2件をこえます" in answer.text
    assert log() == []


@on_sqlite
def test_long_tables_are_read_in_few_statements(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH", 2)
    rows = [put(description=f"{n}", created_at=ago(hours=n)) for n in range(5)]
    ids = [row.id for row in rows]
    asked: list[str] = []

    def count(*said: object) -> None:
        asked.append(str(said[2]))

    event.listen(db.engine, "before_cursor_execute", count)
    told = [one.description for one in export.lines(db.session, ids)]
    event.remove(db.engine, "before_cursor_execute", count)
    assert told == ["0", "1", "2", "3", "4"]
    assert sum("FROM reports" in one for one in asked) == 3


@on_sqlite
def test_the_page_says_how_many_and_keeps_the_question(app: Flask) -> None:
    _, browser = visitor(app, REVIEWER)
    put(category="light")
    put()
    page = browser.get(f"{EXPORT}?category=light").text
    assert "<strong>1件</strong>" in page
    assert 'name="query" value="category=light"' in page
    assert len(table(take(browser, query="category=light"))) == 1


@on_sqlite
def test_a_code_entered_long_ago_is_asked_for_again(app: Flask) -> None:
    _, browser = visitor(app, REVIEWER)
    put()
    with transaction() as session:
        session.query(StaffSession).one().confirmed_at = clock.now() - timedelta(minutes=11)
    asked = browser.get(f"{EXPORT}?category=road")
    assert asked.location == f"/console/confirm?next={EXPORT}?category%3Droad"
    for form in ("csv", "xlsx"):
        answer = take(browser, form)
        assert answer.status_code == 303
        assert answer.location == f"/console/confirm?next={EXPORT}"
    assert log() == []


@on_sqlite
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.VIEWER, Role.SHELTER_STAFF])
def test_only_reviewers_take_reports_out(app: Flask, role: Role) -> None:
    _, browser = visitor(app, role)
    put()
    assert browser.get(EXPORT).status_code == 403
    assert take(browser).status_code == 403
