"""What is kept for how long: one rule per kind of data, run by the worker every hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from liff_app import idempotency
from liff_app.db import forget_deleted, transaction
from liff_app.identity import service as identity

RULES: dict[str, Callable[[Session, datetime], int]] = {
    "login_sessions": lambda session, now: identity.purge_sessions(session, now=now),
    "used_tokens": lambda session, now: identity.purge_tokens(session, now=now),
    "kept_answers": lambda session, now: idempotency.purge(session, now=now),
}


class _Rehearsed(Exception):
    """Undoes a dry run."""


def run(*, now: datetime, dry_run: bool = False) -> dict[str, int]:
    """What is past its time is gone; gives how many rows of each kind. Dry: counted, not gone."""
    counts: dict[str, int] = {}
    try:
        with transaction() as session:
            counts = {name: purge(session, now) for name, purge in RULES.items()}
            _undo_if(dry_run)
    except _Rehearsed:
        return counts
    if any(counts.values()):
        forget_deleted()
    return counts


def _undo_if(dry_run: bool) -> None:  # noqa: FBT001 - reads as a sentence
    if dry_run:
        raise _Rehearsed
