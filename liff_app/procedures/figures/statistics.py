"""Submissions as numbers: what came in during a period, and what became of it. Names nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import quantiles

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from liff_app import working_days
from liff_app.clock import JST
from liff_app.periods import Period
from liff_app.procedures import scope
from liff_app.procedures.figures.counting import What
from liff_app.procedures.models import (
    PageCount,
    Procedure,
    ProcedureVersion,
    Submission,
    SubmissionEvent,
    SubmissionReturn,
)
from liff_app.procedures.scope import Scope
from liff_app.procedures.vocabulary import EventKind, Status

__all__ = ["Figures", "PageFigures", "Spread", "figures", "pages", "whole_months"]

MOST_TIMED = 20_000  # of a period, for medians; beyond it the newest
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Spread:
    """How many working days something took: of how many, the median, the 90th percentile."""

    count: int
    median: int | None = None
    ninetieth: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything about a period, trials left out. Months are `2026-11`, none left out."""

    period: Period
    received: int
    open: int
    overdue: int
    returned: int  # submissions that were returned at least once
    by_status: dict[str, int]
    by_source: dict[str, int]
    by_month: list[tuple[str, int, int]]  # month, received, of these closed
    first_step: Spread
    ended: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFigures:
    """A page or question of one version: how often it was reached, passed, refused."""

    name: str
    reached: int
    passed: int
    refused: int


def figures(
    session: Session, procedure: Procedure, period: Period, who: Scope, *, today: date
) -> Figures:
    """The numbers of what came in during the period, as things stand now."""
    within, is_open = _within(procedure, period, who), Submission.is_open.is_(True)
    status = _counted(session, Submission.status, within)
    months = _months(session, within, period)
    return Figures(
        period=period,
        received=sum(status.values()),
        open=_count(session, [*within, is_open]),
        overdue=_count(session, [*within, is_open, Submission.due_on < today]),
        returned=_count(
            session, [*within, Submission.id.in_(select(SubmissionReturn.submission_id))]
        ),
        by_status={one.value: status.get(one.value, 0) for one in Status},
        by_source=_counted(session, Submission.source, within),
        by_month=months,
        first_step=_first_steps(session, within),
        ended=_ended(session, within),
    )


def _within(procedure: Procedure, period: Period, who: Scope) -> list[ColumnElement[bool]]:
    return [
        Submission.procedure_id == procedure.id,
        Submission.is_test.is_(False),
        scope.where(who),
        Submission.created_at >= _midnight(period.since),
        Submission.created_at < _midnight(period.until + timedelta(days=1)),
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JST)


def _counted(
    session: Session, by: InstrumentedAttribute[str], within: Sequence[ColumnElement[bool]]
) -> dict[str, int]:
    rows = session.execute(select(by, func.count()).where(*within).group_by(by))
    return {row[0]: row[1] for row in rows}


def _count(session: Session, within: Sequence[ColumnElement[bool]]) -> int:
    return session.execute(select(func.count()).select_from(Submission).where(*within)).scalar_one()


def _months(
    session: Session, within: Sequence[ColumnElement[bool]], period: Period
) -> list[tuple[str, int, int]]:
    received: Counter[str] = Counter()
    closed: Counter[str] = Counter()
    rows = session.execute(select(Submission.created_at, Submission.is_open).where(*within))
    for created_at, is_open in rows:
        month = f"{created_at.astimezone(JST):%Y-%m}"
        received[month] += 1
        closed[month] += not is_open
    return [(one, received[one], closed[one]) for one in _names(period)]


def _names(period: Period) -> list[str]:
    first = period.since.year * 12 + period.since.month - 1
    last = period.until.year * 12 + period.until.month - 1
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(first, last + 1)]


def _first_steps(session: Session, within: Sequence[ColumnElement[bool]]) -> Spread:
    """Working days from the receipt to the first step that a colleague took."""
    first = (
        select(SubmissionEvent.submission_id, func.min(SubmissionEvent.at).label("at"))
        .where(SubmissionEvent.kind.in_([EventKind.MOVED.value, EventKind.RETURNED.value]))
        .where(SubmissionEvent.actor.startswith("staff:"))
        .group_by(SubmissionEvent.submission_id)
        .subquery()
    )
    wanted = select(Submission.created_at, first.c.at).join(
        first, first.c.submission_id == Submission.id
    )
    rows = session.execute(wanted.where(*within).order_by(Submission.id.desc()).limit(MOST_TIMED))
    return _spread([_days(begun, done) for begun, done in rows])


def _ended(session: Session, within: Sequence[ColumnElement[bool]]) -> Spread:
    """Working days from the receipt to the end, of what staff ended."""
    done = [Status.COMPLETED.value, Status.REJECTED.value, Status.LAPSED.value]
    wanted = select(Submission.created_at, Submission.closed_at)
    rows = session.execute(
        wanted.where(*within, Submission.status.in_(done), Submission.closed_at.is_not(None))
        .order_by(Submission.id.desc())
        .limit(MOST_TIMED)
    )
    return _spread([_days(begun, done) for begun, done in rows if done])


def _days(begun: datetime, done: datetime) -> int:
    """Working days between: 0 on the same day."""
    day, last = begun.astimezone(JST).date(), done.astimezone(JST).date()
    count = 0
    while day < last:
        day += timedelta(days=1)
        count += working_days.is_working_day(day)
    return count


def _spread(days: Sequence[int]) -> Spread:
    if not days:
        return Spread(0)
    if len(days) == 1:
        return Spread(1, days[0], days[0])
    tenths = quantiles(days, n=_TENTHS, method="inclusive")
    return Spread(len(days), round(tenths[4]), round(tenths[8]))


def whole_months(period: Period, today: date) -> Period:
    """Every month that the period touches, as a whole; the one that runs as far as it has come."""
    months = period.until.year * 12 + period.until.month  # the first one after it
    after = date(months // 12, months % 12 + 1, 1)
    return Period(period.since.replace(day=1), min(after - timedelta(days=1), today))


def pages(
    session: Session, procedure: Procedure, period: Period
) -> list[tuple[int, list[PageFigures]]]:
    """By version, newest first: its pages and refused questions in the order of first counting.

    `period` is one of `whole_months`: between two that differ by a day one person could be told.
    """
    wanted = (
        select(ProcedureVersion.number, PageCount.name, PageCount.what, func.sum(PageCount.count))
        .join(PageCount, PageCount.version_id == ProcedureVersion.id)
        .where(ProcedureVersion.procedure_id == procedure.id)
        .where(PageCount.day >= period.since, PageCount.day <= period.until)
        .group_by(ProcedureVersion.number, PageCount.name, PageCount.what)
    )
    counted: dict[int, dict[str, Counter[str]]] = {}
    for number, name, what, count in session.execute(wanted):
        counted.setdefault(number, {}).setdefault(name, Counter())[what] = int(count)
    return [
        (number, [_page(name, counts) for name, counts in sorted(names.items())])
        for number, names in sorted(counted.items(), reverse=True)
    ]


def _page(name: str, counts: Counter[str]) -> PageFigures:
    return PageFigures(
        name=name,
        reached=counts[What.REACHED.value],
        passed=counts[What.PASSED.value],
        refused=counts[What.REFUSED.value],
    )
