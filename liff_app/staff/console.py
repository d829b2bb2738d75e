"""`/console/staff`: who may do what, for administrators."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid
from liff_app.staff import forms, guard, queries, service, sessions, setting_up, words
from liff_app.staff.rules import Grant

bp = Blueprint("staff_console", __name__)


@bp.get("/")
def index() -> ResponseReturnValue:
    """Every colleague, with what they may do."""
    return render_template(
        "staff/console/index.html",
        accounts=queries.accounts(db.session, now=clock.now()),
        narrowed=words.narrowed,
        **_words(),
    )


@bp.get("/new")
def new() -> ResponseReturnValue:
    """The form for a new colleague."""
    guard.fresh()
    return _new_form({}, [])


@bp.post("/new")
def add() -> ResponseReturnValue:
    """Add a colleague and show the link that is for them alone."""
    guard.fresh()
    try:
        draft = forms.account_draft(request.form, _shelters())
        with transaction() as session:
            account_id = service.add_account(session, draft, now=clock.now())
            token = setting_up.make_link(session, account_id, now=clock.now())
            guard.note(session, "staff.added", f"staff:{account_id}", detail=_told(draft.grants))
    except InputInvalid as error:
        return _new_form(request.form, error.errors), 422
    return _link_page(account_id, token)


@bp.get("/<account_id>")
def show(account_id: str) -> ResponseReturnValue:
    """One colleague: roles, sessions, and what can be done with the account."""
    return _page(account_id)


@bp.post("/<account_id>/details")
def amend(account_id: str) -> ResponseReturnValue:
    """Name and department are what the form says."""
    guard.fresh()
    return _changed(account_id, "staff.amended", lambda session: service.amend(
        session,
        account_id,
        name=request.form.get("name", ""),
        department_id=request.form.get("department") or None,
    ))  # fmt: skip


@bp.post("/<account_id>/grants/add")
def grant(account_id: str) -> ResponseReturnValue:
    """One more role; the colleague signs in again to have it."""
    guard.fresh()
    shelters = _shelters()
    return _changed(account_id, "staff.granted", lambda session: service.set_grants(
        session,
        account_id,
        {*service.grants_of(session, account_id), forms.grant(request.form, shelters)},
        by_issuer=_by_issuer(),
    ))  # fmt: skip


@bp.post("/<account_id>/grants/remove")
def revoke(account_id: str) -> ResponseReturnValue:
    """One role less; the colleague is signed out at once."""
    guard.fresh()
    return _changed(account_id, "staff.revoked", lambda session: service.set_grants(
        session,
        account_id,
        {*service.grants_of(session, account_id)} - {forms.held(request.form)},
        by_issuer=_by_issuer(),
    ))  # fmt: skip


@bp.post("/<account_id>/link")
def make_link(account_id: str) -> ResponseReturnValue:
    """A new link; the old password and phone, and every session, end."""
    guard.fresh()
    with transaction() as session:
        token = setting_up.make_link(session, account_id, now=clock.now())
        guard.note(session, "staff.link_made", f"staff:{account_id}")
    return _link_page(account_id, token)


@bp.post("/<account_id>/sessions/end")
def end_sessions(account_id: str) -> ResponseReturnValue:
    """Every browser of the colleague is signed out."""
    guard.fresh()
    return _changed(
        account_id,
        "staff.sessions_ended",
        lambda session: sessions.end_all(session, service.account(session, account_id).id),
    )


@bp.post("/<account_id>/disable")
def disable(account_id: str) -> ResponseReturnValue:
    """The account is closed and signed out; what was done with it stays in the log."""
    guard.fresh()
    return _changed(
        account_id,
        "staff.disabled",
        lambda session: service.disable(
            session, account_id, now=clock.now(), by_issuer=_by_issuer()
        ),
    )


@bp.post("/<account_id>/enable")
def enable(account_id: str) -> ResponseReturnValue:
    """The account may have a new link again."""
    guard.fresh()
    return _changed(
        account_id, "staff.enabled", lambda session: service.enable(session, account_id)
    )


def _changed(account_id: str, action: str, change: forms.Change) -> ResponseReturnValue:
    """The colleague's page after the change, or with the reason why there is none."""
    try:
        with transaction() as session:
            if change(session):
                detail = _told(service.grants_of(session, account_id))
                guard.note(session, action, f"staff:{account_id}", detail=detail)
    except InputInvalid as error:
        return _page(account_id, error.errors[0].message), 422
    except service.LastAdministrator as error:
        return _page(account_id, error.shown_title), 409
    if account_id == guard.colleague().id and not guard.still_signed_in():
        return redirect(url_for("staff_entry.login"), 303)
    return redirect(url_for(".show", account_id=account_id), 303)


def _told(grants: tuple[Grant, ...]) -> dict[str, str]:
    """The grants as codes, for the log."""
    return {"grants": " ".join(sorted(forms.spelled(one) for one in grants))}


def _page(account_id: str, error: str | None = None) -> str:
    now = clock.now()
    return render_template(
        "staff/console/show.html",
        account=queries.account(db.session, account_id, now=now),
        lines=sessions.live(db.session, account_id, now=now),
        fresh=guard.is_fresh(),
        me=guard.colleague(),
        error=error,
        narrowed=words.narrowed,
        **_words(),
    )


def _new_form(typed: forms.Typed, errors: list[FieldError]) -> str:
    return render_template(
        "staff/console/new.html",
        typed=typed,
        summary=errors,
        errors={one.field: one.message for one in errors},
        **_words(),
    )


def _link_page(account_id: str, token: str) -> str:
    public = current_app.config["SETTINGS"].public_url
    return render_template(
        "staff/console/link.html",
        account=queries.account(db.session, account_id, now=clock.now()),
        link=f"{public}{url_for('staff_welcome.show', token=token)}",
    )


def _words() -> dict[str, object]:
    """Names of roles, departments and shelters, as every page here needs them."""
    return {
        "roles": words.role_names(),
        "hints": words.role_hints(),
        "departments": queries.department_names(db.session),
        "shelters": _shelters(),
        "everywhere": forms.EVERYWHERE,
    }


def _shelters() -> dict[str, str]:
    """Name of every shelter that there is, by id."""
    found: dict[str, str] = current_app.extensions["staff_shelters"](db.session)
    return found


def _by_issuer() -> bool:
    """Whether colleagues come in by the town's own issuer too."""
    return current_app.extensions["staff_oidc"] is not None
