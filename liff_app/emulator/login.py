"""LINE Login: authorize page, tokens, keys, profile."""

import hashlib
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from liff_app.emulator.keys import b64url
from liff_app.emulator.people import Resident
from liff_app.emulator.world import world

bp = Blueprint("login", __name__)

CODE_LIFE_S = 600.0
ACCESS_TOKEN_LIFE_S = 43_200
ID_TOKEN_LIFE_S = 3_600
LAST_COOKIE = "emulator_last"
SCOPE = "profile openid"


class LoginRefusal(Exception):
    """An error answer in the form of OAuth."""

    code = "login_refusal"

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "error_description": description}


@bp.app_errorhandler(LoginRefusal)
def refused(refusal: LoginRefusal) -> Response:
    """Answer with `error` and `error_description`."""
    response = jsonify(refusal.body)
    response.status_code = refusal.status
    return response


def with_query(url: str, extra: dict[str, str]) -> str:
    """Return the address with these parameters appended to its query."""
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(extra)) if part)
    return urlunsplit(parts._replace(query=query))


@bp.get("/liff/v1/authorize")
@bp.get("/oauth2/v2.1/authorize")
def authorize() -> AnyResponse | str | tuple[str, int]:
    """Ask who is logging in, then return to the product with a code (or with a refusal)."""
    fault = _authorize_fault()
    if fault:
        return render_template("authorize_fault.html", fault=fault), 400
    chosen = request.args.get("as") or world().auto_login
    if chosen == "refuse":
        return redirect(with_query(_redirect_uri(), _denial()))
    resident = world().people.by_key(chosen) if chosen else None
    if resident is None:
        return render_template(
            "authorize.html",
            residents=world().people.named(),
            last=request.cookies.get(LAST_COOKIE),
            account=world().config.account_name,
            kept=[(name, value) for name, value in request.args.items() if name != "as"],
        )
    answer = redirect(with_query(_redirect_uri(), _grant(resident)))
    answer.set_cookie(LAST_COOKIE, resident.key, httponly=True, samesite="Lax", path="/liff/v1")
    return answer


def _authorize_fault() -> str | None:
    given, config = request.args, world().config
    if given.get("response_type") != "code":
        return "response_type は code でなければなりません。"
    if config.liff_id != given.get("app_id") and config.channel_id != given.get("client_id"):
        return "この LIFF ID（app_id）またはチャネル ID は登録されていません。"
    if not given.get("code_challenge") or given.get("code_challenge_method") != "S256":
        return "code_challenge（S256）がありません。"
    page = _redirect_uri().split("?")[0].split("#")[0]
    endpoint = config.endpoint_url.rstrip("/")
    if page != endpoint and not page.startswith(f"{endpoint}/"):
        return "redirect_uri が LIFF のエンドポイント URL の下にありません。"
    return None


def _redirect_uri() -> str:
    return request.args.get("redirect_uri") or world().config.endpoint_url


def _denial() -> dict[str, str]:
    return {
        "error": "access_denied",
        "error_description": "The resource owner denied the request.",
        "state": request.args.get("state", ""),
        "liffOAuth2Error": "true",
    }


def _grant(resident: Resident) -> dict[str, str]:
    code = secrets.token_urlsafe(20)
    kept = {
        "user": resident.user_id,
        "at": world().clock(),
        "challenge": request.args["code_challenge"],
        "redirect_uri": request.args.get("redirect_uri"),
        "nonce": request.args.get("nonce"),
    }
    world().store.put("code", code, kept)
    return {
        "code": code,
        "state": request.args.get("state", ""),
        "liffClientId": world().config.channel_id,
        "liffRedirectUri": _redirect_uri(),
    }


@bp.post("/oauth2/v2.1/token")
def token() -> dict[str, Any]:
    """Exchange a code, once, for tokens, if the PKCE verifier fits."""
    form = request.form
    if form.get("grant_type") != "authorization_code":
        raise LoginRefusal(400, "unsupported_grant_type", "unsupported grant_type")
    if form.get("client_id") != world().config.channel_id:
        raise LoginRefusal(400, "invalid_client", "invalid client_id")
    # Taken before it is checked: a code is spent by the first try, right or wrong.
    kept = world().store.take("code", form.get("code", ""))
    if kept is None or world().clock() - kept["at"] > CODE_LIFE_S:
        raise LoginRefusal(400, "invalid_grant", "invalid authorization code")
    if kept["redirect_uri"] and form.get("redirect_uri") not in {None, "", kept["redirect_uri"]}:
        raise LoginRefusal(400, "invalid_grant", "redirect_uri does not match")
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    if not secrets.compare_digest(b64url(digest), kept["challenge"]):
        raise LoginRefusal(400, "invalid_grant", "invalid code_verifier")
    resident = world().people.by_id(kept["user"])
    if resident is None:
        raise LoginRefusal(400, "invalid_grant", "invalid authorization code")
    return {
        "access_token": issue_access_token(resident),
        "expires_in": ACCESS_TOKEN_LIFE_S,
        "id_token": issue_id_token(resident, nonce=kept["nonce"]),
        "token_type": "Bearer",
        "scope": SCOPE,
    }


def issue_access_token(resident: Resident) -> str:
    """Return a fresh access token of this resident."""
    fresh = secrets.token_urlsafe(32)
    kept = {"user": resident.user_id, "expires": world().clock() + ACCESS_TOKEN_LIFE_S}
    world().store.put("access_token", fresh, kept)
    return fresh


def id_token_claims(resident: Resident) -> dict[str, Any]:
    """Return the claims of an ID token issued now."""
    now = int(world().clock())
    return {
        "iss": world().config.issuer,
        "sub": resident.user_id,
        "aud": world().config.channel_id,
        "exp": now + ID_TOKEN_LIFE_S,
        "iat": now,
        "amr": ["linesso"],
        "name": resident.name,
    }


def issue_id_token(
    resident: Resident, *, nonce: str | None = None, target: str = "id_token"
) -> str:
    """Return an ID token, or the bad one that a trouble waiting for `target` asks for."""
    claims = id_token_claims(resident) | ({"nonce": nonce} if nonce else {})
    trouble = world().troubles.take(target)
    if trouble and trouble.kind == "stale":
        claims |= {"iat": claims["iat"] - 7200, "exp": claims["iat"] - 3600}
    if trouble and trouble.kind == "short":
        claims |= {"exp": claims["iat"] + int(trouble.seconds)}
    forged = trouble is not None and trouble.kind == "forged"
    return world().key.token(claims, signed_with="foreign" if forged else "own")


@bp.get("/oauth2/v2.1/certs")
def certs() -> dict[str, Any]:
    """Publish the key."""
    return {"keys": [world().key.jwk]}


@bp.get("/.well-known/openid-configuration")
def discovery() -> dict[str, Any]:
    """Describe this issuer as LINE describes itself."""
    base = request.host_url.rstrip("/")
    return {
        "issuer": world().config.issuer,
        "authorization_endpoint": f"{base}/oauth2/v2.1/authorize",
        "token_endpoint": f"{base}/oauth2/v2.1/token",
        "revocation_endpoint": f"{base}/oauth2/v2.1/revoke",
        "jwks_uri": f"{base}/oauth2/v2.1/certs",
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
    }
