"""The outbox's rows between two workers: taken by lease, and what became of them.

A claim is written and committed before anything is sent, so that a worker that dies leaves a
lease that ends. Whoever takes the row over sends with the same retry key: LINE tells the repeat.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from liff_app.crypto import KeyRing, SealBroken
from liff_app.identity import service as identity
from liff_app.messaging.models import WAITING, LineMessage, MessageState
from liff_app.messaging.rules import Pace, is_key_worn_out, is_stale, pause_after

QUOTA = "quota"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A message in this worker's hand. `to` is the LINE user id: it goes nowhere but to LINE."""

    id: int
    to: str
    text: str
    link: str | None
    link_label: str
    retry_key: uuid.UUID
    tries: int  # with this one
    is_first: bool  # LINE has not seen the key before


@dataclass(frozen=True, slots=True)
class Batch:
    """What was taken, and how many rows it was about, those that are not sent included."""

    claims: tuple[Claim, ...]
    rows: int


class Verdict(StrEnum):
    """What came of one try."""

    SENT = "sent"  # LINE took it, now or before
    PERHAPS = "perhaps"  # no answer, or an error of LINE's: it may have been taken
    NOT_NOW = "not_now"  # LINE says that it did not take it: too many requests
    QUOTA = "quota"  # nor will it this month
    NEVER = "never"  # nor ever
    UNTRIED = "untried"  # nothing was sent


@dataclass(frozen=True, slots=True)
class Outcome:
    """One try. `reason` is a code; `request_id` LINE's."""

    claim: Claim
    verdict: Verdict
    reason: str = ""
    request_id: str = ""


def is_paused(session: Session, *, now: datetime) -> bool:
    """Whether the month's messages were spent lately: nothing is tried for an hour."""
    spent = select(LineMessage.id).where(
        LineMessage.state == MessageState.QUEUED,
        LineMessage.not_before > now,
        LineMessage.reason == QUOTA,
    )
    return session.scalar(spent.limit(1)) is not None


def claim(session: Session, *, keys: KeyRing, pace: Pace, now: datetime) -> Batch:
    """Take up to `pace.batch` messages, at most one of each resident; leases end by themselves.

    Rows too old to be told, or whose key is worn out, are settled instead.
    """
    rows = _due(session, pace.batch, now=now)
    taken = []
    for row in rows:
        if is_key_worn_out(row.first_try_at, pace, now=now):
            _end(row, MessageState.UNKNOWN, now=now)
        elif is_stale(row.queued_at, pace, now=now):
            _end(row, MessageState.DROPPED, now=now)
        else:
            taken += _taken(session, row, keys=keys, pace=pace, now=now)
    return Batch(tuple(taken), len(rows))


def _due(session: Session, limit: int, *, now: datetime) -> list[LineMessage]:
    """Rows whose worker died, then rows whose time has come; locked, and no other worker's."""
    lost = (LineMessage.state == MessageState.SENDING) & (LineMessage.lease_until <= now)
    ready = (LineMessage.state == MessageState.QUEUED) & (LineMessage.not_before <= now)
    found = _free(session, lost, limit)
    return found + _free(session, ready, limit - len(found))


def _free(session: Session, which: ColumnElement[bool], limit: int) -> list[LineMessage]:
    """Of these the ones nothing earlier in the same talk waits before."""
    earlier = aliased(LineMessage)
    held_up = exists().where(
        earlier.resident_id == LineMessage.resident_id,
        earlier.id < LineMessage.id,
        earlier.state.in_(WAITING),
    )
    rows = select(LineMessage).where(which, ~held_up)
    rows = rows.order_by(LineMessage.not_before, LineMessage.id).limit(limit)
    return list(session.scalars(rows.with_for_update(skip_locked=True)))


def _taken(
    session: Session, row: LineMessage, *, keys: KeyRing, pace: Pace, now: datetime
) -> list[Claim]:
    """The row as a claim; none if the resident's id cannot be opened, which a person must mend."""
    try:
        to = identity.line_user_id(session, row.resident_id, keys=keys)
    except SealBroken:
        row.state, row.lease_until, row.reason = MessageState.QUEUED, None, "sealed"
        row.not_before = now + pace.long_pause
        return []
    is_first = row.first_try_at is None
    row.state, row.lease_until, row.tries = MessageState.SENDING, now + pace.lease, row.tries + 1
    row.first_try_at = row.first_try_at or now
    return [
        Claim(
            id=row.id,
            to=to,
            text=row.text,
            link=row.link,
            link_label=row.link_label,
            retry_key=row.retry_key,
            tries=row.tries,
            is_first=is_first,
        )
    ]


def _end(row: LineMessage, state: MessageState, *, now: datetime) -> None:
    row.state, row.lease_until, row.done_at = state, None, now


def record(
    session: Session,
    outcomes: Sequence[Outcome],
    *,
    pace: Pace,
    dice: random.Random,
    now: datetime,
) -> None:
    """Each row says what became of it.

    That LINE took it is true whoever says so. Anything else counts only from the worker whose
    lease it still is. A row whose resident is gone meanwhile is gone.
    """
    of = {one.claim.id: one for one in outcomes}
    rows = select(LineMessage).where(LineMessage.id.in_(of)).order_by(LineMessage.id)
    for row in session.scalars(rows.with_for_update()):
        outcome = of[row.id]
        if outcome.verdict is Verdict.SENT:
            if row.state is not MessageState.SENT:
                row.request_id, row.reason = outcome.request_id, ""
                _end(row, MessageState.SENT, now=now)
        elif row.state is MessageState.SENDING and row.tries == outcome.claim.tries:
            _record_failure(row, outcome, pace=pace, dice=dice, now=now)


def _record_failure(
    row: LineMessage, outcome: Outcome, *, pace: Pace, dice: random.Random, now: datetime
) -> None:
    row.request_id = outcome.request_id or row.request_id
    row.reason = outcome.reason
    if outcome.verdict is Verdict.NEVER:
        _end(row, MessageState.FAILED, now=now)
        return
    row.state, row.lease_until = MessageState.QUEUED, None
    if outcome.verdict is not Verdict.PERHAPS and outcome.claim.is_first:
        row.first_try_at = None  # LINE does not know the key: its 24 hours have not begun
    if outcome.verdict is Verdict.UNTRIED:
        row.tries -= 1
    elif outcome.verdict is Verdict.QUOTA:
        row.tries -= 1
        row.not_before = now + pace.long_pause
    else:
        row.not_before = now + pause_after(row.tries, pace, dice)
