"""How the gate checks that a request comes from a colleague, and from one who may.

A colleague proves it with the console's own cookie; a resident's session opens nothing here, nor
does this one open a resident's page. What changes something also carries a form token and comes
from our own pages. The table of who may open what is handed in by `surfaces`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Protocol

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.db import db, transaction
from liff_app.errors import NotAllowed, NotSignedIn
from liff_app.identity.guard import SAFE_METHODS, same_origin
from liff_app.staff import browsers, form_tokens, sessions
from liff_app.staff.rules import Colleague
from liff_app.staff.vocabulary import KeyScope, Role

__all__ = ["CodeNeeded", "Colleague", "FormStale", "colleague", "fresh", "note", "signed_in"]

FRESH = timedelta(minutes=10)


class Need(Protocol):
    """A line of the access table: `liff_app.permissions.Need`."""

    @property
    def roles(self) -> frozenset[Role]:
        """Any of them opens it."""

    @property
    def anybody(self) -> bool:
        """Every colleague may."""

    @property
    def scope(self) -> KeyScope | None:
        """What another system's key needs; without roles beside it, it is for no person."""


Needs = Mapping[str, Need]


class CodeNeeded(NotAllowed):
    """Who sits at the keyboard must be proven again: the last code is older than `FRESH`."""

    code = "code_needed"
    title = "確認コードをもう一度入れてください。"


class FormStale(NotAllowed):
    """The form does not carry this session's token: it is of an earlier sign-in, or of nobody."""

    code = "form_stale"
    title = "ログインしなおす前の画面から送られました。画面をひらき直してください。"


def staff(app: Flask, needs: Needs) -> Callable[[], None]:
    """The guard of STAFF for an app with that table."""
    app.extensions["staff_needs"] = needs

    def check() -> None:
        """Raises NotSignedIn, or NotAllowed for a known colleague."""
        if signed_in() is None:
            raise NotSignedIn("no live session of a colleague")
        if not may_open(request.endpoint or ""):
            raise NotAllowed(f"no grant for {request.endpoint}")

    return check


def signed_in() -> Colleague | None:
    """The colleague whose browser this is, None for anybody else; looked up once per request.

    Raises NotAllowed where a request that changes something does not come from our own page.
    """
    if "colleague" not in g:
        g.colleague = _look_up()
    found: Colleague | None = g.colleague
    return found


def colleague() -> Colleague:
    """The colleague who sent this request. Raises NotSignedIn where there is none."""
    found = signed_in()
    if found is None:
        raise NotSignedIn("no live session of a colleague")
    return found


def may_open(endpoint: str) -> bool:
    """Whether the colleague of this request may open the endpoint; what has no line: nobody."""
    need = current_app.extensions["staff_needs"].get(endpoint)
    found = signed_in()
    if need is None or found is None:
        return False
    return need.anybody or bool(need.roles & found.roles)


def fresh() -> None:
    """Raises CodeNeeded unless the colleague entered a code within the last ten minutes."""
    if not is_fresh():
        raise CodeNeeded("step-up")


def is_fresh() -> bool:
    """Whether the colleague entered a code within the last ten minutes."""
    return clock.now() - colleague().confirmed_at <= FRESH


def still_signed_in() -> bool:
    """Whether this browser's session outlived what the request has done."""
    cookie = request.cookies.get(cookie_name(), "")
    return sessions.find(db.session, cookie, now=clock.now()) is not None


def note(
    session: Session,
    action: str,
    subject: str,
    *,
    persons: int = 0,
    detail: Mapping[str, str | int | bool | None] | None = None,
) -> None:
    """The log has an event by this colleague, now. Call it last: the log's end stays locked."""
    audit.record(
        session,
        actor=colleague().actor,
        action=action,
        subject=subject,
        keys=current_app.config["SETTINGS"].keys,
        now=clock.now(),
        persons=persons,
        detail=detail,
    )


def cookie_name() -> str:
    """Name of the console's cookie. `__Host-` binds it to this host and https."""
    secure = current_app.config["SETTINGS"].secure_cookies
    return "__Host-machimado-staff" if secure else "machimado-staff"


def set_cookie(answer: Response, token: str) -> None:
    """Hand the session's key to the browser, for as long as the browser runs."""
    secure = current_app.config["SETTINGS"].secure_cookies
    answer.set_cookie(
        cookie_name(), token, secure=secure, httponly=True, samesite="Strict", path="/"
    )


def clear_cookie(answer: Response) -> None:
    """Ask the browser to forget the key."""
    secure = current_app.config["SETTINGS"].secure_cookies
    answer.delete_cookie(cookie_name(), path="/", secure=secure, httponly=True, samesite="Strict")


def forget(session: Session) -> None:
    """Whatever session this browser had so far has ended: a new sign-in gets a new one."""
    cookie = request.cookies.get(cookie_name(), "")
    if cookie:
        sessions.end_by_token(session, cookie)


def browser_cookie_name() -> str:
    """Name of the cookie by which a browser is known again. It opens nothing."""
    secure = current_app.config["SETTINGS"].secure_cookies
    return "__Host-machimado-browser" if secure else "machimado-browser"


def set_browser_cookie(answer: Response, token: str) -> None:
    """Let the browser be known again for as long as we remember it."""
    answer.set_cookie(
        browser_cookie_name(),
        token,
        max_age=int(browsers.REMEMBERED.total_seconds()),
        secure=current_app.config["SETTINGS"].secure_cookies,
        httponly=True,
        samesite="Strict",
        path="/",
    )


def _look_up() -> Colleague | None:
    cookie = request.cookies.get(cookie_name(), "")
    found = sessions.find(db.session, cookie, now=clock.now()) if cookie else None
    if found is None:
        return None
    known, seen_at = found
    g.form_token = lambda: form_tokens.make(cookie)
    if request.method not in SAFE_METHODS:
        same_origin()
        if not form_tokens.fits(cookie, _sent_token()):
            in_page = not request.path.startswith("/api/")
            raise FormStale("form token") if in_page else NotAllowed("form token")
    now = clock.now()
    if now - seen_at >= sessions.SEEN_EVERY:
        with transaction() as session:
            sessions.seen(session, known.session_id, now=now)
    return known


def _sent_token() -> str:
    return request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
