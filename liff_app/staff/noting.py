"""Events of the log about the staff's own accounts, where no colleague is signed in yet."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.audit import service as audit


def by_colleague(
    session: Session,
    account_id: str,
    action: str,
    detail: Mapping[str, str | int | bool | None] | None = None,
) -> None:
    """The log has an event by the colleague about their own account. Call it last."""
    by(session, f"staff:{account_id}", account_id, action, detail)


def by(
    session: Session,
    actor: str,
    account_id: str,
    action: str,
    detail: Mapping[str, str | int | bool | None] | None = None,
) -> None:
    """The log has an event about the account. Call it last."""
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"staff:{account_id}",
        keys=current_app.config["SETTINGS"].keys,
        now=clock.now(),
        detail=detail,
    )
