"""Webhook events as LINE words them."""

import secrets
from collections.abc import Mapping
from typing import Any

from liff_app.emulator.store import Store

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID_TIME_CHARACTERS = 10
_ULID_RANDOM_CHARACTERS = 16


def ulid(now: float) -> str:
    """Return a fresh ULID: 26 characters that sort by time (milliseconds)."""
    milliseconds = int(now * 1000)
    stamp = "".join(
        _CROCKFORD[(milliseconds >> (5 * place)) & 31]
        for place in reversed(range(_ULID_TIME_CHARACTERS))
    )
    return stamp + "".join(secrets.choice(_CROCKFORD) for _ in range(_ULID_RANDOM_CHARACTERS))


class Scribe:
    """Writes events and remembers the reply tokens given out."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def event(
        self, kind: str, user_id: str, now: float, fields: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return one event; all but `unfollow` carry a reply token, good for one reply."""
        event: dict[str, Any] = {
            "type": kind,
            **(fields or {}),
            "webhookEventId": ulid(now),
            "deliveryContext": {"isRedelivery": False},
            "timestamp": int(now * 1000),
            "source": {"type": "user", "userId": user_id},
            "mode": "active",
        }
        if kind != "unfollow":
            token = secrets.token_hex(16)
            self._store.put("reply_token", token, {"user": user_id, "at": now})
            event["replyToken"] = token
        return event

    def message_id(self) -> str:
        """Return the next message id: 18 digits, growing."""
        with self._store.transaction():
            counter = self._store.get("setting", "message_id") or {"last": 500_000_000_000_000_000}
            number = int(counter["last"]) + 1
            self._store.put("setting", "message_id", {"last": number})
        return str(number)

    def text(self, user_id: str, now: float, text: str) -> dict[str, Any]:
        """Return the event of a text a resident typed."""
        message = {
            "type": "text",
            "id": self.message_id(),
            "quoteToken": secrets.token_urlsafe(24),
            "text": text,
        }
        return self.event("message", user_id, now, {"message": message})

    def place(self, user_id: str, now: float, place: Mapping[str, Any]) -> dict[str, Any]:
        """Return the event of a shared position; title and address may be missing."""
        message = {"type": "location", "id": self.message_id()}
        message |= {name: place[name] for name in ("title", "address") if place.get(name)}
        message |= {name: place[name] for name in ("latitude", "longitude")}
        return self.event("message", user_id, now, {"message": message})

    def photo(self, user_id: str, now: float) -> dict[str, Any]:
        """Return the event of a photo; its bytes are asked for by the message id."""
        message = {
            "type": "image",
            "id": self.message_id(),
            "quoteToken": secrets.token_urlsafe(24),
            "contentProvider": {"type": "line"},
        }
        return self.event("message", user_id, now, {"message": message})

    def sticker(self, user_id: str, now: float) -> dict[str, Any]:
        """Return the event of a sticker."""
        message = {
            "type": "sticker",
            "id": self.message_id(),
            "quoteToken": secrets.token_urlsafe(24),
            "packageId": "446",
            "stickerId": "1988",
            "stickerResourceType": "STATIC",
            "keywords": ["ok", "thanks"],
        }
        return self.event("message", user_id, now, {"message": message})

    def postback(
        self, user_id: str, now: float, data: str, params: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the event of a tapped postback, date picker or rich-menu tab."""
        postback: dict[str, Any] = {"data": data}
        if params:
            postback["params"] = dict(params)
        return self.event("postback", user_id, now, {"postback": postback})
