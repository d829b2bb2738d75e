"""`/console/shelters/bulk`: many places opened, prepared or closed at once, in two steps."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import NotFound
from liff_app.i18n import gettext as _
from liff_app.shelters import service
from liff_app.shelters.console import attention, pages
from liff_app.shelters.console.attention import Row
from liff_app.shelters.console.change_forms import BulkForm
from liff_app.shelters.console.desk import Glance, desk
from liff_app.shelters.console.forms import BoardForm
from liff_app.shelters.console.words import OPENING_WORDS
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.occupancy.changes import Change
from liff_app.shelters.vocabulary import Opening
from liff_app.staff.guard import colleague, note

bp = Blueprint("shelter_bulk", __name__)

KEY_CHARS = 40  # of the form's key; the place's id is added to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which places would change, which are so already, and how many are not the reader's."""

    rows: list[Row]
    already: list[Row]
    others: int


@bp.post("/bulk")
def ask() -> ResponseReturnValue:
    """The second step: every name. Nothing has changed yet."""
    return _asked(BulkForm(), error="")


@bp.post("/bulk/apply")
def apply() -> ResponseReturnValue:
    """All of them at once or, if one cannot be, none; what is so already is left alone."""
    form = BulkForm()
    wanted = form.wanted()
    if not form.sure.data or wanted is None:
        return _asked(form, error=_("名前を確かめた印を付けてください。")), 422
    key = (form.key.data or "")[:KEY_CHARS]
    with transaction() as session:
        plan = _plan(form, desk().now(session, clock.now()), wanted)
        changed = _change_all(session, [row.place.id for row in plan.rows], wanted, key)
    return redirect(url_for("shelter_board.show", changed=changed), 303)


def _change_all(session: Session, ids: Sequence[str], wanted: Opening, key: str) -> int:
    now, policy, who = clock.now(), service.policy(), colleague().actor
    outcomes = [
        occupancy.change(
            session, one, Change(opening=wanted, request_key=f"{key}-{one}"), by=who, now=now,
            policy=policy,
        )
        for one in ids
    ]  # fmt: skip
    for outcome in outcomes:
        if not outcome.repeated:
            subject = f"shelter:{outcome.status.shelter_id}"
            note(session, occupancy.CHANGED, subject, detail={"bulk": True, **outcome.detail()})
    return len(outcomes)


def _asked(form: BulkForm, *, error: str) -> str:
    wanted = form.wanted()
    glance = desk().now(db.session, clock.now())
    if wanted is None or glance.disaster is None:
        raise NotFound("nothing to set")
    return render_template(
        "shelters/console/bulk.html",
        plan=_plan(form, glance, wanted),
        opening=wanted.value,
        opening_label=OPENING_WORDS[wanted](),
        key=form.key.data or secrets.token_urlsafe(16),
        disaster=pages.banner(glance.disaster),
        error=error,
        asked=BoardForm().as_query(),
    )


def _plan(form: BulkForm, glance: Glance, wanted: Opening) -> Plan:
    """The chosen places, or all that the board's question shows, in the order of names."""
    if form.all.data:
        chosen = attention.answer(glance.rows, BoardForm().to_question())
        ids = {row.place.id for row in chosen}
    else:
        ids = set(form.shelter.data or [])
    rows = [row for row in glance.rows if row.place.id in ids]
    mine = colleague().shelters()
    theirs = [row for row in rows if mine is None or row.place.id in mine]
    # A place nobody opens is as open as it can be.
    so = {wanted, Opening.ALWAYS} if wanted is Opening.OPEN else {wanted}
    return Plan(
        rows=[row for row in theirs if row.status.opening not in so],
        already=[row for row in theirs if row.status.opening in so],
        others=len(rows) - len(theirs),
    )
