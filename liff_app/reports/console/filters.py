"""The inbox's question as an address carries it: read with forgiveness, written in one way only."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from liff_app.reports.desk_filters import Area, Filters, Order, State
from liff_app.reports.desk_queries import Cursor
from liff_app.reports.vocabulary import Priority, Source, Status

Code = TypeVar("Code", bound=StrEnum)
LONGEST_TEXT, LONGEST_CODE = 60, 40
AREA_DIGITS = 5  # about a metre
CORNERS = 4
YEARS = range(2000, 3000)  # at the ends of the calendar a day in Japan is no moment in UTC
BIGGEST_ID = 2**63 - 1


def read(asked: Mapping[str, str]) -> Filters:
    """The question; what is no word of ours asks for nothing."""
    return Filters(
        state=_code(State, asked.get("state")) or State.OPEN,
        status=_code(Status, asked.get("status")),
        category=_word(asked, "category"),
        department=_word(asked, "department"),
        assignee=_word(asked, "assignee"),
        priority=_priority(asked.get("priority")),
        source=_code(Source, asked.get("source")),
        overdue="overdue" in asked,
        unread="unread" in asked,
        again="again" in asked,
        hidden="hidden" in asked,
        town=_typed(asked, "town"),
        since=_day(asked.get("from")),
        until=_day(asked.get("to")),
        text=_typed(asked, "q"),
        area=_area(asked.get("bbox")),
        order=_code(Order, asked.get("order")) or Order.NEWEST,
    )


def write(filters: Filters) -> dict[str, str]:
    """The question as an address: what is usual is left out, so one question has one address."""
    said = {
        "state": filters.state if filters.state is not State.OPEN else "",
        "status": filters.status or "",
        "category": filters.category,
        "department": filters.department,
        "assignee": filters.assignee,
        "priority": "" if filters.priority is None else str(int(filters.priority)),
        "source": filters.source or "",
        "overdue": "1" if filters.overdue else "",
        "unread": "1" if filters.unread else "",
        "again": "1" if filters.again else "",
        "hidden": "1" if filters.hidden else "",
        "town": filters.town,
        "from": filters.since.isoformat() if filters.since else "",
        "to": filters.until.isoformat() if filters.until else "",
        "q": filters.text,
        "bbox": _corners(filters.area) if filters.area else "",
        "order": filters.order if filters.order is not Order.NEWEST else "",
    }
    return {name: str(value) for name, value in said.items() if value}


def read_cursor(text: str | None) -> Cursor | None:
    """Where a page begins; None for the first one, or for what is no place in any order."""
    number, _sign, value = (text or "").partition("_")
    if not (number.isascii() and number.isdigit() and len(number) <= len(str(BIGGEST_ID))):
        return None
    if int(number) > BIGGEST_ID:
        return None
    if not value:
        return Cursor(int(number))
    if value in {str(int(one)) for one in Priority}:
        return Cursor(int(number), int(value))
    found = _day(value)
    return None if found is None else Cursor(int(number), found)


def write_cursor(cursor: Cursor) -> str:
    """The place as an address carries it."""
    return str(cursor.id) if cursor.value is None else f"{cursor.id}_{cursor.value}"


def fits(cursor: Cursor | None, order: Order) -> Cursor | None:
    """The cursor if it is of that order: an address may have been put together by hand."""
    if cursor is None or cursor.value is None:
        return None if cursor is not None and order is Order.PRIORITY else cursor
    wanted = {Order.DUE: date, Order.PRIORITY: int}.get(order)
    return cursor if wanted is not None and isinstance(cursor.value, wanted) else None


def _code(codes: type[Code], text: str | None) -> Code | None:
    return next((one for one in codes if one.value == text), None)


def _priority(text: str | None) -> Priority | None:
    return next((one for one in Priority if str(int(one)) == text), None)


def _word(asked: Mapping[str, str], name: str) -> str:
    text = asked.get(name, "")
    known = len(text) <= LONGEST_CODE and all(sign.isalnum() or sign in "_-" for sign in text)
    return text if known and text.isascii() else ""


def _typed(asked: Mapping[str, str], name: str) -> str:
    """What was typed, without what no keyboard writes."""
    text = "".join(sign for sign in asked.get(name, "") if sign.isprintable())
    return " ".join(text.split())[:LONGEST_TEXT]


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _area(text: str | None) -> Area | None:
    """West, south, east, north, in degrees; anything that is no rectangle is none."""
    try:
        corners = [float(one) for one in (text or "").split(",")]
    except ValueError:
        return None
    if len(corners) != CORNERS or not all(math.isfinite(one) for one in corners):
        return None
    west, south, east, north = (round(one, AREA_DIGITS) for one in corners)
    inside = -180 <= west < east <= 180 and -90 <= south < north <= 90  # noqa: PLR2004 - degrees
    return Area(west, south, east, north) if inside else None


def _corners(area: Area) -> str:
    corners = (area.west, area.south, area.east, area.north)
    return ",".join(f"{one:.{AREA_DIGITS}f}" for one in corners)
