"""What residents do at a shelter's door with their own phone."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.shelters.checkin import offers, sending, stays
from liff_app.shelters.checkin.errors import ShelterClosed, StayOver
from liff_app.shelters.checkin.models import CheckIn
from liff_app.shelters.checkin.queries import Offer
from liff_app.shelters.checkin.rules import FAMILY, Party
from liff_app.shelters.checkin.sending import (
    Earned,
    Receipt,
    Sender,
    check,
    once,
    open_for_checkin,
)
from liff_app.shelters.checkin.stays import Act
from liff_app.shelters.checkin.vocabulary import Ending, Way
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.places import Policy
from liff_app.shelters.vocabulary import Opening


def offer_code(
    session: Session, party: Party, *, resident_id: str, now: datetime, shown: bool = True
) -> Offer:
    """A code for these people that staff can take within ten minutes, once.

    Not `shown`: the counts alone, for the form that follows. Raises CheckInOff, or InputInvalid
    for counts that cannot be.
    """
    check(party, FAMILY)
    disaster = open_for_checkin(session)
    return offers.put(
        session, party, resident_id=resident_id, disaster_id=disaster.id, now=now, shown=shown
    )


def enter(
    session: Session,
    shelter_id: str,
    party: Party,
    *,
    sender: Sender,
    now: datetime,
    policy: Policy,
) -> Receipt:
    """The resident who stands at the shelter's door is in, with their people.

    Raises NotFound for a place that is not there, ShelterClosed, CheckInOff, InputInvalid.
    """
    check(party, FAMILY)

    def earn(act: Act) -> Earned:
        status = occupancy.current(session, shelter_id, now=now, policy=policy)
        if status.opening is Opening.CLOSED:
            raise ShelterClosed(shelter_id)
        offers.drop(session, str(sender.resident_id))
        return sending.enter(
            session, shelter_id, party, act, way=Way.READ, resident_id=sender.resident_id
        )

    said = ("enter", shelter_id, asdict(party))
    return once(session, sender, said, earn, now=now, policy=policy)


def amend_own(
    session: Session, party: Party, *, sender: Sender, now: datetime, policy: Policy
) -> Receipt:
    """The resident's own stay is of that many. Raises StayOver where they are nowhere."""
    check(party, FAMILY)

    def earn(act: Act) -> Earned:
        return sending.amend(session, _own(session, act, sender), party, act), None

    said = ("amend_own", asdict(party))
    return once(session, sender, said, earn, now=now, policy=policy)


def leave_own(session: Session, *, sender: Sender, now: datetime, policy: Policy) -> Receipt:
    """The resident is out. Raises StayOver where they are nowhere."""

    def earn(act: Act) -> Earned:
        row = _own(session, act, sender)
        stays.end(session, row, act, ending=Ending.LEFT)
        return row, None

    return once(session, sender, ("leave_own",), earn, now=now, policy=policy)


def _own(session: Session, act: Act, sender: Sender) -> CheckIn:
    row = stays.live_row(session, str(sender.resident_id), act.disaster_id)
    if row is None:
        raise StayOver("nowhere", title="いま、どの避難所にも入っていません。")
    return row
