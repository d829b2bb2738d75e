"""What is answered on a draft's address: its pages rendered, kept by no cache."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, current_app, make_response, render_template

from liff_app import clock
from liff_app.db import db
from liff_app.errors import FieldError
from liff_app.procedures import forms
from liff_app.procedures.fields.helping import Helped
from liff_app.procedures.fields.ruby import Words
from liff_app.procedures.filling import carrying, languages, remembering, showing
from liff_app.procedures.filling.correction import Correction
from liff_app.procedures.filling.drafts import KEPT, Draft
from liff_app.procedures.filling.progress import Progress
from liff_app.procedures.filling.remembering import Offered
from liff_app.procedures.filling.sending import Receipt
from liff_app.procedures.filling.showing import Place
from liff_app.procedures.forms import Form
from liff_app.procedures.vocabulary import DraftPurpose
from liff_app.towns import service as towns

__all__ = ["Answering", "newer_edition", "unkept"]


class Answering:
    """The pages of one blueprint."""

    def __init__(self, name: str, layout: str) -> None:
        self.place = Place(name=name)
        self.layout = layout

    def page(  # noqa: PLR0913 - what a page needs to be shown
        self,
        draft: Draft,
        found: Progress,
        name: str,
        *,
        correction: Correction | None,
        faults: Sequence[FieldError] = (),
        helped: Helped | None = None,
        offers: Mapping[str, Offered] | None = None,
        more: bool = False,
        saved: bool = False,
        newer: Form | None = None,
    ) -> Response:
        """One page of questions."""
        page = showing.shown(
            db.session, draft, found, name, place=self.place, correction=correction,
            faults=faults, helped=helped.found if helped else None, offers=offers,
        )  # fmt: skip
        settings = current_app.config["SETTINGS"]
        return self._rendered(
            "procedures/fill_page.html",
            draft=draft,
            lang=languages.tag(draft.language),
            page=page,
            tiles_url=settings.map_tiles_url,
            around=json.dumps(towns.corners(db.session, settings.municipality_code)),
            more=more,
            saved=saved,
            newer=newer,
            kept_days=KEPT.days,
        )

    def check(self, draft: Draft, found: Progress, correction: Correction | None) -> Response:
        """Everything once more, with a way to change each answer."""
        before = correction.before.values if correction else None
        sections = showing.checked(db.session, draft, found, place=self.place, before=before)
        left = (
            showing.unchanged(db.session, draft, found, correction, place=self.place)
            if correction
            else ()
        )
        settings = found.document.settings
        may_keep = draft.resident_id is not None and not settings.anonymous
        return self._rendered(
            "procedures/fill_check.html",
            draft=draft,
            sections=sections,
            left=left,
            lang=languages.tag(draft.language),
            only=found.only,
            title=_title(draft.form, draft.language),
            fee_yen=found.evaluated.fee_yen,
            is_survey=settings.kind == "survey",
            may_remember=may_keep and bool(remembering.rememberable(found.document)),
        )

    def received(
        self, ref: str, receipt: Receipt, home: Callable[[Form, DraftPurpose], str]
    ) -> Response:
        """The receipt of the draft that was `ref`."""
        form = forms.version_form(db.session, receipt.version_id)
        settings, language = form.document.settings, receipt.language
        return self._rendered(
            "procedures/fill_received.html",
            ref=ref,
            receipt=receipt,
            lang=languages.tag(language),
            title=_title(form, language),
            after=languages.said(form.document, settings.after, language),
            settings=settings,
            slug=form.slug,
            home=home(form, receipt.purpose),
        )

    def discarding(self, draft: Draft, back: str) -> Response:
        """Whether it is to be thrown away."""
        title = _title(draft.form, draft.language)
        return self._rendered("procedures/fill_discard.html", draft=draft, title=title, back=back)

    def _rendered(self, template: str, **context: Any) -> Response:  # noqa: ANN401 - a template's values
        return unkept(render_template(template, layout=self.layout, place=self.place, **context))


def newer_edition(draft: Draft) -> Form | None:
    """The edition that came out while the draft was written, if it asks something else."""
    return carrying.newer(db.session, draft, now=clock.now())


def unkept(page: str) -> Response:
    """A person's page, which no cache may keep."""
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _title(form: Form, language: str) -> Words:
    return languages.said(form.document, form.document.title, language)
