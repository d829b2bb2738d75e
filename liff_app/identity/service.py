"""Signing in and out: a verified LINE identity becomes a resident and an opaque session."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.gateways.line_login import LineIdentity, TokenExpired
from liff_app.identity.models import LoginSession, Resident, UsedToken

__all__ = [
    "OpenSession",
    "end_session",
    "find_session",
    "is_resident",
    "keep_values",
    "line_user_id",
    "purge_sessions",
    "purge_tokens",
    "recognise",
    "reseal",
    "sign_in",
    "start_session",
]

RESIDENT_SESSION = timedelta(hours=12)  # absolute, however busy (ADR 0007)
# The verifier takes a token 60 s past its end, as clocks differ: its use is remembered longer.
TOKEN_REMEMBERED = timedelta(minutes=10)
PURPOSE = "residents.subject"
RESEAL_PAGE = 1000  # rows held in memory while keys are changed


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A live session: whose it is and what it remembers."""

    resident_id: str | None
    values: dict[str, Any]
    expires_at: datetime


def sign_in(
    session: Session, identity: LineIdentity, *, keys: KeyRing, now: datetime, again: bool = False
) -> str:
    """Exchange a verified token, once, for the resident's id; a newcomer is remembered.

    `again` lets the same token through a second time: the caller saw this resident's live session.
    Raises TokenExpired for a token already exchanged.
    """
    first = _use(session, identity)
    if not first and not again:
        raise TokenExpired("token was exchanged before")
    return recognise(session, identity, keys=keys, now=now)


def _use(session: Session, identity: LineIdentity) -> bool:
    """Write the token into the ledger; False if it stands there already.

    Of two at once the second waits at the unique key for the first and then counts as a repeat.
    """
    if session.get(UsedToken, identity.token_digest) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(UsedToken(digest=identity.token_digest, expires_at=identity.expires_at))
    except IntegrityError:
        return False
    return True


def recognise(session: Session, identity: LineIdentity, *, keys: KeyRing, now: datetime) -> str:
    """Id of the resident behind a verified identity, made on first sight."""
    known = select(Resident).where(
        Resident.subject_index.in_(keys.blind_indexes(identity.sub, PURPOSE))
    )
    resident = session.scalar(known)
    if resident is None:
        try:
            with session.begin_nested():
                resident = _newcomer(identity.sub, keys, now)
                session.add(resident)
        except IntegrityError:  # the same person's other phone was faster
            resident = session.scalars(known).one()
    if resident.seen_on != now.date():
        resident.seen_on = now.date()  # by day: a finer time would make every visit a write
    return resident.id


def _newcomer(sub: str, keys: KeyRing, now: datetime) -> Resident:
    resident_id = uuid.uuid4().hex  # part of what the subject is sealed for
    return Resident(
        id=resident_id,
        subject_index=keys.blind_index(sub, PURPOSE),
        subject_sealed=keys.seal(sub, f"{PURPOSE}_sealed:{resident_id}"),
        created_at=now,
        seen_on=now.date(),
    )


def is_resident(
    session: Session, resident_id: str, identity: LineIdentity, *, keys: KeyRing
) -> bool:
    """Whether the verified identity is the resident's own."""
    resident = session.get(Resident, resident_id)
    indexes = keys.blind_indexes(identity.sub, PURPOSE)
    return resident is not None and resident.subject_index in indexes


def every_id(session: Session) -> Iterator[str]:
    """The ids of all residents, in no order."""
    yield from session.scalars(select(Resident.id))


def line_user_id(session: Session, resident_id: str, *, keys: KeyRing) -> str:
    """The LINE user id to write to this resident: for LINE alone, never for a log or a page.

    Raises SealBroken if no key of the ring opens it.
    """
    resident = session.get_one(Resident, resident_id)
    return keys.open(resident.subject_sealed, f"{PURPOSE}_sealed:{resident_id}")


def digest_of(token: str) -> bytes:
    """What is stored of a cookie's value."""
    return hashlib.sha256(token.encode()).digest()


def start_session(
    session: Session,
    resident_id: str | None,
    *,
    now: datetime,
    values: dict[str, Any] | None = None,
) -> tuple[str, datetime]:
    """A new session; gives the cookie's value, which is stored nowhere, and its end."""
    token = secrets.token_urlsafe(32)
    expires_at = now + RESIDENT_SESSION
    session.add(
        LoginSession(
            digest=digest_of(token),
            resident_id=resident_id,
            values=json.dumps(values or {}),
            created_at=now,
            expires_at=expires_at,
        )
    )
    return token, expires_at


def find_session(session: Session, token: str, *, now: datetime) -> OpenSession | None:
    """The live session behind a cookie's value, or None: unknown and expired look the same."""
    row = session.get(LoginSession, digest_of(token))
    if row is None or row.expires_at <= now:
        return None
    return OpenSession(row.resident_id, json.loads(row.values), row.expires_at)


def keep_values(session: Session, token: str, values: dict[str, Any]) -> bool:
    """Remember `values` in the session; False if it has ended meanwhile."""
    row = session.get(LoginSession, digest_of(token))
    if row is None:
        return False
    row.values = json.dumps(values)
    return True


def end_session(session: Session, token: str) -> None:
    """The cookie's value opens nothing any more."""
    session.execute(delete(LoginSession).where(LoginSession.digest == digest_of(token)))


def purge_sessions(session: Session, *, now: datetime) -> int:
    """Expired sessions are gone; gives how many."""
    result = session.execute(delete(LoginSession).where(LoginSession.expires_at <= now))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count


def purge_tokens(session: Session, *, now: datetime) -> int:
    """Exchanged tokens that could not be used any more anyway are gone; gives how many."""
    forgotten = UsedToken.expires_at <= now - TOKEN_REMEMBERED
    result = session.execute(delete(UsedToken).where(forgotten))
    return int(result.rowcount)  # type: ignore[attr-defined]  # same


def reseal(session: Session, keys: KeyRing, *, dry_run: bool) -> int:
    """Residents sealed under an older key are sealed, and indexed, under the first one."""
    count, last = 0, ""
    # By pages: a cursor that a broken seal leaves open in PostgreSQL outlives its connection.
    page = select(Resident).order_by(Resident.id).limit(RESEAL_PAGE)
    while residents := session.scalars(page.where(Resident.id > last)).all():
        last = residents[-1].id
        for resident in residents:
            if keys.is_current(resident.subject_sealed):
                continue
            count += 1
            if not dry_run:
                _reseal(resident, keys)
        session.flush()
        session.expunge_all()  # a town's residents need not all be in memory at once
    return count


def _reseal(resident: Resident, keys: KeyRing) -> None:
    context = f"{PURPOSE}_sealed:{resident.id}"
    subject = keys.open(resident.subject_sealed, context)
    resident.subject_sealed = keys.seal(subject, context)
    resident.subject_index = keys.blind_index(subject, PURPOSE)
