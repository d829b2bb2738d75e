"""Signed-in browsers of colleagues. They share nothing with the sessions of residents."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from liff_app.staff.models import Account, StaffSession
from liff_app.staff.rules import Colleague, Grant
from liff_app.staff.vocabulary import Role

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)  # however busy: a shift
SEEN_EVERY = timedelta(minutes=1)  # a finer time would make every request a write


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A signed-in browser, as its owner and an administrator see it."""

    id: str
    browser: str
    created_at: datetime
    seen_at: datetime


def digest_of(token: str) -> bytes:
    """What is stored of a cookie's or a link's value."""
    return hashlib.sha256(token.encode()).digest()


def start(
    session: Session,
    account_id: str,
    *,
    browser: str,
    now: datetime,
    confirmed_at: datetime | None = None,
) -> str:
    """A new signed-in browser; gives the cookie's value, which is stored nowhere.

    `confirmed_at`: when the colleague last proved themselves; None: just now.
    """
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            digest=digest_of(token),
            account_id=account_id,
            browser=browser,
            created_at=now,
            seen_at=now,
            confirmed_at=confirmed_at or now,
            expires_at=now + LONGEST,
        )
    )
    return token


def find(session: Session, token: str, *, now: datetime) -> tuple[Colleague, datetime] | None:
    """Who is signed in by the cookie's value, and when they were last seen; None for nobody."""
    found = session.execute(
        select(StaffSession, Account)
        .join(Account, Account.id == StaffSession.account_id)
        .where(StaffSession.digest == digest_of(token), _is_live(now))
    ).one_or_none()
    if found is None or found.Account.disabled_at is not None:
        return None
    row, account = found.StaffSession, found.Account
    return _colleague(row, account), row.seen_at


def _colleague(row: StaffSession, account: Account) -> Colleague:
    return Colleague(
        id=account.id,
        name=account.name,
        login=account.login,
        grants=tuple(
            Grant(Role(grant.role), grant.department_id, grant.shelter_id)
            for grant in account.grants
        ),
        session_id=row.id,
        confirmed_at=row.confirmed_at,
    )


def _is_live(now: datetime) -> ColumnElement[bool]:
    return (StaffSession.expires_at > now) & (StaffSession.seen_at > now - IDLE)


def seen(session: Session, session_id: str, *, now: datetime) -> None:
    """The browser was active now."""
    session.execute(update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now))


def confirmed(session: Session, session_id: str, *, now: datetime) -> None:
    """The colleague has just proven again, by a code, that it is they who sit there."""
    session.execute(
        update(StaffSession).where(StaffSession.id == session_id).values(confirmed_at=now)
    )


def live(session: Session, account_id: str, *, now: datetime) -> list[SessionLine]:
    """The account's signed-in browsers, the latest seen first."""
    rows = session.scalars(
        select(StaffSession)
        .where(StaffSession.account_id == account_id, _is_live(now))
        .order_by(StaffSession.seen_at.desc(), StaffSession.id)
    )
    return [SessionLine(row.id, row.browser, row.created_at, row.seen_at) for row in rows]


def end(session: Session, account_id: str, session_id: str) -> bool:
    """That browser of the account is signed out; False if it was not signed in."""
    mine = (StaffSession.account_id == account_id) & (StaffSession.id == session_id)
    result = session.execute(delete(StaffSession).where(mine))
    return bool(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count


def end_by_token(session: Session, token: str) -> None:
    """The cookie's value opens nothing any more."""
    session.execute(delete(StaffSession).where(StaffSession.digest == digest_of(token)))


def end_all(session: Session, account_id: str, *, but: str | None = None) -> int:
    """Every browser of the account is signed out, except the session `but`; gives how many."""
    mine = StaffSession.account_id == account_id
    if but is not None:
        mine &= StaffSession.id != but
    result = session.execute(delete(StaffSession).where(mine))
    return int(result.rowcount)  # type: ignore[attr-defined]  # same


def purge(session: Session, *, now: datetime) -> int:
    """Sessions that ended by themselves are gone; gives how many."""
    result = session.execute(delete(StaffSession).where(~_is_live(now)))
    return int(result.rowcount)  # type: ignore[attr-defined]  # same
