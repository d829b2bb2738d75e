"""The queue's reads: a page of 50 cases, without a word of what was answered.

Pages follow each other by the last row's place in the order, never by OFFSET.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.i18n import gettext as _
from liff_app.procedures.desk import filters as asking
from liff_app.procedures.desk.filters import Filters, Order, due_or_last
from liff_app.procedures.models import Procedure, Submission, SubmissionRead
from liff_app.procedures.scope import Scope
from liff_app.procedures.vocabulary import FormKind

PAGE = 50
MOST_COUNTED = 1000  # beyond it the page says 「1,000件以上」


@dataclass(frozen=True, slots=True)
class Cursor:
    """After which row the page begins: its id, and its due date where that is the order."""

    id: int
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case as the queue lists it."""

    id: int
    ref: str
    number: str
    version: int
    procedure_id: str
    title: str
    status: str
    is_open: bool
    source: str
    department_id: str | None
    assignee_id: str | None
    due_on: date | None
    proposed_status: str | None
    revision: int
    created_at: datetime
    emptied_at: datetime | None
    is_unread: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """A page, where the next one begins, and how many there are (`MOST_COUNTED` and no more)."""

    rows: list[CaseRow]
    after: Cursor | None
    count: int


def queue(
    session: Session,
    filters: Filters,
    who: Scope,
    account_id: str,
    page: Cursor | None = None,
    *,
    today: date,
) -> Queue:
    """The cases that the question finds for that colleague, in its order, 50 from `page` on."""
    asked = asking.conditions(filters, who, account_id, today=today)
    order = filters.in_order
    wanted = _rows(account_id).where(*asked, *_behind(order, page))
    found = session.execute(wanted.order_by(*asking.by_order(order)).limit(PAGE + 1)).all()
    rows = [_view(one) for one in found[:PAGE]]
    more = len(found) > PAGE
    after = _place(rows[-1], order) if more else None
    is_whole = page is None and not more
    return Queue(rows, after, len(rows) if is_whole else count(session, asked))


def next_ref(
    session: Session, filters: Filters, who: Scope, account_id: str, beside: str, *, today: date
) -> str | None:
    """Ref of the first case of the question's list that is not `beside`; None for none."""
    asked = asking.conditions(filters, who, account_id, today=today)
    wanted = select(Submission.ref).where(*asked, Submission.ref != beside)
    return session.scalar(wanted.order_by(*asking.by_order(filters.in_order)).limit(1))


def count(session: Session, asked: Sequence[ColumnElement[bool]]) -> int:
    """How many cases there are; `MOST_COUNTED` + 1 stands for more, which nobody waits for."""
    some = select(Submission.id).where(*asked).limit(MOST_COUNTED + 1).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()


def rows_of(session: Session, refs: Sequence[str], who: Scope, account_id: str) -> list[CaseRow]:
    """The cases with those refs that the colleague sees, in the order in which they came in."""
    wanted = _rows(account_id).where(*asking.cases(who), Submission.ref.in_(refs))
    return [_view(one) for one in session.execute(wanted.order_by(Submission.id))]


def rows_by_id(session: Session, ids: Sequence[int], who: Scope, account_id: str) -> list[CaseRow]:
    """The cases with those ids that the colleague sees, the newest first, one page of them."""
    wanted = _rows(account_id).where(*asking.cases(who), Submission.id.in_(ids))
    return [
        _view(one) for one in session.execute(wanted.order_by(Submission.id.desc()).limit(PAGE))
    ]


def find(session: Session, ref: str, who: Scope) -> Submission:
    """The case's row, for reading. Raises NotFound, also for one outside the scope."""
    row = session.scalar(select(Submission).where(*asking.cases(who), Submission.ref == ref))
    if row is None:
        raise NotFound("no such case", title=_("その申請は見つかりませんでした。"))
    return row


def ref_of(session: Session, number: str, who: Scope) -> str | None:
    """Ref of the case with that receipt number, as `rules.checked_number` gives it."""
    wanted = select(Submission.ref).where(*asking.cases(who), Submission.number == number)
    return session.scalar(wanted)


def procedures(session: Session, who: Scope) -> list[tuple[str, str]]:
    """Id and title of the procedures whose cases the colleague may find, in the town's order.

    Those of the own departments, and others of which a case was handed to them.
    """
    applications = select(Procedure.id, Procedure.title, Procedure.department_id).where(
        Procedure.kind == FormKind.APPLICATION.value
    )
    rows = session.execute(applications.order_by(Procedure.position, Procedure.slug)).all()
    handed: set[str] = set()
    if who.departments is not None:
        wanted = select(Submission.procedure_id).where(*asking.cases(who)).distinct()
        handed = set(session.scalars(wanted))
    return [(row.id, row.title) for row in rows if who.sees(row.department_id) or row.id in handed]


def _rows(account_id: str) -> Select[Any]:
    mine = and_(
        SubmissionRead.submission_id == Submission.id, SubmissionRead.account_id == account_id
    )
    own = [one.name for one in fields(CaseRow) if one.name not in {"title", "is_unread"}]
    return (
        select(
            *(getattr(Submission, name) for name in own),
            Procedure.title,
            (func.coalesce(SubmissionRead.version, 0) < Submission.version).label("is_unread"),
        )
        .join(Procedure, Procedure.id == Submission.procedure_id)
        .outerjoin(SubmissionRead, mine)
    )


def _view(row: Any) -> CaseRow:  # noqa: ANN401 - a row of `_rows`
    return CaseRow(**dict(row._mapping) | {"is_unread": bool(row.is_unread)})  # noqa: SLF001 - its public name


def _place(row: CaseRow, order: Order) -> Cursor:
    due = row.due_on or asking.NO_DAY
    return Cursor(row.id, due if order is Order.DUE else None)


def _behind(order: Order, page: Cursor | None) -> list[ColumnElement[bool]]:
    """What stands behind that place in the order."""
    if page is None:
        return []
    if order is Order.NEWEST:
        return [Submission.id < page.id]
    if order is Order.OLDEST:
        return [Submission.id > page.id]
    due = page.due_on or asking.NO_DAY
    return [or_(due_or_last > due, and_(due_or_last == due, Submission.id > page.id))]
