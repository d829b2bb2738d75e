"""`/livez`, `/readyz`, `/metrics`: what operators and their machines ask."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from liff_app import clock, health
from liff_app.db import db
from liff_app.errors import NotFound
from liff_app.messaging import outbox

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
    """Counters of this process and of the outbox, in the Prometheus text format."""
    registry = current_app.extensions["metrics"].registry
    shown = generate_latest(registry) + generate_latest(_outbox())
    return Response(shown, content_type=CONTENT_TYPE_LATEST)


def _outbox() -> CollectorRegistry:
    """The outbox as it is now; nothing of it while the database is away."""
    registry = CollectorRegistry()
    try:
        counts = outbox.count_by_state(db.session)
        oldest = outbox.oldest_waiting(db.session)
    except SQLAlchemyError:
        return registry
    depth = Gauge("machimado_messages", "Messages to residents.", ["state"], registry=registry)
    for state, count in counts.items():
        depth.labels(state.value).set(count)
    age = Gauge(
        "machimado_messages_oldest_seconds", "Age of the longest waiting.", registry=registry
    )
    age.set((clock.now() - oldest).total_seconds() if oldest else 0)
    return registry


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
