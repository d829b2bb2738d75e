"""One change for many: what cannot be changed is named, and assignments are set back."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from liff_app.db import db, transaction
from liff_app.errors import InputInvalid
from liff_app.reports import bulk, casework
from liff_app.reports.bulk import BulkChange, BulkDone, BulkKind
from liff_app.reports.errors import StepRefused
from liff_app.reports.models import ReportRead
from liff_app.reports.vocabulary import Priority, Status
from liff_app.staff import service as staff
from liff_app.staff.service import AccountDraft

from . import ground
from .ground import SEEN, at, by_staff, do, file, history, move, row, told

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def account(app: Flask) -> str:
    """A reviewer's account."""
    with transaction() as session:
        return staff.add_account(session, AccountDraft(login="gakari", name="係"), now=at())


@pytest.fixture
def refs(app: Flask) -> list[str]:
    """Three reports, the second of which was changed since a page showed it."""
    found = [file(ground.resident()).ref for _ in range(3)]
    by_staff(casework.note, found[1], "先に書いた人")
    return found


def apply(refs: list[str], account: str, **change: object) -> BulkDone:
    """The change to all of them, as pages of version 1 showed them."""
    wanted = [(ref, 1) for ref in refs]
    what = BulkChange(**change)  # type: ignore[arg-type]  # any field
    done: BulkDone = do(bulk.apply, wanted, what, account_id=account, **SEEN)
    return done


def undo(done: BulkDone, kind: BulkKind, account: str, *, minutes: float = 1.3) -> BulkDone:
    """Set back, some seconds later."""
    back: BulkDone = do(bulk.undo, done.done, kind, account_id=account, minutes=minutes, **SEEN)
    return back


def test_what_changed_meanwhile_is_named_and_the_rest_is_done(
    refs: list[str], account: str
) -> None:
    done = apply(refs, account, kind=BulkKind.PRIORITISE, priority=Priority.URGENT)
    assert done.done == ((refs[0], 2), (refs[2], 2))
    assert [ref for ref, _reason in done.refused] == [refs[1]]
    assert [row(ref).priority for ref in refs] == [3, 1, 3]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"kind": BulkKind.PRIORITISE, "priority": Priority.LOW}, "priority"),
        ({"kind": BulkKind.SET_DUE, "due_on": date(2027, 1, 6)}, "due_on"),
        ({"kind": BulkKind.SET_DUE, "due_on": None}, "due_on"),
        ({"kind": BulkKind.ASSIGN}, "assignee_id"),
    ],
)
def test_an_assignment_is_set_back_within_half_a_minute(
    refs: list[str], account: str, change: dict[str, object], column: str
) -> None:
    if change["kind"] is BulkKind.ASSIGN:
        change = change | {"assignee_id": account}
    kind = BulkKind(str(change["kind"]))
    before = [getattr(row(ref), column) for ref in refs]
    done = apply(refs, account, **change)
    assert [getattr(row(ref), column) for ref in refs] != before
    by_staff(casework.note, refs[2], "dazwischen", minutes=1.1)
    back = undo(done, kind, account)
    assert [ref for ref, _version in back.done] == [refs[0]]
    assert [ref for ref, _reason in back.refused] == [refs[2]], "somebody has worked on it since"
    assert getattr(row(refs[0]), column) == before[0]
    assert len(history(refs[0])) == 3, "set back by an event of its own"


def test_later_or_by_somebody_else_nothing_is_set_back(refs: list[str], account: str) -> None:
    done = apply(refs, account, kind=BulkKind.PRIORITISE, priority=Priority.LOW)
    late = undo(done, BulkKind.PRIORITISE, account, minutes=1.6)
    assert late.done == ()
    about = {"account_id": account, "minutes": 1.1, "actor": "staff:other"}
    theirs = do(bulk.undo, done.done, BulkKind.PRIORITISE, **(SEEN | about))
    assert theirs.done == ()
    assert row(refs[0]).priority == Priority.LOW


def test_a_step_for_many_tells_each_and_is_not_set_back(refs: list[str], account: str) -> None:
    done = apply(refs, account, kind=BulkKind.MOVE, to=Status.CHECKING)
    assert len(done.done) == 2
    assert len(told()) == 5
    with pytest.raises(StepRefused):
        undo(done, BulkKind.MOVE, account)
    assert row(refs[0]).status == "checking"


def test_a_step_without_its_sentence_changes_nothing_at_all(refs: list[str], account: str) -> None:
    with pytest.raises(InputInvalid):
        apply(refs, account, kind=BulkKind.MOVE, to=Status.NO_ACTION)
    assert [row(ref).status for ref in refs] == ["received"] * 3
    assert len(told()) == 3


def test_many_become_one_incident(refs: list[str], account: str) -> None:
    done = apply(refs, account, kind=BulkKind.MERGE, into_ref=refs[0])
    assert [ref for ref, _version in done.done] == [refs[0], refs[2]]
    assert row(refs[2]).lead_id == row(refs[0]).id
    assert row(refs[1]).lead_id is None


def test_what_is_closed_is_refused_with_a_sentence(refs: list[str], account: str) -> None:
    move(refs[0], Status.FIXED)
    change = BulkChange(kind=BulkKind.MOVE, to=Status.CHECKING)
    wanted = [(refs[0], row(refs[0]).version)]
    done = do(bulk.apply, wanted, change, **({"account_id": account} | SEEN))
    assert done.refused == ((refs[0], "いまの状態では、この操作はできません。"),)


def test_read_marks_are_put_and_taken(refs: list[str], account: str) -> None:
    done = apply(refs, account, kind=BulkKind.READ)
    assert len(done.done) == 3, "reading needs no present version"
    marks = db.session.scalars(select(ReportRead.version).order_by(ReportRead.report_id)).all()
    db.session.rollback()
    assert marks == [1, 2, 1]
    undo(done, BulkKind.READ, account)
    assert set(db.session.scalars(select(ReportRead.version))) == {0}
    db.session.rollback()


def test_another_departments_reports_are_not_there(refs: list[str], account: str) -> None:
    with transaction() as session:
        theirs = staff.add_department(session, "道路課")
    version = by_staff(casework.assign, refs[0], department_id=theirs, assignee_id=None)
    about = SEEN | {"scope": ground.scope("park"), "account_id": account}
    for kind in BulkKind:
        change = BulkChange(kind=kind, to=Status.CHECKING, into_ref=refs[2])
        done = do(bulk.apply, [(refs[0], version), ("f" * 16, 1)], change, **about)
        assert done.done == (), kind
        assert len(done.refused) == 2
    assert row(refs[0]).version == version


def test_nobody_changes_a_thousand_at_once(account: str) -> None:
    wanted = [f"{n:016x}" for n in range(bulk.MOST + 1)]
    with pytest.raises(StepRefused):
        apply(wanted, account, kind=BulkKind.READ)
