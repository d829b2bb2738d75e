"""`POST /api/v1/reports/<ref>/photos`: one photo to a report that is there already.

Text first, photos after: a photo that fails never takes the report with it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock, idempotency
from liff_app.apidoc import Description, describe
from liff_app.db import db, transaction
from liff_app.idempotency import Answer, KeptAnswer
from liff_app.reports import api_input, api_shapes, filing, photo_intake
from liff_app.reports.api_models import PhotoMade
from liff_app.reports.filing import MOST_PHOTOS
from liff_app.reports.my_queries import one_mine
from liff_app.reports.photo_intake import Taken

bp = Blueprint("report_photos_api", __name__)


@bp.url_value_preprocessor
def make_room(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A photo is larger than other requests; said before the guard reads the form."""
    request.max_content_length = api_input.PHOTO_REQUEST
    request.max_form_memory_size = api_input.TEXT_BYTES
    request.max_form_parts = api_input.MOST_PARTS


@bp.post("/reports/<ref>/photos")
@describe(
    Description(
        summary="Add one photo to one's own report, within 72 hours, three at most; the same bytes "
        "again get the first answer, as 200",
        answer=PhotoMade,
        success=201,
        uploads=True,
        errors=(401, 403, 404, 409, 413, 422, 429, 503, 507),
    )
)
def create(ref: str) -> ResponseReturnValue:
    """The photo belongs to the report, once."""
    given = add(ref, api_input.read_photo(), resident_id=g.resident_id)
    answer = jsonify(json.loads(given.body))
    answer.status_code = 200 if given.repeated else 201
    answer.headers["Cache-Control"] = "no-store"
    return answer


def add(ref: str, raw: bytes, *, resident_id: str) -> Answer:
    """The photo is on the report; for bytes that were added before, the answer of then.

    Opens its own transaction, since decoding must come before it. Raises what `filing.add_photo`
    and `photo_intake.take` raise, and PhotosBusy.
    """
    digest = hashlib.sha256(raw).hexdigest()
    owner, key = f"report-photo:{resident_id}", f"{ref}-{digest[:48]}"
    kept = _kept(owner, key)
    if kept is not None:
        return kept
    with photo_intake.place(resident_id):
        kept = _kept(owner, key)  # by a try that was faster
        if kept is not None:
            return kept
        ready = _ready(ref, raw, resident_id)
        with transaction() as session:
            return idempotency.once(
                session,
                owner=owner,
                key=key,
                content=bytes.fromhex(digest),
                now=clock.now(),
                earn=lambda: _attach(session, ref, ready, resident_id),
            )


def _kept(owner: str, key: str) -> Answer | None:
    kept = db.session.get(KeptAnswer, (owner, key))
    return Answer(kept.status, kept.body, repeated=True) if kept else None


def _ready(ref: str, raw: bytes, resident_id: str) -> Taken:
    """The photo, decoded and lying in the store: only for whoever may add one to this report."""
    if not one_mine(db.session, ref, resident_id, now=clock.now()).can.add_photo:
        db.session.close()
        with transaction() as session:  # it says why not, and no photo was decoded for it
            filing.add_photo(session, ref, "", resident_id=resident_id, now=clock.now())
    return photo_intake.take([raw], resident_id=resident_id, within=f"report:{ref}")[0]


def _attach(session: Session, ref: str, ready: Taken, resident_id: str) -> Answer:
    now = clock.now()
    view = photo_intake.keep(session, ready, resident_id=resident_id, within=f"report:{ref}")
    filing.add_photo(session, ref, view.id, resident_id=resident_id, now=now)
    found = one_mine(session, ref, resident_id, now=now)
    count = sum(not photo.by_staff for photo in found.photos)
    body = {
        "photo": api_shapes.staff_copy(ref, view.id),
        "photos_wanted": max(0, MOST_PHOTOS - count),
    }
    return Answer(201, json.dumps(body))
