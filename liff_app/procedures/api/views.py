"""`/api/v1/procedures/…/submissions`: a resident sends answers by a program and follows them."""

from __future__ import annotations

import json
import secrets
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.apidoc import Description, describe, read_body, read_query
from liff_app.db import db, transaction
from liff_app.errors import Conflict, FieldError, InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.idempotency import Answer
from liff_app.procedures import forms
from liff_app.procedures.api import reading, repeats
from liff_app.procedures.api.shapes import (
    DraftMade,
    FileMade,
    FileQuery,
    SubmissionIn,
    SubmissionMade,
    SubmissionOut,
)
from liff_app.procedures.engine.evaluation import unknown_names
from liff_app.procedures.files import service as files
from liff_app.procedures.filling import attaching, consent, drafts, limiting, sending
from liff_app.procedures.filling.drafts import Draft, Filler
from liff_app.procedures.filling.submitting import Sender
from liff_app.procedures.forms import Form
from liff_app.procedures.vocabulary import DraftPurpose, FilePurpose, Source

bp = Blueprint("procedures_api", __name__)

CREATED = 201


class VersionGone(Conflict):
    """The form was published anew, or its purpose of use is another now."""

    code = "version_gone"
    title = "様式か、使いみちの説明が新しくなりました。読みなおして、もう一度送ってください。"


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A file is larger than other requests; said before anything reads the body."""
    if endpoint == "procedures_api.add_file":
        request.max_content_length = files.MOST_BYTES + 1


@bp.post("/procedures/<slug>/submissions")
@describe(
    Description(
        summary="Send answers. With `Idempotency-Key` (or an equal body within ten minutes) a "
        "repeat gets the first answer, as 200. An anonymous survey demands the key",
        body=SubmissionIn,
        answer=SubmissionMade,
        success=CREATED,
        errors=(401, 403, 404, 409, 422, 429),
    )
)
def submit(slug: str) -> ResponseReturnValue:
    """The answers are a submission, once."""
    said, given = read_body(SubmissionIn), request.headers.get("Idempotency-Key")
    with transaction() as session:
        kept = repeats.once(
            session, slug, said, resident_id=g.resident_id, given=given, now=clock.now(),
            earn=lambda: _submitted(session, slug, said),
        )  # fmt: skip
    answer = jsonify(json.loads(kept.body))
    answer.status_code = 200 if kept.repeated else CREATED
    return answer


def _submitted(session: Session, slug: str, said: SubmissionIn) -> Answer:
    settings, now = current_app.config["SETTINGS"], clock.now()
    form = _form(session, slug, said)
    draft = _draft(session, form, said)
    language = form.document.default_language
    sender = Sender(
        actor="resident", source=Source.API, language=language, resident_id=g.resident_id,
        consent_sha256=consent.digest(form, language), consented_at=now,
    )  # fmt: skip
    limiting.admit_try(g.resident_id, form.procedure_id)
    row = sending.submit_answers(
        session, form, said.answers, sender=sender, keys=settings.keys, now=now,
        draft=draft,
    )  # fmt: skip
    limiting.admit_sending(g.resident_id, form.procedure_id, secrets.token_hex(8))
    if draft:
        sending.leave(session, draft, row, current_app.extensions["file_store"])
    url = url_for("procedure_mine.show", ref=row.ref) if row.resident_id else None
    number = row.number if row.resident_id else None  # kept for repeats: it would lead there
    body = {"number": number, "status": row.status, "fee_yen": row.fee_yen, "url": url}
    return Answer(CREATED, json.dumps(body, ensure_ascii=False))


def _form(session: Session, slug: str, said: SubmissionIn) -> Form:
    """The open form, if the answers were written for it. Raises VersionGone or InputInvalid."""
    form = forms.open_form(session, slug, now=clock.now())
    language = form.document.default_language
    if said.version != form.number or said.consent != consent.spelled(form, language):
        raise VersionGone("another version is open")
    unknown = unknown_names(form.document, said.answers)
    if unknown:
        sentence = _("この様式に、この項目はありません。")
        raise InputInvalid([FieldError(one, "unknown", sentence) for one in unknown])
    return form


def _draft(session: Session, form: Form, said: SubmissionIn) -> Draft | None:
    if said.draft is None:
        return None
    keys = current_app.config["SETTINGS"].keys
    draft = drafts.hold(session, said.draft, filler=_filler(), keys=keys, now=clock.now())
    if draft.form.version_id != form.version_id or draft.purpose is not DraftPurpose.NEW:
        raise VersionGone("the draft is of another version")
    return draft


@bp.post("/procedures/<slug>/drafts")
@describe(
    Description(
        summary="A place for the files of a submission",
        answer=DraftMade,
        success=CREATED,
        errors=(401, 403, 404, 409, 429),
    )
)
def begin(slug: str) -> ResponseReturnValue:
    """A draft is there, to which files can be sent."""
    now = clock.now()
    form = forms.open_form(db.session, slug, now=now)
    language = form.document.default_language
    limiting.admit_begin(g.resident_id)
    with transaction() as session:
        draft = drafts.begin(
            session, form, filler=_filler(), purpose=DraftPurpose.NEW, source=Source.API,
            language=language, keys=current_app.config["SETTINGS"].keys, now=now,
        )  # fmt: skip
    body = {"draft": draft.ref, "files_url": url_for(".add_file", ref=draft.ref)}
    return jsonify(body), CREATED


@bp.post("/procedures/drafts/<ref>/files")
@describe(
    Description(
        summary="Send a file, as the whole body, before the answers that name it",
        query=FileQuery,
        answer=FileMade,
        success=CREATED,
        uploads=True,
        errors=(401, 403, 404, 413, 422, 429, 503, 507),
    )
)
def add_file(ref: str) -> ResponseReturnValue:
    """The file lies sealed beside the draft."""
    asked, now = read_query(FileQuery), clock.now()
    keys, store = current_app.config["SETTINGS"].keys, current_app.extensions["file_store"]
    draft = drafts.read(db.session, ref, filler=_filler(), keys=keys, now=now)
    question = reading.question_at(draft.form.document, asked.path)
    attaching.require_room(db.session, draft, field="path")
    db.session.close()
    with files.in_hand(g.resident_id):
        limiting.admit_file(g.resident_id)
        raw = request.get_data(cache=False)
        prepared = files.prepare(raw, question.kind, asked.name, field="path")
        shelved = files.shelve(store, prepared, key=draft.key, now=now)
        with transaction() as session:
            drafts.hold(session, ref, filler=_filler(), keys=keys, now=now)  # sent in the meantime?
            kept = files.keep(
                session, store, shelved, dossier_id=draft.dossier_id, key=draft.key,
                purpose=FilePurpose.ANSWER, by="resident", now=now,
            )  # fmt: skip
    return jsonify(id=kept.id), CREATED


@bp.get("/submissions/<number>")
@describe(
    Description(
        summary="Where a submission of one's own stands", answer=SubmissionOut, errors=(401, 404)
    )
)
def show(number: str) -> Response:
    """The resident's own submission by its receipt number; another's is not there."""
    keys = current_app.config["SETTINGS"].keys
    found = reading.mine(db.session, number, g.resident_id, keys=keys)
    if found is None:
        raise NotFound("no such submission of theirs")
    answer = jsonify(found | {"url": url_for("procedure_mine.show", ref=found.pop("ref"))})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _filler() -> Filler:
    return Filler(resident_id=g.resident_id)
