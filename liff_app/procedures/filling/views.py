"""`/liff/procedures/drafts`: the pages of a form, for residents."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db, transaction
from liff_app.errors import STATUS, Conflict, DomainError, NotFound, TooMany
from liff_app.procedures.fields.ruby import words_of
from liff_app.procedures.filling import (
    carrying,
    consent,
    drafts,
    languages,
    remembering,
    resuming,
)
from liff_app.procedures.filling.answering import unkept
from liff_app.procedures.filling.drafts import Draft, Filler
from liff_app.procedures.filling.fill_pages import FormPages, Ways
from liff_app.procedures.filling.remembering import Offered
from liff_app.procedures.filling.sending import Receipt

bp = Blueprint("procedure_form", __name__)


def _filler() -> Filler:
    return Filler(resident_id=g.resident_id)


def _offers(draft: Draft) -> Mapping[str, Offered]:
    keys = current_app.config["SETTINGS"].keys
    return remembering.offers(db.session, draft.form.document, g.resident_id, keys=keys)


def _start(draft: Draft) -> str:
    if draft.submission_id is not None:
        return url_for("procedure_start.index")
    return url_for("procedure_start.show", slug=draft.form.slug)


def _later(session: Session, draft: Draft) -> None:
    resuming.remind(session, draft, now=clock.now())


def _used(session: Session, one: Offered) -> None:
    remembering.use(session, g.resident_id, one.prefill, now=clock.now())


def _forgotten(session: Session, one: Offered) -> None:
    remembering.forget(session, g.resident_id, one.prefill)


def _received(_session: Session, _receipt: Receipt) -> None:
    """The sending itself has told everybody."""


FormPages(
    bp,
    Ways(
        name=bp.name,
        layout="layouts/resident.html",
        filler=_filler,
        admit=lambda _draft: None,
        home=lambda _form, _purpose: url_for("procedure_start.index"),
        start=_start,
        left=lambda _draft: url_for("procedure_start.index", kept="1"),
        later=_later,
        received=_received,
        offers=_offers,
        used=_used,
        forgotten=_forgotten,
    ),
)


@bp.get("/<ref>/newer-edition")
def ask_carry(ref: str) -> ResponseReturnValue:
    """Whether to go on with the newer edition, and what it uses the answers for."""
    draft = drafts.read(
        db.session, ref, filler=_filler(), keys=current_app.config["SETTINGS"].keys, now=clock.now()
    )
    form = carrying.newer(db.session, draft, now=clock.now())
    if form is None:
        return redirect(url_for(".resume", ref=ref))
    language = languages.chosen(form.document, draft.language)
    return unkept(
        render_template(
            "procedures/newer.html", draft=draft, form=form, lang=languages.tag(language),
            purpose=words_of(consent.purpose(form, language)),
            consent=consent.spelled(form, language),
        )
    )  # fmt: skip


@bp.post("/<ref>/newer-edition")
def carry(ref: str) -> ResponseReturnValue:
    """The draft goes on with the newer edition, with the answers that still fit."""
    keys, now = current_app.config["SETTINGS"].keys, clock.now()
    with transaction() as session:
        draft = drafts.hold(session, ref, filler=_filler(), keys=keys, now=now)
        form = carrying.newer(session, draft, now=now)
        if form is None:
            raise NotFound("no newer edition")
        language = languages.chosen(form.document, draft.language)
        if request.form.get("consent") == consent.spelled(form, language):
            agreed = consent.digest(form, language)
            carrying.carry(session, draft, form, consent=agreed, now=now)
    return redirect(url_for(".resume", ref=ref), 303)


@bp.errorhandler(Conflict)
@bp.errorhandler(TooMany)
def refuse(error: DomainError) -> ResponseReturnValue:
    """What cannot be sent, and why; the draft stays."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    answer = unkept(render_template("procedures/refused.html", refused=error))
    answer.status_code = status.value
    return answer
