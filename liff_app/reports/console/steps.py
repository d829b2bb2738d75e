"""What a reviewer does with a report: tells its residents, notes, assigns, and puts right."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app import clock
from liff_app.db import db
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.photos import service as photos
from liff_app.photos import serving
from liff_app.reports import case_queries, casework, moderation
from liff_app.reports.acts import By
from liff_app.reports.console import case_fields, case_page, walk
from liff_app.reports.console.case_changes import Done, change, mine
from liff_app.reports.console.case_page import Told
from liff_app.reports.console.case_steps import ANSWER
from liff_app.staff.guard import colleague

bp = Blueprint("report_steps", __name__)
bp.url_defaults(walk.go_along)


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A photo is larger than other requests; said before the guard reads the form."""
    if endpoint == "report_steps.add_photo":
        serving.make_room()


@bp.post("/<ref>/move")
def move(ref: str) -> ResponseReturnValue:
    """The step is taken, or the sentence answered, and the residents are told; or it is shown."""
    if "preview" in request.form:
        case_queries.find(db.session, ref, mine())
        return case_page.render(ref, Told(form="step", typed=request.form))
    return change(ref, "step", lambda session, by: _tell(session, ref, by))


def _tell(session: Session, ref: str, by: By) -> Done:
    text = request.form.get("text", "")
    if request.form.get("to") == ANSWER:
        casework.answer(session, ref, text, **by)
        return Done(action="report.answered")
    to = case_fields.status("to")
    casework.move(session, ref, to, text=text, receiver=request.form.get("receiver", ""), **by)
    return Done(action="report.moved", detail={"status": to.value})


@bp.post("/<ref>/note")
def add_note(ref: str) -> ResponseReturnValue:
    """Colleagues read the note; nobody else does."""

    def work(session: Session, by: By) -> Done:
        with case_fields.named({"text": "note"}):
            casework.note(session, ref, request.form.get("note", ""), **by)
        return Done(action="report.noted")

    return change(ref, "note", work)


@bp.post("/<ref>/desk")
def desk(ref: str) -> ResponseReturnValue:
    """Who is in charge, how urgent it is and until when: whatever of it is other than it was."""
    return change(ref, "desk", lambda session, by: _desk(session, ref, by))


def _desk(session: Session, ref: str, by: By) -> Done:
    wanted = case_fields.desk()
    person = wanted.assignee_id
    if person is not None and person not in dict(_eligible(session, ref, wanted.department_id)):
        message = _("その人は、この部署の通報を見られません。担当をえらびなおしてください。")
        raise InputInvalid([FieldError("assignee_id", "scope", message)])
    by["version"] = casework.prioritise(session, ref, wanted.priority, **by)
    by["version"] = casework.set_due(session, ref, wanted.due_on, **by)
    # Last: given to another department, the report may be out of this colleague's sight.
    casework.assign(session, ref, department_id=wanted.department_id, assignee_id=person, **by)
    away = not by["scope"].sees(wanted.department_id)
    return Done(action="report.assigned", away=away, detail={"priority": int(wanted.priority)})


def _eligible(session: Session, ref: str, department_id: str | None) -> list[tuple[str, str]]:
    row = case_queries.find(session, ref, mine())
    return case_page.persons(session, department_id, row.assignee_id)


@bp.post("/<ref>/place")
def place(ref: str) -> ResponseReturnValue:
    """The report lies where the pin is now."""

    def work(session: Session, by: By) -> Done:
        lat, lon = case_fields.position()
        casework.place(session, ref, lat, lon, request.form.get("place_text", ""), **by)
        return Done(action="report.placed")

    return change(ref, "place", work)


@bp.post("/<ref>/kind")
def kind(ref: str) -> ResponseReturnValue:
    """The report is of the category."""

    def work(session: Session, by: By) -> Done:
        code = request.form.get("category", "")[:40]
        casework.reclassify(session, ref, code, **by)
        return Done(action="report.reclassified", detail={"category": code})

    return change(ref, "kind", work)


@bp.post("/<ref>/photos")
def add_photo(ref: str) -> ResponseReturnValue:
    """A photo of the town hall's own, after the work say, belongs to the report."""
    case_queries.find(db.session, ref, mine())
    store, owner = current_app.extensions["file_store"], colleague().actor
    try:
        raw = case_fields.photo()
        prepared = photos.shelve(store, photos.prepare(raw), now=clock.now())
    except InputInvalid as invalid:
        return case_page.render(ref, Told(form="photo", errors=tuple(invalid.errors))), 422

    def work(session: Session, by: By) -> Done:
        view = photos.keep(
            session, store, prepared, owner=owner, now=by["now"], within=f"report:{ref}"
        )
        moderation.add_staff_photo(session, ref, view.id, **by)
        return Done(action="report.photo_added")

    return change(ref, "photo", work)
