"""Publishing, closing, comparing versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import Conflict, FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.procedures.definitions import comparing, queries, service
from liff_app.procedures.definitions.console import pages, version_page, words
from liff_app.procedures.definitions.queries import VersionView
from liff_app.procedures.definitions.service import Period
from liff_app.staff.guard import note

bp = Blueprint("procedure_publishing", __name__)


@bp.get("/<slug>/<int:number>/publish")
def ask(slug: str, number: int) -> ResponseReturnValue:
    """What publishing would change, from when until when, and what no longer fits."""
    view = _view(slug, number)
    until = pages.moment(_running_end(slug))
    return _ask_page(view, {"when": "now", "open_from": "", "open_until": until})


@bp.post("/<slug>/<int:number>/publish")
def publish(slug: str, number: int) -> ResponseReturnValue:
    """The version is what residents fill in, from now or from then."""
    view = _view(slug, number)
    period, errors = _period()
    if "sure" not in request.form:
        errors.append(FieldError("sure", "required", _("確かめた印を付けてください。")))
    if _broken(view) and "broken" not in request.form:
        text = _("終わりまで進めなくなる答えがあります。確かめて印を付けてください。")
        errors.append(FieldError("broken", "required", text))
    if errors:
        return _ask_page(view, request.form.to_dict(), errors), 422
    db.session.close()
    try:
        with transaction() as session:
            service.publish(session, slug, number, period, by=pages.me(), now=clock.now())
            note(session, "procedure_form.published", f"procedure:{slug}", detail=_said(number))
    except InputInvalid as error:
        return _ask_page(view, request.form.to_dict(), error.errors), 422
    return redirect(url_for("procedure_forms.show", slug=slug, done="published"), 303)


def _said(number: int) -> dict[str, str | int | bool | None]:
    sent = {name: request.form.get(name, "")[:16] or None for name in ("open_from", "open_until")}
    return {"number": number, **sent}


def _period() -> tuple[Period, list[FieldError]]:
    """The period that was typed; at once where 「いますぐ」 is chosen."""
    begins, wrong = pages.typed_moment("open_from")
    until, also_wrong = pages.typed_moment("open_until")
    if request.form.get("when") != "later":
        begins, wrong = None, []
    elif begins is None and not wrong:
        wrong = [FieldError("open_from", "required", _("公開する日時を入れてください。"))]
    return Period(open_from=begins, open_until=until), wrong + also_wrong


def _view(slug: str, number: int) -> VersionView:
    return queries.version(db.session, slug, number, pages.me().scope, now=clock.now())


def _running_end(slug: str) -> datetime | None:
    """Until when the version that residents see may be begun; None without an end to come.

    A new version does not inherit it by itself: `publish` takes the period as it is said.
    """
    now = clock.now()
    shown = queries.line(db.session, slug, pages.me().scope, now=now).shown
    end = shown.open_until if shown else None
    return end if end and end > now else None


def _broken(view: VersionView) -> list[str]:
    return version_page.broken(db.session, view, by=pages.me(), now=clock.now())


def _ask_page(
    view: VersionView, typed: dict[str, str], errors: list[FieldError] | None = None
) -> str:
    by, now = pages.me(), clock.now()
    shown = version_page.shown(db.session, view.slug, view.line.number, by=by, now=now)
    end = _running_end(view.slug)
    return render_template(
        "procedures/console/forms/publish.html",
        **shown,
        end=end,
        keeps_end=typed.get("open_until", "") == pages.moment(end),
        broken=_broken(view),
        typed=typed,
        errors=errors or [],
        fault=pages.faults_by_field(errors or []),
    )


@bp.post("/<slug>/<int:number>/call-off")
def call_off(slug: str, number: int) -> ResponseReturnValue:
    """A version whose time has not come is a draft again."""
    with transaction() as session:
        service.call_off(session, slug, number, by=pages.me(), now=clock.now())
        note(session, "procedure_form.called_off", f"procedure:{slug}", detail={"number": number})
    return _back_to_version(slug, number, "called_off")


@bp.get("/<slug>/<int:number>/end")
def ask_end(slug: str, number: int) -> ResponseReturnValue:
    """Until when the version may be begun."""
    view = _view(slug, number)
    return _end_page(view, pages.moment(view.line.open_until))


@bp.post("/<slug>/<int:number>/end")
def change_end(slug: str, number: int) -> ResponseReturnValue:
    """The version may be begun until then."""
    view = _view(slug, number)
    until, errors = pages.typed_moment("open_until")
    typed = request.form.get("open_until", "")
    if errors:
        return _end_page(view, typed, errors), 422
    db.session.close()
    try:
        with transaction() as session:
            service.change_end(session, slug, number, until, by=pages.me(), now=clock.now())
            note(session, "procedure_form.end_changed", f"procedure:{slug}", detail=_said(number))
    except InputInvalid as error:
        return _end_page(view, typed, error.errors), 422
    return redirect(url_for("procedure_forms.show", slug=slug, done="end"), 303)


def _end_page(view: VersionView, typed: str, errors: list[FieldError] | None = None) -> str:
    return render_template(
        "procedures/console/forms/end.html",
        view=view,
        typed=typed,
        errors=errors or [],
        fault=pages.faults_by_field(errors or []),
    )


@bp.post("/<slug>/close")
def close(slug: str) -> ResponseReturnValue:
    """Nobody begins the form any more."""
    return _switched(slug, is_closed=True)


@bp.post("/<slug>/reopen")
def reopen(slug: str) -> ResponseReturnValue:
    """The form may be begun again."""
    return _switched(slug, is_closed=False)


def _switched(slug: str, *, is_closed: bool) -> ResponseReturnValue:
    switch = service.close if is_closed else service.reopen
    done = "closed" if is_closed else "reopened"
    with transaction() as session:
        switch(session, slug, by=pages.me(), now=clock.now())
        action = "procedure_form.closed" if is_closed else "procedure_form.reopened"
        note(session, action, f"procedure:{slug}")
    return redirect(url_for("procedure_forms.show", slug=slug, done=done), 303)


@bp.post("/<slug>/<int:number>/discard")
def discard(slug: str, number: int) -> ResponseReturnValue:
    """The draft is put away."""
    with transaction() as session:
        service.discard_version(session, slug, number, by=pages.me(), now=clock.now())
        note(session, "procedure_form.discarded", f"procedure:{slug}", detail={"number": number})
    return redirect(url_for("procedure_forms.show", slug=slug, done="discarded"), 303)


@bp.post("/<slug>/<int:number>/restore")
def restore(slug: str, number: int) -> ResponseReturnValue:
    """The draft that was put away is a draft again."""
    with transaction() as session:
        service.restore_version(session, slug, number, by=pages.me(), now=clock.now())
        note(session, "procedure_form.restored", f"procedure:{slug}", detail={"number": number})
    return _back_to_version(slug, number, "restored")


def _back_to_version(slug: str, number: int, done: str) -> ResponseReturnValue:
    where = url_for("procedure_forms.version", slug=slug, number=number, done=done)
    return redirect(where, 303)


@bp.get("/<slug>/compare")
def compare(slug: str) -> ResponseReturnValue:
    """What differs between any two versions of the form."""
    by, now = pages.me(), clock.now()
    every = queries.versions(db.session, slug, by.scope, now=now)
    numbers = [one.number for one in every]
    after = request.args.get("after", numbers[0], int)
    before = request.args.get("before", numbers[min(1, len(numbers) - 1)], int)
    old, new = _view(slug, before), _view(slug, after)
    found: list[dict[str, Any]] = version_page.told(
        comparing.differences(old.document, new.document)
    )
    return render_template(
        "procedures/console/forms/compare.html",
        slug=slug,
        title=new.title,
        versions=every,
        before=before,
        after=after,
        differences=found,
        states=words.states(),
    )


@bp.errorhandler(Conflict)
def refused(error: Conflict) -> ResponseReturnValue:
    """Why it cannot be done now, on the form's page, where the present state stands."""
    slug = (request.view_args or {}).get("slug", "")
    db.session.close()
    by, now = pages.me(), clock.now()
    queries.line(db.session, slug, by.scope, now=now)  # raises NotFound for another's
    page = render_template(
        "procedures/console/forms/refused.html", slug=slug, title=error.shown_title
    )
    return page, 409
