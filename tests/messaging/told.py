"""Residents who can be told something, and a worker's turn under a clock that obeys."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import select

from liff_app.config import Settings
from liff_app.crypto import KeyRing
from liff_app.db import db, in_transaction, transaction
from liff_app.gateways.line_login import LineIdentity
from liff_app.gateways.line_messaging_recording import RecordingLineMessaging
from liff_app.identity import service as identity
from liff_app.messaging import delivery, outbox
from liff_app.messaging.delivery import Post
from liff_app.messaging.models import LineMessage
from liff_app.messaging.rules import Pace

NOW = datetime(2025, 11, 22, 5, 5, tzinfo=UTC)
ONE_BY_ONE = Pace(at_once=1)
HOST = "https://liff.line.me/1234567890-AbCdEfGh"


def keys() -> KeyRing:
    """The town's keys."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.keys


def line_id(name: str) -> str:
    """A LINE user id for an invented person."""
    return "U" + hashlib.sha256(name.encode()).hexdigest()[:32]


def resident(name: str) -> str:
    """Id of a resident who has signed in."""
    seen = LineIdentity(
        sub=line_id(name), audience="1234567890", issued_at=NOW,
        expires_at=NOW + timedelta(hours=1), token_digest=hashlib.sha256(name.encode()).digest(),
    )  # fmt: skip
    with transaction() as session:
        return identity.recognise(session, seen, keys=keys(), now=NOW)


def tell(
    resident_id: str,
    event: str,
    text: str = "報告の状況が変わりました。",
    *,
    link: str | None = "/reports/abc",
    now: datetime = NOW,
) -> None:
    """Something is queued for the resident."""
    with transaction() as session:
        outbox.queue(
            session, resident_id=resident_id, text=text, link=link, link_label="くわしく見る",
            event=event, now=now,
        )  # fmt: skip


def line() -> RecordingLineMessaging:
    """LINE, which refuses to be called inside a transaction."""
    return RecordingLineMessaging(in_transaction=in_transaction)


def turn(gateway: RecordingLineMessaging, at: datetime = NOW, pace: Pace = ONE_BY_ONE) -> int:
    """One turn of a worker at that moment; gives how many were sent."""
    post = Post(
        gateway=lambda: gateway,
        keys=keys(),
        address=lambda path: HOST + path,
        stopping=lambda: False,
        now=lambda: at,
    )
    return delivery.deliver(post, replace(pace))


def rows() -> list[LineMessage]:
    """Every message, in order, as it is stored now."""
    db.session.rollback()
    return list(db.session.scalars(select(LineMessage).order_by(LineMessage.id)))


def texts(gateway: RecordingLineMessaging) -> list[tuple[str, str]]:
    """To whom what was told, in order."""
    return [
        (to[0], str(said[0].get("altText", said[0].get("text")))) for to, said, _ in gateway.sent
    ]
