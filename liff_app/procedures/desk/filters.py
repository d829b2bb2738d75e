"""Which cases a desk asks for: the question as values, and as conditions for the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from liff_app.clock import JST
from liff_app.procedures import rules, scope
from liff_app.procedures.models import Procedure, Submission, SubmissionRead
from liff_app.procedures.scope import Scope
from liff_app.procedures.vocabulary import FormKind, Source, Status

NOBODY = "none"
ME = "me"
NO_DAY = date.max  # where what has no due date stands in the order of due dates


class State(StrEnum):
    """Whether work is left."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class Order(StrEnum):
    """Which case stands first."""

    DUE = "due"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The question; everything left out asks for nothing. `status` decides over `state`."""

    state: State = State.OPEN
    status: Status | None = None
    procedure: str = ""  # id
    department: str = ""  # id, or NOBODY
    assignee: str = ""  # id, ME or NOBODY
    source: Source | None = None
    overdue: bool = False
    unread: bool = False
    proposed: bool = False  # a decision waits for a second colleague, of open and closed ones
    since: date | None = None
    until: date | None = None
    order: Order = Order.DUE

    @property
    def in_order(self) -> Order:
        """The order asked for; what is over is not due any more, and stands by time."""
        by_due = self.only_open or self.proposed
        return self.order if self.order is not Order.DUE or by_due else Order.NEWEST

    @property
    def only_open(self) -> bool:
        """Whether nothing that is closed can be found."""
        if self.overdue:
            return True
        if self.status:
            return self.status in rules.OPEN
        return self.state is State.OPEN and not self.proposed


def cases(who: Scope) -> list[ColumnElement[bool]]:
    """What the desk knows at all: applications that were really sent, within the scope."""
    applications = select(Procedure.id).where(Procedure.kind == FormKind.APPLICATION.value)
    return [
        Submission.is_test.is_(False),
        Submission.procedure_id.in_(applications),
        scope.where(who),
    ]


def conditions(
    filters: Filters, who: Scope, account_id: str, *, today: date
) -> list[ColumnElement[bool]]:
    """What a case must be to be found, never outside the colleague's scope."""
    return [
        *cases(who),
        *_stands(filters),
        *_plain(filters, today),
        *_people(filters, account_id),
        *_times(filters),
    ]


def _stands(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.only_open:
        found.append(Submission.is_open.is_(True))
    elif not filters.status and filters.state is State.CLOSED:
        found.append(Submission.is_open.is_(False))
    if filters.status:
        found.append(Submission.status == filters.status.value)
    return found


def _plain(filters: Filters, today: date) -> list[ColumnElement[bool]]:
    asked: list[tuple[bool, ColumnElement[bool]]] = [
        (bool(filters.procedure), Submission.procedure_id == filters.procedure),
        (filters.source is not None, Submission.source == filters.source),
        (filters.proposed, _is_proposed()),
        (filters.overdue, Submission.due_on < today),
    ]
    return [condition for wanted, condition in asked if wanted]


def _is_proposed() -> ColumnElement[bool]:
    """Of what was forgotten nothing can be decided any more."""
    return Submission.proposed_status.is_not(None) & Submission.emptied_at.is_(None)


def _people(filters: Filters, account_id: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.department:
        found.append(_is(Submission.department_id, filters.department))
    if filters.assignee:
        wanted = account_id if filters.assignee == ME else filters.assignee
        found.append(_is(Submission.assignee_id, wanted))
    if filters.unread:
        found.append(~read_by(account_id))
    return found


def _is(column: InstrumentedAttribute[str | None], wanted: str) -> ColumnElement[bool]:
    return func.coalesce(column, "") == ("" if wanted == NOBODY else wanted)


def read_by(account_id: str) -> ColumnElement[bool]:
    """Whether the colleague has read the case as it stands."""
    mark = aliased(SubmissionRead)  # the queue itself joins the marks
    return exists().where(
        mark.account_id == account_id,
        mark.submission_id == Submission.id,
        mark.version >= Submission.version,
    )


def _times(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.since:
        found.append(Submission.created_at >= _midnight(filters.since))
    if filters.until:
        found.append(Submission.created_at < _midnight(filters.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JST)


due_or_last: ColumnElement[date] = func.coalesce(Submission.due_on, NO_DAY)


def by_order(order: Order) -> Sequence[ColumnElement[Any]]:
    """The columns that put the cases in that order; the id decides between equals."""
    return {
        Order.DUE: (due_or_last.asc(), Submission.id.asc()),
        Order.NEWEST: (Submission.id.desc(),),
        Order.OLDEST: (Submission.id.asc(),),
    }[order]
