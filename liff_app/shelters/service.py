"""What can be done with shelters: lists published, disasters begun and ended, states recorded."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from liff_app.errors import Conflict, FieldError, InputInvalid, NotFound
from liff_app.shelters import publishing, queries
from liff_app.shelters.board import Board
from liff_app.shelters.models import (
    Disaster,
    Shelter,
    ShelterStatus,
    ShelterStatusEvent,
    ShelterVersion,
)
from liff_app.shelters.publishing import Difference, Edition
from liff_app.shelters.vocabulary import Hazard, Level, Opening

__all__ = [
    "StatusDraft",
    "board",
    "find_by_name",
    "preview_list",
    "publish_list",
    "record_status",
    "start_disaster",
    "stop_disaster",
]

MAX_NAME = 80
MAX_NOTE = 500
MAX_PEOPLE = 100_000  # more than the largest stadium; a slip of the finger is caught before


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusDraft:
    """What somebody says of a place. None leaves a thing as it is; `level_cleared` unsets it."""

    opening: Opening | None = None
    people: int | None = None
    level: Level | None = None
    level_cleared: bool = False
    note: str | None = None


def board() -> Board:
    """The board of this app."""
    found: Board = current_app.extensions["shelter_board"]
    return found


def publish_list(session: Session, edition: Edition, *, by: str, now: datetime) -> Difference:
    """The edition is what residents see; all processes follow. See `publishing.publish`.

    Publications wait for one another, so each sees what the one before left.
    """
    counter = _hold(session, "master")
    change = publishing.publish(session, edition, by=by, now=now)
    if not change.is_empty:
        counter.value += 1
    return change


def preview_list(session: Session, edition: Edition) -> Difference:
    """What publishing the edition would change. Nothing is written."""
    return publishing.difference(session, edition)


def find_by_name(session: Session, name: str) -> Shelter:
    """The place with that id or exactly that name. Raises NotFound, or Conflict for two."""
    exact = session.get(Shelter, name)
    if exact is not None:
        return exact
    wanted = select(Shelter).where(Shelter.name == name, Shelter.withdrawn_at.is_(None))
    found = session.scalars(wanted.limit(2)).all()
    if not found:
        raise NotFound("no such shelter", title="その避難所はありません。")
    if len(found) > 1:
        raise Conflict(
            "two of that name", title="同じ名前の避難所があります。番号で指定してください。"
        )
    return found[0]


def start_disaster(
    session: Session, name: str, hazards: Sequence[Hazard], *, drill: bool, by: str, now: datetime
) -> Disaster:
    """A disaster is on; the first of `hazards` is asked for by default.

    Raises Conflict while another is open, InputInvalid without a name.
    """
    if not 0 < len(name.strip()) <= MAX_NAME:
        raise InputInvalid([FieldError("name", "length", "名前を80字までで入れてください。")])
    _hold(session, "live").value += 1  # held from here on: two starts at once cannot both pass
    if queries.open_disaster(session) is not None:
        raise Conflict("a disaster is open", title="すでに災害または訓練が始まっています。")
    disaster = Disaster(
        name=name.strip(),
        hazards=",".join(dict.fromkeys(hazards)),
        drill=drill,
        started_at=now,
        started_by=by,
    )
    session.add(disaster)
    return disaster


def stop_disaster(session: Session, *, by: str, now: datetime) -> Disaster:
    """The open disaster is over; its states stay as history. Raises NotFound if none is open."""
    _hold(session, "live").value += 1
    disaster = session.scalar(select(Disaster).where(Disaster.ended_at.is_(None)))
    if disaster is None:
        raise NotFound("no open disaster", title="始まっている災害はありません。")
    disaster.ended_at, disaster.ended_by, disaster.open_slot = now, by, None
    return disaster


def record_status(
    session: Session, shelter_id: str, draft: StatusDraft, *, by: str, now: datetime
) -> ShelterStatus:
    """The place's state in the open disaster is as drafted, with its history and author.

    Saying nothing new is 変わりなし: the time moves. Raises NotFound for a place unknown or
    withdrawn or when no disaster is open, InputInvalid for a head count or a note that cannot be.
    """
    _check(draft)
    _hold(session, "live").value += 1  # two first reports on one place come one after the other
    disaster = queries.open_disaster(session)
    if disaster is None:
        raise NotFound("no open disaster", title="始まっている災害はありません。")
    shelter = session.get(Shelter, shelter_id)
    if shelter is None or shelter.withdrawn_at is not None:
        raise NotFound("no such shelter", title="その避難所はありません。")
    status = session.get(ShelterStatus, (shelter_id, disaster.id))
    if status is None:
        status = ShelterStatus(
            shelter_id=shelter_id, disaster_id=disaster.id, opening=Opening.UNKNOWN.value,
            note="", version=0,
        )  # fmt: skip
        session.add(status)
    _apply(status, draft)
    status.version += 1
    status.updated_at, status.updated_by = now, by
    session.add(_event(status))
    return status


def _check(draft: StatusDraft) -> None:
    errors = []
    if draft.people is not None and not 0 <= draft.people <= MAX_PEOPLE:
        errors.append(FieldError("people", "range", "人数は0〜100,000で入れてください。"))
    if draft.note is not None and len(draft.note.strip()) > MAX_NOTE:
        errors.append(FieldError("note", "length", "ひとことは500字までで入れてください。"))
    if errors:
        raise InputInvalid(errors)


def _apply(status: ShelterStatus, draft: StatusDraft) -> None:
    if draft.opening is not None:
        status.opening = draft.opening.value
    if draft.people is not None:
        status.people = draft.people
    if draft.level is not None or draft.level_cleared:
        status.level = draft.level.value if draft.level else None
    if draft.note is not None:
        status.note = draft.note.strip()


def _event(status: ShelterStatus) -> ShelterStatusEvent:
    return ShelterStatusEvent(
        shelter_id=status.shelter_id,
        disaster_id=status.disaster_id,
        version=status.version,
        opening=status.opening,
        level=status.level,
        people=status.people,
        note=status.note,
        at=status.updated_at,
        by=status.updated_by,
    )


def _hold(session: Session, name: str) -> ShelterVersion:
    """The counter, locked until the transaction ends. Moving it tells every process of a change.

    Whoever changes what it counts holds it first, so such changes come one after the other.
    """
    counter = session.get(ShelterVersion, name, with_for_update=True, populate_existing=True)
    if counter is not None:
        return counter
    # Another process may make the first one at the same moment; then it is there.
    with suppress(IntegrityError), session.begin_nested():
        session.add(ShelterVersion(name=name, value=0))
    return session.get_one(ShelterVersion, name, with_for_update=True, populate_existing=True)
