"""What staff do at a shelter's door with the shelter's phone."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.shelters.checkin import offers, queries, sending, stays
from liff_app.shelters.checkin.errors import CodeUnknown, MovedOn
from liff_app.shelters.checkin.models import CheckIn
from liff_app.shelters.checkin.rules import GROUP, Party
from liff_app.shelters.checkin.sending import Earned, Receipt, Sender, check, once
from liff_app.shelters.checkin.stays import Act
from liff_app.shelters.checkin.vocabulary import Ending, Way
from liff_app.shelters.counters import hold
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change, Outcome
from liff_app.shelters.places import Policy


def accept(
    session: Session,
    code: str,
    *,
    shelter_id: str,
    sender: Sender,
    now: datetime,
    policy: Policy,
) -> Receipt:
    """The family that shows the code is in; from another shelter it has moved.

    Raises CodeUnknown for a code that is not good now, CheckInOff, DisasterOver.
    """

    def earn(act: Act) -> Earned:
        taken = offers.take(session, code, disaster_id=act.disaster_id, now=now)
        if taken is None:
            raise CodeUnknown
        resident_id, party = taken
        return sending.enter(
            session, shelter_id, party, act, way=Way.SHOWN, resident_id=resident_id
        )

    return once(session, sender, ("accept", shelter_id, code), earn, now=now, policy=policy)


def walk_in(
    session: Session,
    party: Party,
    *,
    shelter_id: str,
    sender: Sender,
    now: datetime,
    policy: Policy,
) -> Receipt:
    """A family that staff counted is in. Raises CheckInOff, DisasterOver, InputInvalid."""
    check(party, GROUP)

    def earn(act: Act) -> Earned:
        return stays.begin(session, shelter_id, party, act, way=Way.WALK_IN), None

    said = ("walk_in", shelter_id, asdict(party))
    return once(session, sender, said, earn, now=now, policy=policy)


def amend(
    session: Session,
    stay_id: str,
    party: Party,
    *,
    shelter_id: str,
    sender: Sender,
    now: datetime,
    policy: Policy,
) -> Receipt:
    """The family is of that many. Raises NotFound for one of another shelter, StayOver."""
    check(party, GROUP)

    def earn(act: Act) -> Earned:
        return sending.amend(session, _at(session, stay_id, shelter_id, act), party, act), None

    said = ("amend", stay_id, asdict(party))
    return once(session, sender, said, earn, now=now, policy=policy)


def leave(
    session: Session,
    stay_id: str,
    *,
    shelter_id: str,
    sender: Sender,
    now: datetime,
    policy: Policy,
    mistaken: bool = False,
) -> Receipt:
    """The family is out; `mistaken`: it never was in. One that is out already stays as it is."""

    def earn(act: Act) -> Earned:
        row = _at(session, stay_id, shelter_id, act)
        if row.live_slot is not None:
            why = Ending.MISTAKEN if mistaken else Ending.LEFT
            stays.end(session, row, act, ending=why)
        return row, None

    said = ("leave", stay_id, mistaken)
    return once(session, sender, said, earn, now=now, policy=policy)


def call_back(
    session: Session,
    stay_id: str,
    *,
    shelter_id: str,
    sender: Sender,
    now: datetime,
    policy: Policy,
) -> Receipt:
    """A check-out, or a check-in taken back, is undone: the family is in as before.

    Raises NotFound for one of another shelter, MovedOn if the family is elsewhere by now.
    """

    def earn(act: Act) -> Earned:
        row = _at(session, stay_id, shelter_id, act)
        if row.live_slot is None:
            elsewhere = row.resident_id is not None and stays.live_row(
                session, row.resident_id, act.disaster_id
            )
            if elsewhere or row.ending == Ending.MOVED.value:
                raise MovedOn(stay_id)
            stays.reopen(session, row, act)
        return row, None

    return once(session, sender, ("call_back", stay_id), earn, now=now, policy=policy)


def align(
    session: Session, shelter_id: str, *, sender: Sender, now: datetime, policy: Policy
) -> Outcome:
    """The head count is what the check-in counts at this moment."""
    hold(session, "live")
    inside = queries.people_inside(session, shelter_id, sender.disaster_id)
    return occupancy.change(
        session,
        shelter_id,
        Change(people=inside, confirmed=True, device=sender.device),
        by=sender.by,
        now=now,
        policy=policy,
        disaster_id=sender.disaster_id,
        checked_in=inside,
    )


def _at(session: Session, stay_id: str, shelter_id: str, act: Act) -> CheckIn:
    row = session.get(CheckIn, stay_id, populate_existing=True)
    if row is None or row.shelter_id != shelter_id or row.disaster_id != act.disaster_id:
        raise NotFound("no such stay here", title="その受付の記録はありません。")
    return row
