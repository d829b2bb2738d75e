"""A report as the inbox writes it: every word made here, once for the page and for its script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from sqlalchemy.orm import Session

from liff_app import working_days
from liff_app.clock import JST
from liff_app.i18n import gettext as _
from liff_app.i18n import jst_moment
from liff_app.reports import rules
from liff_app.reports.categories import service as categories
from liff_app.reports.console import words
from liff_app.reports.console.case_words import PRIORITY
from liff_app.reports.desk_queries import DeskRow
from liff_app.reports.vocabulary import Priority
from liff_app.staff import names as staff_names
from liff_app.staff import queries as staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the codes and ids of the rows are called, and the words that come back in every row.

    Each is translated once for a page: fifty rows would ask for it fifty times (4 ms).
    """

    categories: Mapping[str, str]
    departments: Mapping[str, str]
    people: Mapping[str, str]
    statuses: Mapping[str, str]
    priorities: Mapping[int, str]
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words of a row that depend on nothing but the language."""

    due: str
    overdue: str
    unread: str
    hidden: str
    photo: str
    nobody: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One row in words; what does not apply is empty. `pick` is the report and its version."""

    id: int
    pick: str
    href: str
    name: str
    number: str
    mark: str
    lat: float
    lon: float
    status: str
    priority: str
    due: str
    overdue: str
    again: str
    unread: str
    hidden: str
    photo: str
    size: str
    twins: str
    place: str
    owner: str
    age: str
    moment: str
    text: str


def names(session: Session) -> Names:
    """The names of the town hall, in three questions."""
    return Names(
        categories=categories.names(session),
        departments=staff.department_names(session),
        people=staff_names.names(session),
        statuses={one.value: word() for one, word in words.STATUS.items()},
        priorities={int(one): word() for one, word in PRIORITY.items()},
        said=Said(
            due=_("期限 {day}"),
            overdue=_("期限切れ"),
            unread=_("未読"),
            hidden=_("非公開"),
            photo=_("写真あり"),
            nobody=_("担当なし"),
        ),
    )


def view(
    row: DeskRow, known: Names, *, today: date, now: datetime, asked: str | None = None
) -> RowView:
    """The row in words. `asked`: the question of the list, which its page leads back to."""
    said = known.said
    is_due = row.is_open and row.due_on is not None
    return RowView(
        id=row.id,
        pick=f"{row.ref}.{row.version}",
        href=href(row.ref, asked),
        name=known.categories.get(row.category, row.category),
        number=number(row.id, row.created_at),
        mark=words.mark(row.status),
        lat=row.lat,
        lon=row.lon,
        status=known.statuses[row.status],
        priority="" if row.priority == Priority.NORMAL else known.priorities[row.priority],
        due=said.due.replace("{day}", words.day(row.due_on)) if is_due and row.due_on else "",
        overdue=said.overdue if is_due and working_days.is_overdue(row.due_on, today) else "",
        again=_again(row),
        unread=said.unread if row.is_unread else "",
        hidden=said.hidden if row.hidden else "",
        photo=said.photo if row.has_photo else "",
        size=_size(row),
        twins=_("近くに同じ種類 %(n)s件", n=row.twins) if row.twins else "",
        place=" ".join(filter(None, (row.town_name, row.place_text))),
        owner=_owner(row, known),
        age=words.age(row.created_at, now),
        moment=jst_moment(row.created_at),
        text=" ".join(row.description.split()),
    )


def number(report_id: int, created_at: datetime) -> str:
    """The receipt number that people read out."""
    return rules.number_of(report_id, created_at.astimezone(JST).year)


def href(ref: str, asked: str | None = None) -> str:
    """The report's own page, opened from the list of that question."""
    return url_for("report_case.show", ref=ref, list=asked or None)


def _again(row: DeskRow) -> str:
    """「まだ」 that somebody said, for as long as work is left."""
    if not (row.reopened and row.is_open):
        return ""
    return _("まだ") if row.reopened == 1 else _("まだ %(n)s回", n=row.reopened)


def _size(row: DeskRow) -> str:
    found = []
    if row.size > 1:
        found.append(_("%(n)s件をまとめた", n=row.size))
    if row.joined:
        found.append(_("わたしも %(n)s人", n=row.joined))
    return _("・").join(found)


def _owner(row: DeskRow, known: Names) -> str:
    department = known.departments.get(row.department_id or "", "")
    person = known.people.get(row.assignee_id or "", "")
    return " ".join(filter(None, (department, person))) or known.said.nobody
