"""`/api/v1/session`: a LINE ID token in, a session cookie out."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from liff_app import clock, limits
from liff_app.apidoc import ApiModel, Description, describe, read_body
from liff_app.db import transaction
from liff_app.identity import guard, service
from liff_app.identity.sessions import ServerSessions

bp = Blueprint("session_api", __name__)

TRIES_A_MINUTE = 600  # by address, coarsely: a carrier puts thousands behind one (CGNAT)


class SignIn(ApiModel):
    """What the entry page posts."""

    id_token: str = Field(max_length=8192, description="LIFF ID token (ES256), used once.")


class SignedIn(BaseModel):
    """The session that was opened."""

    expires_at: str = Field(description="End of the session, RFC 3339.")


@bp.post("/session")
@describe(
    Description(
        summary="Exchange a LINE ID token for a session cookie",
        body=SignIn,
        answer=SignedIn,
        errors=(401, 403, 422, 429, 503),
    )
)
def create() -> ResponseReturnValue:
    """Sign the holder of a LINE ID token in."""
    guard.same_origin()
    limits.allow(
        current_app.extensions["limits"],
        f"session:{request.remote_addr}",
        most=TRIES_A_MINUTE,
        window_seconds=60,
    )
    posted = read_body(SignIn)
    settings = current_app.config["SETTINGS"]
    identity = current_app.extensions["line_login"].verify(posted.id_token, now=clock.now())
    with transaction() as database:
        known = guard.same_resident(database, identity)
        resident_id = service.sign_in(
            database, identity, keys=settings.keys, now=clock.now(), again=known
        )
        token, expires_at = service.start_session(database, resident_id, now=clock.now())
        _end_current(database)
    answer = jsonify(expires_at=expires_at.isoformat())
    _cookies().set_cookie(answer, token)
    return answer


@bp.delete("/session")
@describe(Description(summary="Sign out", success=204, errors=(403,)))
def delete() -> ResponseReturnValue:
    """Sign out; signing out twice is no error."""
    guard.same_origin()
    with transaction() as database:
        _end_current(database)
    answer = Response(status=204, content_type="application/json")
    _cookies().clear_cookie(answer)
    return answer


def _end_current(database: Session) -> None:
    token = guard.current_session().token
    if token:
        service.end_session(database, token)


def _cookies() -> ServerSessions:
    return cast("ServerSessions", current_app.session_interface)
