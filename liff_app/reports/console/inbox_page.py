"""What the inbox's page shows, put together from the question and the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.i18n import gettext as _
from liff_app.reports import desk_queries, scope
from liff_app.reports.console import filters as query
from liff_app.reports.console import rows, saved
from liff_app.reports.console.choices import Choices, choices
from liff_app.reports.console.rows import Names, RowView
from liff_app.reports.console.saved import SavedView
from liff_app.reports.desk_filters import ME, Filters, Order, State
from liff_app.reports.desk_queries import MOST_COUNTED
from liff_app.reports.vocabulary import Status
from liff_app.staff.guard import Colleague


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The rows, how many there are in words, and where the next ones are ("": there are none)."""

    rows: list[RowView]
    count: str
    next_url: str
    first_url: str
    town_url: str  # the same without the map's part; "" where the whole town is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """Everything the template needs. `asked` is the question as an address carries it."""

    part: Part
    asked: dict[str, str]
    state: str
    order: str
    choices: Choices
    quick: list[tuple[str, str, bool]]
    views: list[SavedView]
    is_narrowed: bool


def part(
    session: Session, asked: Mapping[str, str], me: Colleague, known: Names, *, now: datetime
) -> Part:
    """The rows that the question finds, from the place in the address on."""
    filters, today = query.read(asked), now.astimezone(JST).date()
    cursor = query.fits(query.read_cursor(asked.get("after")), filters.in_order)
    found = desk_queries.inbox(session, filters, scope.scope_of(me), me.id, cursor, today=today)
    said = query.write(filters)
    after = query.write_cursor(found.after) if found.after else ""
    return Part(
        rows=[
            rows.view(row, known, today=today, now=now, asked=urlencode(said)) for row in found.rows
        ],
        count=count_words(found.count),
        next_url=address(said | {"after": after}) if after else "",
        first_url=address(said) if cursor else "",
        town_url=address(query.write(filters.without_area())) if filters.area else "",
    )


def inbox_page(
    session: Session, asked: Mapping[str, str], me: Colleague, *, now: datetime
) -> InboxPage:
    """The page of that question for that colleague."""
    filters, known = query.read(asked), rows.names(session)
    said = query.write(filters)
    return InboxPage(
        part=part(session, asked, me, known, now=now),
        asked=said,
        state=filters.state.value,
        order=filters.order.value,
        choices=choices(session, known, scope.scope_of(me), now=now),
        quick=_quick(said),
        views=saved.views(session, me.id),
        is_narrowed=bool(said.keys() - {"order", "bbox"}),
    )


def address(asked: Mapping[str, str]) -> str:
    """Address of the inbox with that question."""
    query_string: dict[str, Any] = dict(asked)
    return url_for("report_console.inbox", **query_string)


def count_words(found: int) -> str:
    """How many there are, as far as anybody counts."""
    if found > MOST_COUNTED:
        return _("%(n)s件以上", n=f"{MOST_COUNTED:,}")
    return _("%(n)s件", n=f"{found:,}")


def _quick(said: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """Questions that are asked all day: label, address, and whether it is the one asked now."""
    asked_now = {name: value for name, value in said.items() if name != "bbox"}
    wanted = [
        (_("終わっていないもの"), Filters()),
        (_("新しい受付"), Filters(status=Status.RECEIVED)),
        (_("未読"), Filters(unread=True)),
        (_("まだ（再開）"), Filters(status=Status.REOPENED)),
        (_("期限切れ"), Filters(overdue=True, order=Order.DUE)),
        (_("自分の担当"), Filters(assignee=ME)),
        (_("終わったもの"), Filters(state=State.CLOSED)),
    ]
    return [
        (label, address(query.write(one)), query.write(one) == asked_now) for label, one in wanted
    ]
