"""The inbox's reads: a page of 50 reports out of a million, without ever counting them all.

A page is two questions: which ids stand on it, answered by an index alone, and what those rows
say. Pages follow each other by the last row's place in the order, never by OFFSET (ADR on reports).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    and_,
    exists,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from liff_app.reports import desk_filters, rules, scope
from liff_app.reports.desk_filters import IS_LEAD, IS_OPEN, Filters, Order
from liff_app.reports.models import Report, ReportPhoto, ReportRead
from liff_app.reports.scope import Scope

PAGE = 50
MOST_COUNTED = 1000  # beyond it the page says 「1,000件以上」
SNIPPET = 120  # characters of what was written
AS_THEY_STAND = (
    "id", "ref", "version", "category", "status", "is_open", "priority", "department_id",
    "assignee_id", "due_on", "town_name", "place_text", "created_at", "reopened", "hidden",
    "joined", "lat", "lon",
)  # fmt: skip
SHOWN = (*(name for name in AS_THEY_STAND if name != "joined"), "description",
         "has_photo")  # fmt: skip
SAME_TIME = timedelta(hours=72)  # two reports of one thing come within it (facts, section 12)


@dataclass(frozen=True, slots=True)
class Cursor:
    """After which row the page begins: its id, and its value in the order (None: it has none)."""

    id: int
    value: int | date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRow:
    """One report as the inbox lists it. `size` counts the reports of its incident."""

    id: int
    ref: str
    version: int
    category: str
    status: str
    is_open: bool
    priority: int
    department_id: str | None
    assignee_id: str | None
    due_on: date | None
    lat: float
    lon: float
    town_name: str
    place_text: str
    description: str
    created_at: datetime
    reopened: int
    hidden: bool
    has_photo: bool
    is_unread: bool
    size: int
    joined: int
    twins: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page, where the next one begins, and how many there are (`MOST_COUNTED` and no more)."""

    rows: list[DeskRow]
    after: Cursor | None
    count: int


def inbox(
    session: Session,
    filters: Filters,
    who: Scope,
    account_id: str,
    page: Cursor | None = None,
    *,
    today: date,
) -> Inbox:
    """The reports that the question finds for that colleague, in its order, 50 from `page` on."""
    asked = desk_filters.conditions(filters, who, account_id, today=today)
    found = _places_in_order(session, filters.in_order, asked, page)
    shown = found[:PAGE]
    after = shown[-1] if len(found) > PAGE else None
    is_whole = page is None and after is None
    return Inbox(
        rows=rows_of(session, [one.id for one in shown], who, account_id),
        after=after,
        count=len(shown) if is_whole else count(session, asked),
    )


def ids(
    session: Session,
    filters: Filters,
    who: Scope,
    account_id: str,
    page: Cursor | None = None,
    *,
    today: date,
) -> list[int]:
    """Which reports stand on that page, in its order, without what they say."""
    asked = desk_filters.conditions(filters, who, account_id, today=today)
    return [one.id for one in _places_in_order(session, filters.in_order, asked, page)]


def count(session: Session, asked: Sequence[ColumnElement[bool]]) -> int:
    """How many reports there are; `MOST_COUNTED` + 1 stands for more, which nobody waits for."""
    some = select(Report.id).where(*asked).limit(MOST_COUNTED + 1).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()


def _places_in_order(
    session: Session, order: Order, asked: list[ColumnElement[bool]], page: Cursor | None
) -> list[Cursor]:
    """Up to one more than a page of ids; what has no due date stands behind what has one."""
    if order is not Order.DUE:
        return _ids(session, order, [*asked, *_behind(order, page)])
    found: list[Cursor] = []
    if page is None or page.value is not None:
        dated = [*asked, Report.due_on.is_not(None), *_behind(order, page)]
        found = _ids(session, order, dated)
        page = None
    if len(found) > PAGE:
        return found
    undated = [*asked, Report.due_on.is_(None), *_behind(Order.OLDEST, page)]
    return [*found, *_ids(session, Order.OLDEST, undated)][: PAGE + 1]


def _ids(session: Session, order: Order, asked: Sequence[ColumnElement[bool]]) -> list[Cursor]:
    value = {Order.DUE: Report.due_on, Order.PRIORITY: Report.priority}.get(order)
    query = (
        select(Report.id, null() if value is None else value)
        .where(*asked)
        .order_by(*desk_filters.by_order(order))
        .limit(PAGE + 1)
    )
    return [Cursor(row[0], row[1]) for row in session.execute(query)]


def _behind(order: Order, page: Cursor | None) -> list[ColumnElement[bool]]:
    """What stands behind that place in the order."""
    if page is None:
        return []
    if order is Order.NEWEST:
        return [Report.id < page.id]
    if order is Order.OLDEST or page.value is None:
        return [Report.id > page.id]
    if order is Order.DUE:
        value, behind = Report.due_on, Report.due_on > page.value
        return [value >= page.value, or_(behind, Report.id > page.id)]
    return [
        Report.priority <= page.value,
        or_(Report.priority < page.value, Report.id > page.id),
    ]


def rows_of(session: Session, ids: Sequence[int], who: Scope, account_id: str) -> list[DeskRow]:
    """The reports with those ids, in that order; twins are counted within the scope."""
    if not ids:
        return []
    found = {row.id: row for row in session.execute(_row_query(ids, account_id))}
    rows = [found[one] for one in ids if one in found]
    twins = _twins(session, rows, who)
    return [_desk_row(row, twins[row.id]) for row in rows]


def _row_query(ids: Sequence[int], account_id: str) -> Select[Any]:
    member = aliased(Report)
    mine = and_(ReportRead.report_id == Report.id, ReportRead.account_id == account_id)
    photo = exists().where(ReportPhoto.report_id == Report.id)
    of_members = (
        select(func.count(), func.coalesce(func.sum(member.joined), 0))
        .where(member.lead_id == Report.id)
        .with_only_columns
    )
    return (
        select(
            *(getattr(Report, name) for name in AS_THEY_STAND),
            func.substr(Report.description, 1, SNIPPET).label("description"),
            photo.label("has_photo"),
            of_members(func.count()).scalar_subquery().label("members"),
            of_members(func.sum(member.joined)).scalar_subquery().label("their_joined"),
            ReportRead.version.label("read"),
        )
        .outerjoin(ReportRead, mine)
        .where(Report.id.in_(ids))
    )


def _desk_row(row: Row[Any], twins: int) -> DeskRow:
    return DeskRow(
        **{name: getattr(row, name) for name in SHOWN},
        is_unread=row.read is None or row.read < row.version,
        size=1 + row.members,
        joined=row.joined + (row.their_joined or 0),
        twins=twins,
    )


def _twins(session: Session, rows: Sequence[Row[Any]], who: Scope) -> Counter[int]:
    """How many other open reports of the kind stand within 50 m and 72 hours, by report id."""
    open_rows = [row for row in rows if row.is_open]
    if not open_rows:
        return Counter()
    cells = {row.id: rules.cells_near(row.lat, row.lon, rules.SAME_PLACE_M) for row in open_rows}
    others: defaultdict[tuple[str, int], list[Row[Any]]] = defaultdict(list)
    for other in session.execute(_near(open_rows, cells, who)):
        others[other.category, other.cell].append(other)
    return Counter(
        {
            row.id: sum(
                _is_twin(row, one) for cell in cells[row.id] for one in others[row.category, cell]
            )
            for row in open_rows
        }
    )


def _near(
    rows: Sequence[Row[Any]], cells: Mapping[int, Sequence[int]], who: Scope
) -> CompoundSelect[Any]:
    """Open reports of the rows' days in the cells that 50 m around a row may touch, kind by kind.

    Each part is looked up in the index. As "(category, cell) IN", or as one OR of the kinds, SQLite
    reads every open report (20 ms of 20,000); joined with listed values the statement is compiled
    anew each time (5 ms). Without the days, a busy middle of a city costs 45 ms.
    """
    columns = (
        Report.id, Report.category, Report.cell, Report.lat, Report.lon, Report.created_at,
    )  # fmt: skip
    found = select(*columns).where(IS_OPEN, IS_LEAD, scope.where(who))
    kinds: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        kinds[row.category].append(row)
    return union_all(
        *(
            found.where(
                Report.category == kind,
                Report.cell.in_(sorted({cell for row in same for cell in cells[row.id]})),
                Report.created_at >= min(row.created_at for row in same) - SAME_TIME,
                Report.created_at <= max(row.created_at for row in same) + SAME_TIME,
            )
            for kind, same in sorted(kinds.items())
        )
    )


def _is_twin(row: Row[Any], other: Row[Any]) -> bool:
    return (
        row.id != other.id
        and abs(row.created_at - other.created_at) <= SAME_TIME
        and rules.metres_between(row.lat, row.lon, other.lat, other.lon) <= rules.SAME_PLACE_M
    )
