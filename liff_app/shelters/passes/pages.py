"""What a shelter's phone shows: how things stand, and what was said of late."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from liff_app.i18n import gettext as _
from liff_app.shelters import queries
from liff_app.shelters.checkin.words import difference_words
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import EventKind, EventView, Need, StatusView
from liff_app.shelters.occupancy.words import NEED_WORDS
from liff_app.shelters.passes.service import PassView
from liff_app.shelters.passes.words import LEVEL_SHORT, author_words, event_words
from liff_app.shelters.places import Policy
from liff_app.shelters.vocabulary import Opening

SHOWN = 12  # events of the history on the phone


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One event in words. `undoable`: it may be taken back from this phone."""

    id: int
    text: str
    who: str
    at: datetime
    undone: bool
    undoable: bool

    def as_json(self) -> dict[str, Any]:
        """The line as the script reads it; times in milliseconds."""
        return {
            "id": self.id,
            "text": self.text,
            "who": self.who,
            "at": int(self.at.timestamp() * 1000),
            "undone": self.undone,
            "undoable": self.undoable,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneState:
    """The part of the page that changes."""

    status: StatusView
    events: tuple[EventLine, ...]
    disaster: str
    drill: bool
    checkin: bool  # families are checked in at the door

    @property
    def difference(self) -> str:
        """How the head count and the check-in differ, in words; nothing where it is not used."""
        return difference_words(self.status.people, self.status.checked_in) if self.checkin else ""

    def as_json(self) -> dict[str, Any]:
        """The state as the script reads it; times in milliseconds."""
        updated = self.status.updated_at
        return self.status.as_json() | {
            "updated_at": int(updated.timestamp() * 1000) if updated else None,
            "events": [line.as_json() for line in self.events],
            "disaster": self.disaster,
            "drill": self.drill,
            "difference": self.difference,
        }

    def as_bytes(self) -> bytes:
        """The state as it is answered."""
        return json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":")).encode()


def etag_of(body: bytes) -> str:
    """Version of an answer: its digest."""
    return hashlib.sha256(body).hexdigest()[:16]


def phone_state(
    session: Session, view: PassView, device: str | None, *, now: datetime, policy: Policy
) -> PhoneState:
    """How things stand at the pass's shelter, for the phone of that name (None: no script)."""
    disaster = queries.open_disaster(session)
    events = occupancy.history(
        session, view.shelter_id, disaster_id=view.disaster_id, limit=SHOWN + 1
    )
    return PhoneState(
        status=occupancy.current(session, view.shelter_id, now=now, policy=policy),
        events=tuple(_lines(events, view, device))[:SHOWN],
        disaster=disaster.name if disaster else "",
        drill=disaster.drill if disaster else False,
        checkin=disaster.checkin if disaster else False,
    )


def _lines(events: Sequence[EventView], view: PassView, device: str | None) -> list[EventLine]:
    """The events, newest first, each told against the one before."""
    lines = []
    for at, event in enumerate(events):
        before = events[at + 1] if at + 1 < len(events) else None
        same_pass = event.by == view.author
        mine = same_pass and (device is None or event.device in (None, device))
        lines.append(
            EventLine(
                id=event.id,
                text=event_words(event, before),
                who=author_words(event.by, mine=mine and device is not None, same_pass=same_pass),
                at=event.at,
                undone=event.undone,
                undoable=mine and not event.undone and _did_something(event, before),
            )
        )
    return lines


def _did_something(event: EventView, before: EventView | None) -> bool:
    if event.kind is not EventKind.CHANGE:
        return False
    if before is None:
        return event.version == 1
    return any(
        getattr(event, name) != getattr(before, name)
        for name in ("opening", "people", "level", "note", "needs")
    )


def openings() -> list[tuple[str, str]]:
    """The states a shelter sets itself, with their words."""
    return [
        (Opening.OPEN.value, _("開設")),
        (Opening.PREPARING.value, _("準備中")),
        (Opening.CLOSED.value, _("閉鎖")),
    ]


def levels() -> list[tuple[str, str]]:
    """Crowding as it is set by hand; first the one that is computed."""
    return [("auto", _("自動")), *((code.value, word()) for code, word in LEVEL_SHORT.items())]


def needs() -> list[tuple[str, str]]:
    """What may be lacking, with its words."""
    return [(need.value, NEED_WORDS[need]()) for need in Need]
