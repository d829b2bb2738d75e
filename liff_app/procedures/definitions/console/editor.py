"""The editor of texts, choices and order, on a bench where a workbook may be full of faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import Conflict, FieldError, InputInvalid, Unavailable
from liff_app.i18n import gettext as _
from liff_app.procedures.definitions import benches, checking, editing, queries
from liff_app.procedures.definitions.benches import Bench, BenchChanged
from liff_app.procedures.definitions.checking import Checked
from liff_app.procedures.definitions.console import bench_page, pages, question_page
from liff_app.procedures.workbooks import writing
from liff_app.procedures.workbooks.grid import SURVEY, Grid
from liff_app.staff.guard import note

bp = Blueprint("procedure_editor", __name__)

Edit = Callable[[Grid], Grid]


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A workbook may be larger than other requests; said before the guard reads its form."""
    if endpoint == "procedure_editor.replace":
        request.max_content_length = pages.MOST_REQUEST


@bp.post("/<slug>/<int:number>/edit")
def begin(slug: str, number: int) -> ResponseReturnValue:
    """The version's workbook lies on a bench, its own where it has one already."""
    by = pages.me()
    raw = queries.version(db.session, slug, number, by.scope, now=clock.now()).workbook
    db.session.close()  # nothing stays open while the workbook is compiled
    checked = checking.check(raw, today=pages.today())
    with transaction() as session:
        ref = benches.reopened(session, slug, number, checked, by=by, now=clock.now())
    return redirect(url_for(".show", ref=ref), 303)


@bp.get("/bench/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Everything that is wrong with the workbook, its pages and questions in order."""
    return _show_page(_bench(ref))


def _bench(ref: str) -> Bench:
    return benches.read(db.session, ref, by=pages.me())


def _show_page(bench: Bench, errors: list[FieldError] | None = None) -> str:
    return render_template(
        "procedures/console/forms/bench.html",
        **bench_page.shown(bench),
        errors=errors or [],
        fault=pages.faults_by_field(errors or []),
        done=request.args.get("done", ""),
    )


def _keep(bench: Bench, checked: Checked) -> None:
    """The bench holds that workbook now. Raises BenchChanged."""
    seen = request.form.get("version", 0, int)
    with transaction() as session:
        benches.change(session, bench.ref, checked, seen=seen, by=pages.me(), now=clock.now())
        note(session, "procedure_form.edited", f"procedure:{bench.slug}",
             detail={"faults": len(checked.faults)})  # fmt: skip


def _edited(bench: Bench, edit: Edit) -> None:
    """The bench holds the workbook after the edit. Raises BenchChanged, InputInvalid, NotFound."""
    after = edit(bench.grid)
    db.session.close()  # nothing stays open while the workbook is compiled
    _keep(bench, checking.check_grid(after, today=pages.today()))


@bp.post("/bench/<ref>/order")
def order(ref: str) -> ResponseReturnValue:
    """A page or question stands before, or behind, the one beside it."""
    bench = _bench(ref)
    way, _dash, number = request.form.get("step", "").partition("-")
    row = int(number[:6]) if number.isdecimal() else 0
    try:
        _edited(bench, lambda grid: editing.move_question(grid, row, up=way == "up"))
    except InputInvalid as error:
        return _show_page(bench, error.errors), 422
    return redirect(url_for(".show", ref=ref) + "#order", 303)


@bp.get("/bench/<ref>/questions/<int:row>")
def question(ref: str, row: int) -> ResponseReturnValue:
    """The texts of a page, group or question, whether it must be answered, its choices."""
    return _question_page(_bench(ref), row)


@bp.post("/bench/<ref>/questions/<int:row>")
def save_question(ref: str, row: int) -> ResponseReturnValue:
    """The texts are as typed; whatever is wrong with them stands beside them."""
    bench, typed = _bench(ref), request.form.to_dict()
    try:
        _edited(bench, lambda grid: question_page.with_question(grid, row, typed))
    except (BenchChanged, Unavailable) as error:
        return _question_page(_bench(ref), row, typed, error.shown_title), 409
    except InputInvalid as error:
        return _question_page(bench, row, typed, errors=error.errors), 422
    return _after(bench, row)


def _after(bench: Bench, row: int) -> ResponseReturnValue:
    """On to the outline; or back to the question after a step, and while something is wrong."""
    now = _bench(bench.ref)
    wrong = [one for one in now.checked.faults if (one.sheet, one.row) == (SURVEY, row)]
    if wrong or request.form.get("step"):
        return redirect(url_for(".question", ref=bench.ref, row=row, done="saved"), 303)
    return redirect(url_for(".show", ref=bench.ref, done="saved") + f"#row-{row}", 303)


def _question_page(
    bench: Bench,
    row: int,
    typed: dict[str, str] | None = None,
    clash: str = "",
    errors: list[FieldError] | None = None,
) -> str:
    return render_template(
        "procedures/console/forms/question.html",
        **question_page.shown(bench, row, typed),
        clash=clash,
        errors=errors or [],
        done=request.args.get("done", ""),
    )


@bp.get("/bench/<ref>/settings")
def settings(ref: str) -> ResponseReturnValue:
    """The form's own texts."""
    return _settings_page(_bench(ref))


@bp.post("/bench/<ref>/settings")
def save_settings(ref: str) -> ResponseReturnValue:
    """The form's own texts are as typed."""
    bench, typed = _bench(ref), request.form.to_dict()
    try:
        _edited(bench, lambda grid: bench_page.with_settings(grid, typed))
    except (BenchChanged, Unavailable) as error:
        return _settings_page(_bench(ref), typed, error.shown_title), 409
    return redirect(url_for(".show", ref=ref, done="saved"), 303)


def _settings_page(bench: Bench, typed: dict[str, str] | None = None, clash: str = "") -> str:
    return render_template(
        "procedures/console/forms/settings.html",
        **bench_page.settings(bench, typed),
        clash=clash,
    )


@bp.post("/bench/<ref>/workbook")
def replace(ref: str) -> ResponseReturnValue:
    """The bench holds the workbook that came with the form, put right in the spreadsheet."""
    bench, raw = _bench(ref), pages.sent_workbook()
    if raw is None:
        text = _("Excelファイルをえらんでください。")
        return _show_page(bench, [FieldError("workbook", "required", text)]), 422
    db.session.close()  # nothing stays open while the workbook is compiled
    checked = checking.check(raw, today=pages.today())
    if checked.grid is None:
        wrong = [FieldError("workbook", one.code, one.sentence) for one in checked.faults]
        return _show_page(_bench(ref), wrong), 422
    _keep(bench, checked)
    return redirect(url_for(".show", ref=ref, done="replaced"), 303)


@bp.get("/bench/<ref>/workbook.xlsx")
def marked(ref: str) -> Response:
    """The workbook with its faulty cells coloured, what is wrong written beside them."""
    bench = _bench(ref)
    raw = writing.write(bench.grid, (*bench.checked.faults, *bench.checked.warnings))
    with transaction() as session:
        note(session, "procedure_form.downloaded", f"procedure:{bench.slug}")
    return pages.workbook_answer(raw, f"{bench.slug}-marked")


@bp.post("/bench/<ref>/finish")
def finish(ref: str) -> ResponseReturnValue:
    """The workbook is a version."""
    bench, seen = _bench(ref), request.form.get("version", 0, int)
    slug = request.form.get("slug", bench.slug).strip()
    edition = checking.edition(bench.checked)
    if edition is None:
        title = _("まだ直すところがあるので、版にできません。")
        raise Conflict("has faults", code="has_faults", title=title)
    try:
        with transaction() as session:
            placed = benches.finish(
                session, ref, edition, slug=slug, seen=seen, by=pages.me(), now=clock.now()
            )
            note(session, "procedure_form.uploaded", f"procedure:{placed.slug}",
                 detail={"number": placed.number})  # fmt: skip
    except InputInvalid as error:
        return _show_page(bench, error.errors), 422
    version = "procedure_forms.version"
    return redirect(url_for(version, slug=placed.slug, number=placed.number, done="stored"), 303)


@bp.post("/bench/<ref>/discard")
def discard(ref: str) -> ResponseReturnValue:
    """Nothing becomes of the workbook."""
    with transaction() as session:
        benches.discard(session, ref, by=pages.me())
    return redirect(url_for("procedure_forms.index", done="discarded"), 303)


@bp.errorhandler(Conflict)
def refused(error: Conflict) -> ResponseReturnValue:
    """Why it cannot be done now, on top of the workbook as it is now."""
    ref = (request.view_args or {}).get("ref", "")
    db.session.close()
    told = FieldError("version", error.shown_code, error.shown_title)
    return _show_page(_bench(ref), [told]), 409
