"""LINE Login's answers about tokens: verify, revoke, profile, friendship."""

from typing import Any

from flask import Blueprint, Response, request

from liff_app.emulator.login import LoginRefusal
from liff_app.emulator.people import Resident
from liff_app.emulator.world import world

bp = Blueprint("token_checks", __name__)


@bp.post("/oauth2/v2.1/verify")
def verify_id_token() -> dict[str, Any]:
    """Check an ID token as LINE does, in LINE's words, and return its claims."""
    form = request.form
    claims = world().key.claims_of(form.get("id_token", ""))
    fault = "Invalid IdToken." if claims is None else _claims_fault(claims)
    if not form.get("client_id"):
        fault = "client_id is required."
    if fault or claims is None:
        raise LoginRefusal(400, "invalid_request", fault or "Invalid IdToken.")
    return claims


def _claims_fault(claims: dict[str, Any]) -> str | None:
    form = request.form
    checks = (
        (claims.get("iss") != world().config.issuer, "Invalid IdToken Issuer."),
        (claims.get("aud") != form.get("client_id"), "Invalid IdToken Audience."),
        (_number(claims.get("exp")) <= world().clock(), "IdToken expired."),
        ("nonce" in form and claims.get("nonce") != form["nonce"], "Invalid IdToken Nonce."),
        (
            "user_id" in form and claims.get("sub") != form["user_id"],
            "Invalid IdToken Subject Identifier.",
        ),
    )
    return next((text for wrong, text in checks if wrong), None)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


@bp.get("/oauth2/v2.1/verify")
def verify_access_token() -> dict[str, Any]:
    """Tell channel, remaining life in seconds and scope of an access token."""
    kept = world().store.get("access_token", request.args.get("access_token", ""))
    if kept is None or kept["expires"] <= world().clock():
        raise LoginRefusal(400, "invalid_request", "access token expired")
    left = int(kept["expires"] - world().clock())
    # LINE sends the scopes percent-encoded here.
    return {"scope": "profile%20openid", "client_id": world().config.channel_id, "expires_in": left}


def bearer() -> Resident:
    """Return whom the request's access token stands for, or refuse with 401."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    kept = world().store.get("access_token", given)
    resident = world().people.by_id(kept["user"]) if kept else None
    if kept is None or resident is None or kept["expires"] <= world().clock():
        raise LoginRefusal(401, "invalid_token", "The access token is invalid or expired")
    return resident


@bp.get("/v2/profile")
def profile() -> dict[str, Any]:
    """Tell who the access token stands for."""
    resident = bearer()
    return {"userId": resident.user_id, "displayName": resident.name}


@bp.get("/friendship/v1/status")
def friendship() -> dict[str, Any]:
    """Tell whether the resident is a friend who does not block."""
    resident = bearer()
    denied = world().troubles.take("friendship") is not None
    return {"friendFlag": resident.reachable and not denied}


@bp.post("/oauth2/v2.1/revoke")
def revoke() -> Response:
    """Forget an access token; 200 whether or not it was known, as OAuth says."""
    world().store.take("access_token", request.form.get("access_token", ""))
    return Response("", mimetype="application/json")


@bp.post("/user/v1/deauthorize")
def deauthorize() -> Response:
    """Take back the permission a resident gave: all their access tokens end."""
    if request.headers.get("Authorization") != f"Bearer {world().config.channel_token}":
        raise LoginRefusal(401, "invalid_token", "invalid channel access token")
    body = request.get_json(silent=True)
    given = body.get("userAccessToken") if isinstance(body, dict) else None
    kept = world().store.get("access_token", given) if isinstance(given, str) else None
    if kept is None:
        raise LoginRefusal(400, "invalid_request", "invalid userAccessToken")
    with world().store.transaction():
        for key, other in world().store.items("access_token"):
            if other["user"] == kept["user"]:
                world().store.take("access_token", key)
    return Response(status=204)
