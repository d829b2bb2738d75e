"""`/console/oidc/…`: a colleague comes in through the town's own issuer.

Optional. It never makes accounts: the name that the issuer gives must be a login name here. The
second factor is then the issuer's to ask for (ADR 0017).
"""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta

from flask import (
    Blueprint,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from liff_app import clock, limits
from liff_app.crypto import SealBroken
from liff_app.db import transaction
from liff_app.errors import NotFound, NotSignedIn, TooMany, Unavailable
from liff_app.gateways.staff_oidc import IdentityRefused, Journey, StaffIdentity, StaffOidc
from liff_app.staff import browsers, by_issuer, guard, noting, views
from liff_app.staff.destinations import destination
from liff_app.staff.signing_in import Opened, SignInRefused

bp = Blueprint("staff_oidc", __name__)

LIFE = timedelta(minutes=10)
BY_ADDRESS, WINDOW_SECONDS = 120, 60  # a town hall may stand behind one
CONTEXT = "staff_oidc.cookie:journey"


@bp.get("/start")
def start() -> ResponseReturnValue:
    """Send the browser to the issuer, with what it must bring back sealed in a cookie."""
    _count("start")
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    journey = Journey(state=state, nonce=nonce, verifier=verifier)
    again = "again" in request.args
    answer = redirect(_issuer().address(journey, again=again, now=clock.now()), 302)
    _keep(answer, journey, destination(request.args.get("next", "")))
    return answer


@bp.get("/callback")
def finish() -> ResponseReturnValue:
    """The colleague is signed in, if the issuer says who they are and they have an account.

    A page of ours stands between: the new cookie is Strict, and this request came from elsewhere.
    """
    try:
        opened, wanted = _arrive()
    except (NotSignedIn, TooMany, Unavailable) as error:
        return views.form(None, error)
    page = render_template("staff/again.html", here=wanted or url_for(views.HOME))
    answer = make_response(page)
    guard.set_cookie(answer, opened.session_token)
    guard.set_browser_cookie(answer, opened.browser_token)
    answer.delete_cookie(_cookie_name(), path="/", secure=_secure(), httponly=True, samesite="Lax")
    return answer


def _arrive() -> tuple[Opened, str | None]:
    """The session of whoever came back, and where they wanted to go."""
    issuer = _issuer()
    _count("callback")
    journey, wanted = _kept()
    if not hmac.compare_digest(request.args.get("state", "").encode(), journey.state.encode()):
        raise IdentityRefused("another state")
    identity = issuer.identity(request.args.get("code", ""), journey, now=clock.now())
    try:
        return _open(identity), wanted
    except SignInRefused:
        noting.refused(identity.name.lower(), {"oidc": True})
        raise


def _open(identity: StaffIdentity) -> Opened:
    with transaction() as session:
        guard.forget(session)
        opened = by_issuer.open_console(
            session,
            identity.name,
            proven_at=identity.proven_at,
            known=request.cookies.get(guard.browser_cookie_name()),
            browser=browsers.family(request.user_agent.string),
            now=clock.now(),
        )
        noting.by_colleague(session, opened.account_id, "staff.signed_in", {"oidc": True})
    return opened


def _count(step: str) -> None:
    """Raises TooMany where too many from one address begin, or come back, in a minute."""
    limits.allow(
        current_app.extensions["limits"],
        f"staff-oidc-{step}:{request.remote_addr}",
        most=BY_ADDRESS,
        window_seconds=WINDOW_SECONDS,
    )


def _issuer() -> StaffOidc:
    found: StaffOidc | None = current_app.extensions["staff_oidc"]
    if found is None:
        raise NotFound("no issuer is set")
    return found


def _keep(answer: Response, journey: Journey, wanted: str | None) -> None:
    kept = {name: getattr(journey, name) for name in ("state", "nonce", "verifier")}
    until = (clock.now() + LIFE).isoformat()
    text = json.dumps(kept | {"next": wanted, "until": until})
    sealed = current_app.config["SETTINGS"].keys.seal(text, CONTEXT)
    answer.set_cookie(
        _cookie_name(),
        urlsafe_b64encode(sealed).decode(),
        max_age=int(LIFE.total_seconds()),
        secure=_secure(),
        httponly=True,
        samesite="Lax",  # the issuer's redirect must bring it back
        path="/",
    )


def _kept() -> tuple[Journey, str | None]:
    """What was kept when the browser left. Raises IdentityRefused."""
    try:
        sealed = urlsafe_b64decode(request.cookies.get(_cookie_name(), ""))
        kept = json.loads(current_app.config["SETTINGS"].keys.open(sealed, CONTEXT))
    except (ValueError, SealBroken):
        raise IdentityRefused("no journey") from None
    if clock.now() > datetime.fromisoformat(kept["until"]):
        raise IdentityRefused("too long on the way")
    journey = Journey(state=kept["state"], nonce=kept["nonce"], verifier=kept["verifier"])
    return journey, kept["next"]


def _cookie_name() -> str:
    return "__Host-machimado-oidc" if _secure() else "machimado-oidc"


def _secure() -> bool:
    secure: bool = current_app.config["SETTINGS"].secure_cookies
    return secure
