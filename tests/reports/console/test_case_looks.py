"""Who looks at a report is in the log, and nobody reads another department's words beside it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select, update

from liff_app import clock
from liff_app.audit.models import AuditEvent
from liff_app.db import db, transaction
from liff_app.reports.console import looks
from liff_app.reports.models import Report
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.reports.ground import file, merge, resident

from .case_desk import get, post
from .desk import department

OTHERS_WORDS = "公園のベンチの話です。"


@pytest.fixture
def reviewer(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.REPORT_REVIEWER)


def noted() -> list[tuple[str, int]]:
    """Which reports were looked at, and how many people's data that was, oldest first."""
    wanted = (
        select(AuditEvent.subject, AuditEvent.persons)
        .where(AuditEvent.action == "report.viewed")
        .order_by(AuditEvent.number)
    )
    found = [(subject, persons) for subject, persons in db.session.execute(wanted)]
    db.session.rollback()
    return found


def test_a_look_is_noted_once_for_each_colleague_report_and_day(
    app: Flask, reviewer: ConsoleVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = file(resident()).ref, file(resident()).ref
    for ref in (one, two, one, one):
        get(reviewer, ref)
    assert noted() == [(f"report:{one}", 1), (f"report:{two}", 1)]
    get(colleague(app, Role.REPORT_REVIEWER), one)
    assert len(noted()) == 3
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(looks, "clock", SimpleNamespace(now=lambda: tomorrow))
    get(reviewer, one)
    assert [subject for subject, _persons in noted()][3:] == [f"report:{one}"]


@on_sqlite
def test_a_refused_form_and_a_page_that_is_not_there(app: Flask, reviewer: ConsoleVisitor) -> None:
    assert reviewer.get(f"/console/reports/{'0' * 16}").status_code == 404
    assert noted() == []
    filed = file(resident())
    ref = filed.ref
    assert post(reviewer, ref, "hide", reason=" ").status_code == 422
    assert noted() == [(f"report:{ref}", 1)], "the answer shows the whole report"
    other, visit = file(resident()).ref, colleague(app, Role.REPORT_REVIEWER)
    shown = visit.get(f"/console/reports/{other}/merge?number={filed.number}")
    assert shown.status_code == 200
    assert noted()[1:] == [(f"report:{ref}", 1)]


def test_words_of_another_departments_report_stay_with_it(
    app: Flask, reviewer: ConsoleVisitor
) -> None:
    ours, theirs = department("道路課"), department("公園課")
    lead, member = file(resident()).ref, file(resident(), description=OTHERS_WORDS).ref
    merge(member, lead)
    with transaction() as session:
        for ref, its in ((lead, ours), (member, theirs)):
            session.execute(update(Report).where(Report.ref == ref).values(department_id=its))
    assert OTHERS_WORDS in get(reviewer, lead)
    page = get(colleague(app, (Role.REPORT_REVIEWER, {"department": ours})), lead)
    assert "まとめた通報" in page
    assert OTHERS_WORDS not in page
