"""`/console/procedures/cases/<ref>/sheet`: a submission on paper, and a slip for its applicant.

A4. The browser prints it, or saves it as a PDF; nothing is drawn here.
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.procedures import forms
from liff_app.procedures.desk import queries
from liff_app.procedures.desk.console import answers, case_page, history, words
from liff_app.procedures.desk.console.changes import mine
from liff_app.procedures.desk.console.rows import names
from liff_app.procedures.engine.document import words as in_language
from liff_app.procedures.fields.ruby import words_of
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


@bp.get("/<ref>/slip")
def slip(ref: str) -> ResponseReturnValue:
    """What the applicant takes home: the number, and where to ask. No answer is opened for it."""
    row = queries.find(db.session, ref, mine())
    settings, form = current_app.config["SETTINGS"], forms.version_form(db.session, row.version_id)
    document, language = form.document, form.document.default_language
    way = url_for("procedure_mine.show", ref=ref) if row.resident_id else ""
    return render_template(
        "procedures/console/slip.html",
        case_ref=ref,
        number=row.number,
        title=words_of(in_language(document.title, answers.LANGUAGE, language)).plain,
        received_at=row.created_at,
        town=settings.municipality_name,
        contact=words_of(in_language(document.settings.contact, answers.LANGUAGE, language)).plain,
        address=f"{settings.public_url}{way}" if way else "",
    )
