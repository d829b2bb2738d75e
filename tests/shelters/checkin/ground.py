"""A town in a disaster with check-in, its residents, and the short ways to send them in and out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from liff_app.db import db, transaction
from liff_app.identity.models import Resident
from liff_app.shelters import service as shelters
from liff_app.shelters.checkin import queries, service
from liff_app.shelters.checkin.models import CheckIn
from liff_app.shelters.checkin.service import Party, Receipt, Sender
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.models import Shelter
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change, Outcome, StatusView
from liff_app.shelters.vocabulary import Hazard
from tests.shelters.published import NOW, people, publish, row

NAMES = ("中央小学校", "川端小学校", "北の丘")
STAFF = "pass:a"


def town(count: int = 3) -> list[str]:
    """So many places; gives their ids."""
    publish(
        *(
            row(f"A{n}", name=name, capacity=people(50), lat=35.6 + n / 10)
            for n, name in enumerate(NAMES[:count])
        )
    )
    return [shelters.find_by_name(db.session, name).id for name in NAMES[:count]]


def begin(*, minutes: int = 0, checkin: bool = True) -> str:
    """A disaster is on since NOW; gives its id."""
    with transaction() as session:
        draft = DisasterDraft(
            name="台風第19号", hazards=(Hazard.FLOOD,), drill=False, checkin=checkin
        )
        return disasters.start(session, draft, by="command:x", now=at(minutes)).id


def end(*, minutes: int = 600) -> None:
    """It is over."""
    with transaction() as session:
        disasters.stop(session, by="command:x", now=at(minutes))


def residents(count: int) -> list[str]:
    """So many people who signed in; gives their ids."""
    with transaction() as session:
        rows = [
            Resident(
                subject_index=n.to_bytes(32, "big"),
                subject_sealed=b"",
                created_at=NOW,
                seen_on=NOW.date(),
            )
            for n in range(count)
        ]
        session.add_all(rows)
        session.flush()
        return [one.id for one in rows]


def at(minutes: float) -> datetime:
    """So many minutes after the disaster began."""
    return NOW + timedelta(minutes=minutes)


def do(operation: Any, *args: Any, minutes: float = 1, **about: Any) -> Any:  # noqa: ANN401 - any operation
    """An operation of the service, in a transaction of its own."""
    with transaction() as session:
        return operation(session, *args, now=at(minutes), policy=shelters.policy(), **about)


def staff(disaster: str, key: str | None = None, **about: Any) -> Sender:  # noqa: ANN401 - of Sender
    """The phone at a shelter's door."""
    return Sender(by=about.pop("by", STAFF), disaster_id=disaster, request_key=key, **about)


def resident(disaster: str, resident_id: str, key: str | None = None) -> Sender:
    """A resident with their own phone."""
    return Sender(
        by=service.RESIDENT, disaster_id=disaster, resident_id=resident_id, request_key=key
    )


def enter(
    shelter: str, who: str, count: int, disaster: str, *, key: str | None = None, **about: Any  # noqa: ANN401 - minutes
) -> Receipt:  # fmt: skip
    """The resident reads the shelter's code."""
    sender = resident(disaster, who, key)
    done: Receipt = do(service.enter, shelter, Party(people=count), sender=sender, **about)
    return done


def walk_in(
    shelter: str, count: int, disaster: str, *, key: str | None = None, **about: Any  # noqa: ANN401 - minutes
) -> Receipt:  # fmt: skip
    """Staff count a family in."""
    party = Party(people=count)
    done: Receipt = do(
        service.walk_in, party, shelter_id=shelter, sender=staff(disaster, key), **about
    )
    return done


def say(shelter: str, *, by: str = STAFF, minutes: float = 1, **said: Any) -> Outcome:  # noqa: ANN401 - of Change
    """Staff change the shelter's state by hand."""
    done: Outcome = do(occupancy.change, shelter, Change(**said), by=by, minutes=minutes)
    return done


def status(shelter: str, *, minutes: float = 1) -> StatusView:
    """The place as it stands."""
    found = occupancy.current(db.session, shelter, now=at(minutes), policy=shelters.policy())
    db.session.rollback()
    return found


def counted(shelter: str) -> tuple[int | None, int | None]:
    """Its head count, and how many of them are checked in."""
    found = status(shelter)
    return found.people, found.checked_in


def inside(shelter: str, disaster: str) -> int:
    """People checked in, by the rows."""
    found = queries.people_inside(db.session, shelter, disaster)
    db.session.rollback()
    return found


def live_places(who: str) -> int:
    """At how many places the resident is at once."""
    wanted = (
        select(func.count())
        .select_from(CheckIn)
        .where(CheckIn.resident_id == who, CheckIn.live_slot.is_not(None))
    )
    found = db.session.scalar(wanted) or 0
    db.session.rollback()
    return found


def shelter_table() -> type[Shelter]:
    """The table of places, for what only a new list does."""
    return Shelter
