"""How often something may be tried: counted in this process, or in Redis for all of them.

A window per key: coarse, and cheap enough to count before anything is checked. Where Redis is set
but does not answer, each process counts for itself: a limit that is too generous for a while beats
a town that answers 500.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from liff_app.errors import TooMany
from liff_app.telemetry import log

MAX_KEYS = 50_000  # windows kept in one process; older ones are forgotten first
RETRY_REDIS_SECONDS = 5.0
TIMEOUT_SECONDS = 0.2


class Counter(Protocol):
    """Counts tries in the present window."""

    def hit(self, key: str, window_seconds: int) -> int:
        """How often `key` was counted in this window, this time included."""

    def seen(self, key: str, window_seconds: int) -> int:
        """How often `key` was counted in this window so far; this look counts nothing."""


class LocalCounter:
    """Counts in this process."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, int], int] = {}

    def hit(self, key: str, window_seconds: int) -> int:
        """How often `key` was counted in this window by this process."""
        window = (key, int(self._clock()) // window_seconds)
        with self._lock:
            count = self._counts.pop(window, 0) + 1
            self._counts[window] = count
            while len(self._counts) > MAX_KEYS:
                del self._counts[next(iter(self._counts))]
        return count

    def seen(self, key: str, window_seconds: int) -> int:
        """How often `key` was counted in this window by this process so far."""
        with self._lock:
            return self._counts.get((key, int(self._clock()) // window_seconds), 0)


class RedisCounter:
    """Counts in Redis; in this process for as long as Redis does not answer."""

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        # Imported here: a town without Redis does not carry its client (20 MB).
        import redis  # noqa: PLC0415 - an optional part

        self._errors = redis.RedisError
        self._redis = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
        )
        self._clock = clock
        self._local = LocalCounter(clock)
        self._silent_until = 0.0

    def hit(self, key: str, window_seconds: int) -> int:
        """How often `key` was counted in this window by all processes that reach Redis."""
        if self._clock() < self._silent_until:
            return self._local.hit(key, window_seconds)
        name = self._name(key, window_seconds)
        try:
            with self._redis.pipeline() as together:
                together.incr(name)
                together.expire(name, 2 * window_seconds)
                return int(together.execute()[0])
        except self._errors as error:
            self._fall_silent(error)
            return self._local.hit(key, window_seconds)

    def seen(self, key: str, window_seconds: int) -> int:
        """How often `key` was counted in this window so far by all processes that reach Redis."""
        if self._clock() < self._silent_until:
            return self._local.seen(key, window_seconds)
        try:
            found = self._redis.get(self._name(key, window_seconds))
        except self._errors as error:
            self._fall_silent(error)
            return self._local.seen(key, window_seconds)
        return int(found or 0)

    def _name(self, key: str, window_seconds: int) -> str:
        return f"machimado:limit:{key}:{int(self._clock()) // window_seconds}"

    def _fall_silent(self, error: Exception) -> None:
        self._silent_until = self._clock() + RETRY_REDIS_SECONDS
        log().warning("redis_silent", error=type(error).__name__)


def counter(redis_url: str) -> Counter:
    """The counter the settings ask for."""
    return RedisCounter(redis_url) if redis_url else LocalCounter()


def allow(counts: Counter, key: str, *, most: int, window_seconds: int) -> None:
    """Count a try. Raises TooMany once there were more than `most` in the window."""
    if counts.hit(key, window_seconds) > most:
        raise TooMany(key)
