"""A small town in a disaster, and the short ways to speak of its places."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.shelters import service
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.models import Shelter
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Change, Outcome
from liff_app.shelters.vocabulary import Hazard
from tests.shelters.published import north, people, publish, row

SCHOOL, GYM, HALL, HILL = "中央小学校", "市民体育館", "湊公民館", "日なた台地"


def found() -> None:
    """Four places: two with a capacity, one without, one that nobody opens."""
    publish(
        row("A1", name=SCHOOL, capacity=people(300)),
        row("A2", name=GYM, capacity=people(100), lat=north(800), address="まど市中庭二丁目1"),
        row("A3", name=HALL, kana="みなとこうみんかん", lat=north(1600)),
        row("A4", name=HILL, lat=north(2400), always_open=True),
    )


def begin(*, drill: bool = False, checkin: bool = False) -> str:
    """A flood has been on for half a day; gives its id."""
    draft = DisasterDraft(name="台風第19号", hazards=(Hazard.FLOOD,), drill=drill, checkin=checkin)
    with transaction() as session:
        started = clock.now() - timedelta(hours=12)
        return disasters.start(session, draft, by="test", now=started).id


def stop() -> None:
    """It is over."""
    with transaction() as session:
        disasters.stop(session, by="test", now=clock.now())


def id_of(name: str) -> str:
    """Id of the place with that name, withdrawn or not."""
    with db.engine.connect() as connection:
        return str(connection.execute(select(Shelter.id).where(Shelter.name == name)).scalar_one())


def say(name: str, *, by: str = "pass:1", now: datetime | None = None, **said: Any) -> Outcome:  # noqa: ANN401 - any field of Change
    """Somebody reports on the place."""
    with transaction() as session:
        return occupancy.change(
            session, id_of(name), Change(**said), by=by, now=now or clock.now(),
            policy=service.policy(),
        )  # fmt: skip


def history(name: str) -> list[Any]:
    """What was said of the place, newest first."""
    db.session.rollback()
    return list(occupancy.history(db.session, id_of(name)))
