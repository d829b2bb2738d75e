"""Whoever is shown families with a pass is in the log: coarsely, and before they are shown.

Every answer that holds families says so here: the door's page, also after a refused form, its
state for the script, one family, and what the camera opens.
"""

from __future__ import annotations

from datetime import timedelta

from flask import current_app

from liff_app import clock
from liff_app.audit import service as audit
from liff_app.db import db, transaction
from liff_app.shelters.checkin import queries
from liff_app.shelters.passes.service import PassView

VIEWED = "checkin.viewed"  # action in the audit log
EVERY = timedelta(minutes=10)  # finer, and every look of an open page would be a write


def note_look(view: PassView, *, further: int = 0) -> None:
    """The log has it that families were looked at with the pass, and how many people they are.

    `further`: people who were shown and are not in the shelter.
    """
    now = clock.now()
    if audit.noted_lately(db.session, actor=view.author, action=VIEWED, since=now - EVERY):
        return
    with transaction() as session:
        inside = queries.people_inside(session, view.shelter_id, view.disaster_id)
        audit.record(
            session,
            actor=view.author,
            action=VIEWED,
            subject=f"shelter:{view.shelter_id}",
            keys=current_app.config["SETTINGS"].keys,
            now=now,
            persons=inside + further,
        )
