"""`/livez`, `/readyz`, `/metrics`: what operators and their machines ask."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from liff_app import clock, health
from liff_app.db import db
from liff_app.errors import NotFound

alive = Blueprint("alive", __name__)
metrics = Blueprint("metrics", __name__)

LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


@alive.get("/livez")
def livez() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@alive.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Whether this process can serve: database, schema, disk. Says what is wrong by code only."""
    faults = health.faults(db.session, current_app.config["SETTINGS"], now=clock.now())
    serious = [fault.code for fault in faults if fault.stops_serving]
    answer = jsonify(
        status="unavailable" if serious else "ok", faults=[fault.code for fault in faults]
    )
    answer.status_code = 503 if serious else 200
    return answer


@metrics.get("/metrics")
def read() -> Response:
    """Counters of this process, in the Prometheus text format."""
    registry = current_app.extensions["metrics"].registry
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def guard() -> None:
    """OPERATOR: the token, or, where none is set, a direct call from the same machine.

    Behind a proxy every call comes from the same machine, so a forwarded one never counts.
    """
    token = current_app.config["SETTINGS"].operator_token
    if token:
        given = request.headers.get("Authorization", "").encode()
        if hmac.compare_digest(given, f"Bearer {token}".encode()):
            return
    elif request.remote_addr in LOOPBACK and not any(h in request.headers for h in FORWARDED):
        return
    raise NotFound("not for you")
