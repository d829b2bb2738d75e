"""`/s/check/<code>`: what a camera opens that reads the code on a resident's phone.

On the shelter's own phone it asks whether to let the family in. On any other it says where the
code belongs, and nothing about the family. Nothing changes by being opened.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock, limits
from liff_app.audit import service as audit
from liff_app.db import db, transaction
from liff_app.shelters.checkin import offers, queries, service
from liff_app.shelters.checkin.code_cookie import kept_pass
from liff_app.shelters.checkin.errors import CodesBlocked
from liff_app.shelters.checkin.looks import note_look
from liff_app.shelters.checkin.rules import Party, read_code, spaced
from liff_app.shelters.checkin.words import party_words
from liff_app.shelters.passes.service import PassView

bp = Blueprint("checkin_code", __name__)

TRIES_A_MINUTE = 60  # codes at one shelter: more than one a second is nobody's reception
WRONG = ((60, 10), (3600, 50))  # seconds, and how many wrong codes then end it: 0.06 % of a million
BLOCKED = "checkin.codes_blocked"  # action in the audit log


@bp.get("/check/<code>")
def look(code: str) -> ResponseReturnValue:
    """Whose code it is, if this phone is a shelter's and the code is good now."""
    digits = read_code(code)
    door = kept_pass(db.session)
    if door is None or digits is None:
        return _answer("not_here", code=spaced(digits) if digits else "")
    token, view = door
    try:
        party = _party(view, digits)
    except service.CodeUnknown:
        return _answer("not_good", token=token)
    return _answer(
        "confirm",
        token=token,
        code=digits,
        party=party_words(party),
        shelter_name=queries.shelter_name(db.session, view.shelter_id) or "",
        act=url_for("shelter_reception.say", token=token),
        request_key=secrets.token_hex(16),
    )


def _party(view: PassView, digits: str) -> Party:
    """Whom the code lets in, which the log has then. Raises CodeUnknown, CodesBlocked, TooMany."""
    with trying(view):
        disaster = service.open_for_checkin(db.session)
        party = offers.look(db.session, digits, disaster_id=disaster.id, now=clock.now())
        if party is None:
            raise service.CodeUnknown
    note_look(view, further=party.people)
    return party


@contextmanager
def trying(view: PassView) -> Iterator[None]:
    """A code is tried in the block: counted before, and again if the block raises CodeUnknown.

    Raises TooMany for too many codes, CodesBlocked after too many wrong ones: guessing leads
    nowhere, and the log has that somebody guessed.
    """
    counts = current_app.extensions["limits"]
    limits.allow(counts, f"checkin:{view.id}", most=TRIES_A_MINUTE, window_seconds=60)
    if any(counts.seen(_wrong(view, seconds), seconds) >= most for seconds, most in WRONG):
        raise CodesBlocked(view.id)
    try:
        yield
    except service.CodeUnknown:
        hits = [(counts.hit(_wrong(view, seconds), seconds), most) for seconds, most in WRONG]
        if any(count == most for count, most in hits):  # once: nothing is looked up from here on
            _note_block(view)
        raise


def _wrong(view: PassView, seconds: int) -> str:
    return f"wrong-codes:{seconds}:{view.id}"


def _note_block(view: PassView) -> None:
    with transaction() as session:
        audit.record(
            session,
            actor=view.author,
            action=BLOCKED,
            subject=f"shelter:{view.shelter_id}",
            keys=current_app.config["SETTINGS"].keys,
            now=clock.now(),
        )


def _answer(name: str, **context: object) -> Response:
    page = render_template(f"shelters/checkin/code_{name}.html", **context)
    answer = Response(page, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer
