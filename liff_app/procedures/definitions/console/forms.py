"""`/console/procedures/forms`: the town's forms and their versions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.procedures import samples
from liff_app.procedures.definitions import benches, checking, queries, service
from liff_app.procedures.definitions.checking import Checked
from liff_app.procedures.definitions.console import beginning, pages, version_page, words
from liff_app.procedures.definitions.service import NewProcedure
from liff_app.staff.guard import note

bp = Blueprint("procedure_forms", __name__)

TAKING = frozenset({"procedure_forms.add", "procedure_forms.upload"})


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A workbook may be larger than other requests; said before the guard reads its form."""
    if endpoint in TAKING:
        request.max_content_length = pages.MOST_REQUEST


@bp.get("")
def index() -> ResponseReturnValue:
    """Every form that the colleague may change, and what is still in work."""
    by, now = pages.me(), clock.now()
    return render_template(
        "procedures/console/forms/index.html",
        lines=queries.lines(db.session, by.scope, now=now),
        benches=benches.mine(db.session, by=by),
        departments=dict(pages.departments(db.session)),
        states=words.states(),
        kinds=words.form_kinds(),
        may_order=by.scope.departments is None,
        done=request.args.get("done", ""),
    )


@bp.get("/new")
def new() -> ResponseReturnValue:
    """The form for a new procedure; `from` names a version to begin with."""
    return _new_page(beginning.of_request(request.args))


@bp.get("/samples/<name>.xlsx")
def sample(name: str) -> Response:
    """A workbook that the product brings, to be read and changed in a spreadsheet."""
    if name not in samples.names():
        raise NotFound("no such sample")
    return pages.workbook_answer(samples.raw(name), name)


@bp.post("/new")
def add() -> ResponseReturnValue:
    """A new procedure with its first draft; with faults the workbook lies on a bench."""
    typed = beginning.of_request(request.form)
    raw = pages.sent_workbook()
    errors = beginning.errors(db.session, typed, raw, by=pages.me())
    if errors:
        return _new_page(typed, errors), 422
    checked = beginning.workbook(db.session, typed, raw, by=pages.me(), today=pages.today())
    if checked.grid is None:
        return _new_page(typed, _unreadable(checked)), 422
    try:
        return _stored(checked, typed.new)
    except InputInvalid as error:
        return _new_page(typed, error.errors), 422


def _new_page(typed: beginning.Typed, errors: list[FieldError] | None = None) -> str:
    return render_template(
        "procedures/console/forms/new.html",
        typed=typed,
        sources=beginning.sources(db.session, pages.me().scope, now=clock.now()),
        departments=pages.departments(db.session),
        samples=words.samples(),
        errors=errors or [],
        fault=pages.faults_by_field(errors or []),
    )


def _unreadable(checked: Checked) -> list[FieldError]:
    return [FieldError("workbook", one.code, one.sentence) for one in checked.faults]


def _stored(checked: Checked, new: NewProcedure, *, is_there: bool = False) -> ResponseReturnValue:
    """The workbook is a draft, or lies on a bench with its faults; the way to either."""
    by, now = pages.me(), clock.now()
    edition = checking.edition(checked)
    with transaction() as session:
        if edition is None:
            ref = benches.begin(session, checked, new, by=by, now=now)
            detail = {"faults": len(checked.faults)}
            note(session, "procedure_form.refused", f"procedure:{new.slug}", detail=detail)
            return redirect(url_for("procedure_editor.show", ref=ref), 303)
        if is_there:
            placed = service.upload_version(session, new.slug, edition, by=by, now=now)
        else:
            placed = service.add_procedure(session, new, edition, by=by, now=now)
        action = "procedure_form.uploaded" if is_there else "procedure_form.added"
        note(session, action, f"procedure:{placed.slug}", detail={"number": placed.number})
    return redirect(url_for(".version", slug=placed.slug, number=placed.number, done="stored"), 303)


@bp.get("/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """The form with every version of it."""
    return _show_page(slug)


@bp.post("/<slug>/versions")
def upload(slug: str) -> ResponseReturnValue:
    """One more version from a workbook; with faults it lies on a bench."""
    line = queries.line(db.session, slug, pages.me().scope, now=clock.now())
    raw = pages.sent_workbook()
    if raw is None:
        text = _("Excelファイルをえらんでください。")
        return _show_page(slug, [FieldError("workbook", "required", text)]), 422
    db.session.close()  # nothing stays open while the workbook is compiled
    checked = checking.check(raw, today=pages.today())
    if checked.grid is None:
        return _show_page(slug, _unreadable(checked)), 422
    try:
        new = NewProcedure(slug=slug, department_id=line.department_id)
        return _stored(checked, new, is_there=True)
    except InputInvalid as error:
        return _show_page(slug, error.errors), 422


def _show_page(slug: str, errors: list[FieldError] | None = None) -> str:
    by, now = pages.me(), clock.now()
    return render_template(
        "procedures/console/forms/show.html",
        line=queries.line(db.session, slug, by.scope, now=now),
        versions=queries.versions(db.session, slug, by.scope, now=now),
        benches=benches.mine(db.session, by=by, slug=slug),
        departments=pages.departments(db.session),
        states=words.states(),
        kinds=words.form_kinds(),
        errors=errors or [],
        fault=pages.faults_by_field(errors or []),
        done=request.args.get("done", ""),
    )


@bp.post("/<slug>/department")
def give(slug: str) -> ResponseReturnValue:
    """The form is of another department: new submissions go there."""
    department_id = request.form.get("department") or None
    try:
        with transaction() as session:
            service.set_department(session, slug, department_id, by=pages.me(), now=clock.now())
            note(session, "procedure_form.given", f"procedure:{slug}",
                 detail={"department": department_id})  # fmt: skip
    except InputInvalid as error:
        return _show_page(slug, error.errors), 422
    return redirect(url_for(".show", slug=slug, done="given"), 303)


@bp.post("/<slug>/move")
def move(slug: str) -> ResponseReturnValue:
    """The form stands further up or down in the residents' list."""
    with transaction() as session:
        service.move(
            session, slug, up=request.form.get("way") == "up", by=pages.me(), now=clock.now()
        )
        note(session, "procedure_form.ordered", f"procedure:{slug}")
    return redirect(url_for(".index") + f"#form-{slug}", 303)


@bp.get("/<slug>/<int:number>")
def version(slug: str, number: int) -> ResponseReturnValue:
    """One version: what it asks, what it changes, and what may be done with it."""
    shown = version_page.shown(db.session, slug, number, by=pages.me(), now=clock.now())
    done = request.args.get("done", "")
    return render_template("procedures/console/forms/version.html", **shown, done=done)


@bp.get("/<slug>/<int:number>/preview")
def preview(slug: str, number: int) -> ResponseReturnValue:
    """The pages as a resident sees them on one of the paths, without a way to answer."""
    path = request.args.get("path", 0, int)
    shown = version_page.preview(db.session, slug, number, path, by=pages.me(), now=clock.now())
    return render_template("procedures/console/forms/preview.html", **shown)


@bp.get("/<slug>/<int:number>/workbook.xlsx")
def workbook(slug: str, number: int) -> Response:
    """The workbook, written anew from what the cells said of the one that came."""
    found = queries.version(db.session, slug, number, pages.me().scope, now=clock.now())
    with transaction() as session:
        note(session, "procedure_form.downloaded", f"procedure:{slug}", detail={"number": number})
    return pages.workbook_answer(found.workbook, f"{slug}-{number}")
