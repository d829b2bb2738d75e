"""The worker's turn at the calls to other systems: claim, call outside any transaction, record.

A worker that dies in between leaves a call whose time comes again. The receiver knows a repeat by
its event id. A system that fails rests as a whole, so that it costs a turn one call and not one
for each that waits; failing on and on, it is switched off.
"""

from __future__ import annotations

import hashlib
import hmac
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from liff_app.audit import service as audit
from liff_app.crypto import KeyRing, SealBroken
from liff_app.db import transaction
from liff_app.gateways.hook_caller import HookCaller, HookFailed
from liff_app.procedures.models import HookCall, Procedure, ProcedureHook
from liff_app.procedures.webhooks import service
from liff_app.procedures.webhooks.service import CallState, secret_context
from liff_app.telemetry import log

# Seconds after which no call is begun, so that other jobs have their turn: with the last call's
# own deadline a turn ends within 15.
TURN_S: Final = 5.0
LEASE: Final = timedelta(seconds=60)  # longer than a call takes
PAUSES: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
LIFE: Final = timedelta(hours=24)
_PING: Final = '"event": "ping"'  # in the body of what a colleague sent to try a hook out
_JITTER: Final = 0.2  # what failed together does not come back together


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    id: int
    hook_id: str
    tries: int
    url: str
    body: bytes
    secret: str


def deliver(
    caller: HookCaller, *, keys: KeyRing, now: Callable[[], datetime], stopping: Callable[[], bool]
) -> int:
    """Calls that are due were made, as many as one turn allows; gives how many were taken.

    Opens its own transactions: call it outside one.
    """
    until, count = time.monotonic() + TURN_S, 0
    while time.monotonic() < until and not stopping():
        with transaction() as session:
            found = _claim(session, keys=keys, now=now())
        if found is None:
            break
        reason = _call(caller, found, now=now())
        with transaction() as session:
            _record(session, found, reason, keys=keys, now=now())
        count += not reason
    return count


def signature(secret: str, moment: int, body: bytes) -> str:
    """What `Machimado-Signature` says of the body at that second: `t=…,v1=…`."""
    digest = hmac.digest(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hex()
    return f"t={moment},v1={digest}"


def _claim(session: Session, *, keys: KeyRing, now: datetime) -> _Taken | None:
    wanted = (
        select(HookCall, ProcedureHook)
        .join(ProcedureHook, ProcedureHook.id == HookCall.hook_id)
        .where(
            HookCall.state == CallState.QUEUED.value,
            HookCall.not_before <= now,
            or_(
                ProcedureHook.rests_until.is_(None),
                ProcedureHook.rests_until <= now,
                HookCall.body.contains(_PING),
            ),
        )
        .order_by(HookCall.not_before, HookCall.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=HookCall)
    )
    row = session.execute(wanted).first()
    if row is None:
        return None
    call, hook = row
    call.tries += 1
    call.not_before = now + LEASE
    try:
        secret = keys.open(hook.secret_sealed, secret_context(hook.id))
    except SealBroken:
        secret = ""
    return _Taken(
        id=call.id, hook_id=hook.id, tries=call.tries, url=hook.url, body=call.body.encode(),
        secret=secret,
    )  # fmt: skip


def _call(caller: HookCaller, taken: _Taken, *, now: datetime) -> str:
    """Why it was not taken; empty if it was."""
    if not taken.secret:
        return "sealed"
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "machimado",
        "Machimado-Signature": signature(taken.secret, int(now.timestamp()), taken.body),
    }
    try:
        caller.call(taken.url, taken.body, headers)
    except HookFailed as failed:
        return failed.reason
    return ""


def _record(session: Session, taken: _Taken, reason: str, *, keys: KeyRing, now: datetime) -> None:
    # The hook first, as whoever removes it holds it; new calls may be written meanwhile.
    hook = session.get(
        ProcedureHook, taken.hook_id, with_for_update={"key_share": True}, populate_existing=True
    )
    row = session.get(HookCall, taken.id, with_for_update=True, populate_existing=True)
    is_ours = row is not None and row.state == CallState.QUEUED.value and row.tries == taken.tries
    if hook is None or row is None or not is_ours:
        return  # removed meanwhile, or another worker's since the lease ended
    row.reason = reason
    if not reason:
        row.state, row.done_at = CallState.DONE.value, now
        if hook.is_on:  # one that was given up stays known as such
            hook.failures, hook.rests_until = 0, None
        return
    if _PING not in row.body:  # whoever tries it out ten times does not give it up
        hook.failures += 1
        hook.rests_until = now + _pause(hook.failures)
    if now - row.created_at >= LIFE:
        row.state, row.done_at = CallState.FAILED.value, now
        log().warning("hook_failed", reason=reason)
    else:
        row.not_before = now + _pause(row.tries)
    if hook.is_on and hook.failures >= service.MOST_FAILURES:
        _switch_off(session, hook, keys=keys, now=now)


def _pause(failures: int) -> timedelta:
    """How long after so many failures."""
    pause = PAUSES[min(failures, len(PAUSES)) - 1]
    return pause * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads tries


def _switch_off(session: Session, hook: ProcedureHook, *, keys: KeyRing, now: datetime) -> None:
    """The hook is told of nothing any more until a colleague says so; the log has it."""
    service.give_up(session, hook, now=now)
    slug = session.scalar(select(Procedure.slug).where(Procedure.id == hook.procedure_id))
    audit.record(
        session, actor="system", action="procedure_hook.gave_up", subject=f"procedure:{slug}",
        keys=keys, now=now, detail={"count": hook.failures},
    )  # fmt: skip
    log().warning("hook_switched_off", failures=hook.failures)
