"""Which shelter's phone this is, for the one address that a camera opens without saying so.

A resident's QR code leads to `/s/check/<code>`. The code alone does nothing: the page asks for this
cookie, which the reception page gave to the shelter's own phone, and the pass in it must be live.
"""

from __future__ import annotations

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.shelters.passes import service as passes
from liff_app.shelters.passes.service import PassView

NAME = "machimado-door"
PATH = "/s/check"  # sent to no other address
A_WEEK = 7 * 24 * 3600  # seconds; a pass that ends before opens nothing all the same


def keep_pass(answer: Response, token: str) -> Response:
    """The phone remembers the pass, for that one address, out of the reach of scripts."""
    secure = current_app.config["SETTINGS"].secure_cookies
    answer.set_cookie(
        NAME, token, max_age=A_WEEK, path=PATH, secure=secure, httponly=True, samesite="Lax"
    )
    return answer


def kept_pass(session: Session) -> tuple[str, PassView] | None:
    """The live pass of the shelter whose phone this is, None for any other phone."""
    token = request.cookies.get(NAME, "")
    try:
        view = passes.open_pass(session, token, keys=current_app.config["SETTINGS"].keys)
    except NotFound:
        return None
    return token, view
