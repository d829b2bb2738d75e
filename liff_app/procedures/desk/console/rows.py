"""A case as the queue writes it, in words. No answer stands in it: the queue opens no seal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from liff_app import working_days
from liff_app.i18n import gettext as _
from liff_app.i18n import jst_moment
from liff_app.procedures.desk.console import words
from liff_app.procedures.desk.queries import CaseRow
from liff_app.procedures.vocabulary import Source, Status
from liff_app.staff import names as staff_names
from liff_app.staff import queries as staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the ids of the rows are called."""

    departments: Mapping[str, str]
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One row in words; what does not apply is empty. `pick` is the case and its version."""

    id: int
    pick: str
    href: str
    title: str
    number: str
    mark: str
    status: str
    source: str
    overdue: str
    unread: str
    proposed: str
    corrected: str
    due: str
    owner: str
    received: str


def names(session: Session) -> Names:
    """The names of the town hall, in two questions."""
    return Names(departments=staff.department_names(session), people=staff_names.names(session))


def view(row: CaseRow, known: Names, *, today: date, asked: str = "") -> RowView:
    """The row in words. `asked`: the question of the list, which its page leads back to."""
    is_due = row.is_open and row.due_on is not None
    late = is_due and working_days.is_overdue(row.due_on, today)
    by_hand = row.source in (Source.COUNTER, Source.TELEPHONE)
    return RowView(
        id=row.id,
        pick=f"{row.ref}.{row.version}",
        href=url_for("procedure_case.show", ref=row.ref, list=asked or None),
        title=row.title,
        number=row.number,
        mark=_mark(row),
        status=words.STATUS[Status(row.status)](),
        source=words.SOURCE[Source(row.source)]() if by_hand else "",
        overdue=words.overdue() if late else "",
        unread=_("未読") if row.is_unread else "",
        proposed=_("承認待ち") if row.proposed_status and not row.emptied_at else "",
        corrected=_("直し %(n)s回", n=row.revision - 1) if row.revision > 1 else "",
        due=_("期限 %(day)s", day=words.day(row.due_on)) if is_due and row.due_on else "",
        owner=_owner(row, known),
        received=jst_moment(row.created_at),
    )


def _mark(row: CaseRow) -> str:
    if row.status == Status.RECEIVED:
        return "new"
    return "open" if row.is_open else "over"


def _owner(row: CaseRow, known: Names) -> str:
    department = known.departments.get(row.department_id or "", "")
    person = known.people.get(row.assignee_id or "", "")
    return " ".join(filter(None, (department, person))) or _("担当なし")
