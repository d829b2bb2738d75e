"""`/console/staff/keys`: keys of other systems, for administrators."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from liff_app import clock
from liff_app.clock import JST
from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.staff import api_keys, guard, key_reach
from liff_app.staff.api_keys import KeyDraft
from liff_app.staff.key_words import day_words, scope_words, state_words
from liff_app.staff.vocabulary import KeyScope
from liff_app.webforms import ConsoleForm

bp = Blueprint("key_console", __name__)

LAST_YEAR = 2999  # a day later than that was mistyped


class KeyForm(ConsoleForm):
    """A key to be."""

    name = StringField()
    last_day = StringField()

    def to_draft(self) -> KeyDraft:
        """The draft. Raises InputInvalid for a day that is none."""
        wanted = request.form.getlist("scope")
        return KeyDraft(
            name=self.name.data or "",
            scopes=frozenset(scope for scope in KeyScope if scope.value in wanted),
            last_day=_day(self.last_day.data or ""),
            procedures=frozenset(request.form.getlist("procedure")),
        )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.max
    if day is not None and day.year > LAST_YEAR:
        raise InputInvalid([FieldError("last_day", "date", _("日付を選びなおしてください。"))])
    return day


@bp.get("")
def index() -> ResponseReturnValue:
    """Every key, and a form for another."""
    return _page(KeyForm(None))


@bp.post("")
def issue() -> ResponseReturnValue:
    """A new key, shown on this answer and never again."""
    guard.fresh()
    form = KeyForm()
    try:
        with transaction() as session:
            mine = key_reach.readable(session, guard.colleague())
            view, text = api_keys.issue(
                session, form.to_draft(), by=guard.colleague().actor, now=clock.now(),
                readable=[one.id for one in mine],
            )  # fmt: skip
            detail = key_reach.detail_of(view, mine)
            guard.note(session, "key.issued", view.actor, detail=detail)
    except InputInvalid as error:
        return _page(form, error.errors), 422
    return render_template(
        "staff/console/key_made.html",
        key=view,
        text=text,
        titles={one.id: one.title for one in mine},
        scopes=scope_words(),
        day_words=day_words,
    )


@bp.post("/<key_id>/revoke")
def revoke(key_id: str) -> ResponseReturnValue:
    """The key opens nothing any more."""
    with transaction() as session:
        view = api_keys.revoke(session, key_id, now=clock.now())
        guard.note(session, "key.revoked", view.actor)
    return redirect(url_for(".index", stopped=view.id), 303)


def _page(form: KeyForm, errors: list[FieldError] | None = None) -> str:
    now = clock.now()
    keys = api_keys.listed(db.session, now=now)
    stopped = request.args.get("stopped")
    return render_template(
        "staff/console/keys.html",
        form=form,
        errors=errors or [],
        wrong={error.field: error.message for error in errors or []},
        keys=keys,
        chosen=request.form.getlist("scope"),
        titles={one.id: one.title for one in key_reach.readable(db.session, None)},
        procedures=key_reach.readable(db.session, guard.colleague()),
        chosen_procedures=request.form.getlist("procedure"),
        scopes=scope_words(),
        states=state_words(),
        day_words=day_words,
        stopped=next((key for key in keys if key.id == stopped and key.state == "revoked"), None),
        today=now.astimezone(JST).date().isoformat(),
    )
