"""A town in a disaster, and the short ways to speak of a place."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from liff_app.db import db, transaction
from liff_app.shelters import service as shelters
from liff_app.shelters.disasters import service as disasters
from liff_app.shelters.disasters.service import DisasterDraft
from liff_app.shelters.occupancy import service
from liff_app.shelters.occupancy.service import Change, EventView, Outcome, StatusView
from liff_app.shelters.vocabulary import Hazard
from tests.shelters.published import NOW, people, publish, row

CAPACITY = 100
KEY = "k" * 20
NAMES = ("中央小学校", "川端小学校", "北の丘")


def begin(*, minutes: int = 0) -> str:
    """A disaster is on since NOW; gives its id."""
    with transaction() as session:
        draft = DisasterDraft(name="台風第19号", hazards=(Hazard.FLOOD,), drill=False)
        now = NOW + timedelta(minutes=minutes)
        return disasters.start(session, draft, by="command:x", now=now).id


def end(*, minutes: int = 0) -> None:
    """It is over."""
    with transaction() as session:
        disasters.stop(session, by="command:x", now=NOW + timedelta(minutes=minutes))


def town() -> list[str]:
    """Three places, the last a hill nobody opens and without a capacity; gives their ids."""
    publish(
        row("A1", name=NAMES[0], capacity=people(CAPACITY)),
        row("A2", name=NAMES[1], capacity=people(40), lat=35.7),
        row("A3", name=NAMES[2], always_open=True, lat=35.8),
    )
    return [shelters.find_by_name(db.session, name).id for name in NAMES]


def at(minutes: float) -> datetime:
    """So many minutes after the disaster began."""
    return NOW + timedelta(minutes=minutes)


def say(shelter_id: str, *, by: str = "pass:a", minutes: float = 1, **said: Any) -> Outcome:  # noqa: ANN401 - fields of Change
    """Change a place's state; `disaster_id`, `kind` and `checked_in` are handed on."""
    handed = {
        name: said.pop(name) for name in ("disaster_id", "kind", "checked_in") if name in said
    }
    with transaction() as session:
        return service.change(
            session, shelter_id, Change(**said), by=by, now=at(minutes), policy=shelters.policy(),
            **handed,
        )  # fmt: skip


def take_back(
    shelter_id: str,
    done: Outcome | int,
    *,
    by: str = "pass:a",
    minutes: float = 2,
    **about: Any,  # noqa: ANN401 - of undo
) -> Outcome:
    """Undo what that change did."""
    event_id = done if isinstance(done, int) else done.event_id
    with transaction() as session:
        return service.undo(
            session, shelter_id, event_id, by=by, now=at(minutes), policy=shelters.policy(), **about
        )


def status(shelter_id: str, *, minutes: float = 1) -> StatusView:
    """The place as it stands."""
    found = service.current(db.session, shelter_id, now=at(minutes), policy=shelters.policy())
    db.session.rollback()
    return found


def events(shelter_id: str) -> list[EventView]:
    """Its whole history, oldest first."""
    found = service.history(db.session, shelter_id, limit=None)[::-1]
    db.session.rollback()
    return found
