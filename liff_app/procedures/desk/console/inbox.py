"""`/console/procedures`: the queue."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.procedures import rules, scope
from liff_app.procedures.desk import marks, queries
from liff_app.procedures.desk.console import inbox_page
from liff_app.procedures.desk.queries import CaseRow
from liff_app.staff.guard import colleague, note

bp = Blueprint("procedure_console", __name__)

LONGEST = 100


@bp.get("")
def queue() -> ResponseReturnValue:
    """The page of the question in the address."""
    page = inbox_page.queue_page(db.session, request.args, colleague(), now=clock.now())
    return render_template("procedures/console/inbox.html", page=page, looked_for="")


@bp.post("/search")
def search() -> ResponseReturnValue:
    """The case of that receipt number, or all with exactly that name or telephone number.

    What was typed stands in no address; the log has that somebody looked, not for what.
    """
    typed = request.form.get("q", "")[:LONGEST].strip()
    number = rules.checked_number(typed)
    ref = queries.ref_of(db.session, number, scope.scope_of(colleague())) if number else None
    if ref:
        return redirect(url_for("procedure_case.show", ref=ref), 303)
    with transaction() as session:
        rows = _found(session, typed)
        note(session, "procedure.searched", "procedures", persons=len(rows))
    page = inbox_page.found_page(db.session, rows, colleague(), now=clock.now())
    answer = render_template("procedures/console/inbox.html", page=page, looked_for=typed)
    return answer, {"Cache-Control": "no-store"}


def _found(session: Session, typed: str) -> list[CaseRow]:
    me, keys = colleague(), current_app.config["SETTINGS"].keys
    ids = marks.found_by(session, typed, keys) if typed else []
    return queries.rows_by_id(session, ids, scope.scope_of(me), me.id)
