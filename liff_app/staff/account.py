"""`/console/sessions`, `/console/confirm`: a colleague's own account."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import InputInvalid, NotFound, TooMany
from liff_app.staff import confirming, guard, queries, sessions, setting_up
from liff_app.staff.destinations import destination

bp = Blueprint("staff_account", __name__)


@bp.post("/logout")
def sign_out() -> ResponseReturnValue:
    """This browser is signed out."""
    me = guard.colleague()
    with transaction() as session:
        sessions.end(session, me.id, me.session_id)
        guard.note(session, "staff.signed_out", f"staff:{me.id}")
    answer = redirect(url_for("staff_entry.login"), 303)
    guard.clear_cookie(answer)
    return answer


@bp.get("/sessions")
def show() -> ResponseReturnValue:
    """Where I am signed in, and how many recovery codes I have left."""
    me = guard.colleague()
    return render_template(
        "staff/sessions.html",
        me=me,
        lines=sessions.live(db.session, me.id, now=clock.now()),
        codes_left=queries.recovery_codes_left(db.session, me.id),
    )


@bp.post("/sessions/end")
def end() -> ResponseReturnValue:
    """One of my browsers is signed out."""
    me, wanted = guard.colleague(), request.form.get("session", "")
    with transaction() as session:
        if not sessions.end(session, me.id, wanted):
            raise NotFound("no such session of mine")
        guard.note(session, "staff.session_ended", f"staff:{me.id}")
    return redirect(url_for(".show"), 303)


@bp.post("/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """All my browsers but this one are signed out."""
    me = guard.colleague()
    with transaction() as session:
        count = sessions.end_all(session, me.id, but=me.session_id)
        guard.note(session, "staff.sessions_ended", f"staff:{me.id}", detail={"count": count})
    return redirect(url_for(".show"), 303)


@bp.post("/sessions/recovery-codes")
def renew_codes() -> ResponseReturnValue:
    """Ten new recovery codes, shown now and never again; the old ones end."""
    guard.fresh()
    me = guard.colleague()
    with transaction() as session:
        drawn = setting_up.new_recovery_codes(session, me.id)
        guard.note(session, "staff.recovery_codes_renewed", f"staff:{me.id}")
    return render_template("staff/recovery_codes.html", codes=drawn)


@bp.get("/confirm")
def ask() -> ResponseReturnValue:
    """Ask for a code again, before something that matters."""
    return _ask(destination(request.args.get("next", "")))


@bp.post("/confirm")
def confirm() -> ResponseReturnValue:
    """With a code that fits, the next ten minutes ask for none."""
    me, keys = guard.colleague(), current_app.config["SETTINGS"].keys
    typed = request.form.get("code", "")
    wanted = destination(request.form.get("next", ""))
    try:
        with transaction() as session:
            confirming.count(session, me, keys=keys, now=clock.now())
        with transaction() as session:
            confirming.confirm(session, me, typed, keys=keys, now=clock.now())
    except InputInvalid as error:
        return _ask(wanted, error.errors[0].message), 422
    except TooMany as error:
        return _ask(wanted, error.shown_title), 429
    return redirect(wanted or url_for("console.index"), 303)


def ask_again(_error: guard.CodeNeeded) -> ResponseReturnValue:
    """Lead whoever needs a fresh code to where it is asked, and back to the page they were on."""
    here = request.full_path.removesuffix("?") if request.method == "GET" else request.path
    while here and destination(here) is None:  # the page whose form was sent stands above it
        here = here.rpartition("/")[0]
    return redirect(url_for("staff_account.ask", next=here or None), 303)


def _ask(wanted: str | None, error: str | None = None) -> str:
    return render_template(
        "staff/confirm.html",
        next=wanted,
        error=error,
        single_sign_on=current_app.extensions["staff_oidc"] is not None,
    )
