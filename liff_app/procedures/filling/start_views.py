"""`/liff/procedures`: what a resident can apply for, and the page before the first."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import NotFound, TooMany
from liff_app.procedures import forms
from liff_app.procedures.engine.document import words
from liff_app.procedures.figures import results as survey_results
from liff_app.procedures.filling import (
    consent,
    drafts,
    languages,
    limiting,
    participation,
    showing,
    steps,
)
from liff_app.procedures.filling.answering import unkept
from liff_app.procedures.filling.drafts import Filler
from liff_app.procedures.following import reading
from liff_app.procedures.forms import Form
from liff_app.procedures.models import Procedure
from liff_app.procedures.vocabulary import DraftPurpose, Source

bp = Blueprint("procedure_start", __name__)


@bp.get("")
def index() -> ResponseReturnValue:
    """What can be applied for now, what is half written, and what was sent."""
    now = clock.now()
    return unkept(
        render_template(
            "procedures/index.html",
            forms=forms.open_forms(db.session, now=now),
            drafts=drafts.mine(db.session, g.resident_id, now=now),
            sent=reading.lines(db.session, g.resident_id)[: reading.FEW],
            words=words,
        )
    )


@bp.get("/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """What it is, what to have at hand, and what the answers are used for."""
    return _page(forms.open_form(db.session, slug, now=clock.now()))


@bp.get("/<slug>/results")
def results(slug: str) -> ResponseReturnValue:
    """What everybody answered, in steps that name nobody, where the form says that all may see."""
    form = forms.open_form(db.session, slug, now=clock.now())
    if not form.document.settings.results_public:
        raise NotFound("no public results")
    keys = current_app.config["SETTINGS"].keys
    procedure = db.session.get_one(Procedure, form.procedure_id)
    return unkept(
        render_template(
            "procedures/results.html",
            title=words(form.document.title, form.document.default_language),
            results=survey_results.everybodys(db.session, procedure, keys=keys),
        )
    )


@bp.post("/<slug>")
def begin(slug: str) -> ResponseReturnValue:
    """A draft is there and its first page is next, once exactly the shown purpose is agreed to."""
    now, keys = clock.now(), current_app.config["SETTINGS"].keys
    form = forms.open_form(db.session, slug, now=now)
    language = languages.chosen(form.document, request.form.get("language", ""))
    if request.form.get("consent") != consent.spelled(form, language):
        return _page(form, has_changed=True), 409
    try:
        limiting.admit_begin(g.resident_id)
    except TooMany as error:
        return _page(form, refused=error.shown_title), 429
    with transaction() as session:
        draft = drafts.begin(
            session, form, filler=Filler(resident_id=g.resident_id), purpose=DraftPurpose.NEW,
            source=Source.LIFF, language=language, keys=keys, now=now,
            consent_sha256=consent.digest(form, language),
        )  # fmt: skip
        found, _correction = showing.standing(session, draft, now=now)
        first = found.pages[0].name
        steps.arrive(session, draft, first, now=now)
    return redirect(url_for("procedure_form.page", ref=draft.ref, page=first), 303)


def _page(form: Form, *, has_changed: bool = False, refused: str = "") -> Response:
    keys, now = current_app.config["SETTINGS"].keys, clock.now()
    language = languages.chosen(form.document, request.values.get("language", ""))
    settings = form.document.settings
    is_done = settings.once_a_person and participation.has_taken_part(
        db.session, form.procedure_id, g.resident_id, keys=keys
    )
    mine = drafts.mine(db.session, g.resident_id, now=now)
    return unkept(
        render_template(
            "procedures/start.html",
            form=form,
            settings=settings,
            language=language,
            languages=languages.offered(form.document),
            words=lambda text: words(text, language, form.document.default_language),
            purpose=consent.purpose(form, language),
            consent=consent.spelled(form, language),
            draft=next((one for one in mine if one.procedure_id == form.procedure_id), None),
            is_done=is_done,
            has_changed=has_changed,
            refused=refused,
        )
    )
