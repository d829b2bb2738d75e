"""What pages and commands show of colleagues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.staff.models import Account, Department, GrantRow, RecoveryCode, SetupLink
from liff_app.staff.rules import Grant
from liff_app.staff.vocabulary import Role


class State(StrEnum):
    """How far an account is."""

    INVITED = "invited"
    NO_LINK = "no_link"  # none was made, or it is long gone
    ACTIVE = "active"
    LINK_OVER = "link_over"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """A colleague, as an administrator sees them."""

    id: str
    login: str
    name: str
    department: str | None
    department_id: str | None
    grants: tuple[Grant, ...]
    state: State
    signed_in_at: datetime | None
    link_until: datetime | None


@dataclass(frozen=True, slots=True)
class DepartmentView:
    """A department, and how many colleagues work there."""

    id: str
    name: str
    members: int


def accounts(session: Session, *, now: datetime) -> list[AccountView]:
    """Every colleague by name; the disabled ones last."""
    names = department_names(session)
    links = _links(session)
    order = (Account.disabled_at.is_not(None), Account.name, Account.login)
    rows = session.scalars(select(Account).order_by(*order))
    return [_view(row, names, links.get(row.id), now) for row in rows]


def account(session: Session, account_id: str, *, now: datetime) -> AccountView:
    """The colleague of that id. Raises NotFound."""
    row = session.get(Account, account_id)
    if row is None:
        raise NotFound("no such account")
    return _view(row, department_names(session), _links(session).get(row.id), now)


def id_of(session: Session, login: str) -> str:
    """Id of the account with that login name. Raises NotFound."""
    found = session.scalar(select(Account.id).where(Account.login == login.strip().lower()))
    if found is None:
        raise NotFound("no such login", title="そのログイン名の職員はいません。")
    return found


def department_names(session: Session) -> dict[str, str]:
    """Name of each department by its id, in the order of names."""
    rows = session.execute(select(Department.id, Department.name).order_by(Department.name))
    return {row[0]: row[1] for row in rows}


def departments(session: Session) -> list[DepartmentView]:
    """Every department by name."""
    members = func.count(Account.id)
    found = session.execute(
        select(Department.id, Department.name, members)
        .outerjoin(Account, Account.department_id == Department.id)
        .group_by(Department.id, Department.name)
        .order_by(Department.name)
    )
    return [DepartmentView(*row) for row in found]


def recovery_codes_left(session: Session, account_id: str) -> int:
    """How many recovery codes of the account were not used yet."""
    mine = RecoveryCode.account_id == account_id
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(mine)) or 0


def has_administrator(session: Session) -> bool:
    """Whether an account exists that administers, or will once its link is used."""
    found = select(Account.id).where(
        Account.disabled_at.is_(None), Account.grants.any(GrantRow.role == Role.ADMINISTRATOR)
    )
    return session.scalar(found.limit(1)) is not None


def _links(session: Session) -> dict[str, datetime]:
    """Until when each account's link opens, or opened."""
    rows = session.execute(
        select(SetupLink.account_id, SetupLink.expires_at).order_by(SetupLink.expires_at)
    )
    return {row[0]: row[1] for row in rows}


def _view(
    row: Account, names: dict[str, str], link_until: datetime | None, now: datetime
) -> AccountView:
    return AccountView(
        id=row.id,
        login=row.login,
        name=row.name,
        department=names.get(row.department_id or ""),
        department_id=row.department_id,
        grants=tuple(
            Grant(Role(one.role), one.department_id, one.shelter_id) for one in row.grants
        ),
        state=_state(row, link_until, now),
        signed_in_at=row.signed_in_at,
        link_until=link_until,
    )


def _state(row: Account, link_until: datetime | None, now: datetime) -> State:
    if row.disabled_at is not None:
        return State.DISABLED
    if row.password_hash is not None:
        return State.ACTIVE
    if link_until is None:
        return State.NO_LINK
    return State.INVITED if link_until > now else State.LINK_OVER
