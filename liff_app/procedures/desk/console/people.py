"""Whom a case can be given to: departments and colleagues, by name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from liff_app.procedures.desk.console.rows import Names
from liff_app.procedures.scope import Scope
from liff_app.staff import queries as staff
from liff_app.staff.queries import AccountView, State
from liff_app.staff.vocabulary import Role

Options = list[tuple[str, str]]


def departments(known: Names, who: Scope) -> Options:
    """The departments whose cases the colleague sees."""
    return [(one, name) for one, name in known.departments.items() if who.sees(one)]


def reviewers(session: Session, who: Scope, *, now: datetime) -> Options:
    """Colleagues who review cases that the reader sees."""
    return [(one.id, one.name) for one in _active(session, now) if _shares(one, who)]


def eligible(
    session: Session, department_id: str | None, assignee_id: str | None, *, now: datetime
) -> Options:
    """Colleagues who may work on cases of that department.

    Who has it now stays in the list, wherever they have gone.
    """
    return [
        (one.id, one.name)
        for one in staff.accounts(session, now=now)
        if one.id == assignee_id or (one.state is State.ACTIVE and _sees(one, department_id))
    ]


def _active(session: Session, now: datetime) -> list[AccountView]:
    return [one for one in staff.accounts(session, now=now) if one.state is State.ACTIVE]


def _shares(account: AccountView, who: Scope) -> bool:
    return any(
        grant.role is Role.PROCEDURE_REVIEWER
        and (grant.department is None or who.sees(grant.department))
        for grant in account.grants
    )


def _sees(account: AccountView, department_id: str | None) -> bool:
    return any(
        grant.role is Role.PROCEDURE_REVIEWER and grant.department in (None, department_id)
        for grant in account.grants
    )
