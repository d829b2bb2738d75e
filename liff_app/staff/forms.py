"""What administrators type about colleagues, as the operations take it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from liff_app.errors import FieldError, InputInvalid
from liff_app.staff.rules import BY_DEPARTMENT, BY_SHELTER, Grant
from liff_app.staff.service import AccountDraft
from liff_app.staff.vocabulary import Role

Typed = Mapping[str, str]
Change = Callable[[Session], object]


def grant(typed: Typed) -> Grant:
    """The role of the form; a scope that the role does not know is left out.

    Raises InputInvalid where no role was chosen.
    """
    try:
        role = Role(typed.get("role", ""))
    except ValueError:
        raise InputInvalid([FieldError("role", "unknown", "役割を選んでください。")]) from None
    return Grant(
        role,
        department=(typed.get("department") or None) if role in BY_DEPARTMENT else None,
        shelter=(typed.get("shelter") or None) if role in BY_SHELTER else None,
    )


def account_draft(typed: Typed) -> AccountDraft:
    """The new colleague of the form. Raises InputInvalid where no role was chosen."""
    return AccountDraft(
        login=typed.get("login", ""),
        name=typed.get("name", ""),
        department_id=typed.get("workplace") or None,
        grants=(grant(typed),),
    )


def spelled(one: Grant) -> str:
    """The grant in codes, as the command line takes it."""
    where = [f":department={one.department}" if one.department else "",
             f":shelter={one.shelter}" if one.shelter else ""]  # fmt: skip
    return one.role + "".join(where)
