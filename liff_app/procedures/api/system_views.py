"""`/api/v1/procedures/…/submissions` for other systems that hold a key."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import select

from liff_app import clock
from liff_app.apidoc import Description, describe, read_query
from liff_app.audit import service as audit
from liff_app.db import db, transaction
from liff_app.errors import NotFound
from liff_app.procedures.api import reading
from liff_app.procedures.api.shapes import PageQuery, SubmissionsOut
from liff_app.procedures.models import Procedure
from liff_app.staff import system_guard

bp = Blueprint("procedures_system", __name__)


@bp.get("/procedures/<slug>/submissions")
@describe(
    Description(
        summary="Submissions of a procedure with their answers, 100 a page (key: "
        "`submissions:read`, naming the procedure)",
        query=PageQuery,
        answer=SubmissionsOut,
        errors=(401, 403, 404, 422, 429),
    )
)
def index(slug: str) -> Response:
    """A page of submissions, oldest first. The log has how many were read by which key.

    A procedure that the key does not name is as absent as one that is not there.
    """
    asked, settings = read_query(PageQuery), current_app.config["SETTINGS"]
    procedure = db.session.scalar(select(Procedure).where(Procedure.slug == slug))
    if procedure is None or procedure.id not in system_guard.caller().procedures:
        raise NotFound("no such procedure for this key")
    found, after = reading.page(db.session, procedure, asked.after, keys=settings.keys)
    db.session.close()
    with transaction() as session:
        audit.record(
            session, actor=system_guard.caller().actor, action="procedure.read_by_key",
            subject=f"procedure:{slug}", keys=settings.keys, now=clock.now(), persons=len(found),
        )  # fmt: skip
    answer = jsonify(submissions=found, after=after)
    answer.headers["Cache-Control"] = "no-store"
    return answer
