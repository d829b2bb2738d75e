"""What is said with a pass becomes a change of the shelter's state, and an event of the log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.audit import service as audit
from liff_app.crypto import KeyRing
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.service import Outcome
from liff_app.shelters.passes.forms import Said
from liff_app.shelters.passes.service import PassView
from liff_app.shelters.places import Policy


def report(
    session: Session, view: PassView, said: Said, *, keys: KeyRing, policy: Policy, now: datetime
) -> Outcome:
    """The pass's shelter is as said, or what it said is taken back; once for one request key.

    Raises what `occupancy.service.change` and `undo` raise.
    """
    if said.undo is not None:
        action = occupancy.UNDONE
        outcome = occupancy.undo(
            session, view.shelter_id, said.undo, by=view.author, now=now, policy=policy,
            request_key=said.request_key, device=said.device, age_s=said.age_s,
        )  # fmt: skip
    else:
        action = occupancy.CHANGED
        outcome = occupancy.change(
            session, view.shelter_id, said.to_change(), by=view.author, now=now, policy=policy,
            disaster_id=view.disaster_id,
        )  # fmt: skip
    if not outcome.repeated:
        audit.record(
            session,
            actor=view.author,
            action=action,
            subject=f"shelter:{view.shelter_id}",
            keys=keys,
            now=now,
            detail=outcome.detail(),
        )
    return outcome
