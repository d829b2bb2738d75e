"""The LIFF server: permalinks, context, our SDK script, and what LINE's own SDK asks for."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from liff_app.emulator.keys import b64url
from liff_app.emulator.login import SCOPE, issue_access_token, issue_id_token
from liff_app.emulator.people import Resident
from liff_app.emulator.token_checks import bearer
from liff_app.emulator.world import world

bp = Blueprint("liff", __name__)

PHONE_COOKIE = "emulator_phone"


def context(resident: Resident | None) -> dict[str, Any]:
    """Return the LIFF context: inside LINE for a resident, outside without one."""
    config = world().config
    return {
        "type": "utou" if resident else "external",
        "liffId": config.liff_id,
        "endpointUrl": config.endpoint_url,
        "permanentLinkPattern": "concat",
        "scope": ["openid", *SCOPE.split(" ")[:1]],
        "availability": {},
        "viewType": "full",
        **({"userId": resident.user_id} if resident else {}),
    }


def context_token(resident: Resident | None) -> str:
    """Return the context as a token of which only the middle part is ever read: ASCII JSON."""
    return f"h.{b64url(json.dumps(context(resident)).encode())}.s"


def in_client_address(resident: Resident, state: str) -> str:
    """Return the address LINE opens for a LIFF URL: tokens in the hash, the path in liff.state."""
    tokens = {
        "access_token": issue_access_token(resident),
        "context_token": context_token(resident),
        "feature_token": "h.e30.s",
        "id_token": issue_id_token(resident),
        "client_id": world().config.channel_id,
    }
    return f"{_endpoint_with(state)}#{urlencode(tokens)}"


def _endpoint_with(state: str) -> str:
    endpoint = world().config.endpoint_url
    return f"{endpoint}?liff.state={quote(state, safe='')}" if state else endpoint


@bp.get("/<liff_id>")
@bp.get("/<liff_id>/<path:rest>")
def permalink(liff_id: str, rest: str | None = None) -> AnyResponse:
    """Stand for https://liff.line.me: open the endpoint, inside LINE when a phone asks.

    The phone page's frame is recognised by what the browser says of the request; anybody else
    is an external browser and gets no tokens.
    """
    if liff_id != world().config.liff_id:
        abort(404)
    query = request.query_string.decode()
    state = ("" if rest is None else f"/{rest}") + (f"?{query}" if query else "")
    resident = world().people.by_key(request.cookies.get(PHONE_COOKIE, ""))
    if resident and request.headers.get("Sec-Fetch-Dest") == "iframe":
        return redirect(in_client_address(resident, state))
    return redirect(_endpoint_with(state))


@bp.get("/liff/v2/apps/<liff_id>/contextToken")
def context_token_outside(liff_id: str) -> dict[str, str]:
    """Give the context of an external browser."""
    if liff_id != world().config.liff_id:
        abort(404)
    return {"contextToken": context_token(None)}


@bp.get("/liff/v2/apps/<liff_id>/featureToken")
@bp.post("/liff/v2/apps/<liff_id>/featureToken")
def feature_token(liff_id: str) -> dict[str, str]:
    """Give a feature token without features."""
    if liff_id != world().config.liff_id:
        abort(404)
    return {"featureToken": "h.e30.s"}


@bp.post("/message/v3/share")
def share() -> tuple[dict[str, str], int]:
    """Take what a LIFF page sends into the talk in the resident's name."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    kept = world().store.get("access_token", given)
    body = request.get_json(silent=True)
    resident = world().people.by_id(kept["user"]) if kept else None
    messages = body.get("messages") if isinstance(body, dict) else None
    if resident is None:
        return {"message": "invalid token"}, 401
    if not isinstance(messages, list) or not 1 <= len(messages) <= 5:  # noqa: PLR2004 - LINE's limit
        return {"message": "messages must hold 1 to 5"}, 400
    for message in messages:
        _share_one(resident, message)
    return {"status": "ok"}, 200


def _share_one(resident: Resident, message: object) -> None:
    if isinstance(message, dict) and message.get("type") == "text":
        event = world().scribe.text(resident.user_id, world().clock(), str(message.get("text", "")))
        world().resident_says(resident, event["message"], event)


@bp.get("/sdk.js")
@bp.get("/liff/edge/versions/<version>/sdk.js")
@bp.get("/liff/edge/2/sdk.js")
def sdk(version: str = "") -> Response:  # noqa: ARG001 - every version is this one
    """Give our own LIFF SDK: one classic script that sets `window.liff`."""
    folder = Path(bp.root_path) / "static" / "sdk"
    parts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.js"))]
    script = "".join(["(() => {\n'use strict';\n", *parts, "})();\n"])
    return Response(script, mimetype="text/javascript")


@bp.post("/liff/emulated/init")
def init_trouble() -> dict[str, str | None]:
    """Tell our SDK which failure of `liff.init` is scripted, and the issuer to expect."""
    trouble = world().troubles.take("init")
    return {"trouble": trouble.kind if trouble else None, "issuer": world().config.issuer}


@bp.post("/liff/emulated/aged")
def aged_token() -> dict[str, str | None]:
    """Give our SDK the bad ID token scripted for it, if any, in place of the one it keeps."""
    resident = bearer()
    scripted = any(one["target"] == "kept_token" for one in world().troubles.waiting())
    return {"id_token": issue_id_token(resident, target="kept_token") if scripted else None}


# What LINE's own SDK loads beside its main script.


@bp.get("/liff/edge/2/<name>.js")
def extension(name: str) -> Response:  # noqa: ARG001 - one extension for every phone
    """Give an extension script that adds nothing."""
    script = "window.liffClientExtension={install:function(){}};"
    return Response(script, mimetype="text/javascript")


@bp.get("/xlt/manifest.json")
def texts_manifest() -> dict[str, Any]:
    """List the SDK's text files."""
    return {"languages": {"en": "en.json", "ja": "ja.json"}}


@bp.get("/xlt/<name>.json")
def texts(name: str) -> dict[str, Any]:  # noqa: ARG001 - no texts in any language
    """Give an empty text file."""
    return {}
