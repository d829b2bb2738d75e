"""Accounts of colleagues: made, granted, disabled. How they sign in stands in `signing_in`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from liff_app.errors import Conflict, FieldError, InputInvalid, NotFound
from liff_app.staff import sessions
from liff_app.staff.models import (
    Account,
    Department,
    GrantRow,
    KnownBrowser,
    RecoveryCode,
    SetupLink,
)
from liff_app.staff.rules import Grant
from liff_app.staff.vocabulary import Role

__all__ = [
    "AccountDraft",
    "LastAdministrator",
    "account",
    "add_account",
    "add_department",
    "amend",
    "disable",
    "enable",
    "forget_proofs",
    "grants_of",
    "remove_department",
    "set_grants",
]

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
LONGEST_NAME = 80
TAKEN = FieldError("login", "taken", "このログイン名は使われています。")


class LastAdministrator(Conflict):
    """Without this account nobody could administer the town any more."""

    code = "last_administrator"
    title = "最後の管理者です。先に、ほかの人を管理者にしてください。"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDraft:
    """A colleague to be: `department_id` is where they work, `grants` what they may do."""

    login: str
    name: str
    department_id: str | None = None
    grants: tuple[Grant, ...] = ()


def add_account(session: Session, draft: AccountDraft, *, now: datetime) -> str:
    """Id of the new account, in which nobody can sign in before a link was used.

    Raises InputInvalid naming every field that cannot be used.
    """
    login, name = draft.login.strip().lower(), " ".join(draft.name.split())
    errors = [*_login_errors(session, login), *_name_errors(name)]
    errors += _grant_errors(session, draft.grants)
    errors += _department_errors(session, draft.department_id)
    if errors:
        raise InputInvalid(errors)
    account = Account(
        login=login,
        name=name,
        department_id=draft.department_id,
        created_at=now,
        grants=[_row(grant) for grant in dict.fromkeys(draft.grants)],
    )
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:
        raise InputInvalid([TAKEN]) from None  # somebody else was faster
    return account.id


def _row(grant: Grant) -> GrantRow:
    return GrantRow(role=grant.role, department_id=grant.department, shelter_id=grant.shelter)


def _login_errors(session: Session, login: str) -> list[FieldError]:
    if not LOGIN.fullmatch(login):
        return [
            FieldError(
                "login", "format", "ログイン名は英数字と . _ - @ + で、2〜64字にしてください。"
            )
        ]
    taken = session.scalar(select(Account.id).where(Account.login == login))
    return [TAKEN] if taken else []


def _name_errors(name: str) -> list[FieldError]:
    if 1 <= len(name) <= LONGEST_NAME:
        return []
    return [FieldError("name", "length", "名前を80字までで書いてください。")]


def _grant_errors(session: Session, grants: Iterable[Grant]) -> list[FieldError]:
    known = set(session.scalars(select(Department.id)))
    wrong = any(
        not grant.is_possible or (grant.department is not None and grant.department not in known)
        for grant in grants
    )
    return [FieldError("grants", "scope", "この役割は、そのようには絞れません。")] if wrong else []


def _department_errors(session: Session, department_id: str | None) -> list[FieldError]:
    if department_id is None or session.get(Department, department_id) is not None:
        return []
    return [FieldError("workplace", "unknown", "所属の部署を選びなおしてください。")]


def account(session: Session, account_id: str, *, lock: bool = False) -> Account:
    """The account's row, locked if it is to be changed. Raises NotFound."""
    found = session.get(Account, account_id, with_for_update=True if lock else None)
    if found is None:
        raise NotFound("no such account")
    return found


def amend(session: Session, account_id: str, *, name: str, department_id: str | None) -> bool:
    """The colleague has this name and department; False: they had. Raises InputInvalid."""
    name = " ".join(name.split())
    errors = [*_name_errors(name), *_department_errors(session, department_id)]
    if errors:
        raise InputInvalid(errors)
    row = account(session, account_id, lock=True)
    before = row.name, row.department_id
    row.name, row.department_id = name, department_id
    return before != (name, department_id)


def grants_of(session: Session, account_id: str) -> tuple[Grant, ...]:
    """What the account may do; its row stays locked, so that two changes at once both count."""
    rows = account(session, account_id, lock=True).grants
    return tuple(Grant(Role(one.role), one.department_id, one.shelter_id) for one in rows)


def set_grants(
    session: Session, account_id: str, grants: Iterable[Grant], *, by_issuer: bool = False
) -> bool:
    """The account has exactly these grants and is signed out everywhere; False: it had them.

    `by_issuer`: colleagues come in without a password too, by the town's own issuer. Raises
    LastAdministrator, and InputInvalid for a role narrowed as it cannot be.
    """
    wanted = tuple(dict.fromkeys(grants))
    errors = _grant_errors(session, wanted)
    if errors:
        raise InputInvalid(errors)
    row = account(session, account_id, lock=True)
    if set(grants_of(session, account_id)) == set(wanted):
        return False
    if Role.ADMINISTRATOR not in {grant.role for grant in wanted}:
        _keep_an_administrator(session, account_id, by_issuer=by_issuer)
    row.grants = [_row(grant) for grant in wanted]
    sessions.end_all(session, account_id)
    return True


def disable(session: Session, account_id: str, *, now: datetime, by_issuer: bool = False) -> bool:
    """Nobody signs in as them any more, and whoever is signed in is not; False: it was so.

    What they did stays. `by_issuer` is as in `set_grants`. Raises LastAdministrator.
    """
    row = account(session, account_id, lock=True)
    _keep_an_administrator(session, account_id, by_issuer=by_issuer)
    before, row.disabled_at = row.disabled_at, row.disabled_at or now
    forget_proofs(session, row)
    return before is None


def enable(session: Session, account_id: str) -> bool:
    """A disabled account may be given a new link; False: it was not disabled."""
    row = account(session, account_id, lock=True)
    before, row.disabled_at = row.disabled_at, None
    return before is not None


def forget_proofs(session: Session, row: Account) -> None:
    """Password, phone, codes, links, browsers and sessions of the account end."""
    row.password_hash = row.totp_sealed = row.totp_step = None
    for table in (SetupLink, KnownBrowser, RecoveryCode):
        session.execute(delete(table).where(table.account_id == row.id))
    sessions.end_all(session, row.id)


def _keep_an_administrator(session: Session, but: str, *, by_issuer: bool) -> None:
    """Raises LastAdministrator if `but` administers and nobody else does who can sign in.

    Every administrator's row is locked in one order, so that two who remove each other at once
    cannot both succeed.
    """
    found = session.scalars(
        select(Account)
        .where(Account.disabled_at.is_(None))
        .where(Account.grants.any(GrantRow.role == Role.ADMINISTRATOR))
        .order_by(Account.id)
        .with_for_update()
    ).all()
    able = {one.id for one in found if by_issuer or one.password_hash is not None}
    if but in {one.id for one in found} and not able - {but}:
        raise LastAdministrator(but)


def add_department(session: Session, name: str) -> str:
    """Id of the new department. Raises InputInvalid for no name or one that is there."""
    name = " ".join(name.split())
    errors = _name_errors(name)
    if not errors and session.scalar(select(Department.id).where(Department.name == name)):
        errors = [FieldError("name", "taken", "この部署はもうあります。")]
    if errors:
        raise InputInvalid(errors)
    department = Department(name=name)
    session.add(department)
    session.flush()  # the id is needed
    return department.id


def remove_department(session: Session, department_id: str) -> None:
    """The department is gone. Raises Conflict while a colleague or a role belongs to it."""
    department = session.get(Department, department_id, with_for_update=True)
    if department is None:
        raise NotFound("no such department")
    members = session.scalar(
        select(Account.id).where(Account.department_id == department_id).limit(1)
    )
    granted = session.scalar(
        select(GrantRow.id).where(GrantRow.department_id == department_id).limit(1)
    )
    if members or granted:
        raise Conflict(
            "in use", code="department_in_use", title="職員か役割が残っている部署は消せません。"
        )
    session.delete(department)
