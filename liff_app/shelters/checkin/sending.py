"""Who sends what to the check-in, how it is done once, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from liff_app import idempotency
from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.idempotency import Answer
from liff_app.shelters.checkin import queries, stays
from liff_app.shelters.checkin.errors import CheckInOff, StayOver
from liff_app.shelters.checkin.models import CheckIn
from liff_app.shelters.checkin.queries import Stay
from liff_app.shelters.checkin.rules import CONSENT, Party, wrong_counts
from liff_app.shelters.checkin.stays import Act
from liff_app.shelters.checkin.vocabulary import Way
from liff_app.shelters.counters import hold
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.occupancy.rules import moment
from liff_app.shelters.occupancy.service import DisasterOver
from liff_app.shelters.places import DisasterView, Policy

RESIDENT = "resident"  # stands beside what residents say of themselves; which one is not written
Earned = tuple[CheckIn, str | None]  # the stay, and the id of the one that ended for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who speaks: the phone at a shelter's door, or a resident.

    `request_key` makes a repeat harmless. `age_s`: how long the phone held it. `device`: which of
    the phones with one pass.
    """

    by: str
    disaster_id: str
    resident_id: str | None = None
    request_key: str | None = None
    age_s: int = 0
    device: str | None = None

    @property
    def owner(self) -> str:
        """Whose request keys these are."""
        return f"{RESIDENT}:{self.resident_id}" if self.resident_id else self.by


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What came of it: the stay, and the shelter the family was checked out of, if any."""

    stay: Stay
    moved_from: str | None = None
    repeated: bool = False


def open_for_checkin(session: Session) -> DisasterView:
    """The disaster in which people are checked in now. Raises CheckInOff."""
    disaster = disasters.current(session)
    if disaster is None or not disaster.checkin:
        raise CheckInOff("not used now")
    return disaster


def once(
    session: Session,
    sender: Sender,
    said: tuple[object, ...],
    earn: Callable[[Act], Earned],
    *,
    now: datetime,
    policy: Policy,
) -> Receipt:
    """What `earn` does, behind the lock of all places; a repeat of the key gives the first's."""
    hold(session, "live")
    if sender.request_key is None:
        row, left = earn(_act(session, sender, now, policy))
        return _receipt(session, row.id, left, repeated=False)

    def first() -> Answer:
        row, left = earn(_act(session, sender, now, policy))
        return Answer(200, json.dumps([row.id, left]))  # ids alone: they say nothing once deleted

    answer = idempotency.once(
        session,
        owner=sender.owner,
        key=idempotency.checked(sender.request_key),
        content=idempotency.fingerprint(json.dumps(said, sort_keys=True).encode()),
        now=now,
        earn=first,
    )
    stay_id, left = json.loads(answer.body)
    return _receipt(session, stay_id, left, repeated=answer.repeated)


def _act(session: Session, sender: Sender, now: datetime, policy: Policy) -> Act:
    disaster = disasters.current(session)
    if disaster is None or disaster.id != sender.disaster_id:
        raise DisasterOver(sender.disaster_id)
    if not disaster.checkin:
        raise CheckInOff("not used now")
    return Act(
        by=sender.by,
        owner=sender.owner,
        now=now,
        at=moment(now, sender.age_s, started_at=disaster.started_at, last=None),
        policy=policy,
        disaster_id=sender.disaster_id,
        request_key=sender.request_key,
        age_s=sender.age_s,
        device=sender.device,
    )


def _receipt(session: Session, stay_id: str, left: str | None, *, repeated: bool) -> Receipt:
    session.flush()  # what was changed is what is read
    found = queries.stay(session, stay_id)
    if found is None:
        raise NotFound("its record was deleted", title="その受付の記録はありません。")
    before = queries.stay(session, left) if left else None
    return Receipt(
        stay=found, moved_from=before.shelter_name if before else None, repeated=repeated
    )


def enter(
    session: Session, shelter_id: str, party: Party, act: Act, *, way: Way, resident_id: str | None
) -> Earned:
    """The resident's stay there; one who is there already has their counts corrected."""
    here = stays.live_row(session, str(resident_id), act.disaster_id)
    if here is not None and here.shelter_id == shelter_id:
        stays.amend(session, here, party, act)
        return here, None
    row = stays.begin(
        session, shelter_id, party, act, way=way, resident_id=resident_id, consent=CONSENT
    )
    return row, here.id if here else None


def amend(session: Session, row: CheckIn, party: Party, act: Act) -> CheckIn:
    """The stay is of that many. Raises StayOver for one that has ended."""
    if row.live_slot is None:
        raise StayOver(row.id)
    stays.amend(session, row, party, act)
    return row


def check(party: Party, most: int) -> None:
    """Raises InputInvalid naming every count that cannot be."""
    sentences = {
        "people": f"人数は1〜{most}で入れてください。",
        "pets": "ペットは0〜20で入れてください。",
    }
    wrong = wrong_counts(party, most=most)
    if wrong:
        other = "人数をこえない数を入れてください。"
        raise InputInvalid(
            [FieldError(name, "range", sentences.get(name, other)) for name in wrong]
        )
