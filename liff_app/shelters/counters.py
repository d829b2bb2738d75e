"""The two counters every process watches, and how a change of what they count is made."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from liff_app.audit import service as audit
from liff_app.shelters.models import ShelterVersion


class HeldTooLate(RuntimeError):
    """A counter was wanted after the log's end: two such transactions wait for each other."""


def hold(session: Session, name: Literal["master", "live"]) -> ShelterVersion:
    """The counter, locked until the transaction ends. Moving it tells every process of a change.

    Whoever changes what it counts holds it first, so such changes come one after the other.
    Raises HeldTooLate where this transaction has noted something: first changes, then notes.
    """
    if audit.holds_end(session):
        raise HeldTooLate(name)
    counter = session.get(ShelterVersion, name, with_for_update=True, populate_existing=True)
    if counter is not None:
        return counter
    # Another process may make the first one at the same moment; then it is there.
    with suppress(IntegrityError), session.begin_nested():
        session.add(ShelterVersion(name=name, value=0))
    return session.get_one(ShelterVersion, name, with_for_update=True, populate_existing=True)
