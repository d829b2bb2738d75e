"""Puts one emulator together."""

import time
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException

from liff_app.emulator import (
    account,
    channel,
    drills,
    liff,
    login,
    oidc,
    phone,
    sending,
    token_checks,
)
from liff_app.emulator import menu_links as _menu_links
from liff_app.emulator import menus as _menus
from liff_app.emulator.config import LOOPBACK_HOSTS, EmulatorConfig
from liff_app.emulator.world import Clock, World, world

MAX_REQUEST_BYTES = 16 * 1024 * 1024
# Names LINE's own SDK asks for, when a browser is told that they live on this machine.
LINE_HOST_ENDS = (".line.me", ".line-scdn.net")
_LINE_SURFACES = ("/liff/", "/oauth2/", "/v2/profile", "/friendship/", "/user/v1/", "/xlt/")
_LINE_FILES = ("/sdk.js", "/message/v3/share", "/.well-known/openid-configuration")
_MESSAGING_VIEWS = (account, sending, _menus, _menu_links)  # imported for their routes


def create_emulator(config: EmulatorConfig, clock: Clock = time.time) -> Flask:
    """Return the whole emulator as one WSGI app; `clock` gives seconds since 1970."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    # A scripted connection reset must reach the server as an exception, not become an answer.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's default provider has it
    app.extensions["emulator"] = World(config, clock)
    app.before_request(only_this_machine)
    app.before_request(answer_preflight)
    app.after_request(open_line_surfaces)
    app.after_request(note_login_call)
    app.register_error_handler(404, unknown_path)
    for blueprint in (channel.bp, login.bp, token_checks.bp, drills.bp, phone.bp, liff.bp, oidc.bp):
        app.register_blueprint(blueprint)
    return app


def only_this_machine() -> None:
    """Refuse other host names: a web page elsewhere could otherwise rebind its own to us."""
    host = (urlsplit(f"//{request.host}").hostname or "").lower()
    if host not in LOOPBACK_HOSTS and not host.endswith(LINE_HOST_ENDS):
        abort(403, "The emulator answers on this machine only.")


def _is_line_surface() -> bool:
    return request.path.startswith(_LINE_SURFACES) or request.path in _LINE_FILES


def answer_preflight() -> Response | None:
    """Answer a preflight to LINE's surfaces; the phone and the drills answer none."""
    if request.method == "OPTIONS" and _is_line_surface():
        return Response(status=204)
    return None


def open_line_surfaces(response: Response) -> Response:
    """Let pages of any origin use what LINE itself opens to them, and cache nothing."""
    if _is_line_surface():
        response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin", "*")
        response.headers["Access-Control-Allow-Headers"] = "*, authorization, content-type"
        response.headers["Access-Control-Allow-Methods"] = "*"
        response.headers["Vary"] = "Origin"
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def note_login_call(response: Response) -> Response:
    """Keep calls of LINE Login for the log panel, without codes and tokens."""
    quiet = request.path.startswith("/liff/emulated/") or request.path.endswith(".js")
    if _is_line_surface() and request.method != "OPTIONS" and not quiet:
        world().calls.note(
            {
                "at": world().clock(),
                "method": request.method,
                "path": request.path,
                "endpoint": request.endpoint or "",
                "status": response.status_code,
                "body": None,
                "retry_key": None,
                "request_id": None,
                "trouble": None,
            }
        )
    return response


def unknown_path(error: HTTPException) -> tuple[dict[str, str], int] | HTTPException:
    """Answer an unknown address of the Messaging API in its own form."""
    if request.path.startswith("/v2/bot"):
        return {"message": "Not found"}, 404
    return error
