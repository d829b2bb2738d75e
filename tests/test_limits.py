from __future__ import annotations

import os
import threading
import uuid
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app.errors import TooMany
from liff_app.limits import LocalCounter, RedisCounter, allow

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def redis_url() -> str:
    import socket  # noqa: PLC0415 - only to look whether there is a server

    parts = urlsplit(REDIS)
    try:
        socket.create_connection((str(parts.hostname), parts.port or 6379), 1).close()
    except OSError:
        pytest.skip("no Redis server on loopback (TEST_REDIS_URL)")
    return REDIS


def test_the_try_after_the_last_allowed_one_is_refused_until_the_window_ends() -> None:
    clock = Clock()
    counts = LocalCounter(clock)
    for _ in range(3):
        allow(counts, "one", most=3, window_seconds=60)
    with pytest.raises(TooMany):
        allow(counts, "one", most=3, window_seconds=60)
    allow(counts, "another", most=3, window_seconds=60)
    clock.now += 60
    allow(counts, "one", most=3, window_seconds=60)


def test_a_look_at_a_count_counts_nothing() -> None:
    clock = Clock()
    counts = LocalCounter(clock)
    assert counts.seen("one", 60) == 0
    counts.hit("one", 60)
    assert [counts.seen("one", 60) for _ in range(3)] == [1, 1, 1]
    clock.now += 60
    assert counts.seen("one", 60) == 0


def test_many_threads_are_counted_exactly() -> None:
    counts = LocalCounter(Clock())

    def hit() -> None:
        for _ in range(200):
            counts.hit("one", 60)

    threads = [threading.Thread(target=hit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts.hit("one", 60) == 8 * 200 + 1


@pytest.mark.redis
def test_two_processes_share_one_count_in_redis(redis_url: str) -> None:
    key, clock = uuid.uuid4().hex, Clock()
    one, other = RedisCounter(redis_url, clock), RedisCounter(redis_url, clock)
    assert [one.hit(key, 60), other.hit(key, 60), one.hit(key, 60)] == [1, 2, 3]
    assert (other.seen(key, 60), one.seen(key, 3600)) == (3, 0)


def test_without_redis_each_process_counts_for_itself_and_nothing_fails() -> None:
    clock = Clock()
    counts = RedisCounter("redis://127.0.0.1:1/0", clock)
    assert [counts.hit("one", 60) for _ in range(3)] == [1, 2, 3]
    assert counts.seen("one", 60) == 3


def test_sign_in_tries_from_one_address_are_limited_with_a_stable_code(
    app: Flask, client: FlaskClient
) -> None:
    app.extensions["limits"] = LocalCounter(Clock())
    codes = [client.post("/api/v1/session", json={"id_token": "x"}).status_code for _ in range(601)]
    assert set(codes[:600]) == {401}
    refused = client.post("/api/v1/session", json={"id_token": "x"})
    assert codes[600] == refused.status_code == 429
    assert refused.json is not None
    assert refused.json["code"] == "too_many"
    assert refused.headers["Retry-After"]
