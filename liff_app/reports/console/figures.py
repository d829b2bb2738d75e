"""`/console/reports/statistics`: the reports as numbers, as a page and as CSV. No words of anybody.

The numbers are those of the whole town, for whoever may see any.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from liff_app import clock, spreadsheet
from liff_app.clock import JST
from liff_app.db import db
from liff_app.periods import chosen
from liff_app.reports import statistics
from liff_app.reports.console import figures_page

bp = Blueprint("report_figures", __name__)


@bp.get("/statistics")
def show() -> ResponseReturnValue:
    """The numbers of the period in the address, of the last twelve months without one."""
    today = clock.now().astimezone(JST).date()
    asked = chosen(request.args, today)
    found = statistics.figures(db.session, asked.period, today=today)
    page = figures_page.page(db.session, found, asked, today=today)
    answer = render_template("reports/console/figures.html", page=page)
    return answer, 422 if asked.errors else 200


@bp.get("/statistics.csv")
def as_csv() -> ResponseReturnValue:
    """The same numbers, and every town."""
    today = clock.now().astimezone(JST).date()
    period = chosen(request.args, today).period
    found = statistics.figures(db.session, period, today=today)
    body = spreadsheet.csv_file(figures_page.headings(), figures_page.lines(db.session, found))
    answer = Response(body, content_type=spreadsheet.MEDIA_TYPE)
    name = f"report-statistics-{period.since:%Y%m%d}-{period.until:%Y%m%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
