"""What can be done with shelters: lists published, places found by name.

States are recorded in `occupancy`, disasters begin and end in `disasters`.
"""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import Conflict, NotFound
from liff_app.shelters import differences, publishing, refusals
from liff_app.shelters.board import Board
from liff_app.shelters.counters import hold
from liff_app.shelters.differences import Difference
from liff_app.shelters.editions import Publishable
from liff_app.shelters.models import Shelter
from liff_app.shelters.places import Policy

__all__ = [
    "board",
    "find_by_name",
    "policy",
    "preview_list",
    "publish_list",
]


def board() -> Board:
    """The board of this app."""
    found: Board = current_app.extensions["shelter_board"]
    return found


def policy() -> Policy:
    """The town's decisions on crowding and age."""
    return board().policy


def publish_list(session: Session, edition: Publishable, *, by: str, now: datetime) -> Difference:
    """The edition is what residents see; all processes follow. See `publishing.publish`.

    Publications wait for one another, so each sees what the one before left. Raises what
    `refusals.check` raises.
    """
    refusals.check(edition.about)
    counter = hold(session, "master")
    change = publishing.publish(session, edition, by=by, now=now)
    if not change.is_empty:
        counter.value += 1
    return change


def preview_list(session: Session, edition: Publishable) -> Difference:
    """What publishing the edition would change. Nothing is written."""
    return differences.difference(session, edition)


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
