"""What the staff at a door see and do, each act with its event in the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from liff_app.audit import service as audit
from liff_app.crypto import KeyRing
from liff_app.shelters.checkin import queries, service
from liff_app.shelters.checkin.forms import DoorSaid
from liff_app.shelters.checkin.queries import Family, Figures
from liff_app.shelters.checkin.service import Receipt, Sender
from liff_app.shelters.checkin.words import difference_words, party_words
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.passes.service import PassView
from liff_app.shelters.places import Policy

ALIGNED = "checkin.aligned"  # an action in the audit log, as those below
ACTIONS = {
    "accept": "checkin.accepted",
    "walk_in": "checkin.counted_in",
    "amend": "checkin.amended",
    "leave": "checkin.checked_out",
    "slip": "checkin.taken_back",
    "back": "checkin.called_back",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One family in the door's list. `state` is in, left, moved or mistaken."""

    id: str
    number: int
    text: str
    people: int
    at: datetime
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A shelter's door at one moment."""

    name: str
    disaster: str
    drill: bool
    people: int | None
    difference: str
    figures: Figures | None
    lines: tuple[Line, ...]

    @property
    def inside(self) -> list[Line]:
        """Who is in, the newest number first."""
        return [one for one in self.lines if one.state == "in"]

    @property
    def gone(self) -> list[Line]:
        """The last few who are out, or never were in."""
        return [one for one in self.lines if one.state != "in"]

    @property
    def families(self) -> int:
        """How many families are in."""
        return self.figures.families if self.figures else 0

    @property
    def checked_in(self) -> int:
        """How many people are checked in."""
        return self.figures.inside.people if self.figures else 0

    @property
    def needs(self) -> str:
        """What those who are in need, in words; nothing where nobody does."""
        if not self.figures or not (self.figures.inside.cares or self.figures.inside.pets):
            return ""
        return party_words(self.figures.inside)

    def as_json(self) -> dict[str, Any]:
        """The door as the script reads it; times in milliseconds."""
        return {
            "people": self.people,
            "checked_in": self.checked_in,
            "families": self.families,
            "difference": self.difference,
            "differs": self.people != self.checked_in,
            "needs": self.needs,
            "lines": [
                {
                    "id": one.id,
                    "number": one.number,
                    "text": one.text,
                    "at": int(one.at.timestamp() * 1000),
                    "state": one.state,
                }
                for one in self.lines
            ],
        }

    def as_bytes(self) -> bytes:
        """The door as it is answered."""
        return json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":")).encode()


def desk_of(session: Session, view: PassView, *, now: datetime, policy: Policy) -> Desk:
    """The door of the pass's shelter. Raises CheckInOff where the check-in is not used."""
    disaster = service.open_for_checkin(session)
    status = occupancy.current(session, view.shelter_id, now=now, policy=policy)
    figures = queries.figures(session, disaster.id, view.shelter_id).get(view.shelter_id)
    checked_in = figures.inside.people if figures else 0
    return Desk(
        name=status.name,
        disaster=disaster.name,
        drill=disaster.drill,
        people=status.people,
        difference=difference_words(status.people, checked_in),
        figures=figures,
        lines=tuple(_line(one) for one in queries.families(session, view.shelter_id, disaster.id)),
    )


def _line(family: Family) -> Line:
    return Line(
        id=family.id,
        number=family.number,
        text=party_words(family.party),
        people=family.party.people,
        at=family.out_at or family.in_at,
        state=family.ending.value if family.ending else "in",
    )


def act(
    session: Session,
    view: PassView,
    said: DoorSaid,
    *,
    keys: KeyRing,
    policy: Policy,
    now: datetime,
) -> str | None:
    """What was said at the door is done, once, and the log has it; gives the family's id.

    Raises what the service raises.
    """
    sender = Sender(
        by=view.author,
        disaster_id=view.disaster_id,
        request_key=said.request_key,
        age_s=said.age_s,
        device=said.device,
    )
    if said.act == "align":
        outcome = service.align(session, view.shelter_id, sender=sender, now=now, policy=policy)
        detail = dict(outcome.detail())
        _record(session, view, ALIGNED, keys=keys, now=now, persons=0, detail=detail)
        return None
    receipt = _done(session, view, said, sender, policy=policy, now=now)
    if not receipt.repeated:
        stay = receipt.stay
        _record(
            session, view, ACTIONS[said.act], keys=keys, now=now, persons=stay.party.people,
            detail={"number": stay.number, "moved": receipt.moved_from is not None},
        )  # fmt: skip
    return receipt.stay.id


def _done(
    session: Session,
    view: PassView,
    said: DoorSaid,
    sender: Sender,
    *,
    policy: Policy,
    now: datetime,
) -> Receipt:
    if said.act == "accept":
        return service.accept(
            session, said.code, shelter_id=view.shelter_id, sender=sender, now=now, policy=policy
        )
    if said.act == "walk_in":
        return service.walk_in(
            session, said.party, shelter_id=view.shelter_id, sender=sender, now=now, policy=policy
        )
    if said.act == "amend":
        return service.amend(
            session, said.stay, said.party, shelter_id=view.shelter_id, sender=sender, now=now,
            policy=policy,
        )  # fmt: skip
    if said.act == "back":
        return service.call_back(
            session, said.stay, shelter_id=view.shelter_id, sender=sender, now=now, policy=policy
        )
    return service.leave(
        session, said.stay, shelter_id=view.shelter_id, sender=sender, now=now, policy=policy,
        mistaken=said.act == "slip",
    )  # fmt: skip


def _record(
    session: Session,
    view: PassView,
    action: str,
    *,
    keys: KeyRing,
    now: datetime,
    persons: int,
    detail: dict[str, str | int | bool | None],
) -> None:
    audit.record(
        session, actor=view.author, action=action, subject=f"shelter:{view.shelter_id}",
        keys=keys, now=now, persons=persons, detail=detail,
    )  # fmt: skip
