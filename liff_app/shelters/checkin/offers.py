"""What residents are about to say at a door: kept while they look for it, shown as a code.

Six digits, drawn at random, good for ten minutes and once. Alone they do nothing: only the phone of
a shelter, whose address holds a live pass, can take them.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from liff_app.shelters.checkin.models import CheckInOffer
from liff_app.shelters.checkin.queries import Offer, party_of
from liff_app.shelters.checkin.rules import CODE_DIGITS, CODE_LIFE, COUNTS, Party, read_code
from liff_app.shelters.counters import hold
from liff_app.shelters.models import Disaster

DRAFT_LIFE = timedelta(days=1)  # counts are kept that long for a form that is opened again


def put(
    session: Session,
    party: Party,
    *,
    resident_id: str,
    disaster_id: str,
    now: datetime,
    shown: bool,
) -> Offer:
    """The resident's counts are kept; `shown`: with a new code, which is good from now on.

    A code shown before is good no more.
    """
    hold(session, "live")  # two may not draw the same code at the same moment
    code = _new_code(session, now) if shown else None
    row = session.get(CheckInOffer, resident_id, populate_existing=True)
    if row is None:
        row = CheckInOffer(resident_id=resident_id)
        session.add(row)
    row.disaster_id = disaster_id
    for name in COUNTS:
        setattr(row, name, getattr(party, name))
    row.code = code
    row.expires_at = now + CODE_LIFE if shown else now
    return Offer(party=party, code=row.code, expires_at=row.expires_at)


def take(
    session: Session, typed: str, *, disaster_id: str, now: datetime
) -> tuple[str, Party] | None:
    """Whose code that is, and their counts; the code is spent. None for one that is not good."""
    row = _live(session, typed, disaster_id=disaster_id, now=now)
    if row is None:
        return None
    found = row.resident_id, party_of(row)
    session.delete(row)
    return found


def look(session: Session, typed: str, *, disaster_id: str, now: datetime) -> Party | None:
    """The counts behind a code that is good now. Nothing is spent."""
    row = _live(session, typed, disaster_id=disaster_id, now=now)
    return party_of(row) if row else None


def drop(session: Session, resident_id: str) -> None:
    """The resident's counts and code are gone."""
    session.execute(delete(CheckInOffer).where(CheckInOffer.resident_id == resident_id))


def purge(session: Session, *, now: datetime) -> int:
    """What is a day old, or of a disaster that is over, is gone; gives how many."""
    over = select(Disaster.id).where(Disaster.ended_at.is_not(None))
    result = session.execute(
        delete(CheckInOffer).where(
            or_(CheckInOffer.expires_at <= now - DRAFT_LIFE, CheckInOffer.disaster_id.in_(over))
        )
    )
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count


def _live(session: Session, typed: str, *, disaster_id: str, now: datetime) -> CheckInOffer | None:
    code = read_code(typed)
    if code is None:
        return None
    return session.scalar(
        select(CheckInOffer)
        .where(
            CheckInOffer.code == code,
            CheckInOffer.disaster_id == disaster_id,
            CheckInOffer.expires_at > now,
        )
        .execution_options(populate_existing=True)
    )


def _new_code(session: Session, now: datetime) -> str:
    """Digits that nobody shows now. Those of an expired code are taken from it."""
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        holder = session.scalar(select(CheckInOffer).where(CheckInOffer.code == code))
        if holder is None:
            return code
        if holder.expires_at <= now:
            holder.code = None
            session.flush()  # the digits are free before somebody else gets them
            return code
