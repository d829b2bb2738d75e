"""`/console/reports/templates`: sentences for answers, written once and used again."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid
from liff_app.reports import sentences
from liff_app.reports.categories import service as categories
from liff_app.reports.console import case_words, whole_town
from liff_app.reports.console.case_changes import number
from liff_app.reports.errors import ReportChanged
from liff_app.reports.sentences import Sentence, SentenceDraft
from liff_app.staff.guard import note

bp = Blueprint("report_templates", __name__)
whole_town.guards(bp)


@bp.get("")
def index() -> ResponseReturnValue:
    """Every sentence, and an empty form for another."""
    return _page(None, SentenceDraft(title="", text=""))


@bp.post("")
def add() -> ResponseReturnValue:
    """One more sentence is proposed."""
    draft = _draft()
    try:
        with transaction() as session:
            sentence_id = sentences.save(session, draft)
            note(session, "report_template.saved", f"report_template:{sentence_id}")
    except InputInvalid as invalid:
        return _page(None, draft, errors=tuple(invalid.errors)), 422
    return redirect(url_for(".index", done="saved"), 303)


@bp.post("/bring")
def bring() -> ResponseReturnValue:
    """The sentences to begin with are there."""
    with transaction() as session:
        count = sentences.bring(session)
        note(session, "report_template.brought", "report_template", detail={"count": count})
    return redirect(url_for(".index", done="brought"), 303)


@bp.get("/<template_id>")
def edit(template_id: str) -> ResponseReturnValue:
    """One sentence, to be put right."""
    found = sentences.sentence(db.session, template_id)
    draft = SentenceDraft(
        title=found.title,
        text=found.text,
        for_status=found.for_status.value if found.for_status else "",
        category=found.category or "",
    )
    return _page(found, draft)


@bp.post("/<template_id>")
def save(template_id: str) -> ResponseReturnValue:
    """The sentence reads as typed; whoever was slower sees the new one and keeps their own."""
    draft = _draft()
    try:
        with transaction() as session:
            sentences.save(session, draft, sentence_id=template_id, version=number("version"))
            note(session, "report_template.saved", f"report_template:{template_id}")
    except ReportChanged:
        found = sentences.sentence(db.session, template_id)
        return _page(found, draft, faster=True), 409
    except InputInvalid as invalid:
        found = sentences.sentence(db.session, template_id)
        return _page(found, draft, errors=tuple(invalid.errors)), 422
    return redirect(url_for(".index", done="saved"), 303)


@bp.post("/<template_id>/remove")
def remove(template_id: str) -> ResponseReturnValue:
    """The sentence is proposed no more."""
    with transaction() as session:
        sentences.remove(session, template_id)
        note(session, "report_template.removed", f"report_template:{template_id}")
    return redirect(url_for(".index", done="removed"), 303)


def _draft() -> SentenceDraft:
    return SentenceDraft(
        title=request.form.get("title", ""),
        text=request.form.get("text", ""),
        for_status=request.form.get("for_status", "")[:10],
        category=request.form.get("category", "")[:40],
    )


def _page(
    chosen: Sentence | None,
    draft: SentenceDraft,
    *,
    errors: tuple[FieldError, ...] = (),
    faster: bool = False,
) -> str:
    words = {one.value: case_words.STATUS[one]() for one in sentences.statuses()}
    return render_template(
        "reports/console/templates.html",
        chosen=chosen,
        draft=draft,
        errors=errors,
        faster=faster,
        sentences=sentences.sentences(db.session),
        statuses=words,
        categories=categories.names(db.session),
        done=request.args.get("done", ""),
        may_change=whole_town.may_change(),
    )
