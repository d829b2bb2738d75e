"""Which reports a desk asks for: the question as values, and as conditions for the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal_column, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from liff_app.clock import JST
from liff_app.reports import rules, scope
from liff_app.reports.models import Report, ReportRead
from liff_app.reports.scope import Scope
from liff_app.reports.vocabulary import Priority, Source, Status

NOBODY = "none"
ME = "me"
# Texts are compared row by row. What is open is few; of the rest only the newest are searched.
SEARCHED = 200_000


class State(StrEnum):
    """Whether work is left."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class Order(StrEnum):
    """Which report stands first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"
    PRIORITY = "priority"


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the map, in degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The question; everything left out asks for nothing. `status` decides over `state`."""

    state: State = State.OPEN
    status: Status | None = None
    category: str = ""
    department: str = ""  # id, or NOBODY
    assignee: str = ""  # id, ME or NOBODY
    priority: Priority | None = None
    overdue: bool = False
    unread: bool = False
    again: bool = False  # a resident said まだ at least once
    hidden: bool = False
    town: str = ""
    source: Source | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""
    area: Area | None = None
    order: Order = Order.NEWEST

    @property
    def number(self) -> int | None:
        """The id inside a receipt number that was typed as the text."""
        return rules.id_of(self.text) if self.text else None

    @property
    def in_order(self) -> Order:
        """The order asked for; what is over has no due date and no hurry, and stands by time."""
        if self.only_open or self.order is Order.OLDEST:
            return self.order
        return Order.NEWEST

    @property
    def only_open(self) -> bool:
        """Whether nothing that is closed can be found."""
        if self.number is not None:
            return False
        if self.overdue:
            return True
        return self.status in rules.OPEN if self.status else self.state is State.OPEN

    def without_area(self) -> Filters:
        """The same question about the whole town."""
        return replace(self, area=None)


def conditions(
    filters: Filters, who: Scope, account_id: str, *, today: date
) -> list[ColumnElement[bool]]:
    """What a report must be to be found, never outside the colleague's scope.

    A receipt number finds its report whatever else is asked. Merged reports stand under their
    lead, and are found by their status or number only.
    """
    theirs = scope.where(who)
    if filters.number is not None:
        return [Report.id == filters.number, theirs]
    return [
        *_stands(filters),
        *_plain(filters),
        *_people(filters, account_id),
        *_times(filters, today),
        *_places(filters),
        *_texts(filters),
        theirs,
    ]


# Written as in the partial indexes of `models`: SQLite uses one only for the very same words.
IS_OPEN: ColumnElement[bool] = literal_column("reports.is_open")
IS_LEAD: ColumnElement[bool] = literal_column("reports.lead_id IS NULL")
IS_MEMBER: ColumnElement[bool] = literal_column("reports.lead_id IS NOT NULL")


def _stands(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.only_open:
        found += [IS_OPEN, IS_LEAD]
    else:
        found.append(IS_MEMBER if filters.status is Status.DUPLICATE else IS_LEAD)
    if filters.status:
        found.append(Report.status == filters.status.value)
    elif filters.state is State.CLOSED:
        found.append(~Report.is_open)
    return found


def _plain(filters: Filters) -> list[ColumnElement[bool]]:
    asked: list[tuple[bool, ColumnElement[bool]]] = [
        (bool(filters.category), Report.category == filters.category),
        (filters.priority is not None, Report.priority == filters.priority),
        (filters.source is not None, Report.source == filters.source),
        (filters.hidden, Report.hidden.is_(True)),
        (filters.again, Report.reopened > 0),
    ]
    return [condition for wanted, condition in asked if wanted]


def _people(filters: Filters, account_id: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.department:
        wanted = "" if filters.department == NOBODY else filters.department
        found.append(func.coalesce(Report.department_id, "") == wanted)
    if filters.assignee:
        found.append(_assigned(filters.assignee, account_id))
    if filters.unread:
        found.append(~_read_by(account_id))
    return found


def _assigned(wanted: str, account_id: str) -> ColumnElement[bool]:
    if wanted == NOBODY:
        return func.coalesce(Report.assignee_id, "") == ""
    return Report.assignee_id == (account_id if wanted == ME else wanted)


def _read_by(account_id: str) -> ColumnElement[bool]:
    return exists().where(
        ReportRead.account_id == account_id,
        ReportRead.report_id == Report.id,
        ReportRead.version >= Report.version,
    )


def _times(filters: Filters, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.overdue:
        found.append(Report.due_on < today)
    if filters.since:
        found.append(Report.created_at >= _midnight(filters.since))
    if filters.until:
        found.append(Report.created_at < _midnight(filters.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JST)


def _places(filters: Filters) -> list[ColumnElement[bool]]:
    if filters.area is None:
        return []
    area = filters.area
    return [
        Report.lat.between(area.south, area.north),
        Report.lon.between(area.west, area.east),
    ]


def _texts(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.town:
        found.append(_holds(Report.town_name, filters.town))
    if filters.text:
        columns = (Report.description, Report.place_text, Report.town_name, Report.asset_number)
        found.append(or_(*(_holds(one, filters.text) for one in columns)))
    if found and not filters.only_open:
        last = select(func.max(Report.id)).scalar_subquery()
        found.insert(0, Report.id > last - SEARCHED)
    return found


def _holds(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    return column.icontains(text, autoescape=True)


def by_order(order: Order) -> Sequence[ColumnElement[Any]]:
    """The columns that put the reports in that order; the id decides between equals."""
    newest, oldest = Report.id.desc(), Report.id.asc()
    return {
        Order.NEWEST: (newest,),
        Order.OLDEST: (oldest,),
        Order.DUE: (Report.due_on.asc(), oldest),
        Order.PRIORITY: (Report.priority.desc(), oldest),
    }[order]
