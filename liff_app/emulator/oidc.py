"""A town hall's OpenID Connect issuer, in small: whoever types a name is that colleague.

For the demo and the browser tests. Codes work once, PKCE and the client's secret are checked.
"""

import base64
import hashlib
import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from liff_app.emulator.keys import b64url
from liff_app.emulator.login import LoginRefusal, with_query
from liff_app.emulator.world import world

bp = Blueprint("oidc", __name__, url_prefix="/oidc")

CLIENT_ID = "machimado-console"
# Known to everybody: production refuses an issuer that is not https.
CLIENT_SECRET = "emulator-oidc-secret"  # noqa: S105 - see above
CALLBACK = "/console/oidc/callback"
LIFE_S = 300


@bp.get("/.well-known/openid-configuration")
def discovery() -> dict[str, Any]:
    """Describe the issuer."""
    issuer = _issuer()
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
    }


def _issuer() -> str:
    return f"{request.host_url.rstrip('/')}/oidc"


@bp.get("/jwks")
def jwks() -> dict[str, Any]:
    """Publish the key."""
    return {"keys": [world().key.jwk]}


@bp.get("/authorize")
def authorize() -> Response | str | tuple[str, int]:
    """Ask for a name, then return to the product with a code."""
    given = request.args
    wanted = f"{world().config.app_url.rstrip('/')}{CALLBACK}"
    if given.get("client_id") != CLIENT_ID or given.get("redirect_uri") != wanted:
        return render_template(
            "authorize_fault.html", fault="client_id か redirect_uri がちがいます。"
        ), 400
    if given.get("code_challenge_method") != "S256" or not given.get("code_challenge"):
        return render_template(
            "authorize_fault.html", fault="code_challenge（S256）がありません。"
        ), 400
    name = given.get("as")
    if not name:
        kept = [(key, value) for key, value in given.items() if key != "as"]
        return render_template("oidc.html", kept=kept)
    code = secrets.token_urlsafe(20)
    world().store.put(
        "oidc_code",
        code,
        {
            "name": name,
            "at": world().clock(),
            "challenge": given["code_challenge"],
            "nonce": given.get("nonce"),
        },
    )
    return redirect(with_query(wanted, {"code": code, "state": given.get("state", "")}))


@bp.post("/token")
def token() -> dict[str, Any]:
    """Exchange a code, once, for an ID token."""
    pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    if request.headers.get("Authorization") != f"Basic {pair}":
        raise LoginRefusal(401, "invalid_client", "invalid client credentials")
    kept = world().store.take("oidc_code", request.form.get("code", ""))
    digest = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
    if kept is None or world().clock() - kept["at"] > LIFE_S or b64url(digest) != kept["challenge"]:
        raise LoginRefusal(400, "invalid_grant", "invalid code or verifier")
    now = int(world().clock())
    claims = {
        "iss": _issuer(),
        "sub": hashlib.sha256(kept["name"].encode()).hexdigest(),
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + LIFE_S,
        "auth_time": int(kept["at"]),
        "nonce": kept["nonce"],
        "preferred_username": kept["name"],
        "email": kept["name"],
        "email_verified": True,
    }
    return {
        "access_token": secrets.token_urlsafe(20),
        "token_type": "Bearer",
        "expires_in": LIFE_S,
        "id_token": world().key.token(claims, signed_with="own"),
    }
