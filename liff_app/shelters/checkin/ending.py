"""How records of stays end: deleted by their resident, or when their time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.shelters.checkin import stays
from liff_app.shelters.checkin.errors import StayLive
from liff_app.shelters.checkin.models import CheckIn
from liff_app.shelters.checkin.rules import COUNTS
from liff_app.shelters.checkin.vocabulary import Ending
from liff_app.shelters.counters import hold
from liff_app.shelters.models import Disaster


def forget(session: Session, stay_id: str, *, resident_id: str) -> None:
    """The resident's record of that stay is gone; its counts stay in the shelter's sums.

    Raises NotFound for another's, StayLive while the stay goes on.
    """
    hold(session, "live")
    row = session.get(CheckIn, stay_id, populate_existing=True)
    if row is None or row.resident_id != resident_id:
        raise NotFound("not theirs", title="その記録はありません。")
    disaster = session.get_one(Disaster, row.disaster_id)
    if row.live_slot is not None and disaster.ended_at is None:
        raise StayLive(stay_id)
    stays.fold(session, row)


def purge(session: Session, *, keep: timedelta, now: datetime) -> int:
    """Stays of disasters that ended `keep` ago are gone, sums remain; gives how many."""
    past = session.scalars(
        select(Disaster.id).where(Disaster.ended_at <= now - keep).order_by(Disaster.id)
    ).all()
    gone = 0
    for disaster_id in past:
        counted = or_(CheckIn.ending.is_(None), CheckIn.ending != Ending.MISTAKEN.value)
        sums = [func.sum(getattr(CheckIn, name)).label(name) for name in COUNTS]
        rows = session.execute(
            select(CheckIn.shelter_id, func.count().label("families"), *sums)
            .where(CheckIn.disaster_id == disaster_id, counted)
            .group_by(CheckIn.shelter_id)
        ).all()
        for row in rows:
            total = stays.total(session, row.shelter_id, disaster_id)
            total.families += int(row.families)
            for name in COUNTS:
                setattr(total, name, getattr(total, name) + int(getattr(row, name)))
        result = session.execute(delete(CheckIn).where(CheckIn.disaster_id == disaster_id))
        gone += int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count
    return gone
