"""`/console/welcome/<token>`: the link of a new colleague, or of one who lost phone or password.

First the password, then the phone, then ten recovery codes, shown once. The token in the address is
the proof, and the pages lead nowhere else.
"""

from __future__ import annotations

from flask import (
    Blueprint,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from liff_app import clock, limits, qr
from liff_app.config import Settings
from liff_app.crypto import KeyRing
from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid
from liff_app.identity.guard import same_origin
from liff_app.staff import browsers, codes, guard, noting, passwords, setting_up
from liff_app.staff.sessions import digest_of
from liff_app.staff.setting_up import Setup

bp = Blueprint("staff_welcome", __name__)

TRIES, WINDOW_SECONDS = 5, 60  # codes of one link


@bp.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """The next step: the password, or the phone once there is one."""
    return _step(token, _setup(token))


@bp.post("/<token>/password")
def keep_password(token: str) -> ResponseReturnValue:
    """Keep a password that is good enough, and go on to the phone."""
    same_origin()
    setup = _setup(token)
    errors = _password_errors(setup)
    if errors:
        return _step(token, setup, errors, password=True), 422
    kept = current_app.extensions["passwords"].kept(request.form["password"])
    with transaction() as session:
        setting_up.keep_password(session, token, kept, keys=_keys(), now=clock.now())
    return redirect(url_for(".show", token=token), 303)


@bp.post("/<token>/phone")
def finish(token: str) -> ResponseReturnValue:
    """With the phone's first code the account is open; its recovery codes are shown, once."""
    same_origin()
    limits.allow(
        current_app.extensions["limits"],
        f"staff-link:{digest_of(token).hex()}",
        most=TRIES,
        window_seconds=WINDOW_SECONDS,
    )
    try:
        with transaction() as session:
            account_id, drawn = setting_up.finish(
                session, token, request.form.get("code", ""), keys=_keys(), now=clock.now()
            )
            known = browsers.remember(session, None, account_id, now=clock.now())
            noting.by_colleague(session, account_id, "staff.link_used")
    except InputInvalid as error:
        return _step(token, _setup(token), error.errors), 422
    answer = make_response(render_template("staff/recovery_codes.html", codes=drawn))
    guard.set_browser_cookie(answer, known)  # who has a link gets in, whatever others try
    return answer


def _setup(token: str) -> Setup:
    return setting_up.open_link(db.session, token, keys=_keys(), now=clock.now())


def _step(
    token: str, setup: Setup, errors: list[FieldError] | None = None, *, password: bool = False
) -> str:
    """The page of the step the colleague is at; `password` goes back to the first."""
    wrong = {one.field: one.message for one in errors or ()}
    if setup.secret is None or password or request.args.get("step") == "password":
        return render_template(
            "staff/set_password.html", token=token, setup=setup, errors=wrong, summary=errors
        )
    address = codes.address(setup.secret, login=setup.login, town=_settings().municipality_name)
    spaced = " ".join(setup.secret[i : i + 4] for i in range(0, len(setup.secret), 4))
    return render_template(
        "staff/set_phone.html",
        token=token,
        square=qr.square(address),
        address=address,
        secret=spaced,
        errors=wrong,
        summary=errors,
    )


def _password_errors(setup: Setup) -> list[FieldError]:
    password = request.form.get("password", "")
    town = _settings().municipality_name
    errors = passwords.faults(password, own_words=(setup.login, setup.name, town))
    if not errors and passwords.normal(request.form.get("again", "")) != passwords.normal(password):
        errors = [FieldError("again", "different", "2つのパスワードがちがいます。")]
    return errors


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _keys() -> KeyRing:
    return _settings().keys
