"""What of the log is looked for, and a page of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from liff_app.audit.models import AuditEvent

PAGE = 50
MOST_ROWS = 100_000  # of one file: more than a town's month, and still opened by a spreadsheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; empty is no condition. `actor` and `subject` may be a kind alone."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    action: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One event as it is shown."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    persons: int
    detail: dict[str, str | int | bool | None]
    seal: str


@dataclass(frozen=True, slots=True)
class Page:
    """Events, the newest first, and the numbers from which older and newer ones go on."""

    lines: tuple[Line, ...]
    older: int | None
    newer: int | None


def page(
    session: Session, search: Search, *, before: int | None = None, after: int | None = None
) -> Page:
    """The events below `before`, or above `after`, or the newest ones."""
    if after is not None:
        rows = session.scalars(
            _found(search).where(AuditEvent.number > after).order_by(AuditEvent.number)
            .limit(PAGE + 1)
        ).all()  # fmt: skip
        shown, more = list(rows[:PAGE])[::-1], len(rows) > PAGE
        older = shown[-1].number if shown else None
        return Page(_lines(shown), older, shown[0].number if more else None)
    wanted = _found(search).order_by(AuditEvent.number.desc()).limit(PAGE + 1)
    if before is not None:
        wanted = wanted.where(AuditEvent.number < before)
    rows = session.scalars(wanted).all()
    shown, more = list(rows[:PAGE]), len(rows) > PAGE
    newer = shown[0].number if shown and before is not None else None
    return Page(_lines(shown), shown[-1].number if more else None, newer)


def count(session: Session, search: Search) -> int:
    """How many events are found."""
    counted = _found(search).with_only_columns(func.count(), maintain_column_froms=True)
    return session.scalar(counted) or 0


def found(session: Session, search: Search) -> Iterator[Line]:
    """Every event that is found, the oldest first, read as they are asked for."""
    wanted = _found(search).order_by(AuditEvent.number).limit(PAGE * 20)
    last = 0
    while rows := session.scalars(wanted.where(AuditEvent.number > last)).all():
        last = rows[-1].number
        yield from _lines(rows)
        session.expunge_all()  # a year of the log need not all be in memory


def _found(search: Search) -> Select[AuditEvent]:
    conditions: list[ColumnElement[bool]] = []
    if search.since is not None:
        conditions.append(AuditEvent.at >= search.since)
    if search.until is not None:
        conditions.append(AuditEvent.at < search.until)
    if search.action:
        conditions.append(AuditEvent.action == search.action)
    if search.actor:
        conditions.append(_is_or_of_kind(AuditEvent.actor, search.actor))
    if search.subject:
        conditions.append(_is_or_of_kind(AuditEvent.subject, search.subject))
    return select(AuditEvent).where(*conditions)


def _is_or_of_kind(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """`staff:7f3a` is that one; `staff` is every one of the kind."""
    if ":" in text:
        return column == text
    return (column == text) | column.startswith(f"{text}:", autoescape=True)


def _lines(rows: Sequence[AuditEvent]) -> tuple[Line, ...]:
    return tuple(
        Line(
            row.number,
            row.at,
            row.actor,
            row.action,
            row.subject,
            row.persons,
            _detail(row.detail),
            row.seal.hex(),
        )
        for row in rows
    )


def _detail(text: str) -> dict[str, str | int | bool | None]:
    """The detail's pairs. What is no JSON any more was tampered with: shown as it stands."""
    try:
        found = json.loads(text)
    except ValueError:
        return {"?": text}
    return found if isinstance(found, dict) else {"?": text}
