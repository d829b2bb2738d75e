"""`/liff/checkin`: a family enters a shelter with its own phone, changes, moves and leaves.

Every step is a form that works without a script. The key in each form makes a second sending
harmless; the script sends it first by itself, to say clearly when there is no network.
"""

from __future__ import annotations

import secrets

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from liff_app import clock, qr
from liff_app.db import db, transaction
from liff_app.errors import (
    STATUS,
    Conflict,
    DomainError,
    InputInvalid,
    KeyReused,
    NotFound,
    TooMany,
)
from liff_app.shelters import service as shelters
from liff_app.shelters.checkin import forms, offers, queries, sendings, service
from liff_app.shelters.checkin.pages import Situation, situation
from liff_app.shelters.checkin.rules import CODE_LIFE, FAMILY, Party, read_code, spaced
from liff_app.shelters.checkin.service import RESIDENT, DoorUnknown, Sender
from liff_app.shelters.checkin.words import counters, party_words

bp = Blueprint("checkin", __name__)

bp.before_request(sendings.count)


@bp.get("/checkin")
def show() -> ResponseReturnValue:
    """Where the resident is, the code they show, or the form to begin with."""
    return _page(_now())


@bp.get("/checkin/move")
def move() -> ResponseReturnValue:
    """The form again, for somebody who is in a shelter and goes to another."""
    return _page(_now(), asking=True)


@bp.get("/checkin/state.json")
def state() -> ResponseReturnValue:
    """A mark that differs whenever the page would; an open page asks for it."""
    return _unkept(jsonify(mark=_now().mark))


@bp.post("/checkin/code")
def begin() -> ResponseReturnValue:
    """The family's counts are kept: to show a code, or while the shelter's own is looked for."""
    sent, now = forms.fields(), clock.now()
    # Enter in the field of the number presses the form's first button.
    way = "door" if sent.get("door", "").strip() else sent.get("way", "show")
    with transaction() as session:
        party = forms.party_of(sent)
        service.offer_code(session, party, resident_id=g.resident_id, now=now, shown=way == "show")
    if way == "door":
        return _to_door(sent.get("door", ""))
    return _go(url_for(".scan" if way == "scan" else ".show"))


@bp.post("/checkin/withdraw")
def withdraw() -> ResponseReturnValue:
    """The code is good no more."""
    with transaction() as session:
        offers.drop(session, g.resident_id)
    return _go(url_for(".show"))


@bp.get("/checkin/scan")
def scan() -> ResponseReturnValue:
    """The page that reads a shelter's code with LINE's camera; the number is typed without one."""
    if _now().disaster is None:
        return redirect(url_for(".show"), 302)
    settings = current_app.config["SETTINGS"]
    answer = make_response(
        render_template(
            "shelters/checkin/scan.html",
            liff={
                "id": settings.liff_id,
                "sdk_url": settings.liff_sdk_url,
                "integrity": settings.liff_sdk_integrity,
            },
        )
    )
    policy = current_app.extensions["policy"]
    answer.headers["Content-Security-Policy"] = policy.page(entry=True)
    return _unkept(answer)


@bp.get("/checkin/find")
def find() -> ResponseReturnValue:
    """On to the shelter with the number that was typed."""
    return _to_door(request.args.get("door", ""))


@bp.get("/checkin/<shelter_id>")
def door(shelter_id: str) -> ResponseReturnValue:
    """What a shelter's own code opens: the question with how many people to enter here."""
    found = _now()
    if found.disaster is None:
        return _page(found)
    if found.stay is not None and found.stay.shelter_id == shelter_id:
        return redirect(url_for(".show"), 302)
    return _door(found, shelter_id)


@bp.post("/checkin/<shelter_id>")
def enter(shelter_id: str) -> ResponseReturnValue:
    """The family is in."""
    _name(shelter_id)  # before the form is judged: there is no page to show a refusal on
    sent = forms.fields()
    with transaction() as session:
        service.enter(
            session, shelter_id, forms.party_of(sent), sender=_sender(sent),
            now=clock.now(), policy=shelters.policy(),
        )  # fmt: skip
    return _go(url_for(".show"))


@bp.post("/checkin/stay")
def amend() -> ResponseReturnValue:
    """The family is of that many now."""
    sent = forms.fields()
    with transaction() as session:
        service.amend_own(
            session, forms.party_of(sent), sender=_sender(sent), now=clock.now(),
            policy=shelters.policy(),
        )  # fmt: skip
    return _go(url_for(".show"))


@bp.post("/checkin/leave")
def leave() -> ResponseReturnValue:
    """The family is out."""
    sender = _sender(forms.fields())
    with transaction() as session:
        service.leave_own(session, sender=sender, now=clock.now(), policy=shelters.policy())
    return _go(url_for(".show"))


@bp.post("/checkin/forget")
def forget() -> ResponseReturnValue:
    """The record of a stay that is over is gone."""
    stay_id = forms.fields().get("stay", "")
    with transaction() as session:
        service.forget(session, stay_id, resident_id=g.resident_id)
    return _go(url_for(".show"))


@bp.errorhandler(Conflict)
@bp.errorhandler(InputInvalid)
@bp.errorhandler(KeyReused)
@bp.errorhandler(TooMany)
def refuse(error: DomainError) -> ResponseReturnValue:
    """A refused form is shown again, with what was typed and what can be done."""
    found = _now()
    shelter_id = (request.view_args or {}).get("shelter_id")
    known = shelter_id and queries.shelter_name(db.session, str(shelter_id))
    if known and found.disaster is not None:
        answer = make_response(_door(found, str(shelter_id), error))
    else:
        asking = request.endpoint in ("checkin.begin", "checkin.find")
        answer = make_response(_page(found, asking=asking, refused=error))
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    answer.status_code = status.value
    return answer


def _now() -> Situation:
    return situation(db.session, g.resident_id, now=clock.now())


def _sender(sent: dict[str, str]) -> Sender:
    disaster = service.open_for_checkin(db.session)
    return Sender(
        by=RESIDENT,
        disaster_id=disaster.id,
        resident_id=g.resident_id,
        request_key=sent.get("request_key") or "none",
    )


def _to_door(typed: str) -> ResponseReturnValue:
    """On to the shelter of that number; two of the same number are told apart by name."""
    number = read_code(typed)
    found = queries.at_door(db.session, number) if number else []
    if not found:
        raise DoorUnknown
    if len(found) == 1:
        return _go(url_for(".door", shelter_id=found[0][0]))
    return _unkept(make_response(render_template("shelters/checkin/which.html", doors=found)))


def _go(url: str) -> ResponseReturnValue:
    """A form is led on; a script is told where to go."""
    if request.mimetype == "application/json":
        return _unkept(jsonify(next=url))
    return redirect(url, 303)


def _typed(draft: Party | None) -> Party:
    """What the form begins with: what was typed, or said before, or one person."""
    if request.method == "POST" and "people" in request.form:
        return forms.party_of(request.form)
    return draft or Party(people=1)


def _page(
    found: Situation, *, asking: bool = False, refused: DomainError | None = None
) -> ResponseReturnValue:
    """The page for that situation; `asking`: the form to begin with, whatever else there is."""
    name = "closed" if found.disaster is None else "ask"
    square = None
    if found.disaster is not None and not asking:
        if found.offer is not None:
            name = "code"
            public = current_app.config["SETTINGS"].public_url
            path = url_for("checkin_code.look", code=found.offer.code)
            square = qr.square(f"{public}{path}")
        elif found.stay is not None:
            name = "stay"
    page = render_template(
        f"shelters/checkin/{name}.html",
        **_context(found, refused),
        square=square,
        code=spaced(found.offer.code) if found.offer and found.offer.code else "",
        code_life_s=int(CODE_LIFE.total_seconds()),
        now=clock.now(),
    )
    return _unkept(make_response(page))


def _door(
    found: Situation, shelter_id: str, refused: DomainError | None = None
) -> ResponseReturnValue:
    page = render_template(
        "shelters/checkin/door.html",
        **_context(found, refused),
        shelter_id=shelter_id,
        shelter_name=_name(shelter_id),
    )
    return _unkept(make_response(page))


def _name(shelter_id: str) -> str:
    """The shelter's name. Raises NotFound for one that is not there."""
    name = queries.shelter_name(db.session, shelter_id)
    if name is None:
        raise NotFound("no such shelter", title="その避難所はありません。")
    return name


def _context(found: Situation, refused: DomainError | None) -> dict[str, object]:
    settings = current_app.config["SETTINGS"]
    return {
        "found": found,
        "refused": refused,
        "errors": refused.errors if isinstance(refused, InputInvalid) else [],
        "party": _typed(found.draft if found.stay is None else found.stay.party),
        "counters": counters(),
        "party_words": party_words,
        "most": FAMILY,
        "keep_days": settings.checkin_keep_days,
        "new_key": lambda: secrets.token_hex(16),
    }


def _unkept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
