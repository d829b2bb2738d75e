"""`/console/reports/<ref>`: one report, its photos, and how to reach whoever reported it."""

from __future__ import annotations

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from liff_app.db import db, transaction
from liff_app.errors import NotFound
from liff_app.photos import service as photos
from liff_app.photos import serving
from liff_app.reports import case_queries, casework
from liff_app.reports.console import case_page, walk
from liff_app.reports.console.case_changes import mine
from liff_app.reports.console.case_page import Told
from liff_app.staff.guard import colleague, note

bp = Blueprint("report_case", __name__)
bp.url_defaults(walk.go_along)


@bp.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """The report as it stands; from now on it is no longer unread for this colleague."""
    case_queries.find(db.session, ref, mine())
    answer = case_page.render(ref, Told(done=request.args.get("done", "")))
    with transaction() as session:
        casework.mark_read(session, colleague().id, ref)
    return answer


@bp.post("/<ref>/contact")
def contact(ref: str) -> ResponseReturnValue:
    """The page with the contact on it; the log has that it was looked at."""
    settings = current_app.config["SETTINGS"]
    with transaction() as session:
        found = casework.contact(session, ref, scope=mine(), keys=settings.keys)
        note(session, "report.contact_viewed", f"report:{ref}", persons=1)
    return case_page.render(ref, Told(contact=found))


@bp.get("/<ref>/photos/<photo_id>/<size>")
def photo(ref: str, photo_id: str, size: str) -> ResponseReturnValue:
    """The photo as the town hall has it, without masks. `size` is large or thumb."""
    if size not in {"large", "thumb"} or not case_queries.holds_photo(
        db.session, ref, photo_id, mine()
    ):
        raise NotFound("no such photo")
    store = current_app.extensions["file_store"]
    wanted: photos.Size = "large" if size == "large" else "thumb"
    return serving.answer(photos.read(db.session, store, photo_id, wanted, public=False))
