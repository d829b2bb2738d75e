"""What is done with one submission: steps, decisions, answers, notes, who is in charge."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from liff_app.db import db
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.procedures import telling
from liff_app.procedures.desk import acts, casework, deciding, queries
from liff_app.procedures.desk.acts import By
from liff_app.procedures.desk.console import case_page, people, typed, walk
from liff_app.procedures.desk.console.case_page import Told
from liff_app.procedures.desk.console.changes import Done, change, mine
from liff_app.procedures.desk.console.choices import ANSWER
from liff_app.procedures.models import Submission
from liff_app.procedures.vocabulary import Status

bp = Blueprint("procedure_steps", __name__)
bp.url_defaults(walk.go_along)


@bp.post("/<ref>/move")
def move(ref: str) -> ResponseReturnValue:
    """The step is taken, or the sentence told; or what would be told is shown."""
    if "preview" in request.form:
        queries.find(db.session, ref, mine())
        return case_page.render(ref, Told(form="step", typed=request.form))
    return change(ref, "step", lambda session, by: _tell(session, ref, by))


def _tell(session: Session, ref: str, by: By) -> Done:
    text = request.form.get("text", "")
    if request.form.get("to") == ANSWER:
        casework.answer(session, ref, text, **by)
        return Done(action="procedure.answered")
    to = typed.status("to")
    row = queries.find(session, ref, by["scope"])
    was = Status(row.status)
    casework.move(session, ref, to, text=text, **by)
    return Done(action="procedure.moved", said=_said(row, was, to), detail={"status": to.value})


def _said(row: Submission, was: Status, to: Status) -> str:
    """What the page says of the step: that it was proposed only, or whether anybody is told."""
    if row.proposed_status is not None:
        return "proposed"
    return "quiet" if telling.is_silent(acts.told_of(was, to)) else "step"


@bp.post("/<ref>/approve")
def approve(ref: str) -> ResponseReturnValue:
    """The proposed decision is taken."""

    def work(session: Session, by: By) -> Done:
        deciding.approve(session, ref, **by)
        return Done(action="procedure.approved")

    return change(ref, "decide", work)


@bp.post("/<ref>/disapprove")
def disapprove(ref: str) -> ResponseReturnValue:
    """The proposed decision is not taken."""

    def work(session: Session, by: By) -> Done:
        with typed.named({"text": "why"}):
            deciding.disapprove(session, ref, request.form.get("why", ""), **by)
        return Done(action="procedure.not_approved")

    return change(ref, "disapprove", work)


@bp.post("/<ref>/note")
def add_note(ref: str) -> ResponseReturnValue:
    """Colleagues read the note; nobody else does."""

    def work(session: Session, by: By) -> Done:
        casework.note(session, ref, request.form.get("note", ""), **by)
        return Done(action="procedure.noted")

    return change(ref, "note", work)


@bp.post("/<ref>/take")
def take(ref: str) -> ResponseReturnValue:
    """The colleague is in charge."""

    def work(session: Session, by: By) -> Done:
        casework.take(session, ref, **by)
        return Done(action="procedure.assigned")

    return change(ref, "desk", work)


@bp.post("/<ref>/desk")
def desk(ref: str) -> ResponseReturnValue:
    """Who is in charge and until when: whatever of it is other than it was."""
    return change(ref, "desk", lambda session, by: _desk(session, ref, by))


def _desk(session: Session, ref: str, by: By) -> Done:
    department, person = typed.identifier("department_id"), typed.identifier("assignee_id")
    due_on = typed.day("due_on")
    row = queries.find(session, ref, by["scope"])
    may = people.eligible(session, department, row.assignee_id, now=by["now"])
    if person is not None and person not in dict(may):
        message = _("その人は、この部署の申請を見られません。担当をえらびなおしてください。")
        raise InputInvalid([FieldError("assignee_id", "scope", message)])
    by["version"] = casework.set_due(session, ref, due_on, **by)
    # Last: given to another department, the case may be out of this colleague's sight.
    casework.assign(session, ref, department_id=department, assignee_id=person, **by)
    return Done(action="procedure.assigned", away=not by["scope"].sees(department))
