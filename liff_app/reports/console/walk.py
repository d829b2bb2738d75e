"""Where a reviewer stands in the list they came from: the way back to it, and what is next in it.

The question of the list goes along in the address (`list`), from page to page and through forms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from flask import has_request_context, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.clock import JST
from liff_app.reports import desk_queries, scope
from liff_app.reports.case_queries import Case
from liff_app.reports.console import filters as query
from liff_app.reports.console import saved
from liff_app.reports.desk_filters import Order
from liff_app.reports.desk_queries import Cursor
from liff_app.reports.models import Report
from liff_app.staff.guard import Colleague

NAME, LONGEST = "list", 1000


def asked() -> str:
    """The question of the list that the page was opened from; "" for the usual one."""
    return request.args.get(NAME, "")[:LONGEST]


def go_along(endpoint: str, values: dict[str, Any]) -> None:
    """Addresses made on a report's page carry the list on; for Flask's `url_defaults`."""
    if has_request_context() and asked() and endpoint != "report_case.photo":
        values.setdefault(NAME, asked())


def list_url() -> str:
    """The list that the page was opened from."""
    return saved.address_of(asked())


def next_url(session: Session, case: Case, me: Colleague) -> str:
    """The next report of the list that the colleague has not read, else its first; "" for none."""
    wanted = replace(query.read(dict(parse_qsl(asked()))), unread=True)
    value = {Order.DUE: case.due_on, Order.PRIORITY: int(case.priority)}.get(wanted.in_order)
    today = clock.now().astimezone(JST).date()
    for page in (Cursor(case.id, value), None):
        found = desk_queries.ids(session, wanted, scope.scope_of(me), me.id, page, today=today)
        for one in found:
            if one != case.id:
                ref = session.scalars(select(Report.ref).where(Report.id == one)).one()
                return url_for("report_case.show", ref=ref)
    return ""
