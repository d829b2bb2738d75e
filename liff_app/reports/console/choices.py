"""What the inbox's fields offer to choose from: kinds, departments and people, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.i18n import gettext as _
from liff_app.reports.console import words
from liff_app.reports.console.case_words import PRIORITY, SOURCE
from liff_app.reports.console.rows import Names
from liff_app.reports.desk_filters import ME, NOBODY
from liff_app.reports.scope import Scope
from liff_app.staff import queries as staff
from liff_app.staff.queries import AccountView, State
from liff_app.staff.vocabulary import Role

Options = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Values and words of every field; the first of each asks for nothing."""

    states: Options
    statuses: Options
    categories: Options
    departments: Options
    people: Options
    priorities: Options
    sources: Options
    orders: Options


def choices(session: Session, known: Names, who: Scope, *, now: datetime) -> Choices:
    """What a colleague with that scope may ask for."""
    anything = ("", _("すべて"))
    return Choices(
        states=[(one.value, word()) for one, word in words.STATE.items()],
        statuses=[anything, *((one.value, word()) for one, word in words.STATUS.items())],
        categories=[anything, *known.categories.items()],
        departments=[anything, (NOBODY, _("担当なし")), *departments(known, who)],
        people=[anything, (ME, _("自分")), (NOBODY, _("担当なし")), *people(session, who, now=now)],
        priorities=[anything, *((str(int(one)), word()) for one, word in PRIORITY.items())],
        sources=[anything, *((one.value, word()) for one, word in SOURCE.items())],
        orders=[(one.value, word()) for one, word in words.ORDER.items()],
    )


def departments(known: Names, who: Scope) -> Options:
    """The departments whose reports the colleague sees."""
    return [(one, name) for one, name in known.departments.items() if who.sees(one)]


def people(session: Session, who: Scope, *, now: datetime) -> Options:
    """Colleagues who review reports that the reader sees, by name."""
    found = staff.accounts(session, now=now)
    return [(one.id, one.name) for one in found if one.state is State.ACTIVE and _shares(one, who)]


def _shares(one: AccountView, who: Scope) -> bool:
    return any(
        grant.role is Role.REPORT_REVIEWER
        and (grant.department is None or who.sees(grant.department))
        for grant in one.grants
    )
