"""Reports as numbers: how many, of what and where, how soon they were answered, and what is late.

Sums of a period are made by the database in five passes over the index of `created_at`, together
0.3 s for a year of a city of 400,000 (`bench.reports`). Times come as counts by whole hours, so
median and 90th percentile need no row in Python and are exact to the hour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Integer, String, and_, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from liff_app.clock import JST
from liff_app.periods import Period
from liff_app.reports.models import Report
from liff_app.reports.vocabulary import Status

MEDIAN, NINETIETH = 0.5, 0.9
# What the town itself brought to an end; who takes a report back, or merges two, ended nothing.
DONE = (Status.FIXED, Status.NO_ACTION, Status.FORWARDED)
_HOUR = 3600  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Counts of the reports that came in. All but `received` count incidents, not their members."""

    received: int = 0
    incidents: int = 0
    open: int = 0
    done: int = 0
    overdue: int = 0
    reopened: int = 0


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in whole hours: of how many, the median, and the 90th percentile."""

    count: int
    median: int | None = None
    ninetieth: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The reports of one category, one town or one month (`2026-11`)."""

    code: str
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything about a period; the groups with most reports stand first, months by time.

    `answered` and `ended` are by category, "" for all of them together.
    """

    period: Period
    total: Sums
    categories: list[Group]
    towns: list[Group]
    months: list[Group]
    answered: dict[str, Spread]
    ended: dict[str, Spread]


def figures(session: Session, period: Period, *, today: date) -> Figures:
    """The numbers of what came in during the period, as things stand now."""
    categories = _by_size(session, Report.category, period, today)
    months = {one.code: one for one in _groups(session, _month(session), period, today)}
    return Figures(
        period=period,
        total=_together(one.sums for one in categories),
        categories=categories,
        towns=_by_size(session, Report.town_name, period, today),
        months=[months.get(code, Group(code, Sums())) for code in _months(period)],
        answered=_spreads(session, Report.first_answer_at, period),
        ended=_spreads(session, Report.closed_at, period, Report.status.in_(DONE)),
    )


def _within(period: Period) -> list[ColumnElement[bool]]:
    return [
        Report.created_at >= _midnight(period.since),
        Report.created_at < _midnight(period.until + timedelta(days=1)),
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JST)


def _by_size(
    session: Session, by: InstrumentedAttribute[str], period: Period, today: date
) -> list[Group]:
    found = _groups(session, by, period, today)
    return sorted(found, key=lambda one: (-one.sums.received, one.code))


def _groups(
    session: Session, by: ColumnElement[str] | InstrumentedAttribute[str], period: Period,
    today: date,
) -> list[Group]:  # fmt: skip
    is_lead = Report.lead_id.is_(None)
    counted = (
        select(
            by.label("code"),
            func.count(),
            _how_many(is_lead),
            _how_many(and_(is_lead, Report.is_open)),
            _how_many(and_(is_lead, Report.status.in_(DONE))),
            _how_many(and_(is_lead, Report.is_open, Report.due_on < today)),
            _how_many(and_(is_lead, Report.reopened > 0)),
        )
        .where(*_within(period))
        .group_by("code")
    )
    return [
        Group(
            code or "",
            Sums(
                received=received, incidents=leads, open=left, done=done, overdue=late,
                reopened=again,
            ),
        )
        for code, received, leads, left, done, late, again in session.execute(counted)
    ]  # fmt: skip


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _together(sums: Iterable[Sums]) -> Sums:
    total: Counter[str] = Counter()
    for one in sums:
        total.update({name: getattr(one, name) for name in Sums.__slots__})
    return Sums(**total)


def _month(session: Session) -> ColumnElement[str]:
    """The month in Japan in which a report came in, as 2026-11."""
    if session.get_bind().dialect.name == "sqlite":
        return func.strftime("%Y-%m", Report.created_at, "+9 hours", type_=String)
    local = func.timezone("Asia/Tokyo", Report.created_at)
    return func.to_char(local, "YYYY-MM", type_=String)


def _months(period: Period) -> list[str]:
    """Every month that the period touches, also those in which nothing came in."""
    first = period.since.year * 12 + period.since.month - 1
    last = period.until.year * 12 + period.until.month - 1
    return [f"{one // 12:04d}-{one % 12 + 1:02d}" for one in range(first, last + 1)]


def _spreads(
    session: Session, until: InstrumentedAttribute[datetime | None], period: Period,
    *which: ColumnElement[bool],
) -> dict[str, Spread]:  # fmt: skip
    """How long it took from coming in until then, by category."""
    hours = _hours(session, until)
    counted = (
        select(Report.category, hours.label("hours"), func.count())
        .where(*_within(period), Report.lead_id.is_(None), until.is_not(None), *which)
        .group_by(Report.category, "hours")
    )
    by_category: dict[str, Counter[int]] = {"": Counter()}
    for category, hour, count in session.execute(counted):
        by_category.setdefault(category, Counter())[hour] += count
        by_category[""][hour] += count
    return {category: spread(found) for category, found in by_category.items()}


def _hours(session: Session, until: InstrumentedAttribute[datetime | None]) -> ColumnElement[int]:
    """Whole hours since the report came in, on whole seconds, which both databases can count."""
    if session.get_bind().dialect.name == "sqlite":
        seconds = [cast(func.strftime("%s", one), Integer) for one in (until, Report.created_at)]
        return (seconds[0] - seconds[1]) // _HOUR
    took = func.extract("epoch", func.date_trunc("second", until)) - func.extract(
        "epoch", func.date_trunc("second", Report.created_at)
    )
    return cast(func.trunc(took / _HOUR), Integer)


def spread(hours: Counter[int]) -> Spread:
    """Median and 90th percentile (nearest rank: an hour that really occurred) of counted hours."""
    count = hours.total()
    return Spread(count, _rank(hours, MEDIAN, count), _rank(hours, NINETIETH, count))


def _rank(hours: Counter[int], share: float, count: int) -> int | None:
    passed = 0
    for hour in sorted(hours):
        passed += hours[hour]
        if passed >= share * count:
            return max(0, hour)
    return None
