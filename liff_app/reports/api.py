"""`/api/v1/reports`: a resident files, follows and answers; for our pages and for programs."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock, idempotency
from liff_app.apidoc import MAX_JSON_BYTES, Description, describe, read_body
from liff_app.db import db, transaction
from liff_app.errors import NotFound
from liff_app.idempotency import Answer
from liff_app.reports import (
    api_input,
    api_limits,
    api_shapes,
    filing,
    following,
    photo_intake,
    queries,
)
from liff_app.reports.api_input import REPORT_REQUEST, TEXT_BYTES, Sent
from liff_app.reports.api_models import (
    FixIn,
    FixOut,
    JoinOut,
    MineOut,
    ReportIn,
    ReportMade,
    ReportOut,
)
from liff_app.reports.filing import MOST_PHOTOS, Receipt
from liff_app.reports.my_queries import one_mine
from liff_app.reports.photo_intake import Taken
from liff_app.reports.vocabulary import FixAnswer

bp = Blueprint("reports_api", __name__)


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Photos need more room than words do; said before the guard reads the form."""
    photos_may_come = endpoint == "reports_api.create" and request.mimetype == api_input.FORMS[0]
    request.max_content_length = REPORT_REQUEST if photos_may_come else MAX_JSON_BYTES
    request.max_form_memory_size = TEXT_BYTES
    request.max_form_parts = api_input.MOST_PARTS


@bp.post("/reports")
@describe(
    Description(
        summary="Report damage. With `Idempotency-Key` (or an equal body within ten minutes) a "
        "repeat gets the first answer, as 200",
        body=ReportIn,
        answer=ReportMade,
        success=201,
        uploads=True,
        errors=(401, 403, 413, 422, 429, 503, 507),
    )
)
def create() -> ResponseReturnValue:
    """A damage report is filed, once."""
    sent, now = api_input.read_report(), clock.now()
    key = api_input.key_of(db.session, sent, resident_id=g.resident_id, now=now)
    is_new = filing.kept_receipt(db.session, resident_id=g.resident_id, key=key) is None
    with photo_intake.place(g.resident_id) if sent.photos and is_new else nullcontext():
        receipt = _filed(sent, key)
    wanted = MOST_PHOTOS - len(sent.digests)
    answer = jsonify(**_receipt(receipt), photos_wanted=wanted)
    answer.status_code = 200 if receipt.repeated else 201
    answer.headers["Location"] = url_for(".show", ref=receipt.ref)
    return answer


def _filed(sent: Sent, key: str) -> Receipt:
    ready = _prepared(sent, key)
    with transaction() as session:
        return _file(session, sent, ready, key)


def _prepared(sent: Sent, key: str) -> list[Taken]:
    """The photos, decoded and lying in the store; none for a report that is there already.

    Before the transaction, since decoding takes its time; after the words, since a wrong field must
    not cost that time; and the limit between, so that a wrong field uses nothing up.
    """
    if filing.kept_receipt(db.session, resident_id=g.resident_id, key=key) is not None:
        return []
    settings = current_app.config["SETTINGS"]
    filing.check(db.session, sent.draft, municipality_code=settings.municipality_code)
    api_limits.admit_report(g.resident_id, key)
    return photo_intake.take(sent.photos, resident_id=g.resident_id)


def _file(session: Session, sent: Sent, ready: list[Taken], key: str) -> Receipt:
    if filing.kept_receipt(session, resident_id=g.resident_id, key=key) is not None:
        ready = []  # filed while these were decoded: pictures nobody needs go with the sweep
    views = [photo_intake.keep(session, one, resident_id=g.resident_id) for one in ready]
    return filing.file_once(
        session,
        sent.draft,
        resident_id=g.resident_id,
        key=key,
        photo_ids=[view.id for view in views],
        photo_digests=sent.digests,
        settings=current_app.config["SETTINGS"],
        now=clock.now(),
    )


@bp.get("/reports")
@describe(
    Description(summary="Reports of one's own, and those joined", answer=MineOut, errors=(401,))
)
def index() -> Response:
    """The resident's reports, newest first."""
    return _unkept(
        reports=[api_shapes.line(one) for one in queries.mine(db.session, g.resident_id)]
    )


@bp.get("/reports/<ref>")
@describe(
    Description(
        summary="One report: whole if it is one's own or joined, else what is public",
        answer=ReportOut,
        errors=(401, 404),
    )
)
def show(ref: str) -> Response:
    """One report, as far as the reader may see it."""
    try:
        mine = one_mine(db.session, ref, g.resident_id, now=clock.now())
    except NotFound:
        return _unkept(**api_shapes.public(queries.public_one(db.session, ref)))
    return _unkept(**api_shapes.own(mine))


@bp.post("/reports/<ref>/join")
@describe(
    Description(
        summary="「わたしも」: be told of a report's progress; a repeat changes nothing",
        answer=JoinOut,
        errors=(401, 403, 404, 409),
    )
)
def join(ref: str) -> Response:
    """The resident follows the report, or the one it is worked together with."""
    with transaction() as session:
        receipt = following.join(session, ref, resident_id=g.resident_id, now=clock.now())
    return _unkept(**_receipt(receipt))


@bp.post("/reports/<ref>/fix-answer")
@describe(
    Description(
        summary="直った or まだ, after the town said that it is done",
        body=FixIn,
        answer=FixOut,
        errors=(401, 403, 404, 409, 422),
    )
)
def answer_fix(ref: str) -> Response:
    """What the resident found is on record; まだ opens the report again."""
    said = read_body(FixIn)
    with transaction() as session:
        status = _once_answered(session, ref, said)
    return _unkept(id=ref, status=status)


def _once_answered(session: Session, ref: str, said: FixIn) -> str:
    """The status after the answer; with an `Idempotency-Key` a repeat gets the first one."""
    now = clock.now()

    def earn() -> Answer:
        following.answer_fix(
            session, ref, FixAnswer(said.answer), said.text, resident_id=g.resident_id, now=now
        )
        return Answer(200, one_mine(session, ref, g.resident_id, now=now).status)

    key = request.headers.get("Idempotency-Key")
    if key is None:
        return earn().body
    return idempotency.once(
        session,
        owner=f"report-fix:{g.resident_id}",
        key=idempotency.checked(key),
        content=idempotency.fingerprint(ref.encode(), said.answer.encode(), said.text.encode()),
        now=now,
        earn=earn,
    ).body


def _receipt(receipt: Receipt) -> dict[str, str]:
    return {
        "id": receipt.ref,
        "number": receipt.number,
        "status": receipt.status,
        "url": api_shapes.page_url(receipt.ref),
    }


def _unkept(**body: object) -> Response:
    """A person's answer, which no cache may keep."""
    answer = jsonify(body)
    answer.headers["Cache-Control"] = "no-store"
    return answer
