"""A colleague types for somebody, or tries a form: the same pages, within their own scope."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from liff_app.audit.models import AuditEvent
from liff_app.db import db, transaction
from liff_app.messaging.models import LineMessage
from liff_app.procedures.forms import Form
from liff_app.procedures.models import PageCount, ProcedureDraft, Submission
from liff_app.procedures.vocabulary import VersionState
from liff_app.staff.vocabulary import Role
from tests.conftest import colleague, on_sqlite
from tests.house.page import faults
from tests.procedures.desk.desk import department
from tests.procedures.ground import document, publish

from .journeys import SOFA, WHO, Journey, begin

FILL = "/console/procedures/fill"


@pytest.fixture
def form(app: Flask) -> Form:
    """The small form, open, of one department."""
    owner = department("環境課")
    with transaction() as session:
        return publish(session, document(), department_id=owner)


def begun(browser: FlaskClient, form: Form, **fields: str) -> Journey:
    """A draft that the colleague began."""
    answer = browser.post(f"{FILL}/", data={"version": form.version_id} | fields)
    assert answer.status_code == 303, answer.text
    return Journey(browser, answer.headers["Location"].split("/")[4], base=FILL)


def through(journey: Journey) -> None:
    """Both pages."""
    assert journey.post("who", **WHO).status_code == 303
    assert journey.post("what", **SOFA).headers["Location"].endswith("/check-answers")


def noted() -> list[tuple[str, int]]:
    db.session.rollback()
    wanted = select(AuditEvent.action, AuditEvent.persons).where(
        AuditEvent.action.like("procedure%")
    )
    return [(action, persons) for action, persons in db.session.execute(wanted)]


@pytest.mark.parametrize("source", ["counter", "telephone"])
def test_what_was_told_at_the_counter_is_a_submission_of_nobodys_account(
    app: Flask, form: Form, source: str
) -> None:
    browser = colleague(app, Role.PROCEDURE_REVIEWER)
    listed = browser.get(f"{FILL}/")
    assert faults(listed, f"{FILL}/") == []
    assert "申請の審査だけに使います。" in listed.text
    journey = begun(browser, form, source=source)
    assert "代わりの入力" in journey.get("who")
    through(journey)
    assert "残す" not in journey.get("check-answers").split("<form")[1]
    assert journey.send().status_code == journey.send().status_code == 303
    text = journey.get("received-answers")
    row = db.session.scalars(select(Submission)).one()
    assert row.number in text
    assert f"/console/procedures/cases/{row.ref}" in text
    slip = browser.get(f"/console/procedures/cases/{row.ref}/slip")
    assert row.number in slip.text
    assert "山田" not in slip.text
    assert (row.source, row.resident_id, row.is_test) == (source, None, False)
    assert db.session.scalars(select(LineMessage)).all() == []
    assert noted() == [("procedure.filed", 1)]


def test_a_trial_is_marked_everywhere_and_counts_in_no_series_and_no_figure(
    app: Flask, form: Form
) -> None:
    with transaction() as session:
        draft = publish(session, document(prefix="新"), number=2, state=VersionState.DRAFT)
    browser = colleague(app, Role.ADMINISTRATOR)
    journey = begun(browser, draft, purpose="test")
    assert "これは試しの入力です" in journey.get("who")
    through(journey)
    assert "これは試しの入力です" in journey.get("check-answers")
    journey.send()
    assert "申請にはなっていません" in journey.get("received-answers")
    row = db.session.scalars(select(Submission)).one()
    assert row.is_test
    assert re.fullmatch(r"令8-試新-000001-\d", row.number)
    assert db.session.scalars(select(PageCount)).all() == []
    assert db.session.scalars(select(LineMessage)).all() == []
    assert noted() == [("procedure_form.tested", 0)]


def test_another_departments_form_is_neither_listed_nor_begun_nor_gone_on_with(
    app: Flask, form: Form
) -> None:
    other = department("税務課")
    narrow = colleague(app, (Role.PROCEDURE_REVIEWER, {"department": other}))
    assert "見本の手続き" not in narrow.get(f"{FILL}/").text
    for fields in ({"source": "counter"}, {"purpose": "test"}):
        refused = narrow.post(f"{FILL}/", data={"version": form.version_id} | fields)
        assert refused.status_code == 404
    administrator = colleague(app, Role.ADMINISTRATOR)
    refused = administrator.post(f"{FILL}/", data={"version": form.version_id, "source": "counter"})
    assert refused.status_code in (403, 404), "who builds forms types for nobody"


def test_a_draft_is_its_colleagues_own_and_no_residents(
    app: Flask, form: Form, resident: FlaskClient
) -> None:
    one, other = (colleague(app, Role.PROCEDURE_REVIEWER) for _ in range(2))
    journey = begun(one, form, source="counter")
    mine = begin(resident)
    assert other.get(f"{FILL}/{journey.ref}/who").status_code == 404
    assert resident.get(f"/liff/procedures/drafts/{journey.ref}/who").status_code == 404
    assert one.get(f"{FILL}/{mine.ref}/who").status_code == 404
    assert journey.send_form("take-away", {}).status_code == 303
    db.session.rollback()
    assert list(db.session.scalars(select(ProcedureDraft.ref))) == [mine.ref]
    assert one.post(f"{FILL}/", data={"version": "nothing"}).status_code == 404
    bad = one.post(f"{FILL}/", data={"version": form.version_id, "source": "pigeon"})
    assert bad.status_code == 404


@on_sqlite
def test_a_counter_sends_more_in_an_hour_than_one_person_may(app: Flask, form: Form) -> None:
    browser = colleague(app, Role.PROCEDURE_REVIEWER)
    for _ in range(11):
        journey = begun(browser, form, source="counter")
        for page, said in (("who", WHO), ("what", SOFA)):
            asked = {"asked": "name phone kind count", "step": "next"}
            journey.send_form(page, asked | said)
        assert journey.send().status_code == 303
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 11
