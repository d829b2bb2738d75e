"""A report as a program sends it: JSON, or a form with its photos, and the key of the sending."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from flask import request
from pydantic import ValidationError
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from liff_app.apidoc import field_errors, read_body
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.idempotency import key_for
from liff_app.photos.service import MOST_BYTES
from liff_app.reports.api_models import ReportIn
from liff_app.reports.filing import MOST_PHOTOS, FileDraft
from liff_app.reports.vocabulary import PlaceWay, Source

PHOTO_REQUEST: Final = MOST_BYTES + 1024 * 1024  # a photo and the form around it
REPORT_REQUEST: Final = MOST_PHOTOS * MOST_BYTES + 4 * 1024 * 1024
# All words of a form. Not less: Werkzeug counts what it has read of a photo, 64 KiB at a time and
# the rest of the time before, against the same number.
TEXT_BYTES: Final = 256 * 1024
MOST_PARTS: Final = 60  # fields and files of one form
PHOTO_NAMES = ("photo", "photo[]", "photos", "photos[]")
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_ANSWER = "answers."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A report and its photos, as they came in."""

    draft: FileDraft
    photos: tuple[bytes, ...]
    digests: tuple[str, ...]


def read_report() -> Sent:
    """What this request reports. Raises InputInvalid naming every wrong field."""
    is_form = request.mimetype in FORMS
    said = _from_form() if is_form else read_body(ReportIn)
    raws = tuple(_photos()) if is_form else ()
    return Sent(
        draft=_draft(said),
        photos=raws,
        digests=tuple(hashlib.sha256(raw).hexdigest() for raw in raws),
    )


def _from_form() -> ReportIn:
    fields = {
        name: value
        for name, value in request.form.items()
        if name != "csrf_token" and not name.startswith(_ANSWER) and (value or name == "category")
    }
    answers = {
        name.removeprefix(_ANSWER): value
        for name, value in request.form.items()
        if name.startswith(_ANSWER) and value
    }
    try:
        return ReportIn.model_validate_strings(fields | ({"answers": answers} if answers else {}))
    except ValidationError as error:
        raise InputInvalid(field_errors(error)) from None


def _photos() -> list[bytes]:
    """The photos of the form. A field left empty is none; browsers send it all the same."""
    files = [file for name in PHOTO_NAMES for file in request.files.getlist(name)]
    raws = [raw for raw in (file.read() for file in files) if raw]
    if len(raws) > MOST_PHOTOS:
        message = _("写真は%(n)s枚まで送れます。", n=MOST_PHOTOS)
        raise InputInvalid([FieldError("photo", "too_many", message)])
    return raws


def read_photo() -> bytes:
    """The one photo of this request: its body, or the file of a form."""
    raws = _photos() if request.mimetype in FORMS else [_raw()]
    if len(raws) != 1 or not raws[0]:
        raise InputInvalid([FieldError("photo", "required", _("写真を1枚送ってください。"))])
    return raws[0]


def _raw() -> bytes:
    """The body, whole: some servers hand over what they got before the line broke."""
    raw = request.get_data(cache=False)
    if request.content_length is not None and len(raw) != request.content_length:
        raise BadRequest
    return raw


def _draft(said: ReportIn) -> FileDraft:
    own = "Authorization" not in request.headers  # our pages have a session, programs a token
    values = said.model_dump() | {
        "place_way": PlaceWay(said.place_way),
        "source": Source.LIFF if own else Source.API,
    }
    return FileDraft(**values)


def key_of(session: Session, sent: Sent, *, resident_id: str, now: datetime) -> str:
    """The key of this sending, made from its content where none came with it."""
    given = request.headers.get("Idempotency-Key")
    told = json.dumps([asdict(sent.draft), sent.digests], sort_keys=True)
    content = hashlib.sha256(told.encode()).digest()
    return key_for(session, given, owner=f"report:{resident_id}", content=content, now=now)
