"""Reports of the same thing are put together on the desk, and taken apart again."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app.db import db
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.reports import case_queries, merging
from liff_app.reports.acts import By
from liff_app.reports.categories import service as categories
from liff_app.reports.console import case_page, case_words, looks, walk
from liff_app.reports.console.case_changes import Done, change, mine, number
from liff_app.reports.console.case_page import Told

bp = Blueprint("report_merging", __name__)
bp.url_defaults(walk.go_along)


@bp.get("/<ref>/merge")
def ask(ref: str) -> ResponseReturnValue:
    """Both reports side by side, before one is put to the other whose number was typed."""
    typed = request.args.get("number", "")
    who = mine()
    case_queries.find(db.session, ref, who)
    into = case_queries.ref_of(db.session, typed, who)
    if into is None or into == ref:
        message = _("その番号の通報は見つかりません。番号をもう一度確かめてください。")
        error = FieldError("number", "unknown", message)
        told = Told(form="merge", typed={"number": typed}, errors=(error,))
        return case_page.render(ref, told), 422
    looks.note_look(into)
    return render_template(
        "reports/console/merge.html",
        one=case_queries.case(db.session, ref, who),
        lead=case_queries.case(db.session, into, who),
        list_url=walk.list_url(),
        names=categories.names(db.session),
        statuses={status.value: word() for status, word in case_words.STATUS.items()},
    )


@bp.post("/<ref>/merge")
def merge(ref: str) -> ResponseReturnValue:
    """The report belongs to the other's incident, whose page is shown then."""

    def work(session: Session, by: By) -> Done:
        into = request.form.get("into", "")[:16]
        if not into:
            message = _("まとめる先の受付番号を入れてください。")
            raise InputInvalid([FieldError("number", "required", message)])
        merging.merge(session, ref, into, into_version=number("into_version"), **by)
        return Done(action="report.merged", ref=into, detail={"into": into})

    return change(ref, "merge", work)


@bp.post("/<ref>/split")
def split(ref: str) -> ResponseReturnValue:
    """The report stands by itself again, with the members it had brought along."""

    def work(session: Session, by: By) -> Done:
        merging.split(session, ref, **by)
        return Done(action="report.split")

    return change(ref, "split", work)
