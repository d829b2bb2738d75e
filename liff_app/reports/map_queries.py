"""The inbox's map: pins where they are few, counted squares where they are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, cast, func, select
from sqlalchemy.orm import Session

from liff_app.reports import desk_filters
from liff_app.reports.desk_filters import Area, Filters
from liff_app.reports.models import Report
from liff_app.reports.scope import Scope

MOST_PINS = 2000
SQUARES = 9  # along the longer side of the map: a finger tells them apart
# What is over is in no index by place: of it the map shows the newest. 60 ms of a million.
MOST_OLD = 50_000
DIGITS = 5  # about a metre


@dataclass(frozen=True, slots=True)
class Pins:
    """Reports one by one, as columns. An id is all a pin knows: what it says is asked for later."""

    ids: Sequence[int] = ()
    lats: Sequence[float] = ()
    lons: Sequence[float] = ()
    statuses: Sequence[str] = ()
    priorities: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Squares:
    """How many reports stand where, as columns: the middle of those counted, and their number."""

    lats: Sequence[float] = ()
    lons: Sequence[float] = ()
    counts: Sequence[int] = ()


def points(
    session: Session, filters: Filters, who: Scope, account_id: str, *, today: date
) -> Pins | Squares:
    """What the question finds on its part of the map; `MOST_PINS` pins, or squares for more."""
    asked = _asked(session, filters, who, account_id, today)
    few = (
        select(Report.id, Report.lat, Report.lon, Report.status, Report.priority)
        .where(*asked)
        .limit(MOST_PINS + 1)
    )
    rows = session.execute(few).all()
    if len(rows) > MOST_PINS:
        return _squares(session, asked, filters.area)
    return Pins(*zip(*rows, strict=True)) if rows else Pins()


def _asked(
    session: Session, filters: Filters, who: Scope, account_id: str, today: date
) -> list[ColumnElement[bool]]:
    asked = desk_filters.conditions(filters, who, account_id, today=today)
    if filters.only_open or filters.number is not None:
        return asked
    last = session.scalar(select(func.max(Report.id))) or 0
    return [Report.id > last - MOST_OLD, *asked]


def _squares(session: Session, asked: list[ColumnElement[bool]], area: Area | None) -> Squares:
    area = area or _extent(session, asked)
    side = max(area.north - area.south, (area.east - area.west), 0.0001) / SQUARES
    counted: Select[Any] = (
        select(func.avg(Report.lat), func.avg(Report.lon), func.count())
        .where(*asked)
        .group_by(
            # SQLite cuts where PostgreSQL rounds: the squares lie half a side apart, no more.
            cast((Report.lat - area.south) / side, Integer),
            cast((Report.lon - area.west) / side, Integer),
        )
    )
    rows: Sequence[Row[Any]] = session.execute(counted).all()
    lats, lons, counts = zip(*rows, strict=True)
    return Squares(lats, lons, counts)


def _extent(session: Session, asked: list[ColumnElement[bool]]) -> Area:
    south, west, north, east = session.execute(
        select(
            func.min(Report.lat), func.min(Report.lon), func.max(Report.lat), func.max(Report.lon)
        ).where(*asked)
    ).one()
    return Area(west, south, east, north)
