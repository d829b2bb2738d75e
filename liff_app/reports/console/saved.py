"""`/console/reports/views`: questions that a colleague keeps by name."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import transaction
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.reports.console import filters as query
from liff_app.reports.models import ReportView
from liff_app.staff.guard import colleague

bp = Blueprint("report_views", __name__)

LONGEST_NAME = 40
MOST = 30  # a longer list is searched by nobody


@dataclass(frozen=True, slots=True)
class SavedView:
    """A kept question: its name and its address."""

    id: str
    name: str
    href: str


@bp.post("")
def keep() -> ResponseReturnValue:
    """The question stands in the list under its name, and is shown."""
    asked = _known(request.form.get("query", ""))
    with transaction() as session:
        save(session, colleague().id, request.form.get("name", ""), asked, now=clock.now())
    return redirect(_address(asked), 303)


@bp.post("/<view_id>/remove")
def remove(view_id: str) -> ResponseReturnValue:
    """The question is kept no more; another's stays, and so does the page."""
    with transaction() as session:
        forget(session, colleague().id, view_id)
    return redirect(_address(_known(request.form.get("query", ""))), 303)


def views(session: Session, account_id: str) -> list[SavedView]:
    """What the colleague keeps, in the order of names."""
    rows = session.execute(
        select(ReportView.id, ReportView.name, ReportView.query)
        .where(ReportView.account_id == account_id)
        .order_by(ReportView.name, ReportView.id)
    )
    return [SavedView(row.id, row.name, _address(_known(row.query))) for row in rows]


def save(
    session: Session, account_id: str, name: str, asked: dict[str, str], *, now: datetime
) -> None:
    """The question is kept under that name, in place of one of the same name.

    Raises InputInvalid for no name, a long one, or one more than `MOST`.
    """
    name = " ".join("".join(sign for sign in name if sign.isprintable()).split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InputInvalid([FieldError("name", "length", _("名前を40字までで付けてください。"))])
    mine = ReportView.account_id == account_id
    session.execute(delete(ReportView).where(mine, ReportView.name == name))
    if session.scalar(select(func.count()).select_from(ReportView).where(mine)) == MOST:
        message = _("登録できるのは%(n)sまでです。使わないものを消してください。", n=MOST)
        raise InputInvalid([FieldError("name", "many", message)])
    text = _address(asked).partition("?")[2]
    session.add(
        ReportView(id=secrets.token_hex(16), account_id=account_id, name=name, query=text,
                   created_at=now)
    )  # fmt: skip


def forget(session: Session, account_id: str, view_id: str) -> None:
    """The colleague's view of that id is gone; another's, or none: nothing happens."""
    session.execute(
        delete(ReportView).where(ReportView.account_id == account_id, ReportView.id == view_id)
    )


def address_of(text: str) -> str:
    """The inbox with the question inside a query string."""
    return _address(_known(text))


def _known(text: str) -> dict[str, str]:
    """The question inside a query string, as the inbox writes it: the rest is left out."""
    return query.write(query.read(dict(parse_qsl(text))))


def _address(asked: dict[str, str]) -> str:
    wanted: dict[str, Any] = dict(asked)
    return url_for("report_console.inbox", **wanted)
