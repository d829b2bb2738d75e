"""A newer edition of the form came out while a draft was written: offered, never forced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.errors import NotFound
from liff_app.procedures import forms
from liff_app.procedures.engine.defaults import with_defaults
from liff_app.procedures.engine.document import Document, Normalise, Question
from liff_app.procedures.filling import attaching, bodies
from liff_app.procedures.filling.bodies import Body
from liff_app.procedures.filling.drafts import Draft
from liff_app.procedures.forms import Form
from liff_app.procedures.models import ProcedureDraft, ProcedureVersion
from liff_app.procedures.vocabulary import DraftPurpose

__all__ = ["carried", "carry", "newer"]


def newer(session: Session, draft: Draft, *, now: datetime) -> Form | None:
    """The edition that is open now, where it asks something else than the draft's; else None."""
    if draft.purpose is not DraftPurpose.NEW:
        return None
    try:
        found = forms.open_form(session, draft.form.slug, now=now)
    except NotFound:
        return None
    if found.version_id == draft.form.version_id or found.number < draft.form.number:
        return None
    mine = session.get_one(ProcedureVersion, draft.form.version_id)
    theirs = session.get_one(ProcedureVersion, found.version_id)
    return found if mine.sha256 != theirs.sha256 else None


def carry(session: Session, draft: Draft, to: Form, *, consent: bytes, now: datetime) -> None:
    """The held draft is one of the newer edition, with the answers that still fit.

    Its pages are gone through anew: what is asked may mean something else. Files of answers that
    do not fit are gone.
    """
    row = session.get_one(ProcedureDraft, draft.ref)
    known = carried(draft.form.document, to.document, draft.body.answers)
    answers = with_defaults(to.document, known, now.astimezone(JST).date())
    row.version_id = to.version_id
    body = Body(answers=answers)
    row.body_sealed = bodies.sealed(body, draft.key, draft.ref)
    if row.language not in to.document.languages:
        row.language = to.document.default_language
    row.consent_sha256, row.consented_at = consent, now
    row.version += 1
    row.updated_at = now
    session.flush()
    attaching.let_go(session, draft, replace(draft, form=to, body=body))


def carried(old: Document, new: Document, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to questions of the same name and kind, inside and outside of repeats."""
    fits = _fitting(old, new)
    found: dict[str, Any] = {}
    for name, value in answers.items():
        if ("", name) in fits:
            found[name] = value
        elif isinstance(value, list):
            rows = [row for row in value if isinstance(row, dict)]
            kept = [{k: v for k, v in row.items() if (name, k) in fits} for row in rows]
            if any(kept):
                found[name] = kept
    return found


def _fitting(old: Document, new: Document) -> set[tuple[str, str]]:
    """(repeat or "", name) of what both forms ask in the same way."""
    before = {(within.name if within else "", one.name): one for one, within in old.questions()}
    after = {(within.name if within else "", one.name): one for one, within in new.questions()}
    return {place for place, one in before.items() if place in after and _same(one, after[place])}


def _same(one: Question, other: Question) -> bool:
    """Whether an answer to one is an answer to the other: free text is no folded number."""
    folds = other.normalise not in (None, Normalise.NAME, one.normalise)
    return one.kind is other.kind and not folds
