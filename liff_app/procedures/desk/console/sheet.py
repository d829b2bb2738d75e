"""`/console/procedures/cases/<ref>/sheet`: a submission on paper.

A4. The browser prints it, or saves it as a PDF; nothing is drawn here.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.procedures.desk.console import answers, case_page, history, words
from liff_app.procedures.desk.console.rows import names
from liff_app.staff.guard import note

bp = Blueprint("procedure_sheet", __name__)


@bp.get("/<ref>/sheet")
def show(ref: str) -> ResponseReturnValue:
    """The answers, files and history; what only staff read stands on it where it is asked for."""
    case = case_page.load(db.session, ref)
    sheet, known = answers.sheet(db.session, case, request.args), names(db.session)
    whole = "internal" in request.args
    steps = history.steps(
        case.events, known.people, known.departments, sheet.labels if sheet else {}
    )
    page = render_template(
        "procedures/console/sheet.html",
        case=case,
        title=answers.title(case),
        sheet=sheet,
        status=words.STATUS[case.status](),
        source=words.SOURCE[case.source](),
        steps=[one for one in reversed(steps) if whole or not one.is_internal],
        whole=whole,
        printed_at=clock.now(),
    )
    with transaction() as session:
        note(session, "procedure.printed", f"procedure:{ref}", persons=1, detail={"whole": whole})
    return Response(page, mimetype="text/html", headers={"Cache-Control": "no-store"})
