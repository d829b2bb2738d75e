"""`/console/reports/export`: the inbox's question as a file; the log has who took it out."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wsgi import FileWrapper

from liff_app import clock, spreadsheet
from liff_app.clock import JST
from liff_app.db import db, transaction
from liff_app.i18n import gettext as _
from liff_app.reports import desk_filters, desk_queries, export, scope
from liff_app.reports.console import export_table, inbox_page
from liff_app.reports.console import filters as query
from liff_app.staff.guard import colleague, fresh, note

bp = Blueprint("report_exports", __name__)

FORMATS = {"csv": spreadsheet.MEDIA_TYPE, "xlsx": spreadsheet.XLSX_TYPE}
LONGEST_QUERY = 2000  # characters: every field of the inbox filled to its end


@bp.get("/export")
def ask() -> ResponseReturnValue:
    """How many reports the question finds, and in which form they are wanted.

    The code is asked for here already: later the way back would not know the question any more.
    """
    fresh()
    return _page(request.args)


@bp.post("/export/reports.csv")
def as_csv() -> ResponseReturnValue:
    """The reports as CSV."""
    return _file("csv")


@bp.post("/export/reports.xlsx")
def as_xlsx() -> ResponseReturnValue:
    """The reports as an Excel workbook."""
    return _file("xlsx")


def _page(asked: Mapping[str, str], problem: str = "") -> str:
    filters, me = query.read(asked), colleague()
    today = clock.now().astimezone(JST).date()
    wanted = desk_filters.conditions(filters, scope.scope_of(me), me.id, today=today)
    said = query.write(filters)
    return render_template(
        "reports/console/export.html",
        asked=said,
        is_narrowed=bool(said.keys() - {"order"}),
        count=inbox_page.count_words(desk_queries.count(db.session, wanted)),
        most=f"{export.MOST_ROWS:,}",
        back=inbox_page.address(said),
        problem=problem,
    )


def _file(form: str) -> ResponseReturnValue:
    """The file, made whole before a byte of it goes out: a slow line must not hold the database."""
    fresh()
    asked = dict(parse_qsl(request.form.get("query", "")[:LONGEST_QUERY]))
    contact, me = "contact" in request.form, colleague()
    today = clock.now().astimezone(JST).date()
    ids = export.found(db.session, query.read(asked), scope.scope_of(me), me.id, today=today)
    if not 0 < len(ids) <= export.MOST_ROWS:
        return _page(asked, _refusal(len(ids))), 422
    keys = current_app.config["SETTINGS"].keys if contact else None
    lines = export.lines(db.session, ids, keys=keys)
    said = export_table.words(db.session)
    table = export_table.rows(lines, said, today=today, contact=contact)
    file = _written(form, export_table.headings(contact=contact), table)
    detail: dict[str, str | int | bool | None] = {
        "rows": len(ids),
        "format": form,
        "contact": contact,
    }
    with transaction() as session:
        note(session, "report.exported", "reports", persons=len(ids), detail=detail)
    return _download(file, form)


def _refusal(count: int) -> str:
    if count == 0:
        return _("この条件に合う通報はありません。")
    return _("%(n)s件をこえます。期間などで、条件をしぼってください。", n=f"{export.MOST_ROWS:,}")


def _written(form: str, headings: list[str], table: Any) -> IO[bytes]:  # noqa: ANN401 - rows of cells
    """The table in a file without a name: it is gone when the answer is."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    if form == "csv":
        for piece in spreadsheet.csv_pieces(headings, table):
            file.write(piece)
    else:
        spreadsheet.write_xlsx(file, _("通報"), headings, table)
    return file


def _download(file: IO[bytes], form: str) -> Response:
    size = file.seek(0, 2)
    file.seek(0)
    answer = Response(FileWrapper(file), content_type=FORMATS[form], direct_passthrough=True)
    name = f"reports-{clock.now().astimezone(JST):%Y%m%d-%H%M}.{form}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Length"] = str(size)
    answer.headers["Cache-Control"] = "no-store"
    return answer
