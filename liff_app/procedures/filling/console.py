"""`/console/procedures/fill`: the same pages, for colleagues who type for somebody or try out."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import STATUS, Conflict, DomainError, NotFound, TooMany
from liff_app.procedures import forms, scope
from liff_app.procedures.filling import begun, consent, drafts, languages, showing, steps
from liff_app.procedures.filling.answering import unkept
from liff_app.procedures.filling.drafts import Draft, Filler
from liff_app.procedures.filling.fill_pages import FormPages, Ways
from liff_app.procedures.filling.sending import Receipt
from liff_app.procedures.forms import Form
from liff_app.procedures.vocabulary import DraftPurpose, Source
from liff_app.staff.guard import colleague, may_open, note
from liff_app.staff.vocabulary import Role

bp = Blueprint("procedure_fill", __name__)

SOURCES = frozenset({Source.COUNTER, Source.TELEPHONE})


def _filler() -> Filler:
    return Filler(account_id=colleague().id)


def _admit(draft: Draft) -> None:
    _require(draft.form, draft.purpose)


def _require(form: Form, purpose: DraftPurpose) -> None:
    """Raises NotFound for a form of another department.

    Who builds forms may try every one of them; to type for somebody needs the reviewer's role.
    """
    me = colleague()
    if purpose is DraftPurpose.TEST and me.may(Role.ADMINISTRATOR):
        return
    if not scope.scope_of(me).sees(form.department_id):
        raise NotFound("another department's form")


def _home(form: Form, purpose: DraftPurpose) -> str:
    """Who tried a form out came from its version, which not everybody who types may open."""
    if purpose is DraftPurpose.TEST and may_open("procedure_forms.version"):
        return url_for("procedure_forms.version", slug=form.slug, number=form.number)
    return url_for("procedure_fill.index")


def _received(session: Session, receipt: Receipt) -> None:
    is_test = receipt.purpose is DraftPurpose.TEST
    action = "procedure_form.tested" if is_test else "procedure.filed"
    subject = f"procedure:{receipt.procedure_id}" if is_test else f"submission:{receipt.ref}"
    note(session, action, subject, persons=0 if is_test else 1)


FormPages(
    bp,
    Ways(
        name=bp.name,
        layout="layouts/console.html",
        filler=_filler,
        admit=_admit,
        home=_home,
        start=lambda draft: _home(draft.form, draft.purpose),
        left=lambda draft: _home(draft.form, draft.purpose),
        later=lambda _session, _draft: None,
        received=_received,
        offers=lambda _draft: {},
        used=lambda _session, _one: None,
        forgotten=lambda _session, _one: None,
    ),
)


@bp.get("/")
def index() -> ResponseReturnValue:
    """Forms that a colleague may fill in for somebody, and what they have half written."""
    now = clock.now()
    mine = scope.scope_of(colleague())
    found = [one for one in forms.open_forms(db.session, now=now) if mine.sees(one.department_id)]
    return unkept(
        render_template(
            "procedures/fill_begin.html",
            forms=found,
            drafts=begun.of_colleague(db.session, colleague().id, now=now),
            languages=languages,
        )
    )


@bp.post("/")
def begin() -> ResponseReturnValue:
    """A draft is there, for somebody at the counter or on the telephone, or to try the form out."""
    keys, now = current_app.config["SETTINGS"].keys, clock.now()
    form = forms.version_form(db.session, request.form.get("version", "")[:12])
    purpose, source = _wanted()
    _require(form, purpose)
    if purpose is DraftPurpose.PROXY:
        form = forms.open_form(db.session, form.slug, now=now)  # what is open, as for residents
    language = languages.chosen(form.document, request.form.get("language", ""))
    with transaction() as session:
        draft = drafts.begin(
            session, form, filler=_filler(), purpose=purpose, source=source, language=language,
            keys=keys, now=now, consent_sha256=consent.digest(form, language),
        )  # fmt: skip
        found, _correction = showing.standing(session, draft, now=now)
        first = found.pages[0].name
        steps.arrive(session, draft, first, now=now)
    return redirect(url_for(".page", ref=draft.ref, page=first), 303)


def _wanted() -> tuple[DraftPurpose, Source]:
    """For what, and how it was told. Raises NotFound for what no page of ours sends."""
    if request.form.get("purpose") == DraftPurpose.TEST:
        return DraftPurpose.TEST, Source.LIFF
    source = request.form.get("source", "")
    if source not in {one.value for one in SOURCES}:
        raise NotFound("no such source")
    return DraftPurpose.PROXY, Source(source)


@bp.errorhandler(Conflict)
@bp.errorhandler(TooMany)
def refuse(error: DomainError) -> ResponseReturnValue:
    """What cannot be sent, and why; the draft stays."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    answer = unkept(render_template("procedures/fill_refused.html", refused=error))
    answer.status_code = status.value
    return answer
