"""How a stay begins, changes and ends: its row and the shelter's head count move together.

Every function here is called with the counter of `live` held, so stays of all places come one
after the other: a family at two doors at once ends up in one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import KeyReused
from liff_app.idempotency import fingerprint
from liff_app.shelters.checkin import queries
from liff_app.shelters.checkin.models import CheckIn, CheckInTotal
from liff_app.shelters.checkin.rules import COUNTS, Party
from liff_app.shelters.checkin.vocabulary import Ending, Way
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change, EventKind
from liff_app.shelters.places import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who acts, when, and the key they act under.

    `owner` tells people apart whom `by` does not. `at` is when it was so: `age_s` before `now`,
    for as long as the phone held it.
    """

    by: str
    owner: str
    now: datetime
    at: datetime
    policy: Policy
    disaster_id: str
    request_key: str | None = None
    age_s: int = 0
    device: str | None = None

    def step(self, name: str) -> str | None:
        """A key of its own for each change of a head count that comes of one request."""
        if self.request_key is None:
            return None
        return fingerprint(self.owner.encode(), self.request_key.encode(), name.encode()).hex()[:40]


def live_row(session: Session, resident_id: str, disaster_id: str) -> CheckIn | None:
    """The resident's live stay, as the lock's holder finds it."""
    return session.scalar(
        select(CheckIn)
        .where(
            CheckIn.disaster_id == disaster_id,
            CheckIn.resident_id == resident_id,
            CheckIn.live_slot.is_not(None),
        )
        .execution_options(populate_existing=True)
    )


def begin(
    session: Session,
    shelter_id: str,
    party: Party,
    act: Act,
    *,
    way: Way,
    resident_id: str | None = None,
    consent: str | None = None,
) -> CheckIn:
    """The family is in, under the next number, and counted; a stay elsewhere has ended."""
    if resident_id is not None:
        elsewhere = live_row(session, resident_id, act.disaster_id)
        if elsewhere is not None:
            end(session, elsewhere, act, ending=Ending.MOVED)
    row = CheckIn(
        shelter_id=shelter_id,
        disaster_id=act.disaster_id,
        resident_id=resident_id,
        number=_next_number(session, shelter_id, act.disaster_id),
        way=way.value,
        consent=consent,
        in_at=act.at,
        in_by=act.by,
        **_columns(party),
    )
    session.add(row)
    _count(session, row, party.people, act, "in")
    return row


def amend(session: Session, row: CheckIn, party: Party, act: Act) -> None:
    """The stay is of that many; the head count has moved by the difference."""
    more = party.people - row.people
    for name, value in _columns(party).items():
        setattr(row, name, value)
    row.version += 1
    if more:
        _count(session, row, more, act, "amend")


def end(session: Session, row: CheckIn, act: Act, *, ending: Ending) -> None:
    """The stay is over, and its people are taken off the head count."""
    row.live_slot, row.ending, row.version = None, ending.value, row.version + 1
    row.out_at, row.out_by = max(act.at, row.in_at), act.by
    _count(session, row, -row.people, act, "out")


def reopen(session: Session, row: CheckIn, act: Act) -> None:
    """The stay goes on as if it had not ended."""
    row.live_slot, row.ending, row.version = 1, None, row.version + 1
    row.out_at = row.out_by = None
    _count(session, row, row.people, act, "back")


def _columns(party: Party) -> dict[str, int]:
    return {name: getattr(party, name) for name in COUNTS}


def _count(session: Session, row: CheckIn, more: int, act: Act, step: str) -> None:
    """Move the shelter's head count, in this transaction, and write down how many are checked in.

    The people stand at the door, so an improbable count is not asked about. At a place that a new
    list has dropped nobody is counted any more, but whoever is there can still leave.
    """
    session.flush()  # the sum below is the database's
    if more < 0 and queries.shelter_name(session, row.shelter_id) is None:
        return
    outcome = occupancy.change(
        session,
        row.shelter_id,
        Change(
            people_change=more,
            request_key=act.step(step),
            age_s=act.age_s,
            confirmed=True,
            device=act.device,
        ),
        by=act.by,
        now=act.now,
        policy=act.policy,
        disaster_id=act.disaster_id,
        kind=EventKind.CHECKIN if more > 0 else EventKind.CHECKOUT,
        checked_in=queries.people_inside(session, row.shelter_id, act.disaster_id),
    )
    if outcome.repeated:  # its first answer has been forgotten; counting half of it would be worse
        raise KeyReused(act.request_key or "")


def total(session: Session, shelter_id: str, disaster_id: str) -> CheckInTotal:
    """The row of sums of a shelter, made on first use."""
    row = session.get(CheckInTotal, (shelter_id, disaster_id), populate_existing=True)
    if row is None:
        row = CheckInTotal(
            shelter_id=shelter_id, disaster_id=disaster_id, families=0, last_number=0,
            **_columns(queries.NOBODY),
        )  # fmt: skip
        session.add(row)
        session.flush()  # found by the next who asks in this transaction
    return row


def _next_number(session: Session, shelter_id: str, disaster_id: str) -> int:
    """Never given twice, even if its stay has been deleted."""
    row = total(session, shelter_id, disaster_id)
    row.last_number += 1
    return row.last_number


def fold(session: Session, row: CheckIn) -> None:
    """The stay is gone; its counts stay in the sums, unless it was a slip."""
    if row.ending != Ending.MISTAKEN.value:
        sums = total(session, row.shelter_id, row.disaster_id)
        sums.families += 1
        for name in COUNTS:
            setattr(sums, name, getattr(sums, name) + getattr(row, name))
    session.delete(row)
