"""`/s/<pass>`: a shelter's page on whatever phone is at hand. No account, no app.

The address is the key: it stands in no log (routes are logged, not addresses) and no cache but the
phone's own (ADR 0019). With a script changes are queued and sent as JSON; without one every
button is a form.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from liff_app import clock, telemetry
from liff_app.db import db, transaction
from liff_app.errors import STATUS, DomainError, InputInvalid
from liff_app.shelters import service as shelters
from liff_app.shelters.occupancy.service import VersionConflict
from liff_app.shelters.passes import pages
from liff_app.shelters.passes.forms import NOTE_LETTERS, meant, read_said
from liff_app.shelters.passes.guard import count_said, shelter_pass
from liff_app.shelters.passes.pages import PhoneState, etag_of, phone_state
from liff_app.shelters.passes.reporting import report
from liff_app.shelters.passes.service import PassOver

bp = Blueprint("shelter_phone", __name__)

# The phone's own cache may keep the page, and asks before it shows it: a tab that was put away or
# killed comes back without network, where `no-store` shows an error page (ADR 0019).
PAGE_CACHE = "private, no-cache"
GONE = 410


@bp.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """The shelter's page."""
    return _page(token)


@bp.get("/<token>/state.json")
def state(token: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has read it
    """How things stand, for a page that is open. 304 while nothing changed."""
    body = _state(request.args.get("device")).as_bytes()
    answer = Response(body, content_type="application/json")
    answer.set_etag(etag_of(body))
    answer.headers["Cache-Control"] = "no-store"
    return answer.make_conditional(request)


@bp.post("/<token>/change")
def change(token: str) -> ResponseReturnValue:
    """One thing said: JSON is answered with how things stand then, a form with the page."""
    said = read_said()
    count_said(shelter_pass())
    settings, now = current_app.config["SETTINGS"], clock.now()
    with transaction() as session:
        policy = shelters.policy()
        outcome = report(session, shelter_pass(), said, keys=settings.keys, policy=policy, now=now)
    if request.mimetype != "application/json":
        return redirect(url_for(".show", token=token), 303)
    answer = {"state": _state(said.device).as_json(), "applied": outcome.applied}
    return Response(json.dumps(answer, ensure_ascii=False), content_type="application/json")


def _state(device: str | None) -> PhoneState:
    policy = shelters.policy()
    return phone_state(db.session, shelter_pass(), device, now=clock.now(), policy=policy)


def _page(token: str, refused: DomainError | None = None) -> Response:
    """The page; after a refused form also what was refused, and what can be done about it."""
    settings, state = current_app.config["SETTINGS"], _state(None)
    page = render_template(
        "shelters/phone/page.html",
        state=state,
        state_text=state.as_bytes().decode(),
        token=token,
        pass_id=shelter_pass().id,
        openings=pages.openings(),
        levels=pages.levels(),
        needs=pages.needs(),
        note_letters=NOTE_LETTERS,
        office_phone=settings.municipality_phone,
        new_key=lambda: secrets.token_hex(16),
        now=clock.now(),
        refused=refused,
        form=meant(request.form),
        typed=_kept(refused),
    )
    answer = Response(page, mimetype="text/html")
    answer.headers["Cache-Control"] = PAGE_CACHE
    return answer


def _kept(refused: DomainError | None) -> MultiDict[str, str]:
    """What stays in the fields: all that was typed, but where somebody else was faster."""
    if not isinstance(refused, VersionConflict):
        return request.form
    names = set(refused.fields)
    return MultiDict([one for one in request.form.items(multi=True) if one[0] not in names])


@bp.errorhandler(DomainError)
def refuse(error: DomainError) -> ResponseReturnValue:
    """Every refusal as its reader can use it: problem+json for the script, a page for people."""
    status = GONE if isinstance(error, PassOver) else _status_of(error)
    if request.mimetype == "application/json" or request.path.endswith(".json"):
        return _as_json(error, status)
    if "shelter_pass" not in g:  # the guard let nobody in
        return _closed(error, status)
    answer = _page(str((request.view_args or {})["token"]), error)
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _closed(error: DomainError, status: int) -> Response:
    """A page that says what to do where the pass opens nothing."""
    page = render_template(
        "shelters/phone/closed.html",
        error=error,
        status=status,
        pass_id=error.pass_id if isinstance(error, PassOver) else None,
        office_phone=current_app.config["SETTINGS"].municipality_phone,
        levels=pages.levels(),
        needs=pages.needs(),
    )
    answer = Response(page, status, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _status_of(error: DomainError) -> int:
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS).value


def _as_json(error: DomainError, status: int) -> Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "status": status,
        "code": error.shown_code,
        "title": error.shown_title,
        "request_id": telemetry.request_id(),
    }
    if isinstance(error, InputInvalid):
        body["errors"] = [
            {"field": one.field, "code": one.code, "message": one.message} for one in error.errors
        ]
    if isinstance(error, VersionConflict):
        body["current"] = _state(None).as_json() | {"fields": list(error.fields)}
    text = json.dumps(body, ensure_ascii=False)
    answer = Response(text, status, content_type="application/problem+json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
