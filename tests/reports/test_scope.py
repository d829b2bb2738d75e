"""Whose reports a colleague sees."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from liff_app.db import db, transaction
from liff_app.errors import NotAllowed
from liff_app.reports import casework
from liff_app.reports.models import Report
from liff_app.reports.scope import EVERYWHERE, Scope, scope_of, where
from liff_app.staff import service as staff
from liff_app.staff.rules import Colleague, Grant
from liff_app.staff.vocabulary import Role

from . import ground
from .ground import by_staff, file


def colleague(*grants: Grant) -> Colleague:
    """Somebody with these grants."""
    return Colleague(
        id="one", name="一郎", login="one", grants=grants, session_id="s",
        confirmed_at=datetime(2026, 11, 22, tzinfo=UTC),
    )  # fmt: skip


def test_a_reviewer_sees_their_departments_and_what_is_nobodys() -> None:
    narrow = scope_of(
        colleague(
            Grant(Role.REPORT_REVIEWER, department="road"),
            Grant(Role.REPORT_REVIEWER, department="park"),
            Grant(Role.PROCEDURE_REVIEWER),
        )
    )
    assert narrow == Scope(frozenset({"road", "park"}))
    assert [narrow.sees(one) for one in ("road", None, "water")] == [True, True, False]


def test_a_grant_for_everything_is_not_narrowed_by_another() -> None:
    both = Grant(Role.REPORT_REVIEWER), Grant(Role.REPORT_REVIEWER, department="road")
    assert scope_of(colleague(*both)) == EVERYWHERE


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.REPORT_REVIEWER])
def test_nobody_else_reads_what_residents_wrote(role: Role) -> None:
    with pytest.raises(NotAllowed):
        scope_of(colleague(Grant(role)))


def test_the_condition_says_the_same(app: Flask) -> None:
    with transaction() as session:
        names = [staff.add_department(session, name) for name in ("道路課", "公園課")]
    refs = [file(ground.resident()).ref for _ in range(3)]
    for ref, department in zip(refs, [*names, None], strict=True):
        by_staff(casework.assign, ref, department_id=department, assignee_id=None)
    for scope in (EVERYWHERE, ground.scope(), ground.scope(names[0]), ground.scope(*names)):
        found = set(db.session.scalars(select(Report.ref).where(where(scope))))
        rows = db.session.scalars(select(Report)).all()
        assert found == {one.ref for one in rows if scope.sees(one.department_id)}
    db.session.rollback()
