"""`/liff/procedures`: what a resident can apply for, and the page before the first."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import STATUS, TooMany
from liff_app.procedures import forms
from liff_app.procedures.fields.eras import said
from liff_app.procedures.fields.ruby import words_of
from liff_app.procedures.figures import results as survey_results
from liff_app.procedures.filling import (
    begun,
    closed,
    consent,
    drafts,
    headway,
    languages,
    limiting,
    participation,
    showing,
    steps,
)
from liff_app.procedures.filling.answering import unkept
from liff_app.procedures.filling.begun import TooManyDrafts
from liff_app.procedures.filling.closed import NotOpen
from liff_app.procedures.filling.drafts import Filler
from liff_app.procedures.following import reading, wording
from liff_app.procedures.forms import Form
from liff_app.procedures.vocabulary import DraftPurpose, Source

bp = Blueprint("procedure_start", __name__)


@bp.get("")
def index() -> ResponseReturnValue:
    """What can be applied for now, what is half written, and what was sent."""
    now, keys = clock.now(), current_app.config["SETTINGS"].keys
    mine = begun.mine(db.session, g.resident_id, now=now)
    return unkept(
        render_template(
            "procedures/index.html", forms=forms.open_forms(db.session, now=now), drafts=mine,
            headway=headway.headway(db.session, mine, keys=keys, now=now),
            asking=reading.asking(db.session, g.resident_id),
            sent=reading.lines(db.session, g.resident_id, most=reading.FEW),
            words=wording, languages=languages, kept="kept" in request.args,
        )
    )  # fmt: skip


@bp.get("/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """What it is, what to have at hand, and what the answers are used for."""
    return _page(closed.open_form(db.session, slug, now=clock.now()))


@bp.get("/<slug>/results")
def results(slug: str) -> ResponseReturnValue:
    """What everybody answered, in steps that name nobody, where the form says that all may see."""
    keys = current_app.config["SETTINGS"].keys
    shown = survey_results.everybodys(db.session, slug, keys=keys, now=clock.now())
    return unkept(
        render_template(
            "procedures/results.html",
            title=languages.said(shown.document, shown.document.title),
            day=said(shown.counted_on) if shown.counted_on else "",
            results=shown.results,
        )
    )


@bp.post("/<slug>")
def begin(slug: str) -> ResponseReturnValue:
    """A draft is there and its first page is next, once exactly the shown purpose is agreed to."""
    now = clock.now()
    form = closed.open_form(db.session, slug, now=now)
    language = languages.chosen(form.document, request.form.get("language", ""))
    if request.form.get("consent") != consent.spelled(form, language):
        return _page(form, has_changed=True), 409
    try:
        limiting.admit_begin(g.resident_id)
        ref, first = _begun(form, language, now)
    except (TooMany, TooManyDrafts) as error:
        status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
        return _page(form, refused=error.shown_title), status
    return redirect(url_for("procedure_form.page", ref=ref, page=first), 303)


@bp.errorhandler(NotOpen)
def refuse(error: NotOpen) -> ResponseReturnValue:
    """That it is over or when it opens, whom to ask, and the way to what can be done now."""
    document = error.form.document
    language = languages.chosen(document, request.values.get("language", ""))
    answer = unkept(
        render_template(
            "procedures/closed.html", begins=error.begins, lang=languages.tag(language),
            title=languages.said(document, document.title, language),
            contact=languages.said(document, document.settings.contact, language),
            results=error.form.slug if document.settings.results_public else "",
        )
    )  # fmt: skip
    answer.status_code = HTTPStatus.NOT_FOUND if error.begins else HTTPStatus.GONE
    return answer


def _begun(form: Form, language: str, now: datetime) -> tuple[str, str]:
    """Ref of the resident's new draft, and its first page."""
    with transaction() as session:
        draft = drafts.begin(
            session, form, filler=Filler(resident_id=g.resident_id), purpose=DraftPurpose.NEW,
            source=Source.LIFF, language=language, keys=current_app.config["SETTINGS"].keys,
            now=now, consent_sha256=consent.digest(form, language),
        )  # fmt: skip
        found, _correction = showing.standing(session, draft, now=now)
        first = found.pages[0].name
        steps.arrive(session, draft, first, now=now)
    return draft.ref, first


def _page(form: Form, *, has_changed: bool = False, refused: str = "") -> Response:
    keys, now = current_app.config["SETTINGS"].keys, clock.now()
    language = languages.chosen(form.document, request.values.get("language", ""))
    settings = form.document.settings
    is_done = settings.once_a_person and participation.has_taken_part(
        db.session, form.procedure_id, g.resident_id, keys=keys
    )
    mine = begun.mine(db.session, g.resident_id, now=now)
    return unkept(
        render_template(
            "procedures/start.html",
            form=form,
            settings=settings,
            language=language,
            languages=languages.offered(form.document),
            lang=languages.tag(language),
            words=lambda text: languages.said(form.document, text, language),
            purpose=words_of(consent.purpose(form, language)),
            consent=consent.spelled(form, language),
            draft=next((one for one in mine if one.procedure_id == form.procedure_id), None),
            is_done=is_done,
            has_changed=has_changed,
            refused=refused,
        )
    )
