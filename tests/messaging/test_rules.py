"""When a message is tried again, and when no more."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from liff_app.messaging.rules import JITTER, Pace, is_key_worn_out, is_stale, pause_after
from tests.messaging.told import NOW

PACE = Pace()


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(1, 10), (2, 30), (3, 120), (4, 600), (5, 1800), (6, 3600), (7, 3600), (40, 3600)],
)
def test_each_pause_is_longer_until_an_hour(tries: int, seconds: float) -> None:
    dice = random.Random(1)
    drawn = [pause_after(tries, PACE, dice).total_seconds() for _ in range(200)]
    assert min(drawn) >= seconds * (1 - JITTER)
    assert max(drawn) <= seconds * (1 + JITTER)
    assert len(set(drawn)) > 100  # what failed together does not come back together


@pytest.mark.parametrize(
    ("since", "worn"),
    [
        (None, False),
        (timedelta(0), False),
        (timedelta(hours=23, minutes=29), False),
        (timedelta(hours=23, minutes=30), True),
        (timedelta(days=3), True),
    ],
)
def test_a_key_is_not_used_to_the_end_of_lines_memory(
    *, since: timedelta | None, worn: bool
) -> None:
    first = None if since is None else NOW - since
    assert is_key_worn_out(first, PACE, now=NOW) is worn


@pytest.mark.parametrize(("days", "stale"), [(0, False), (6.9, False), (7, True), (30, True)])
def test_what_waited_a_week_is_stale(*, days: float, stale: bool) -> None:
    assert is_stale(NOW - timedelta(days=days), PACE, now=NOW) is stale


def test_a_lease_outlives_the_slowest_turn() -> None:
    # 5 s to connect and 20 s to be answered are the gateway's own limits.
    assert PACE.lease.total_seconds() > PACE.turn_s + 25
    assert PACE.key_life + PACE.lease < timedelta(hours=24)
