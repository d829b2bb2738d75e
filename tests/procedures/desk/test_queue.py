"""Pages of the queue: every case once, in its order, whatever comes in between."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import event, select

from liff_app.db import db, transaction
from liff_app.procedures.desk import queries, reads
from liff_app.procedures.desk.console import asked as query
from liff_app.procedures.desk.filters import Filters, Order, State
from liff_app.procedures.models import Submission, SubmissionRead
from liff_app.procedures.scope import EVERYWHERE
from liff_app.procedures.vocabulary import Source, Status

from .desk import made_case, made_form, reviewer, row

pytestmark = pytest.mark.usefixtures("app")
TODAY = date(2026, 11, 23)


def cases(count: int) -> None:
    """Open cases with due dates, the same ones and none among them, and one that is over."""
    form, dice = made_form(), Random(7)
    refs = [made_case(form) for _ in range(count)]
    made_case(form, status=Status.COMPLETED)
    made_case(form, is_test=True)
    with transaction() as session:
        for ref in refs:
            found = session.query(Submission).filter_by(ref=ref).one()
            days = dice.choice([None, 1, 1, 2, 5])
            found.due_on = TODAY + timedelta(days=days) if days else None


def walked(filters: Filters, account_id: str) -> list[int]:
    """Ids over all pages, in order, as a colleague turns them by their addresses."""
    found: list[int] = []
    cursor = None
    for _ in range(50):
        page = queries.queue(db.session, filters, EVERYWHERE, account_id, cursor, today=TODAY)
        found += [one.id for one in page.rows]
        if page.after is None:
            break
        cursor = query.read_cursor(query.write_cursor(page.after))
        assert cursor == page.after
    db.session.close()
    return found


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("state", [State.OPEN, State.ALL])
def test_turning_the_pages_shows_every_case_once_in_its_order(
    app: Flask, monkeypatch: pytest.MonkeyPatch, order: Order, state: State
) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    cases(10)
    who = reviewer()
    filters = Filters(order=order, state=state)
    found = walked(filters, who.id)
    known = {one.id: one for one in db.session.scalars(select(Submission)) if not one.is_test}
    wanted = [one for one in known.values() if one.is_open or state is State.ALL]
    assert sorted(found) == sorted(one.id for one in wanted)
    by_due = order is Order.DUE and state is State.OPEN
    dues = [known[one].due_on or date.max for one in found]
    in_order = sorted(found, reverse=order is not Order.OLDEST)
    assert dues == sorted(dues) if by_due else found == in_order
    db.session.close()


def test_what_was_read_is_unread_again_after_a_change(app: Flask) -> None:
    ref, one, two = made_case(made_form()), reviewer(), reviewer("鈴木 一")
    found = row(ref)
    for version, unread in ((found.version, 0), (0, 1), (found.version, 0)):
        with transaction() as session:
            reads.mark(session, one.id, found.id, version)
        asked = Filters(unread=True)
        page = queries.queue(db.session, asked, EVERYWHERE, one.id, today=TODAY)
        assert len(page.rows) == page.count == unread
        other = queries.queue(db.session, asked, EVERYWHERE, two.id, today=TODAY)
        assert [row.is_unread for row in other.rows] == [True]
        db.session.close()
    assert len(db.session.scalars(select(SubmissionRead)).all()) == 1


def test_a_page_is_few_questions_however_many_cases_stand_on_it(app: Flask) -> None:
    who = reviewer()
    cases(12)
    said: list[str] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def hear(*told: object) -> None:
        said.append(str(told[2]))

    page = queries.queue(db.session, Filters(), EVERYWHERE, who.id, today=TODAY)
    assert len(page.rows) == 12
    assert len(said) <= 2, said
    event.remove(db.engine, "before_cursor_execute", hear)
    db.session.close()


def test_an_address_says_one_question_in_one_way(app: Flask) -> None:
    for filters in (
        Filters(),
        Filters(state=State.ALL, order=Order.NEWEST),
        Filters(status=Status.RETURNED, procedure="a1b2", assignee="me", department="none"),
        Filters(source=Source.COUNTER, overdue=True, unread=True, proposed=True,
                since=date(2026, 4, 1), until=date(2027, 3, 31)),
    ):  # fmt: skip
        assert query.read(query.write(filters)) == filters
    odd = {
        "state": "x",
        "procedure": "a'b",
        "from": "0001-01-01",
        "to": "x",
        "order": "",
        "after": "9",
    }
    assert query.read(odd) == Filters()
    for cursor in ("", "x", "-1", "9" * 30, "1_x", "１"):
        found = query.read_cursor(cursor)
        assert found is None or found == queries.Cursor(1)
