"""`/api/v1/procedures`: forms and their schemas, for everybody."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, url_for

from liff_app import clock
from liff_app.apidoc import Description, describe
from liff_app.db import db
from liff_app.procedures import forms
from liff_app.procedures.api.shapes import ProceduresOut, ProcedureWhole
from liff_app.procedures.engine.document import Text, to_json
from liff_app.procedures.engine.schema import json_schema
from liff_app.procedures.filling import consent, languages
from liff_app.procedures.forms import Form

bp = Blueprint("procedures_open", __name__)

KEPT = "public, max-age=60"
SCHEMA = "application/schema+json"


@bp.get("/procedures")
@describe(Description(summary="Forms that can be filled in now", answer=ProceduresOut))
def index() -> Response:
    """Every open form, in the town's order."""
    found = forms.open_forms(db.session, now=clock.now())
    return _open(jsonify(procedures=[_line(form) for form in found]))


@bp.get("/procedures/<slug>")
@describe(
    Description(summary="A form with everything it asks", answer=ProcedureWhole, errors=(404,))
)
def show(slug: str) -> Response:
    """One open form."""
    form = forms.open_form(db.session, slug, now=clock.now())
    document = form.document
    language = document.default_language
    whole = _line(form) | {
        "languages": list(document.languages),
        "consent": {
            "text": consent.purpose(form, language),
            "sha256": consent.spelled(form, language),
        },
        "needs": _words(form, document.settings.needs),
        "after": _words(form, document.settings.after),
        "document": json.loads(to_json(document)),
        "schema_url": url_for(".schema", slug=slug),
    }
    return _open(jsonify(whole))


@bp.get("/procedures/<slug>/schema")
@describe(
    Description(
        summary="JSON Schema 2020-12 of the answers to a form", media_type=SCHEMA, errors=(404,)
    )
)
def schema(slug: str) -> Response:
    """What the answers of the open version may hold."""
    form = forms.open_form(db.session, slug, now=clock.now())
    answer = _open(jsonify(json_schema(form.document)))
    answer.content_type = SCHEMA
    return answer


def _line(form: Form) -> dict[str, Any]:
    document = form.document
    return {
        "slug": form.slug,
        "title": _words(form, document.title),
        "summary": _words(form, document.settings.summary),
        "kind": document.settings.kind,
        "version": form.number,
        "minutes": document.settings.minutes,
        "open_until": form.open_until.isoformat() if form.open_until else None,
        "url": current_app.config["SETTINGS"].public_url
        + url_for("procedure_start.show", slug=form.slug),
    }


def _words(form: Form, text: Text) -> str:
    return languages.said(form.document, text).plain


def _open(answer: Response) -> Response:
    """The same for everybody; other towns' pages may read it."""
    g.cacheable = True
    answer.headers["Cache-Control"] = KEPT
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.add_etag()
    return answer
