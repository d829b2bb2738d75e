"""Events of the log about the staff's own accounts, where no colleague is signed in yet."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.db import transaction
from liff_app.staff import doors
from liff_app.staff.models import Account

REFUSED_SECONDS = 60  # a name's refusals within them are one event
NOBODY = "unknown"  # subject of a refusal at a name that no account has


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


def refused(login: str, detail: Mapping[str, str | int | bool | None] | None = None) -> None:
    """The log has an event that a sign-in as `login` was refused, at most one a minute for a name.

    Committed at once. What was typed is not in it; a name nobody has is told as such.
    """
    counts, keys = current_app.extensions["limits"], current_app.config["SETTINGS"].keys
    digest = doors.subject_of(keys, "name", login).hex()
    if counts.hit(f"staff-refused:{digest}", REFUSED_SECONDS) > 1:
        return
    with transaction() as session:
        account_id = session.scalar(select(Account.id).where(Account.login == login))
        by(session, "system", account_id or NOBODY, "staff.sign_in_refused", detail)
