"""`/line/webhook`: LINE's events. The signature is the gate; an event has no effect yet.

The body is checked as bytes before anything is parsed: line-bot-sdk re-encodes text, raises on a
missing header, and has a switch that skips the check.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from flask import Blueprint, Response, abort, current_app, request

from liff_app.errors import NotAllowed

bp = Blueprint("line_webhook", __name__)

SIGNATURE = "X-Line-Signature"


def guard() -> None:
    """LINE_PLATFORM: 400 without a signature, NotAllowed with a wrong one."""
    given = request.headers.get(SIGNATURE)
    if not given:
        abort(400)
    secret = current_app.config["SETTINGS"].line_channel_secret
    if not secret or not hmac.compare_digest(_expected(secret), given.encode("latin-1")):
        raise NotAllowed("wrong signature")


def _expected(secret: str) -> bytes:
    digest = hmac.digest(secret.encode(), request.get_data(), hashlib.sha256)
    return base64.b64encode(digest)


@bp.post("/webhook")
def receive() -> Response:
    """The events are taken; LINE hears so at once. Nothing of them is stored."""
    return Response(status=200)
