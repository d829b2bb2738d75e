"""`/console/procedures/hooks`: where other systems are told of a procedure's submissions."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import StringField

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.procedures.models import Procedure, ProcedureHook
from liff_app.procedures.webhooks import service
from liff_app.procedures.webhooks.service import CallState, CallView
from liff_app.staff import guard
from liff_app.webforms import ConsoleForm

bp = Blueprint("procedure_hooks", __name__)


class HookForm(ConsoleForm):
    """An address to be told."""

    url = StringField()


@bp.get("/<slug>")
def index(slug: str) -> ResponseReturnValue:
    """The procedure's hooks with their last calls, and a form for another."""
    return _page(slug, "")


@bp.post("/<slug>")
def add(slug: str) -> ResponseReturnValue:
    """A new hook; its secret stands on this answer and never again."""
    guard.fresh()
    url = HookForm().url.data or ""
    settings = current_app.config["SETTINGS"]
    try:
        with transaction() as session:
            hook_id, secret = service.add(
                session, _procedure(slug).id, url,
                origins=settings.webhook_origins, keys=settings.keys, now=clock.now(),
            )  # fmt: skip
            guard.note(session, "procedure_hook.added", f"procedure:{slug}")
    except InputInvalid as error:
        return _page(slug, url, errors=error.errors), 422
    return _page(slug, "", secret=secret, made=hook_id)


@bp.post("/<slug>/<hook_id>/switch")
def switch(slug: str, hook_id: str) -> ResponseReturnValue:
    """The hook is on or off."""
    is_on = request.form.get("on") == "1"
    with transaction() as session:
        service.switch(session, _of(slug, hook_id), is_on=is_on)
        guard.note(session, "procedure_hook.switched", f"procedure:{slug}", detail={"on": is_on})
    return redirect(url_for(".index", slug=slug), 303)


@bp.post("/<slug>/<hook_id>/try")
def try_out(slug: str, hook_id: str) -> ResponseReturnValue:
    """A call that tells nothing is on its way."""
    with transaction() as session:
        service.try_out(session, _of(slug, hook_id), now=clock.now())
        guard.note(session, "procedure_hook.tried", f"procedure:{slug}")
    return redirect(url_for(".index", slug=slug, done="tried"), 303)


@bp.post("/<slug>/<hook_id>/remove")
def remove(slug: str, hook_id: str) -> ResponseReturnValue:
    """The hook is gone, with what waited for it."""
    guard.fresh()
    with transaction() as session:
        service.remove(session, _of(slug, hook_id))
        guard.note(session, "procedure_hook.removed", f"procedure:{slug}")
    return redirect(url_for(".index", slug=slug, done="removed"), 303)


def _procedure(slug: str) -> Procedure:
    row = db.session.scalar(select(Procedure).where(Procedure.slug == slug))
    if row is None:
        raise NotFound("no such procedure")
    return row


def _of(slug: str, hook_id: str) -> str:
    """The hook's id, if it is that procedure's. Raises NotFound."""
    found = db.session.get(ProcedureHook, hook_id)
    if found is None or found.procedure_id != _procedure(slug).id:
        raise NotFound("no such hook")
    return found.id


def _page(
    slug: str,
    url: str,
    *,
    errors: list[FieldError] | None = None,
    secret: str = "",
    made: str = "",
) -> str:
    procedure = _procedure(slug)
    hooks = service.hooks_of(db.session, procedure.id)
    return render_template(
        "procedures/console/hooks.html",
        procedure=procedure,
        hooks=[(one, _lines(service.calls_of(db.session, one.id))) for one in hooks],
        origins=current_app.config["SETTINGS"].webhook_origins,
        url=url,
        errors=errors or [],
        secret=secret,
        made=made,
        done=request.args.get("done", ""),
    )


def _lines(calls: list[CallView]) -> list[tuple[CallView, str]]:
    """Each call with its state in words."""
    return [(one, _state(one)) for one in calls]


def _state(call: CallView) -> str:
    if call.state is CallState.DONE:
        return _("届きました")
    if call.reason == service.GAVE_UP:
        return _("送るのをやめました")
    if call.state is CallState.FAILED:
        return _("届きませんでした（1日の間に%(n)s回）", n=call.tries)
    return (
        _("あとでもう一度送ります（%(n)s回目まで済み）", n=call.tries)
        if call.tries
        else _("送信待ち")
    )
