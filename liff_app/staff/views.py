"""`/console/login` and `/console/welcome/…`: what stands in front of the console."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import STATUS, DomainError, NotSignedIn, TooMany
from liff_app.identity.guard import SAFE_METHODS, same_origin
from liff_app.staff import browsers, guard, noting, sending_again, signing_in
from liff_app.staff.destinations import destination
from liff_app.staff.lanes import Lane
from liff_app.staff.signing_in import Attempt, Opened, SignInRefused

bp = Blueprint("staff_entry", __name__)

HOME = "console.index"


@bp.get("/login")
def login() -> ResponseReturnValue:
    """The form: name, password and code, on one page."""
    wanted = destination(request.args.get("next", ""))
    if guard.signed_in() is not None:
        return redirect(wanted or url_for(HOME), 302)
    return form(wanted)


@bp.post("/login")
def enter() -> ResponseReturnValue:
    """Sign in; whatever does not fit gives the same answer."""
    same_origin()
    wanted = destination(request.form.get("next", ""))
    try:
        opened = _open(_attempt())
    except (NotSignedIn, TooMany) as error:
        return form(wanted, error)
    answer = redirect(wanted or url_for(HOME), 303)
    guard.set_cookie(answer, opened.session_token)
    guard.set_browser_cookie(answer, opened.browser_token)
    return answer


def _open(attempt: Attempt) -> Opened:
    """The session that the attempt earns: counted and committed before anything is checked."""
    keys, now = current_app.config["SETTINGS"].keys, clock.now()
    signing_in.knock(
        db.session, attempt, counts=current_app.extensions["limits"], keys=keys, now=now
    )
    with transaction() as session:
        lane = signing_in.count(session, attempt, keys=keys, now=now)
    try:
        return _checked(attempt, lane)
    except SignInRefused:
        noting.refused(attempt.name)
        raise


def _checked(attempt: Attempt, lane: Lane) -> Opened:
    """The session, if password and code fit."""
    keys, now = current_app.config["SETTINGS"].keys, clock.now()
    passwords = current_app.extensions["passwords"]
    proof = signing_in.prove(db.session, attempt, lane, passwords=passwords, keys=keys, now=now)
    with transaction() as session:
        guard.forget(session)
        opened = signing_in.open_console(
            session,
            proof,
            known=attempt.known,
            browser=browsers.family(request.user_agent.string),
            now=now,
        )
        noting.by_colleague(
            session, opened.account_id, "staff.signed_in", {"recovery": opened.by_recovery}
        )
    return opened


def _attempt() -> Attempt:
    return Attempt(
        login=request.form.get("login", ""),
        password=request.form.get("password", ""),
        code=request.form.get("code", ""),
        address=request.remote_addr,
        known=request.cookies.get(guard.browser_cookie_name()),
    )


def form(wanted: str | None, error: DomainError | None = None) -> Response:
    """The sign-in page, with what was wrong."""
    typed = request.form.get("login", "") if error else ""
    page = render_template(
        "staff/login.html",
        next=wanted,
        login=typed,
        error=error,
        single_sign_on=current_app.extensions["staff_oidc"] is not None,
    )
    answer = make_response(page)
    if error is not None:
        answer.status_code = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(signing_in.WINDOW_SECONDS)
    return answer


def to_sign_in() -> ResponseReturnValue:
    """Lead the visitor of a console page to the sign-in, remembering where they were going.

    From a link in a mail the browser sends no Strict cookie, though there may be one: it asks
    again from a page of ours, and then it does. What a form held is shown, to be sent again.
    """
    if request.method not in SAFE_METHODS:
        return sending_again.signed_out()
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return make_response(
            render_template("staff/again.html", here=request.full_path.removesuffix("?"))
        )
    wanted = request.full_path.removesuffix("?")
    return redirect(url_for("staff_entry.login", next=wanted), 302)
