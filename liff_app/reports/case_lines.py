"""Other reports in one line each: of the same incident, of the same spot, of the same reporter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.reports import rules, scope
from liff_app.reports.desk_filters import IS_LEAD, IS_OPEN
from liff_app.reports.models import Report
from liff_app.reports.scope import Scope
from liff_app.reports.vocabulary import Status

TWIN_WITHIN = timedelta(hours=72)  # two people see the same hole within days (facts, section 12)
MOST_TWINS = 5
EARLIER_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Another report in one line. `distance_m` is from the report it is shown beside.

    Of another department's, which may be of the same incident, there are no words.
    """

    ref: str
    number: str
    version: int
    category: str
    status: Status
    description: str
    created_at: datetime
    joined: int
    distance_m: int
    is_mine: bool  # within the reader's scope, so that the link opens


def number_of(report_id: int, created_at: datetime) -> str:
    """The number people read out."""
    return rules.number_of(report_id, created_at.astimezone(JST).year)


def incident(session: Session, row: Report, who: Scope) -> list[tuple[int, Line]]:
    """Id and line of the other reports of the incident: the lead, or those merged into this one."""
    others = Report.id == row.lead_id if row.lead_id is not None else Report.lead_id == row.id
    rows = session.execute(select(*COLUMNS).where(others).order_by(Report.id))
    return [(one.id, _line(one, row, who)) for one in rows]


def twins(session: Session, row: Report, who: Scope) -> tuple[Line, ...]:
    """Open reports of the same kind within 50 m and 72 hours, the nearest first."""
    if row.lead_id is not None:
        return ()
    cells = rules.cells_near(row.lat, row.lon, rules.SAME_PLACE_M)
    rows = session.execute(
        select(*COLUMNS).where(
            Report.category == row.category,
            Report.cell.in_(cells),
            IS_OPEN,
            IS_LEAD,
            Report.id != row.id,
            Report.created_at.between(row.created_at - TWIN_WITHIN, row.created_at + TWIN_WITHIN),
            scope.where(who),
        )
    )
    lines = (_line(one, row, who) for one in rows)
    near = [line for line in lines if line.distance_m <= rules.SAME_PLACE_M]
    return tuple(sorted(near, key=lambda line: line.distance_m)[:MOST_TWINS])


def earlier(session: Session, row: Report, who: Scope) -> tuple[tuple[Line, ...], int]:
    """The newest other reports of whoever reported this one, and how many there are."""
    if row.resident_id is None:
        return (), 0
    theirs = (Report.resident_id == row.resident_id, Report.id != row.id, scope.where(who))
    rows = session.execute(
        select(*COLUMNS, func.count().over().label("total"))
        .where(*theirs)
        .order_by(Report.id.desc())
        .limit(EARLIER_SHOWN)
    ).all()
    return tuple(_line(one, row, who) for one in rows), rows[0].total if rows else 0


COLUMNS = (
    Report.id, Report.ref, Report.version, Report.category, Report.status, Report.description,
    Report.created_at, Report.joined, Report.lat, Report.lon, Report.department_id,
)  # fmt: skip


def _line(one: Row[*tuple[Any, ...]], beside: Report, who: Scope) -> Line:
    is_mine = who.sees(one.department_id)
    return Line(
        ref=one.ref,
        number=number_of(one.id, one.created_at),
        version=one.version,
        category=one.category,
        status=Status(one.status),
        description=one.description if is_mine else "",
        created_at=one.created_at,
        joined=one.joined,
        distance_m=round(rules.metres_between(beside.lat, beside.lon, one.lat, one.lon)),
        is_mine=is_mine,
    )
