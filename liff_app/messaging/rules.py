"""When a message is tried again, and when no more. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

JITTER: Final = 0.25  # share: what failed together does not come back together


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How the outbox is emptied.

    `turn_s`: seconds after which no send is begun, so that other jobs have their turn. A send
    takes 25 s at most (the gateway's timeouts), so that a lease outlives it. `pauses`: before the
    second, third … try, the last one again and again. LINE remembers a retry key for 24 hours
    (Messaging API, retrying a failed request); `key_life` leaves half an hour for a machine that
    stood still. A message not tried for `stale` tells nobody anything new.
    """

    batch: int = 20
    at_once: int = 10  # if LINE takes 0.2 s, 1,000 people are told in half a minute
    turn_s: float = 5.0
    lease: timedelta = timedelta(seconds=60)
    pauses: tuple[timedelta, ...] = (
        timedelta(seconds=10),
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=10),
        timedelta(minutes=30),
        timedelta(hours=1),
    )
    key_life: timedelta = timedelta(hours=23, minutes=30)
    long_pause: timedelta = timedelta(hours=1)  # for what a person has to mend
    stale: timedelta = timedelta(days=7)


def pause_after(tries: int, pace: Pace, dice: random.Random) -> timedelta:
    """How long to wait after that many tries (1 or more) have come to nothing."""
    step = pace.pauses[min(tries, len(pace.pauses)) - 1]
    return step * dice.uniform(1 - JITTER, 1 + JITTER)


def is_key_worn_out(first_try_at: datetime | None, pace: Pace, *, now: datetime) -> bool:
    """Whether LINE may have forgotten the retry key: a repeat could then be told twice."""
    return first_try_at is not None and now - first_try_at >= pace.key_life


def is_stale(queued_at: datetime, pace: Pace, *, now: datetime) -> bool:
    """Whether the message has waited so long that nobody is helped by it."""
    return now - queued_at >= pace.stale
