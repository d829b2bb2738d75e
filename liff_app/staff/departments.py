"""`/console/departments`: the parts of the town hall to which roles may be narrowed."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from liff_app.db import db, transaction
from liff_app.errors import Conflict, InputInvalid
from liff_app.staff import guard, queries, service

bp = Blueprint("departments", __name__)


@bp.get("/")
def index() -> ResponseReturnValue:
    """Every department, and a form for one more."""
    return _page()


@bp.post("/")
def add() -> ResponseReturnValue:
    """One more department."""
    name = request.form.get("name", "")
    try:
        with transaction() as session:
            department_id = service.add_department(session, name)
            guard.note(session, "department.added", f"department:{department_id}")
    except InputInvalid as error:
        return _page(error.errors[0].message, name), 422
    return redirect(url_for(".index"), 303)


@bp.post("/<department_id>/remove")
def remove(department_id: str) -> ResponseReturnValue:
    """One department less, if nobody belongs to it."""
    try:
        with transaction() as session:
            service.remove_department(session, department_id)
            guard.note(session, "department.removed", f"department:{department_id}")
    except Conflict as error:
        return _page(error.shown_title), 409
    return redirect(url_for(".index"), 303)


def _page(error: str | None = None, name: str = "") -> str:
    found = queries.departments(db.session)
    return render_template(
        "staff/console/departments.html", departments=found, error=error, name=name
    )
