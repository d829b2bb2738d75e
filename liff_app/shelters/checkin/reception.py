"""`/s/<pass>/reception`: the door of a shelter, on whatever phone is at hand.

Families come in by the code they show or are counted, are corrected, and leave. With a script each
tap is kept in the phone and sent when it can be; without one every button is a form.
"""

from __future__ import annotations

import json
import secrets
from contextlib import nullcontext

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock, qr
from liff_app.db import db, transaction
from liff_app.errors import STATUS, DomainError, InputInvalid, NotFound
from liff_app.shelters import service as shelters
from liff_app.shelters.checkin import desk, forms, queries, service
from liff_app.shelters.checkin.code_cookie import keep_pass
from liff_app.shelters.checkin.codes import trying
from liff_app.shelters.checkin.desk import Desk, desk_of
from liff_app.shelters.checkin.forms import DoorSaid
from liff_app.shelters.checkin.looks import note_look
from liff_app.shelters.checkin.rules import FAMILY, GROUP, door_number, spaced
from liff_app.shelters.checkin.words import CARE_WORDS, counters, party_words
from liff_app.shelters.occupancy.service import DisasterOver
from liff_app.shelters.passes import views as phone
from liff_app.shelters.passes.guard import count_said, shelter_pass
from liff_app.shelters.passes.pages import etag_of

bp = Blueprint("shelter_reception", __name__)

_ENDED = (service.CheckInOff, DisasterOver)
QUICK = 8  # families of up to so many are one tap; larger ones are typed


@bp.get("/<token>/reception")
def show(token: str) -> ResponseReturnValue:
    """The door, with everybody who is in."""
    return _page(token)


@bp.get("/<token>/reception/state.json")
def state(token: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has read it
    """How the door stands, for a page that is open. 304 while nothing changed."""
    body = _desk().as_bytes()
    answer = Response(body, content_type="application/json")
    answer.set_etag(etag_of(body))
    answer.headers["Cache-Control"] = "no-store"
    return answer.make_conditional(request)


@bp.get("/<token>/reception/<stay_id>")
def family(token: str, stay_id: str) -> ResponseReturnValue:
    """One family, to be corrected or taken back."""
    return _family(token, stay_id)


@bp.post("/<token>/reception")
def say(token: str) -> ResponseReturnValue:
    """One thing said at the door: JSON is answered with how it stands then, a form by the page."""
    count_said(shelter_pass())
    said = forms.door_said()
    with trying(shelter_pass()) if said.act == "accept" else nullcontext():
        done = _done(said)
    if request.form.get("back") == "phone":
        return redirect(url_for("shelter_phone.show", token=token), 303)
    if request.mimetype != "application/json":
        return redirect(url_for(".show", token=token, done=done), 303)
    answer = {"state": _desk().as_json(), "done": done}
    return Response(json.dumps(answer, ensure_ascii=False), content_type="application/json")


def _done(said: DoorSaid) -> str | None:
    settings, now = current_app.config["SETTINGS"], clock.now()
    with transaction() as session:
        policy = shelters.policy()
        return desk.act(session, shelter_pass(), said, keys=settings.keys, policy=policy, now=now)


@bp.errorhandler(DomainError)
def refuse(error: DomainError) -> ResponseReturnValue:
    """A refused form is shown again; what ends it all, and a script, as on the phone page."""
    for_script = request.mimetype == "application/json" or request.path.endswith(".json")
    if for_script or "shelter_pass" not in g or isinstance(error, _ENDED):
        return phone.refuse(error)
    answer = _page(str((request.view_args or {})["token"]), error)
    answer.status_code = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _desk() -> Desk:
    """The door as it is shown. That it was looked at is an event of the log."""
    found = desk_of(db.session, shelter_pass(), now=clock.now(), policy=shelters.policy())
    note_look(shelter_pass())
    return found


def _page(token: str, refused: DomainError | None = None) -> Response:
    found, settings = _desk(), current_app.config["SETTINGS"]
    shelter_id = shelter_pass().shelter_id
    page = render_template(
        "shelters/checkin/reception.html",
        **_context(token, refused),
        desk=found,
        state_text=found.as_bytes().decode(),
        done=next((one for one in found.lines if one.id == request.args.get("done")), None),
        quick=range(1, QUICK + 1),
        door=spaced(door_number(shelter_id)),
        square=qr.square(f"{settings.liff_permalink_host}/{settings.liff_id}/checkin/{shelter_id}"),
    )
    answer = Response(page, mimetype="text/html")
    answer.headers["Cache-Control"] = phone.PAGE_CACHE
    return keep_pass(answer, token)


def _family(token: str, stay_id: str) -> Response:
    view = shelter_pass()
    service.open_for_checkin(db.session)
    found = queries.family(db.session, stay_id, view.shelter_id, view.disaster_id)
    if found is None:
        raise NotFound("no such stay here", title="その受付の記録はありません。")
    note_look(view)
    page = render_template(
        "shelters/checkin/family.html", **_context(token, None), family=found, most=GROUP
    )
    answer = Response(page, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _context(token: str, refused: DomainError | None) -> dict[str, object]:
    return {
        "token": token,
        "pass_id": shelter_pass().id,
        "act": url_for(".say", token=token),
        "counters": counters(),
        "care_words": {care.value: word() for care, word in CARE_WORDS.items()},
        "party_words": party_words,
        "family_most": FAMILY,
        "refused": refused,
        "errors": refused.errors if isinstance(refused, InputInvalid) else [],
        "new_key": lambda: secrets.token_hex(16),
        "now": clock.now(),
    }
