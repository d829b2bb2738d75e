"""The worker's turn at the outbox: claim, send outside any transaction, record.

Killed anywhere in between, it loses nothing and tells nothing twice (`python -m bench.telling`).
"""

from __future__ import annotations

import contextvars
import random
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from liff_app import clock
from liff_app.crypto import KeyRing
from liff_app.db import db, transaction
from liff_app.gateways.line_messaging import (
    LineFailed,
    LineMessaging,
    LineQuotaSpent,
    LineRefused,
)
from liff_app.messaging import bubbles, claims
from liff_app.messaging.claims import Claim, Outcome, Verdict
from liff_app.messaging.rules import Pace
from liff_app.telemetry import log

PACE: Final = Pace()
RATE = 429  # Too Many Requests: LINE did not take it


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What delivering needs. `address` makes a permalink of a path; `stopping` ends the turn."""

    gateway: Callable[[], LineMessaging]
    keys: KeyRing
    address: Callable[[str], str]
    stopping: Callable[[], bool]
    now: Callable[[], datetime] = clock.now


def deliver(post: Post, pace: Pace | None = None) -> int:
    """Messages that are due have been sent, as many as one turn allows; gives how many.

    Opens its own transactions: call it outside one. The turn ends early, with the message in
    hand, when `post.stopping` says so, and when the month's messages are spent.
    """
    turn = _Turn(post, pace or PACE)
    with ThreadPoolExecutor(turn.pace.at_once) as pool:
        while not turn.is_over() and turn.once(pool):
            pass
    return turn.sent


class _Turn:
    """One turn of one worker."""

    def __init__(self, post: Post, pace: Pace) -> None:
        self.post, self.pace = post, pace
        self.sent = 0
        self.spent = False
        self._until = time.monotonic() + pace.turn_s  # monotonic: a clock set back ends no turn
        self._dice = random.Random()  # noqa: S311 - only spreads tries over time
        self._gateway: LineMessaging | None = None

    def is_over(self) -> bool:
        """Whether no send may begin any more."""
        return self.spent or self.post.stopping() or time.monotonic() >= self._until

    def once(self, pool: ThreadPoolExecutor) -> bool:
        """One batch; False if nothing was due."""
        if claims.is_paused(db.session, now=self.post.now()):
            return False
        with transaction() as session:
            batch = claims.claim(session, keys=self.post.keys, pace=self.pace, now=self.post.now())
        if batch.claims:
            self._send_all(batch.claims, pool)
        return batch.rows > 0

    def _send_all(self, taken: tuple[Claim, ...], pool: ThreadPoolExecutor) -> None:
        """All are sent and recorded. A bug in one of them is raised after the others are."""
        self._gateway = self._gateway or self.post.gateway()
        running = [self._begin(pool, self._gateway, one) for one in taken]
        errors = [error for one in running if (error := one.exception())]
        outcomes = [one.result() for one in running if one.exception() is None]
        with transaction() as session:
            claims.record(session, outcomes, pace=self.pace, dice=self._dice, now=self.post.now())
        self.sent += sum(one.verdict is Verdict.SENT for one in outcomes)
        _tell(outcomes)
        if errors:
            raise errors[0]

    def _begin(
        self, pool: ThreadPoolExecutor, gateway: LineMessaging, one: Claim
    ) -> Future[Outcome]:
        # In a copy of the context the gateway still sees whether a transaction is open.
        return pool.submit(contextvars.copy_context().run, self._send, gateway, one)

    def _send(self, gateway: LineMessaging, one: Claim) -> Outcome:
        """One try, with the row's own key."""
        if self.is_over():
            return Outcome(one, Verdict.UNTRIED)
        address = self.post.address(one.link) if one.link else None
        words = bubbles.message(one.text, address=address, label=one.link_label)
        try:
            accepted = gateway.push(one.to, [words], retry_key=one.retry_key)
        except LineQuotaSpent as spent:
            self.spent = True
            return Outcome(one, Verdict.QUOTA, claims.QUOTA, spent.request_id)
        except LineRefused as refused:
            reason = f"refused_{refused.status}"
            return Outcome(one, Verdict.NEVER, reason, refused.request_id)
        except LineFailed as failed:
            verdict = Verdict.NOT_NOW if failed.status == RATE else Verdict.PERHAPS
            reason = f"failed_{failed.status or 'no_answer'}"
            return Outcome(one, verdict, reason, failed.request_id)
        return Outcome(one, Verdict.SENT, request_id=accepted.request_id)


def _tell(outcomes: list[Outcome]) -> None:
    """What went wrong stands in the log, by reason and count: no person, no words."""
    reasons = [one.reason for one in outcomes if one.reason]
    for reason in sorted(set(reasons)):
        event = "line_quota_spent" if reason == claims.QUOTA else "messages_not_sent"
        log().warning(event, reason=reason, count=reasons.count(reason))
