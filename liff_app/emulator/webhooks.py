"""Sends signed webhooks to the product, without ever making the phone page wait."""

import base64
import hashlib
import hmac
import http.client
import json
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from liff_app.emulator.config import LOOPBACK_HOSTS, EmulatorConfig
from liff_app.emulator.store import Store

_HTTP_OK = range(200, 300)


def signature(secret: str, body: bytes) -> str:
    """Return base64 of HMAC-SHA256 over exactly these bytes."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How one webhook request went; `status` 0 when nothing answered.

    `reason` is LINE's own word from the webhook test: OK, ERROR_STATUS_CODE,
    COULD_NOT_CONNECT, REQUEST_TIMEOUT.
    """

    at: float
    url: str
    events: tuple[str, ...]
    redelivery: bool
    status: int
    reason: str
    detail: str

    @property
    def success(self) -> bool:
        """Whether the product took it."""
        return self.reason == "OK"

    def as_dict(self) -> dict[str, Any]:
        """Return the delivery for JSON."""
        return {**asdict(self), "success": self.success}


class WebhookSender:
    """One background thread with a queue; `deliver` is the same thing without the queue."""

    def __init__(self, config: EmulatorConfig, store: Store, clock: Callable[[], float]) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._queue: queue.Queue[tuple[bytes, dict[str, str]] | None] = queue.Queue()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None
        self.log: deque[tuple[int, Delivery]] = deque(maxlen=500)
        self._sent = 0

    def endpoint(self) -> tuple[str, bool]:
        """Return the webhook address and whether webhooks are switched on."""
        kept = self._store.get("setting", "webhook") or {}
        return kept.get("endpoint", self._config.webhook_url), kept.get("active", True)

    def package(
        self, destination: str, events: Sequence[dict[str, Any]], *, signed: str = "valid"
    ) -> tuple[bytes, dict[str, str]]:
        """Return body and headers; `signed` is valid, wrong or missing."""
        body = json.dumps(
            {"destination": destination, "events": list(events)},
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "LineBotWebhook/2.0",
        }
        if signed != "missing":
            secret = self._config.channel_secret if signed == "valid" else "not the channel secret"
            headers["x-line-signature"] = signature(secret, body)
        return body, headers

    def enqueue(self, body: bytes, headers: dict[str, str]) -> None:
        """Send from the background thread, in the order of the calls."""
        if not self.endpoint()[1]:
            return
        with self._start:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="webhooks", daemon=True)
                self._thread.start()
        self._queue.put((body, headers))

    def wait(self) -> None:
        """Return when everything queued so far has been sent."""
        self._queue.join()

    def close(self, patience_s: float = 3.0) -> None:
        """Send what is queued, for at most `patience_s`, and end the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(patience_s)

    def _work(self) -> None:
        while True:
            job = self._queue.get()
            try:
                if job is None:
                    return
                self.deliver(*job)
            finally:
                self._queue.task_done()

    def deliver(self, body: bytes, headers: dict[str, str], url: str | None = None) -> Delivery:
        """Send now and return how it went; at most `webhook_timeout_s` per step."""
        target = url or self.endpoint()[0]
        status, reason, detail = self._post(target, body, headers)
        delivery = Delivery(
            at=self._clock(),
            url=target,
            events=tuple(_kinds(body)),
            redelivery=b'"isRedelivery":true' in body,
            status=status,
            reason=reason,
            detail=detail,
        )
        self._sent += 1
        self.log.append((self._sent, delivery))
        return delivery

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, str]:
        parts = urlsplit(url)
        if not is_loopback(url):
            return 0, "COULD_NOT_CONNECT", "The emulator calls this machine only."
        plain = parts.scheme == "http"
        kind = http.client.HTTPConnection if plain else http.client.HTTPSConnection
        connection = kind(parts.netloc, timeout=self._config.webhook_timeout_s)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", path, body=body, headers=headers)
            answer = connection.getresponse()
            answer.read()
        except TimeoutError:
            return 0, "REQUEST_TIMEOUT", "Request timeout"
        except (OSError, http.client.HTTPException) as error:
            return 0, "COULD_NOT_CONNECT", type(error).__name__
        finally:
            connection.close()
        if answer.status in _HTTP_OK:
            return answer.status, "OK", str(answer.status)
        return answer.status, "ERROR_STATUS_CODE", f"{answer.status} {answer.reason}"


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine: the emulator calls nobody else."""
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and parts.hostname in LOOPBACK_HOSTS


def _kinds(body: bytes) -> list[str]:
    try:
        events = json.loads(body)["events"]
        return [str(event.get("type")) for event in events]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
