"""Everything one emulator consists of, and what happens when a resident acts."""

import hashlib
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from flask import current_app

from liff_app.emulator.config import EmulatorConfig
from liff_app.emulator.events import Scribe
from liff_app.emulator.keys import SigningKey
from liff_app.emulator.people import People, Resident
from liff_app.emulator.store import Store
from liff_app.emulator.troubles import TroubleBook
from liff_app.emulator.webhooks import WebhookSender

Clock = Callable[[], float]


class RateMeter:
    """Requests per bucket within a sliding window."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: defaultdict[str, deque[float]] = defaultdict(deque)

    def admits(self, bucket: str, now: float, limit: int, window_s: float) -> bool:
        """Count one request; False when the window already holds `limit`."""
        with self._lock:
            times = self._seen[bucket]
            while times and times[0] <= now - window_s:
                times.popleft()
            if len(times) >= limit:
                return False
            times.append(now)
            return True

    def clear(self) -> None:
        """Forget all requests."""
        with self._lock:
            self._seen.clear()


@dataclass(slots=True)
class CallLog:
    """The calls received, newest last, at most 5,000."""

    entries: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=5000))
    last: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, entry: Mapping[str, Any]) -> None:
        """Keep one call under the next number."""
        with self._lock:
            self.last += 1
            self.entries.append({"number": self.last, **entry})


class World:
    """One town account, its residents, and LINE between them and the product."""

    def __init__(self, config: EmulatorConfig, clock: Clock) -> None:
        self.config = config
        self.clock = clock
        self.store = Store(config.state)
        self.key = SigningKey(self.store)
        self.people = People(self.store, config.channel_id)
        self.scribe = Scribe(self.store)
        self.webhooks = WebhookSender(config, self.store, clock)
        self.troubles = TroubleBook()
        self.meter = RateMeter()
        self.calls = CallLog()
        self.auto_login: str | None = None
        self._held: list[dict[str, Any]] = []

    @property
    def account_id(self) -> str:
        """The bot's own user id, the `destination` of its webhooks."""
        return "U" + hashlib.sha256(f"account:{self.config.channel_id}".encode()).hexdigest()[:32]

    def close(self) -> None:
        """End the webhook thread and let go of the state file."""
        self.webhooks.close()
        self.store.close()

    def reset(self) -> None:
        """Start over: only the signing key stays, so that published keys remain true."""
        with self.store.transaction():
            self.store.clear(
                *("resident", "menu", "alias", "link", "batch", "retry_key", "reply_token"),
                *("code", "access_token", "usage", "content"),
            )
            self.store.take("setting", "default_menu")
            self.store.take("setting", "webhook")
            self.store.forget_talks()
            self.people.settle()
        self.troubles.clear()
        self.meter.clear()
        self.calls.entries.clear()
        self.webhooks.log.clear()
        self.auto_login = None
        self._held.clear()

    def tell_product(self, event: dict[str, Any]) -> None:
        """Queue the webhook of one event, with the webhook trouble scripted for it, if any."""
        trouble = self.troubles.take("webhook")
        kind = trouble.kind if trouble else None
        if kind == "reordered":
            # Kept back until the next event has been sent: LINE promises no order.
            self._held.append(event)
            return
        self._queue(event, signed="wrong" if kind == "wrong_signature" else "valid")
        if kind == "duplicate":
            self._queue(event)
        if kind == "redelivered":
            self._queue({**event, "deliveryContext": {"isRedelivery": True}})
        while self._held:
            self._queue(self._held.pop(0))

    def _queue(self, event: dict[str, Any], *, signed: str = "valid") -> None:
        self.webhooks.enqueue(*self.webhooks.package(self.account_id, [event], signed=signed))

    def resident_says(
        self, resident: Resident, message: Mapping[str, Any], event: dict[str, Any]
    ) -> None:
        """Put the resident's message into the talk and tell the product, unless blocked."""
        entry = {"from": "resident", "at": self.clock(), "message": dict(message)}
        self.store.say([(resident.user_id, entry)])
        if resident.reachable:
            self.tell_product(event)


def world() -> World:
    """Return the world of the app that answers the present request."""
    return cast("World", current_app.extensions["emulator"])
