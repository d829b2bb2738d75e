"""`/console/procedures/cases/<ref>/return`: colleagues point at what is wrong and say why."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app.db import db
from liff_app.procedures.desk import pointing, sentences
from liff_app.procedures.desk.acts import By
from liff_app.procedures.desk.case_queries import Case
from liff_app.procedures.desk.console import (
    answers,
    case_page,
    choices,
    looks,
    returning_page,
    typed,
    walk,
)
from liff_app.procedures.desk.console.case_page import Told
from liff_app.procedures.desk.console.changes import Done, change
from liff_app.procedures.desk.sentences import Sentence
from liff_app.procedures.vocabulary import Status

bp = Blueprint("procedure_returning", __name__)
bp.url_defaults(walk.go_along)


@bp.get("/<ref>/return")
def ask(ref: str) -> ResponseReturnValue:
    """Every answer, to be pointed at; a case that cannot be returned now leads back to its page."""
    if not choices.may_return(case_page.load(db.session, ref)):
        return redirect(url_for("procedure_case.show", ref=ref), 303)
    return render(ref, Told())


@bp.post("/<ref>/return")
def send(ref: str) -> ResponseReturnValue:
    """The applicant is asked to put these points right; or the page says what is missing."""

    def work(session: Session, by: By) -> Done:
        items = returning_page.read(request.form)
        due_on = typed.day("due_on")
        text = request.form.get("text", "")
        pointing.send_back(session, ref, items, due_on=due_on, text=text, **by)
        return Done(action="procedure.returned", detail={"count": len(items)})

    return change(ref, "return", work, render)


def render(ref: str, told: Told) -> Response:
    """The page with what was typed; where the case is elsewhere by now, that is said on its own."""
    case = case_page.load(db.session, ref)
    sheet = answers.sheet(db.session, case, {})
    if sheet is None or not choices.may_return(case):
        return case_page.render(ref, told)
    looks.note_look(ref)
    page = returning_page.page(
        case,
        sheet,
        answers.file_views(db.session, case, sheet.seen),
        request.form if told.form else None,
        told.errors,
    )
    html = render_template(
        "procedures/console/return.html",
        case=case,
        title=answers.title(case),
        page=page,
        told=replace(told, errors=returning_page.named(told.errors, sheet)),
        sentences=_sentences(case),
        longest=pointing.LONGEST_COMMENT,
    )
    return Response(html, mimetype="text/html", headers={"Cache-Control": "no-store"})


def _sentences(case: Case) -> list[Sentence]:
    fit = sentences.fitting(sentences.sentences(db.session), case.form.procedure_id)
    return [one for one in fit if one.for_status in (None, Status.RETURNED)]
