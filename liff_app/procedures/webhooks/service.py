"""Other systems are told of submissions: a row for each call, written with the change."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.gateways.hook_caller import is_allowed
from liff_app.i18n import gettext as _
from liff_app.procedures.models import HookCall, Procedure, ProcedureHook, Submission

__all__ = [
    "CallState",
    "CallView",
    "HookView",
    "add",
    "calls_of",
    "give_up",
    "given_up",
    "hooks_of",
    "purge",
    "remove",
    "reseal",
    "secret_context",
    "switch",
    "tell",
    "try_out",
]

MOST_FAILURES = 10  # one after the other, over a day and more: nobody is there
GAVE_UP = "switched_off"
MOST_HOOKS = 5  # of one procedure
LONGEST_URL = 300
KEPT = timedelta(days=30)
SHOWN_CALLS = 20


class CallState(StrEnum):
    """Where a call stands."""

    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookView:
    """An address that is told, without its secret.

    `failures`: since a call was last taken; `rests_until`: no call is made before.
    """

    id: str
    url: str
    is_on: bool
    failures: int
    rests_until: datetime | None
    created_at: datetime

    @property
    def gave_up(self) -> bool:
        """Whether it was switched off because nobody was there."""
        return not self.is_on and self.failures >= MOST_FAILURES


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """A call and what became of it."""

    what: str
    number: str
    state: CallState
    tries: int
    reason: str
    created_at: datetime
    done_at: datetime | None


def tell(session: Session, row: Submission, what: str, *, slug: str, now: datetime) -> None:
    """Every hook of the submission's procedure that is on has a call waiting that tells `what`.

    The body names the submission and its state, and no person. Trials tell nobody.
    """
    if row.is_test:
        return
    for hook_id in session.scalars(
        select(ProcedureHook.id).where(
            ProcedureHook.procedure_id == row.procedure_id, ProcedureHook.is_on
        )
    ).all():
        told = {
            "event": what, "number": row.number, "procedure": slug, "status": row.status,
            "revision": row.revision,
        }  # fmt: skip
        _queue(session, hook_id, told, now=now)


def try_out(session: Session, hook_id: str, *, now: datetime) -> None:
    """A call that tells nothing is made to that hook soon, on, off or at rest. Raises NotFound."""
    _queue(session, _hook(session, hook_id).id, {"event": "ping", "number": ""}, now=now)


def _queue(session: Session, hook_id: str, told: dict[str, object], *, now: datetime) -> None:
    event_id = str(uuid.uuid4())
    body = {"event_id": event_id, **told, "at": now.isoformat()}
    session.add(
        HookCall(
            hook_id=hook_id,
            event_id=event_id,
            body=json.dumps(body, ensure_ascii=False),
            state=CallState.QUEUED.value,
            not_before=now,
            created_at=now,
        )
    )


def add(
    session: Session,
    procedure_id: str,
    url: str,
    *,
    origins: Sequence[str],
    keys: KeyRing,
    now: datetime,
) -> tuple[str, str]:
    """The address is told from now on; gives the hook's id and the secret, shown this once.

    Raises InputInvalid for an address outside the list of the settings.
    """
    url = url.strip()
    if len(url) > LONGEST_URL or not is_allowed(url, origins):
        message = _("この住所には知らせられません。運用の担当者が決めた相手だけを書けます。")
        raise InputInvalid([FieldError("url", "not_allowed", message)])
    known = session.scalars(
        select(ProcedureHook.url).where(ProcedureHook.procedure_id == procedure_id)
    ).all()
    if url in known or len(known) >= MOST_HOOKS:
        message = _("同じ住所がもうあるか、住所が多すぎます（%(n)sまで）。", n=MOST_HOOKS)
        raise InputInvalid([FieldError("url", "too_many", message)])
    hook_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    sealed = keys.seal(secret, secret_context(hook_id))
    session.add(
        ProcedureHook(
            id=hook_id, procedure_id=procedure_id, url=url, secret_sealed=sealed, is_on=True,
            created_at=now,
        )
    )  # fmt: skip
    session.flush()
    return hook_id, secret


def switch(session: Session, hook_id: str, *, is_on: bool) -> None:
    """The hook is told of what happens from now on, or not. What waits goes on waiting."""
    hook = _hook(session, hook_id)
    hook.is_on, hook.failures, hook.rests_until = is_on, 0, None


def give_up(session: Session, hook: ProcedureHook, *, now: datetime) -> None:
    """The hook is off, and what waited for it has failed. It must be held."""
    hook.is_on = False
    waiting = (HookCall.hook_id == hook.id, HookCall.state == CallState.QUEUED.value)
    session.execute(
        update(HookCall)
        .where(*waiting)
        .values(state=CallState.FAILED.value, reason=GAVE_UP, done_at=now)
    )


def given_up(session: Session) -> list[str]:
    """The address of the procedure of every hook that was switched off because nobody was there."""
    wanted = (
        select(Procedure.slug)
        .join(ProcedureHook, ProcedureHook.procedure_id == Procedure.id)
        .where(ProcedureHook.is_on.is_(False), ProcedureHook.failures >= MOST_FAILURES)
    )
    return list(session.scalars(wanted.order_by(Procedure.slug)))


def remove(session: Session, hook_id: str) -> None:
    """The hook and its calls are gone."""
    session.delete(_hook(session, hook_id))


def hooks_of(session: Session, procedure_id: str) -> list[HookView]:
    """The procedure's hooks, oldest first."""
    wanted = select(ProcedureHook).where(ProcedureHook.procedure_id == procedure_id)
    rows = session.scalars(wanted.order_by(ProcedureHook.created_at, ProcedureHook.id))
    return [
        HookView(
            id=row.id, url=row.url, is_on=row.is_on, failures=row.failures,
            rests_until=row.rests_until, created_at=row.created_at,
        )
        for row in rows
    ]  # fmt: skip


def calls_of(session: Session, hook_id: str) -> list[CallView]:
    """Its last calls, newest first."""
    wanted = select(HookCall).where(HookCall.hook_id == hook_id)
    rows = session.scalars(wanted.order_by(HookCall.id.desc()).limit(SHOWN_CALLS))
    return [_view(row) for row in rows]


def _view(row: HookCall) -> CallView:
    body = json.loads(row.body)
    return CallView(
        what=body["event"], number=body["number"], state=CallState(row.state), tries=row.tries,
        reason=row.reason, created_at=row.created_at, done_at=row.done_at,
    )  # fmt: skip


def purge(session: Session, *, now: datetime) -> int:
    """Calls done with `KEPT` ago are gone; gives how many."""
    result = session.execute(delete(HookCall).where(HookCall.done_at <= now - KEPT))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count


def reseal(session: Session, keys: KeyRing, *, dry_run: bool) -> int:
    """Secrets sealed under an older key are sealed under the first: how many."""
    old = [
        row for row in session.scalars(select(ProcedureHook))
        if not keys.is_current(row.secret_sealed)
    ]  # fmt: skip
    for row in [] if dry_run else old:
        context = secret_context(row.id)
        row.secret_sealed = keys.seal(keys.open(row.secret_sealed, context), context)
    return len(old)


def secret_context(hook_id: str) -> str:
    """For what a secret is sealed."""
    return f"procedure_hooks.secret_sealed:{hook_id}"


def _hook(session: Session, hook_id: str) -> ProcedureHook:
    row = session.get(ProcedureHook, hook_id, with_for_update=True)
    if row is None:
        raise NotFound("no such hook")
    return row
