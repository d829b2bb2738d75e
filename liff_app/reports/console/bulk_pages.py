"""`/console/reports/bulk`: one change for many reports, in two steps, and taking it back.

Every step that is sent leads to a page with an address of its own: going back or loading it again
sends nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import InputInvalid
from liff_app.reports import bulk, scope
from liff_app.reports.bulk import BulkChange, BulkDone, BulkKind
from liff_app.reports.console import bulk_page, bulk_results
from liff_app.reports.console.bulk_page import Typed, picks_of
from liff_app.reports.console.bulk_results import Result
from liff_app.reports.desk_queries import PAGE
from liff_app.reports.vocabulary import Priority, Status
from liff_app.staff.guard import colleague, note

bp = Blueprint("report_bulk", __name__)

CHANGED, UNDONE = "report.bulk_changed", "report.bulk_undone"
REFS_IN_ONE = 100  # a detail of the log holds 2000 characters, a ref has 16


@bp.post("/bulk")
def ask() -> ResponseReturnValue:
    """What was picked on the list leads to the second step. Nothing has changed."""
    typed, sent = Typed.from_form(request.form), request.form.getlist("pick")
    picks = [f"{ref}.{version}" for ref, version in picks_of(sent)]
    if not picks or typed.kind is None:
        return _asked(typed, sent)
    if len(picks) > PAGE:  # more than the list sends, and than an address holds
        return _asked(typed, sent)
    address = url_for("report_bulk.second", verb=typed.kind, pick=picks, query=typed.query)
    return redirect(address, 303)


@bp.get("/bulk")
def second() -> ResponseReturnValue:
    """The second step: every report by name, and what the change needs."""
    return _asked(Typed.from_form(request.args), request.args.getlist("pick"))


@bp.post("/bulk/apply")
def apply() -> ResponseReturnValue:
    """Every report that can be changed is; the others are listed, each with the reason."""
    typed, sent = Typed.from_form(request.form), request.form.getlist("pick")
    picks = picks_of(sent)
    if not picks or typed.kind is None:
        return _asked(typed, sent)
    try:
        with transaction() as session:
            done = _apply(session, picks, _change(typed, typed.kind))
    except InputInvalid as error:
        return _asked(typed, sent, error)
    into = typed.into if typed.kind is BulkKind.MERGE else ""
    return _told(Result(kind=typed.kind, done=done, query=typed.query, into=into))


@bp.get("/bulk/done")
def outcome() -> ResponseReturnValue:
    """What became of it, as often as it is looked at."""
    result = bulk_results.unpacked(request.args.get("of", ""))
    page = bulk_page.done_page(db.session, result, colleague())
    return render_template("reports/console/bulk_done.html", page=page)


@bp.post("/bulk/undo")
def undo() -> ResponseReturnValue:
    """What was just done to these is set back, where nothing has happened since."""
    typed, me = Typed.from_form(request.form), colleague()
    sent = request.form.getlist("pick")
    picks = picks_of(sent)
    if not picks or typed.kind is None:
        return _asked(typed, sent)
    with transaction() as session:
        done = bulk.undo(
            session, picks, typed.kind, actor=me.actor, account_id=me.id,
            scope=scope.scope_of(me), now=clock.now(),
        )  # fmt: skip
        _note(session, UNDONE, typed.kind, done)
    return _told(Result(kind=typed.kind, done=done, query=typed.query, is_undone=True))


def _apply(session: Session, picks: Sequence[tuple[str, int]], change: BulkChange) -> BulkDone:
    me = colleague()
    done = bulk.apply(
        session, picks, change, actor=me.actor, account_id=me.id, scope=scope.scope_of(me),
        now=clock.now(),
    )  # fmt: skip
    _note(session, CHANGED, change.kind, done)
    return done


def _note(session: Session, action: str, kind: BulkKind, done: BulkDone) -> None:
    """The log has it, but for what one has read: that concerns nobody else."""
    if kind is not BulkKind.READ and done.done:
        counts = {"count": len(done.done), "refused": len(done.refused)}
        note(session, action, "reports", detail={"verb": kind.value, **counts, **_refs(done)})


def _refs(done: BulkDone) -> dict[str, str]:
    """Which reports were changed, as details of the log: `MOST` of them fit into two."""
    refs = [ref for ref, _version in done.done]
    parts = {"refs": refs[:REFS_IN_ONE], "further_refs": refs[REFS_IN_ONE:]}
    return {name: ",".join(part) for name, part in parts.items() if part}


def _change(typed: Typed, kind: BulkKind) -> BulkChange:
    """What was typed, as the service takes it; codes that nobody has are none."""
    return BulkChange(
        kind=kind,
        department_id=typed.department_id or None,
        assignee_id=typed.assignee_id or None,
        priority=next((p for p in Priority if str(int(p)) == typed.priority), Priority.NORMAL),
        due_on=_day(typed.due_on),
        to=next((one for one in Status if one.value == typed.to), None),
        text=typed.text,
        receiver=typed.receiver,
        into_ref=typed.into,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputInvalid([bulk_page.no_day()]) from None


def _asked(
    typed: Typed, sent: Sequence[str], error: InputInvalid | None = None
) -> ResponseReturnValue:
    page = bulk_page.bulk_page(
        db.session, picks_of(sent), typed, colleague(), now=clock.now(),
        errors=tuple(error.errors) if error else (),
    )  # fmt: skip
    is_wrong = error is not None or not page.rows or typed.kind is None
    return render_template("reports/console/bulk.html", page=page), 422 if is_wrong else 200


def _told(result: Result) -> ResponseReturnValue:
    return redirect(url_for("report_bulk.outcome", of=bulk_results.packed(result)), 303)
