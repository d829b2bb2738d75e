"""What colleagues do with cases: steps, answers, notes, who is in charge, and until when.

Returning, deciding and documents stand beside (`pointing`, `deciding`, `documents`). Every change
takes the `version` its page showed and gives the new one. Raises CaseChanged where somebody was
faster (nothing has changed then), StepRefused, InputInvalid, and NotFound, which also stands for
cases outside the colleague's scope.
"""

from __future__ import annotations

from datetime import date
from typing import Unpack

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.procedures import rules, telling
from liff_app.procedures.desk import deciding, lapsing
from liff_app.procedures.desk.acts import (
    LONGEST_NOTE,
    By,
    Held,
    begin,
    optional,
    require_undecided,
    sentence,
    take_step,
    write,
)
from liff_app.procedures.desk.errors import StepRefused
from liff_app.procedures.telling import Told
from liff_app.procedures.vocabulary import EventKind, Mover, Need, Status

__all__ = ["By", "answer", "assign", "move", "note", "set_due", "take"]

_DEPARTMENTS = table("staff_departments", column("id"))  # the staff's own: only looked up
_ACCOUNTS = table("staff_accounts", column("id"), column("disabled_at"))


def move(session: Session, ref: str, to: Status, *, text: str = "", **by: Unpack[By]) -> int:
    """The case stands at `to`, and its applicant is told; `text` is the reason they read.

    A decision of a form that takes two people is proposed only: a second colleague approves it.
    So is whatever ends the case otherwise, or opens again what was decided (`rules.Step`).
    """
    held = begin(session, ref, by)
    require_undecided(held)
    step = rules.step(Status(held.row.status), to, Mover.STAFF)
    if step is None or Need.ITEMS in step.needs:
        raise StepRefused(f"{held.row.status} -> {to}")
    if Need.OVERDUE in step.needs:
        lapsing.require_over(session, held.row, by["now"])
    said = sentence(text) if Need.REASON in step.needs else optional(text)
    if step.is_decision and held.form.document.settings.two_person:
        return deciding.propose(session, held, to, said, by)
    return take_step(session, held, EventKind.MOVED, to, by, text=said)


def answer(session: Session, ref: str, text: str, **by: Unpack[By]) -> int:
    """The applicant reads the sentence, and is told that there is one. No step is taken."""
    held = begin(session, ref, by)
    write(session, held, EventKind.ANSWERED, by, public=sentence(text))
    telling.told(session, held.row, held.form, Told.ANSWERED, by["now"])
    return held.row.version


def note(session: Session, ref: str, text: str, **by: Unpack[By]) -> int:
    """A note for colleagues only."""
    said = sentence(text, field="note", most=LONGEST_NOTE)
    held = begin(session, ref, by)
    write(session, held, EventKind.NOTED, by, private=said)
    return held.row.version


def take(session: Session, ref: str, **by: Unpack[By]) -> int:
    """The colleague is in charge; the department stays. Theirs already: nothing."""
    held = begin(session, ref, by)
    return _assign(session, held, held.row.department_id, by["colleague"].id, by)


def assign(
    session: Session,
    ref: str,
    *,
    department_id: str | None,
    assignee_id: str | None,
    **by: Unpack[By],
) -> int:
    """That department is in charge, and that colleague; None: nobody. The same again: nothing."""
    held = begin(session, ref, by)
    _require_row(session, _DEPARTMENTS, department_id, "department_id")
    _require_row(session, _ACCOUNTS, assignee_id, "assignee_id")
    return _assign(session, held, department_id, assignee_id, by)


def _assign(
    session: Session, held: Held, department_id: str | None, assignee_id: str | None, by: By
) -> int:
    row = held.row
    if (row.department_id, row.assignee_id) == (department_id, assignee_id):
        return row.version
    row.department_id, row.assignee_id = department_id, assignee_id
    detail = {"department": department_id, "assignee": assignee_id}
    write(session, held, EventKind.ASSIGNED, by, detail=detail)
    return row.version


def set_due(session: Session, ref: str, day: date | None, **by: Unpack[By]) -> int:
    """The case is due that day in Japan, None: at no time. The same again: nothing."""
    held = begin(session, ref, by)
    if held.row.due_on == day:
        return held.row.version
    held.row.due_on = day
    write(session, held, EventKind.DATED, by, detail={"due_on": day.isoformat() if day else None})
    return held.row.version


def _require_row(session: Session, rows, wanted: str | None, name: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a lightweight table
    """Raises InputInvalid for an id that nobody has; who was disabled cannot be in charge."""
    if wanted is None:
        return
    found = select(rows.c.id).where(rows.c.id == wanted)
    if "disabled_at" in rows.c:
        found = found.where(rows.c.disabled_at.is_(None))
    if session.scalar(found) is None:
        raise InputInvalid([FieldError(name, "unknown", _("担当をもう一度えらんでください。"))])
