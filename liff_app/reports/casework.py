"""What colleagues do with reports. The one door for surfaces; merging and moderation stand beside.

Every change takes the `version` its page showed and gives the new one. Raises ReportChanged where
somebody was faster (nothing has changed then), StepRefused, InputInvalid, and NotFound, which also
stands for reports outside the colleague's scope.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Unpack

from sqlalchemy import column, select, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from liff_app.crypto import KeyRing
from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.reports import events, filing, rules, telling
from liff_app.reports.acts import By, begin, optional, sentence
from liff_app.reports.categories import service as categories
from liff_app.reports.errors import StepRefused
from liff_app.reports.merging import merge, split
from liff_app.reports.models import Report, ReportRead
from liff_app.reports.moderation import add_staff_photo, check_photo, check_public, hide, show
from liff_app.reports.scope import Scope
from liff_app.reports.telling import Told
from liff_app.reports.vocabulary import EventKind, Mover, Need, Priority, Status

__all__ = [
    "By",
    "add_staff_photo",
    "answer",
    "assign",
    "check_photo",
    "check_public",
    "contact",
    "hide",
    "mark_read",
    "mark_unread",
    "merge",
    "move",
    "note",
    "place",
    "prioritise",
    "reclassify",
    "set_due",
    "show",
    "split",
]

LONGEST_RECEIVER = 120
LONGEST_PLACE = 200
_DEPARTMENTS = table("staff_departments", column("id"))  # the staff's own: only looked up
_ACCOUNTS = table("staff_accounts", column("id"), column("disabled_at"))


def move(
    session: Session,
    ref: str,
    to: Status,
    *,
    text: str = "",
    receiver: str = "",
    **by: Unpack[By],
) -> int:
    """The report stands at `to`, and every follower of the incident is told of it.

    `text` is what they read, `receiver` who takes it over. After 「直しました」 each follower is
    asked anew. Into and out of an incident lead `merge` and `split` alone.
    """
    report = begin(session, ref, by).report
    step = rules.step(Status(report.status), to, Mover.STAFF)
    if step is None or Need.LEAD in step.needs or report.status == Status.DUPLICATE:
        raise StepRefused(f"{report.status} -> {to}")
    said, body = _needed(step.needs, text, receiver)
    if Need.RECEIVER in step.needs:
        report.handed_to = body
    codes = {"receiver": body} if body else {}
    event = events.append(
        session,
        report,
        EventKind.MOVED,
        actor=by["actor"],
        now=by["now"],
        to=to,
        public=said,
        detail=codes,
    )
    if to is Status.FIXED:
        events.ask_anew(session, report, now=by["now"])
    telling.told_of(session, event, to, events.followers(session, report), now=by["now"])
    return report.version


def _needed(needs: frozenset[Need], text: str, receiver: str) -> tuple[str, str]:
    """The sentence and the receiver's name. Raises InputInvalid naming both if both are wrong."""
    faults: list[FieldError] = []
    said = body = ""
    try:
        said = sentence(text) if Need.REASON in needs else optional(text)
    except InputInvalid as error:
        faults += error.errors
    try:
        if Need.RECEIVER in needs:
            body = sentence(receiver, field="receiver", most=LONGEST_RECEIVER)
    except InputInvalid as error:
        faults += error.errors
    if faults:
        raise InputInvalid(faults)
    return said, body


def answer(session: Session, ref: str, text: str, **by: Unpack[By]) -> int:
    """The followers read the sentence, and are told that there is one. No step is taken."""
    report = begin(session, ref, by).report
    event = events.append(
        session,
        report,
        EventKind.ANSWERED,
        actor=by["actor"],
        now=by["now"],
        public=sentence(text),
    )
    telling.told_of(session, event, Told.ANSWERED, events.followers(session, report), now=by["now"])
    return report.version


def note(session: Session, ref: str, text: str, **by: Unpack[By]) -> int:
    """A note for colleagues only."""
    said = sentence(text, most=2000)
    return _plain(session, ref, EventKind.NOTED, by, private=said)


def assign(
    session: Session,
    ref: str,
    *,
    department_id: str | None,
    assignee_id: str | None,
    **by: Unpack[By],
) -> int:
    """That department is in charge, and that colleague; None: nobody. The same again: nothing."""
    report = begin(session, ref, by).report
    _require_row(session, _DEPARTMENTS, department_id, "department_id")
    _require_row(session, _ACCOUNTS, assignee_id, "assignee_id")
    was = {"department": report.department_id, "assignee": report.assignee_id}
    becomes = {"department": department_id, "assignee": assignee_id}
    if was == becomes:
        return report.version
    report.department_id, report.assignee_id = department_id, assignee_id
    return _changed(session, report, EventKind.ASSIGNED, by, was, becomes)


def prioritise(session: Session, ref: str, priority: Priority, **by: Unpack[By]) -> int:
    """The report has that priority. The same again: nothing."""
    report = begin(session, ref, by).report
    was = report.priority
    if was == priority:
        return report.version
    report.priority = int(priority)
    return _changed(
        session, report, EventKind.PRIORITISED, by, {"priority": was}, {"priority": int(priority)}
    )


def set_due(session: Session, ref: str, day: date | None, **by: Unpack[By]) -> int:
    """The report is due that day in Japan, None: at no time. The same again: nothing."""
    report = begin(session, ref, by).report
    was = report.due_on
    if was == day:
        return report.version
    report.due_on = day
    return _changed(
        session, report, EventKind.DATED, by, {"due_on": _iso(was)}, {"due_on": _iso(day)}
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def place(
    session: Session, ref: str, lat: float, lon: float, place_text: str, **by: Unpack[By]
) -> int:
    """The report lies there. Whether the public may see it so exactly is decided anew."""
    report = begin(session, ref, by).report
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):  # noqa: PLR2004 - degrees
        raise InputInvalid([FieldError("place", "range", _("場所をもう一度えらんでください。"))])
    text = optional(place_text, field="place_text", most=LONGEST_PLACE)
    moved = (report.lat, report.lon) != (lat, lon)
    if not moved and report.place_text == text:
        return report.version
    report.lat, report.lon, report.place_text = lat, lon, text
    report.cell = rules.cell_of(lat, lon)
    if moved:
        report.place_checked = False
    return _changed(session, report, EventKind.PLACED, by, {}, {"moved": moved})


def reclassify(session: Session, ref: str, category: str, **by: Unpack[By]) -> int:
    """The report is of that category; who is in charge and when it is due stay as they are."""
    report = begin(session, ref, by).report
    if categories.find(session, category) is None:
        message = _("種類をもう一度えらんでください。")
        raise InputInvalid([FieldError("category", "unknown_category", message)])
    was = report.category
    if was == category:
        return report.version
    report.category = category
    return _changed(
        session, report, EventKind.RECLASSIFIED, by, {"category": was}, {"category": category}
    )


def _changed(
    session: Session,
    report: Report,
    kind: EventKind,
    by: By,
    was: events.Detail,
    becomes: events.Detail,
) -> int:
    codes = {"was": dict(was), "is": dict(becomes)} if was else dict(becomes)
    events.append(session, report, kind, actor=by["actor"], now=by["now"], detail=codes)
    return report.version


def _plain(session: Session, ref: str, kind: EventKind, by: By, *, private: str) -> int:
    report = begin(session, ref, by).report
    events.append(session, report, kind, actor=by["actor"], now=by["now"], private=private)
    return report.version


def _require_row(session: Session, rows, wanted: str | None, name: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a lightweight table
    """Raises InputInvalid for an id that nobody has; who was disabled cannot be in charge."""
    if wanted is None:
        return
    found = select(rows.c.id).where(rows.c.id == wanted)
    if "disabled_at" in rows.c:
        found = found.where(rows.c.disabled_at.is_(None))
    if session.scalar(found) is None:
        raise InputInvalid([FieldError(name, "unknown", _("担当をもう一度えらんでください。"))])


def contact(session: Session, ref: str, *, scope: Scope, keys: KeyRing) -> str:
    """How the reporter can be reached, "" if they left nothing. Raises NotFound.

    The surface notes in the log that it was looked at.
    """
    report = session.scalar(select(Report).where(Report.ref == ref))
    if report is None or not scope.sees(report.department_id):
        raise NotFound("no such report")
    sealed = report.contact_sealed
    return keys.open(sealed, filing.contact_context(ref)) if sealed is not None else ""


def mark_read(session: Session, account_id: str, ref: str) -> None:
    """The colleague has read the report as it stands now. Raises NotFound."""
    row = session.execute(select(Report.id, Report.version).where(Report.ref == ref)).one_or_none()
    if row is None:
        raise NotFound("no such report")
    _put_mark(session, account_id, row.id, row.version)


def mark_unread(session: Session, account_id: str, ref: str) -> None:
    """The report stands as unread for the colleague. Raises NotFound."""
    row = session.execute(select(Report.id).where(Report.ref == ref)).one_or_none()
    if row is None:
        raise NotFound("no such report")
    _put_mark(session, account_id, row.id, 0)


def _put_mark(session: Session, account_id: str, report_id: int, version: int) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    new = dialect.insert(ReportRead).values(
        account_id=account_id, report_id=report_id, version=version
    )
    session.execute(
        new.on_conflict_do_update(
            index_elements=[ReportRead.account_id, ReportRead.report_id],
            set_={"version": new.excluded.version},
        )
    )
