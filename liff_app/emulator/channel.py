"""The gate of the Messaging API: token, retry key, rate limit, size, troubles, request id."""

import json
import re
import secrets
import socket
import struct
import time
import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from liff_app.emulator.troubles import Trouble
from liff_app.emulator.world import world

bp = Blueprint("messaging", __name__, url_prefix="/v2/bot")

MAX_BODY_BYTES = 2 * 1024 * 1024
RETRY_KEY_ENDPOINTS = frozenset({"push", "multicast", "narrowcast", "broadcast"})
RATE_TEXT = "The API rate limit has been exceeded. Try again later."
MONTHLY_TEXT = "You have reached your monthly limit."
_RETRY_KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_AUTH_TEXT = (
    "Authentication failed. Confirm that the access token in the authorization header is valid."
)

Detail = tuple[str, str]  # (property, message)


class Refusal(Exception):
    """An error answer in LINE's form."""

    code = "line_refusal"

    def __init__(
        self,
        status: int,
        message: str,
        details: Sequence[Detail] = (),
        headers: dict[str, str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"message": message, **(extra or {})}
        if details:
            self.body["details"] = [{"message": text, "property": prop} for prop, text in details]
        self.headers = headers or {}


def faults_refusal(details: Sequence[Detail]) -> Refusal:
    """Return the 400 that lists what is wrong with a request body."""
    return Refusal(400, f"The request body has {len(details)} error(s)", details)


def json_body() -> dict[str, Any]:
    """Return the request body as an object, or refuse with LINE's 400."""
    try:
        body = json.loads(request.get_data())
    except ValueError:
        raise Refusal(400, "The request body could not be parsed as JSON") from None
    if not isinstance(body, dict):
        raise Refusal(400, "The request body could not be parsed as JSON")
    return body


def endpoint_name() -> str:
    """Return the name of the endpoint, as troubles and rate limits know it."""
    return (request.endpoint or "").removeprefix("messaging.")


def reset_connection() -> None:
    """Cut the connection as a broken network does: the client sees a reset, not an answer."""
    connection: socket.socket | None = request.environ.get("werkzeug.socket")
    if connection is not None:
        # Linger 0 turns close into RST.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    raise ConnectionResetError("scripted trouble")


@bp.before_request
def gate() -> None:
    """Refuse what LINE refuses before it looks at the request itself."""
    g.trouble = None
    body = request.get_data()
    token = request.headers.get("Authorization", "")
    expected = f"Bearer {world().config.channel_token}"
    if not secrets.compare_digest(token.encode(), expected.encode()):
        raise Refusal(401, _AUTH_TEXT)
    name = endpoint_name()
    _check_retry_key(name)
    limit, window_s = world().config.rate_limit(name)
    if not world().meter.admits(name, world().clock(), limit, window_s):
        raise Refusal(429, RATE_TEXT)
    if len(body) > MAX_BODY_BYTES:
        raise Refusal(413, "Request exceeds the max size of 2MB.")
    g.trouble = world().troubles.take(name, "api")
    _meet_before(g.trouble)


def _check_retry_key(name: str) -> None:
    key = request.headers.get("X-Line-Retry-Key")
    if key is None:
        return
    if name not in RETRY_KEY_ENDPOINTS:
        raise Refusal(400, "The retry key is not supported by this API.")
    if not _RETRY_KEY.fullmatch(key):
        raise Refusal(400, "The retry key is invalid: it must be a UUID in hexadecimal notation.")


def _meet_before(trouble: Trouble | None) -> None:
    kind = trouble.kind if trouble else None
    if kind == "rate":
        raise Refusal(429, RATE_TEXT)
    if kind == "monthly":
        raise Refusal(429, MONTHLY_TEXT)
    if kind == "error":
        raise Refusal(500, "Internal Server Error")
    if kind == "reset":
        reset_connection()


@bp.after_request
def meet_after(response: Response) -> Response:
    """Add the request id, and meet the troubles that come after accepting."""
    response.headers["X-Line-Request-Id"] = request_id()
    trouble: Trouble | None = g.get("trouble")
    kind = trouble.kind if trouble else None
    if kind == "delay" and trouble:
        time.sleep(trouble.seconds)
    if kind == "error_after_accepting":
        response.status_code = 500
        response.set_data(json.dumps({"message": "Internal Server Error"}))
    if kind == "reset_after_accepting":
        note_call(499)
        reset_connection()
    note_call(response.status_code)
    return response


def request_id() -> str:
    """Return the id of the present request, made on first use."""
    if "request_id" not in g:
        g.request_id = str(uuid.uuid4())
    return str(g.request_id)


def note_call(status: int) -> None:
    """Keep the call for the log panel and for tests."""
    is_json = request.mimetype == "application/json"
    body = request.get_json(silent=True) if is_json else {"bytes": len(request.get_data())}
    world().calls.note(
        {
            "at": world().clock(),
            "method": request.method,
            "path": request.full_path.rstrip("?"),
            "endpoint": endpoint_name(),
            "status": status,
            "body": body if request.method in {"POST", "PUT"} else None,
            "retry_key": request.headers.get("X-Line-Retry-Key"),
            "request_id": request_id(),
            "trouble": g.trouble.kind if g.get("trouble") else None,
        }
    )


@bp.errorhandler(Refusal)
def refused(refusal: Refusal) -> Response:
    """Answer in LINE's error form."""
    response = jsonify(refusal.body)
    response.status_code = refusal.status
    response.headers.update(refusal.headers)
    return response


@bp.errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    """Answer routing errors in LINE's error form too."""
    return refused(Refusal(error.code or 500, error.name))
