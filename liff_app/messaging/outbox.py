"""Messages to residents: queued with the change they tell of, delivered by the worker.

A message is a row written in the transaction of what it tells. Either both are there or neither
is; no network call stands between them (ADR 0002).
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from liff_app.messaging.models import WAITING, LineMessage, MessageState

__all__ = [
    "MAX_TEXT",
    "count_by_state",
    "oldest_waiting",
    "purge",
    "queue",
    "require_tellable",
    "send_again",
]

MAX_TEXT: Final = 500  # of UTF-16 units; LINE takes 5,000, nobody reads them on a phone
MAX_LABEL: Final = 40  # UTF-16 units of a Flex button (Messaging API, action objects)
KEPT: Final = timedelta(days=30)  # rows say who was told of what: no longer than anybody asks
_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
_PERSON = re.compile(r"U[0-9a-f]{32}")


def queue(
    session: Session,
    *,
    resident_id: str,
    text: str,
    link: str | None,
    link_label: str,
    event: str,
    now: datetime,
) -> None:
    """The resident is told `text` soon after the caller's transaction has been committed.

    `event` names what happened, for ever (`report:<id>:7`): told again, nothing is queued. `link`
    is a path of ours (`/reports/…`) behind one button named `link_label`. The text holds no
    personal data and no address; ValueError for a text, label or path that no talk should show.
    """
    require_tellable(text, link=link, link_label=link_label)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.flush()  # the resident may be new in this very transaction
    session.execute(
        dialect.insert(LineMessage)
        .values(
            resident_id=resident_id,
            event=event,
            text=text,
            link=link,
            link_label=link_label,
            retry_key=uuid.uuid4(),
            state=MessageState.QUEUED,
            tries=0,
            reason="",
            not_before=now,
            request_id="",
            queued_at=now,
        )
        .on_conflict_do_nothing(index_elements=[LineMessage.event, LineMessage.resident_id])
    )


def require_tellable(text: str, *, link: str | None, link_label: str) -> None:
    """ValueError unless `text`, the path and the button's label may stand in a talk.

    An address in a text would open LINE's plain browser, where nobody is signed in.
    """
    if not text.strip() or _units(text) > MAX_TEXT:
        raise ValueError(f"a message has 1 to {MAX_TEXT} UTF-16 units")
    if _ADDRESS.search(text) or _PERSON.search(text):
        raise ValueError("a message shows neither an address nor a LINE user id")
    if link is not None and not (link.startswith("/") and not link.startswith("//")):
        raise ValueError("a link is a path of ours")
    if link is not None and not 1 <= _units(link_label) <= MAX_LABEL:
        raise ValueError(f"a label has 1 to {MAX_LABEL} UTF-16 units")


def _units(text: str) -> int:
    """Length as LINE counts it."""
    return len(text.encode("utf-16-le")) // 2


def count_by_state(session: Session) -> dict[MessageState, int]:
    """How many messages stand in each state, none left out."""
    found = session.execute(select(LineMessage.state, func.count()).group_by(LineMessage.state))
    counts = {row[0]: row[1] for row in found}
    return {state: counts.get(state, 0) for state in MessageState}


def oldest_waiting(session: Session) -> datetime | None:
    """When the longest waiting message was queued; None if none waits."""
    return session.scalar(
        select(func.min(LineMessage.queued_at)).where(LineMessage.state.in_(WAITING))
    )


def send_again(session: Session, *, now: datetime) -> int:
    """Messages nobody knows to have arrived are queued anew; gives how many.

    Each has a new key, so LINE will not tell a repeat: whoever got it gets it twice. A person
    decides that, never the worker.
    """
    lost = select(LineMessage).where(LineMessage.state == MessageState.UNKNOWN)
    rows = session.scalars(lost.order_by(LineMessage.id).with_for_update()).all()
    for row in rows:
        row.state, row.retry_key, row.reason = MessageState.QUEUED, uuid.uuid4(), ""
        row.tries, row.first_try_at, row.done_at = 0, None, None
        row.not_before = row.queued_at = now
    return len(rows)


def purge(session: Session, *, now: datetime) -> int:
    """Messages done with `KEPT` ago are gone, whatever became of them; gives how many."""
    result = session.execute(delete(LineMessage).where(LineMessage.done_at <= now - KEPT))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count
