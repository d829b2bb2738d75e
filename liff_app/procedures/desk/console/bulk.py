"""`/console/procedures/bulk`: one change for many cases, in two steps.

The first leads to a page that says how many and which; what came of the second has an address of
its own: loading it again changes nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.procedures import scope
from liff_app.procedures.desk import bulk
from liff_app.procedures.desk.bulk import BulkChange, BulkDone, BulkKind
from liff_app.procedures.desk.console import bulk_page, bulk_results, people, typed
from liff_app.procedures.desk.console.bulk_page import picks_of
from liff_app.procedures.desk.console.bulk_results import Result
from liff_app.staff.guard import colleague, note

bp = Blueprint("procedure_bulk", __name__)

LONGEST = 1000


@bp.post("")
def ask() -> ResponseReturnValue:
    """What was picked on the list leads to the second step. Nothing has changed."""
    kind, picks = _kind(request.form.get("verb", "")), picks_of(request.form.getlist("pick"))
    query = request.form.get("query", "")[:LONGEST]
    if kind is None or not picks:
        return _asked(kind, picks, query), 422
    named = [f"{ref}.{version}" for ref, version in picks[: bulk.MOST]]
    return redirect(url_for(".second", verb=kind.value, pick=named, query=query), 303)


@bp.get("")
def second() -> ResponseReturnValue:
    """The second step: how many, every case by its number, and what the change needs."""
    kind, picks = _kind(request.args.get("verb", "")), picks_of(request.args.getlist("pick"))
    return _asked(kind, picks, request.args.get("query", "")[:LONGEST])


@bp.post("/apply")
def apply() -> ResponseReturnValue:
    """Every case that can be changed is; the others are listed, each with the reason."""
    kind, picks = _kind(request.form.get("verb", "")), picks_of(request.form.getlist("pick"))
    query = request.form.get("query", "")[:LONGEST]
    if kind is None or not picks:
        return _asked(kind, picks, query), 422
    try:
        with transaction() as session:
            done = _apply(session, picks, kind)
    except InputInvalid as error:
        return _asked(kind, picks, query, tuple(error.errors)), 422
    packed = bulk_results.packed(Result(kind=kind, done=done, query=query))
    return redirect(url_for(".outcome", of=packed), 303)


@bp.get("/done")
def outcome() -> ResponseReturnValue:
    """What became of it, as often as it is looked at."""
    result = bulk_results.unpacked(request.args.get("of", ""))
    page = bulk_page.done_page(db.session, result, colleague())
    return render_template("procedures/console/bulk_done.html", page=page)


def _apply(session: Session, picks: Sequence[tuple[str, int]], kind: BulkKind) -> BulkDone:
    me, now = colleague(), clock.now()
    department, person = typed.identifier("department_id"), typed.identifier("assignee_id")
    change = BulkChange(kind=kind, department_id=department, assignee_id=person)
    may = people.eligible(session, department, None, now=now)
    if kind is BulkKind.ASSIGN and person is not None and person not in dict(may):
        message = _("その人は、この部署の申請を見られません。担当をえらびなおしてください。")
        raise InputInvalid([FieldError("assignee_id", "scope", message)])
    keys = current_app.config["SETTINGS"].keys
    done = bulk.apply(
        session, picks, change, colleague=me, scope=scope.scope_of(me), keys=keys, now=now
    )
    _note(session, kind, done)
    return done


def _note(session: Session, kind: BulkKind, done: BulkDone) -> None:
    """The log has it, but for what one has read: that concerns nobody else."""
    if kind is not BulkKind.READ and done.done:
        said: dict[str, str | int | bool | None] = {
            "verb": kind.value,
            "count": len(done.done),
            "refused": len(done.refused),
            "refs": ",".join(done.done),
        }
        note(session, "procedure.bulk_changed", "procedures", detail=said)


def _kind(code: str) -> BulkKind | None:
    return next((one for one in BulkKind if one.value == code), None)


def _asked(
    kind: BulkKind | None,
    picks: Sequence[tuple[str, int]],
    query: str,
    errors: tuple[FieldError, ...] = (),
) -> str:
    page = bulk_page.bulk_page(
        db.session, kind, picks, query, colleague(), now=clock.now(), errors=errors
    )
    return render_template("procedures/console/bulk.html", page=page)
