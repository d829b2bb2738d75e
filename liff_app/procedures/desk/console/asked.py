"""The queue's question as an address carries it: read with forgiveness, written in one way only.

No name and no number of a person ever stands in it: those are looked for by POST.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from flask import url_for

from liff_app.procedures.desk.filters import Filters, Order, State
from liff_app.procedures.desk.queries import Cursor
from liff_app.procedures.vocabulary import Source, Status

Code = TypeVar("Code", bound=StrEnum)
LONGEST_CODE = 40
YEARS = range(2000, 3000)  # at the ends of the calendar a day in Japan is no moment in UTC
BIGGEST_ID = 2**63 - 1


def read(asked: Mapping[str, str]) -> Filters:
    """The question; what is no word of ours asks for nothing."""
    return Filters(
        state=_code(State, asked.get("state")) or State.OPEN,
        status=_code(Status, asked.get("status")),
        procedure=_word(asked, "procedure"),
        department=_word(asked, "department"),
        assignee=_word(asked, "assignee"),
        source=_code(Source, asked.get("source")),
        overdue="overdue" in asked,
        unread="unread" in asked,
        proposed="proposed" in asked,
        since=_day(asked.get("from")),
        until=_day(asked.get("to")),
        order=_code(Order, asked.get("order")) or Order.DUE,
    )


def write(filters: Filters) -> dict[str, str]:
    """The question as an address: what is usual is left out, so one question has one address."""
    said = {
        "state": filters.state if filters.state is not State.OPEN else "",
        "status": filters.status or "",
        "procedure": filters.procedure,
        "department": filters.department,
        "assignee": filters.assignee,
        "source": filters.source or "",
        "overdue": "1" if filters.overdue else "",
        "unread": "1" if filters.unread else "",
        "proposed": "1" if filters.proposed else "",
        "from": filters.since.isoformat() if filters.since else "",
        "to": filters.until.isoformat() if filters.until else "",
        "order": filters.order if filters.order is not Order.DUE else "",
    }
    return {name: str(value) for name, value in said.items() if value}


def address(asked: Mapping[str, str]) -> str:
    """Address of the queue with that question."""
    wanted: dict[str, Any] = dict(asked)
    return url_for("procedure_console.queue", **wanted)


def address_of(text: str) -> str:
    """The queue with the question inside a query string, as the queue writes it."""
    return address(write(read(dict(parse_qsl(text)))))


def read_cursor(text: str | None) -> Cursor | None:
    """Where a page begins; None for the first one, or for what is no place in any order."""
    number, _sign, value = (text or "").partition("_")
    if not (number.isascii() and number.isdigit() and len(number) <= len(str(BIGGEST_ID))):
        return None
    if int(number) > BIGGEST_ID:
        return None
    return Cursor(int(number), _date(value))


def write_cursor(cursor: Cursor) -> str:
    """The place as an address carries it."""
    return f"{cursor.id}_{cursor.due_on.isoformat()}" if cursor.due_on else str(cursor.id)


def _code(codes: type[Code], text: str | None) -> Code | None:
    return next((one for one in codes if one.value == text), None)


def _word(asked: Mapping[str, str], name: str) -> str:
    text = asked.get(name, "")
    return text if len(text) <= LONGEST_CODE and text.isascii() and text.isalnum() else ""


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _day(text: str | None) -> date | None:
    found = _date(text)
    return found if found is not None and found.year in YEARS else None
