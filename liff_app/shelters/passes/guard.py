"""How the gate checks a shelter's pass: the address holds it, and nothing else is needed.

A pass is 138 bits in the address: another site does not know it and cannot forge a form with it.
The Origin is compared all the same, so that an address seen over a shoulder is of less use.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import cast

from flask import current_app, g, request
from sqlalchemy.exc import OperationalError

from liff_app import clock, limits
from liff_app.db import db, transaction
from liff_app.identity.guard import SAFE_METHODS, same_origin
from liff_app.shelters.passes import service
from liff_app.shelters.passes.service import PassUnknown, PassView

SAID_A_MINUTE = 300  # by pass: several phones of tapping thumbs stay far below
WRONG_A_MINUTE = 600  # by address, coarsely: a gym full of phones may share one (CGNAT)


def shelter_pass() -> PassView:
    """The pass this request came with; its page is only reached through `admit`."""
    return cast("PassView", g.shelter_pass)


def admit() -> None:
    """Sets what `shelter_pass()` gives. Raises PassUnknown, PassOver, NotAllowed or TooMany."""
    now = clock.now()
    if request.method not in SAFE_METHODS:
        same_origin()
    view = _open(str((request.view_args or {}).get("token", "")))
    g.shelter_pass = view
    if not service.is_seen_lately(view, now):
        _note_seen(view, now)


def count_said(view: PassView) -> None:
    """One more thing was said with the pass, by whatever address it came. Raises TooMany."""
    counts = current_app.extensions["limits"]
    limits.allow(counts, f"said:{view.id}", most=SAID_A_MINUTE, window_seconds=60)


def _open(typed: str) -> PassView:
    """Wrong passes are counted by address: guessing is hopeless, and must not be cheap either."""
    try:
        return service.open_pass(db.session, typed, keys=current_app.config["SETTINGS"].keys)
    except PassUnknown:
        limits.allow(
            current_app.extensions["limits"],
            f"pass:{request.remote_addr}",
            most=WRONG_A_MINUTE,
            window_seconds=60,
        )
        raise


def _note_seen(view: PassView, now: datetime) -> None:
    # A database too busy to write this down must not close a shelter's page.
    with suppress(OperationalError), transaction() as session:
        service.note_seen(session, view.id, now=now)
