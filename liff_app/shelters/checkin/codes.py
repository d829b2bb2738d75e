"""`/s/check/<code>`: what a camera opens that reads the code on a resident's phone.

On the shelter's own phone it asks whether to let the family in. On any other it says where the
code belongs, and nothing about the family. Nothing changes by being opened.
"""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock, limits
from liff_app.db import db
from liff_app.shelters.checkin import offers, queries, service
from liff_app.shelters.checkin.code_cookie import kept_pass
from liff_app.shelters.checkin.rules import read_code, spaced
from liff_app.shelters.checkin.words import party_words

bp = Blueprint("checkin_code", __name__)

TRIES_A_MINUTE = 60  # codes at one shelter: more than one a second is nobody's reception


@bp.get("/check/<code>")
def look(code: str) -> ResponseReturnValue:
    """Whose code it is, if this phone is a shelter's and the code is good now."""
    digits = read_code(code)
    door = kept_pass(db.session)
    if door is None or digits is None:
        return _answer("not_here", code=spaced(digits) if digits else "")
    token, view = door
    count_try(view.id)
    disaster = service.open_for_checkin(db.session)
    party = offers.look(db.session, digits, disaster_id=disaster.id, now=clock.now())
    if party is None:
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


def count_try(pass_id: str) -> None:
    """Codes are counted before they are looked at: guessing leads nowhere. Raises TooMany."""
    counts = current_app.extensions["limits"]
    limits.allow(counts, f"checkin:{pass_id}", most=TRIES_A_MINUTE, window_seconds=60)


def _answer(name: str, **context: object) -> Response:
    page = render_template(f"shelters/checkin/code_{name}.html", **context)
    answer = Response(page, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer
