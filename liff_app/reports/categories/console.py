"""`/console/reports/categories`: what residents can report, and who is in charge of it."""

from __future__ import annotations

import secrets
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import Conflict, FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.reports.categories import forms, pages, service, typed
from liff_app.reports.categories.model import Category
from liff_app.reports.categories.typed import TypedCategory
from liff_app.reports.console import whole_town
from liff_app.staff import guard

bp = Blueprint("report_categories", __name__)
whole_town.guards(bp, also=frozenset({"report_categories.new"}))

NEW = ""  # the code of a category that is not there yet


@bp.get("")
def index() -> ResponseReturnValue:
    """Every category, those first that residents see first."""
    may_change = whole_town.may_change()
    shown = pages.overview(db.session)
    return render_template("reports/console/categories.html", **shown, may_change=may_change)


@bp.get("/new")
def new() -> ResponseReturnValue:
    """The form for a category of the town's own."""
    return form_page(NEW, TypedCategory())


@bp.post("/new")
def add() -> ResponseReturnValue:
    """One more category, or the form after a step in it."""
    return _sent(NEW)


@bp.get("/<category>")
def edit(category: str) -> ResponseReturnValue:
    """The form, and what residents see."""
    return form_page(category, typed.of_category(pages.found(db.session, category)))


@bp.post("/<category>")
def save(category: str) -> ResponseReturnValue:
    """The category is as typed, or the form after a step in it."""
    pages.found(db.session, category)
    return _sent(category)


@bp.post("/<category>/restore")
def restore(category: str) -> ResponseReturnValue:
    """A built-in category is as the product brings it."""
    before = pages.found(db.session, category)
    if "sure" not in request.form:
        return form_page(category, typed.of_category(before), errors=[_not_sure("restore")]), 422
    with transaction() as session:
        version = request.form.get("version", 0, type=int)
        service.restore(session, category, version=version, now=clock.now())
        guard.note(session, "report_category.restored", f"report_category:{category}")
    return redirect(url_for(".index"), 303)


@bp.post("/<category>/remove")
def remove(category: str) -> ResponseReturnValue:
    """One of the town's own is gone, if no report has it."""
    before = pages.found(db.session, category)
    if "sure" not in request.form:
        return form_page(category, typed.of_category(before), errors=[_not_sure("remove")]), 422
    try:
        with transaction() as session:
            service.remove(session, category, version=request.form.get("version", 0, type=int))
            guard.note(session, "report_category.removed", f"report_category:{category}")
    except Conflict as error:
        told = FieldError("sure-remove", error.shown_code, error.shown_title)
        return form_page(category, typed.of_category(before), errors=[told]), 409
    return redirect(url_for(".index"), 303)


def _not_sure(what: str) -> FieldError:
    return FieldError(f"sure-{what}", "required", _("確かめた印を付けてください。"))


def _sent(code: str) -> ResponseReturnValue:
    said = pages.sent(request.form, code)
    if step := request.form.get("step"):
        typed.take_step(said, step)
        return form_page(code, said)
    wrong = pages.faults(db.session, said, code)
    if wrong:
        return form_page(code, said, errors=wrong), 422
    try:
        with transaction() as session:
            _keep(session, forms.to_category(said, code or f"c_{secrets.token_hex(4)}"))
    except InputInvalid as error:
        return form_page(code, said, errors=error.errors), 422
    except service.CategoryChanged as error:
        return _changed(code, said, error), 409
    return redirect(url_for(".index"), 303)


def _keep(session: Session, wanted: Category) -> None:
    before = service.find(session, wanted.code)
    kept = service.save(session, wanted, now=clock.now())
    subject = f"report_category:{wanted.code}"
    if before is None:
        guard.note(session, "report_category.added", subject)
        return
    different = pages.differences(before, kept)
    detail = {"changed": ",".join(different)} if different else {}
    guard.note(session, "report_category.changed", subject, detail=detail)


def _changed(code: str, said: TypedCategory, error: Conflict) -> str:
    """The form with what was typed, on top of what a colleague saved in the meantime."""
    now = pages.found(db.session, code)
    theirs = pages.differences(now, replace(forms.to_category(said, code), version=now.version))
    said.version = str(now.version)
    return form_page(code, said, conflict=pages.Clash(error.shown_title, theirs))


def form_page(
    code: str,
    said: TypedCategory,
    *,
    errors: list[FieldError] | None = None,
    conflict: pages.Clash | None = None,
) -> str:
    """The form as typed, what is wrong with it, and what residents would see."""
    return render_template(
        "reports/console/category.html",
        **pages.form(db.session, code, said, errors or []),
        conflict=conflict,
        may_change=whole_town.may_change(),
    )
