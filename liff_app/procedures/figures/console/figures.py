"""`/console/procedures/figures`: a procedure's submissions as numbers, and where people leave."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from liff_app import clock, spreadsheet
from liff_app.clock import JST
from liff_app.db import db
from liff_app.i18n import gettext as _
from liff_app.periods import chosen
from liff_app.procedures import scope
from liff_app.procedures.desk.console.words import overdue
from liff_app.procedures.exports import collecting
from liff_app.procedures.figures import statistics
from liff_app.procedures.figures.console import figures_page
from liff_app.procedures.figures.statistics import Figures
from liff_app.procedures.models import Procedure
from liff_app.procedures.vocabulary import FormKind
from liff_app.staff.guard import colleague

bp = Blueprint("procedure_figures", __name__)


@bp.get("")
def index() -> ResponseReturnValue:
    """The procedures whose numbers the colleague may see; surveys lead to their results."""
    who = scope.scope_of(colleague())
    rows = db.session.scalars(select(Procedure).order_by(Procedure.position, Procedure.slug))
    seen = [row for row in rows if who.sees(row.department_id)]
    return render_template(
        "procedures/console/figures_index.html",
        applications=[row for row in seen if row.kind == FormKind.APPLICATION.value],
        surveys=[row for row in seen if row.kind == FormKind.SURVEY.value],
    )


@bp.get("/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """The numbers of the period in the address, of the last twelve months without one."""
    who, today = scope.scope_of(colleague()), clock.now().astimezone(JST).date()
    procedure = collecting.procedure_of(db.session, slug, who)
    asked = chosen(request.args, today)
    found = statistics.figures(db.session, procedure, asked.period, who, today=today)
    months = statistics.whole_months(asked.period, today)
    left = statistics.pages(db.session, procedure, months)
    known = collecting.documents(db.session, procedure)
    page = figures_page.page(procedure, found, months, left, known.values(), asked, today=today)
    answer = render_template("procedures/console/figures.html", page=page)
    return answer, 422 if asked.errors else 200


@bp.get("/<slug>.csv")
def as_csv(slug: str) -> ResponseReturnValue:
    """The same numbers."""
    who, today = scope.scope_of(colleague()), clock.now().astimezone(JST).date()
    procedure = collecting.procedure_of(db.session, slug, who)
    period = chosen(request.args, today).period
    found = statistics.figures(db.session, procedure, period, who, today=today)
    body = spreadsheet.csv_file([_("分け方"), _("名前"), _("件数")], _lines(found))
    answer = Response(body, content_type=spreadsheet.MEDIA_TYPE)
    name = f"{slug}-statistics-{period.since:%Y%m%d}-{period.until:%Y%m%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _lines(found: Figures) -> Iterator[list[str | int | None]]:
    yield [_("すべて"), "", found.received]
    yield [_("すべて"), overdue(), found.overdue]
    yield [_("すべて"), _("差し戻しがあった"), found.returned]
    for kind, lines in figures_page.counts(found):
        for name, count in lines:
            yield [kind, name, count]
    for month, received, _closed in found.by_month:
        yield [_("月"), month, received]
    yield [_("最初の対応まで（役所のひらいている日、半分）"), "", found.first_step.median]
    yield [_("終わるまで（役所のひらいている日、半分）"), "", found.ended.median]
