"""`/console/procedures/templates`: sentences, written once and used again.

They stand before every department's applicants: every reviewer reads them, and administrators and
reviewers of all departments change them.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid, NotAllowed
from liff_app.i18n import gettext as _
from liff_app.procedures import scope
from liff_app.procedures.desk import queries, sentences
from liff_app.procedures.desk.console import words
from liff_app.procedures.desk.console.changes import number
from liff_app.procedures.desk.errors import CaseChanged
from liff_app.procedures.desk.sentences import Sentence, SentenceDraft
from liff_app.staff.guard import colleague, note
from liff_app.staff.vocabulary import Role

bp = Blueprint("procedure_templates", __name__)


@bp.before_request
def guard_changes() -> None:
    """Whatever the pages change is refused to everybody else; also what is added later."""
    if request.method not in {"GET", "HEAD"} and not _may_change():
        title = _("変えられるのは、管理者か、すべての部署の申請を見る人だけです。")
        raise NotAllowed("not for one department's reviewers", title=title)


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
            note(session, "procedure.template_saved", f"procedure_template:{sentence_id}")
    except InputInvalid as invalid:
        return _page(None, draft, errors=tuple(invalid.errors)), 422
    return redirect(url_for(".index", done="saved"), 303)


@bp.post("/bring")
def bring() -> ResponseReturnValue:
    """The sentences to begin with are there."""
    with transaction() as session:
        count = sentences.bring(session)
        note(session, "procedure.template_saved", "procedure_template", detail={"count": count})
    return redirect(url_for(".index", done="brought"), 303)


@bp.get("/<template_id>")
def edit(template_id: str) -> ResponseReturnValue:
    """One sentence, to be put right."""
    found = sentences.sentence(db.session, template_id)
    draft = SentenceDraft(
        title=found.title,
        text=found.text,
        for_status=found.for_status.value if found.for_status else "",
        procedure_id=found.procedure_id or "",
    )
    return _page(found, draft)


@bp.post("/<template_id>")
def save(template_id: str) -> ResponseReturnValue:
    """The sentence reads as typed; whoever was slower sees the new one and keeps their own."""
    draft = _draft()
    try:
        with transaction() as session:
            sentences.save(session, draft, sentence_id=template_id, version=number("version"))
            note(session, "procedure.template_saved", f"procedure_template:{template_id}")
    except CaseChanged:
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
        note(session, "procedure.template_removed", f"procedure_template:{template_id}")
    return redirect(url_for(".index", done="removed"), 303)


def _may_change() -> bool:
    return any(
        one.role is Role.ADMINISTRATOR
        or (one.role is Role.PROCEDURE_REVIEWER and one.department is None)
        for one in colleague().grants
    )


def _draft() -> SentenceDraft:
    return SentenceDraft(
        title=request.form.get("title", ""),
        text=request.form.get("text", ""),
        for_status=request.form.get("for_status", "")[:10],
        procedure_id=request.form.get("procedure_id", "")[:12],
    )


def _page(
    chosen: Sentence | None,
    draft: SentenceDraft,
    *,
    errors: tuple[FieldError, ...] = (),
    faster: bool = False,
) -> str:
    return render_template(
        "procedures/console/templates.html",
        chosen=chosen,
        draft=draft,
        errors=errors,
        faster=faster,
        sentences=sentences.sentences(db.session),
        statuses={one.value: words.STATUS[one]() for one in sentences.statuses()},
        procedures=dict(queries.procedures(db.session, scope.EVERYWHERE)),
        done=request.args.get("done", ""),
        may_change=_may_change(),
    )
