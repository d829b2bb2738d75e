"""Where a reviewer stands in the list they came from: the way back to it, and what is next in it.

The question of the list goes along in the address (`list`), from page to page and through forms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from flask import has_request_context, request, url_for
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.clock import JST
from liff_app.procedures import scope
from liff_app.procedures.desk import queries
from liff_app.procedures.desk.console import asked as query
from liff_app.staff.guard import Colleague

NAME, LONGEST = "list", 1000


def asked() -> str:
    """The question of the list that the page was opened from; "" for the usual one."""
    return request.args.get(NAME, "")[:LONGEST]


def go_along(endpoint: str, values: dict[str, Any]) -> None:
    """Addresses made on a case's page carry the list on; for Flask's `url_defaults`."""
    if has_request_context() and asked() and endpoint != "procedure_case.file":
        values.setdefault(NAME, asked())


def list_url() -> str:
    """The list that the page was opened from."""
    return query.address_of(asked())


def next_url(session: Session, ref: str, me: Colleague) -> str:
    """The first case of the list that the colleague has not read; "" for none."""
    wanted = replace(query.read(dict(parse_qsl(asked()))), unread=True)
    today = clock.now().astimezone(JST).date()
    found = queries.next_ref(session, wanted, scope.scope_of(me), me.id, ref, today=today)
    return url_for("procedure_case.show", ref=found) if found else ""
