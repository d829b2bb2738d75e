"""The count of tries, in the database: one for all processes, written before anything is checked.

Names and networks are kept as keyed digests and for a quarter of an hour; a name nobody has is
counted like any other, so that the answer does not tell which exist.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.staff import lanes
from liff_app.staff.lanes import Lane, Try
from liff_app.staff.models import SignInDoor

KEPT = timedelta(hours=1)
V4_PREFIX, V6_PREFIX = 24, 48  # what one household or office usually has


def subject_of(keys: KeyRing, kind: str, text: str) -> bytes:
    """Under which digest tries at a name, or from a network, are kept."""
    return keys.blind_index(text, f"staff.{kind}")


def network_of(address: str | None) -> str:
    """The network an address belongs to; one for all that say none."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    prefix = V4_PREFIX if found.version == 4 else V6_PREFIX  # noqa: PLR2004 - the protocol's name
    return str(ipaddress.ip_network((found, prefix), strict=False))


def tries_at(session: Session, subject: bytes) -> list[Try]:
    """What was tried there lately, read without a lock."""
    door = session.get(SignInDoor, subject)
    return _read(door.tries) if door else []


def locked(session: Session, subject: bytes, now: datetime) -> SignInDoor:
    """The door's row, made if there is none; nobody else counts there until the block ends."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(
        dialect.insert(SignInDoor)
        .values(subject=subject, tries="[]", tried_at=now)
        .on_conflict_do_update(index_elements=[SignInDoor.subject], set_={"tried_at": now})
    )
    return session.get_one(SignInDoor, subject, populate_existing=True)


def count(door: SignInDoor, lane: Lane, *, network: str, now: datetime) -> None:
    """One more try stands in the row."""
    tries = [*lanes.remembered(_read(door.tries), now), Try(now, lane, network)]
    door.tries, door.tried_at = _written(tries), now


def read(door: SignInDoor) -> list[Try]:
    """What was tried at the locked door."""
    return _read(door.tries)


def purge(session: Session, *, now: datetime) -> int:
    """Doors at which nobody tried for an hour are gone; gives how many."""
    result = session.execute(delete(SignInDoor).where(SignInDoor.tried_at <= now - KEPT))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count


def _read(text: str) -> list[Try]:
    return [Try(datetime.fromisoformat(at), Lane(lane), net) for at, lane, net in json.loads(text)]


def _written(tries: Sequence[Try]) -> str:
    return json.dumps([(one.at.isoformat(), one.lane.value, one.network) for one in tries])
