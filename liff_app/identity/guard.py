"""How the gate checks that a request comes from a resident.

A browser proves it with the session cookie and, for anything that changes something, a token in
the form or header and an Origin of ours. Another program sends a LINE ID token as Bearer and needs
neither: nothing it could be tricked with travels by itself.
"""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from flask import current_app, g, request, session
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import transaction
from liff_app.errors import NotAllowed, NotSignedIn
from liff_app.gateways.line_login import LineIdentity, TokenInvalid
from liff_app.identity import service
from liff_app.identity.sessions import ServerSession
from liff_app.webforms import csrf

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def resident() -> None:
    """Sets `g.resident_id`. Raises NotSignedIn, NotAllowed, or a token's own error."""
    bearer = _bearer()
    if bearer is not None:
        g.resident_id = _by_token(bearer)
        return
    resident_id = current_session().resident_id
    if resident_id is None:
        raise NotSignedIn("no live session")
    if request.method not in SAFE_METHODS:
        same_origin()
        csrf.protect()
    g.resident_id = resident_id


def current_session() -> ServerSession:
    """This request's session, typed: Flask's own is a proxy of unknown kind."""
    return cast("ServerSession", session)


def same_resident(database: Session, identity: LineIdentity) -> bool:
    """Whether the request's live session is that of the token's holder."""
    mine = current_session().resident_id
    keys = current_app.config["SETTINGS"].keys
    return mine is not None and service.is_resident(database, mine, identity, keys=keys)


def same_origin() -> None:
    """Raises NotAllowed where a browser says that the request was made by another site."""
    origin = request.headers.get("Origin")
    public = current_app.config["SETTINGS"].public_url
    if origin is not None:
        if origin != "{0.scheme}://{0.netloc}".format(urlsplit(public)):
            raise NotAllowed("foreign origin")
    elif request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("cross-site request")


def _bearer() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _by_token(token: str) -> str:
    if not request.path.startswith("/api/"):
        raise TokenInvalid("tokens open the API, not pages")
    identity = current_app.extensions["line_login"].verify(token, now=clock.now())
    with transaction() as database:
        return service.recognise(
            database, identity, keys=current_app.config["SETTINGS"].keys, now=clock.now()
        )
