"""What administrators type about colleagues, as the operations take it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping

from sqlalchemy.orm import Session

from liff_app.errors import FieldError, InputInvalid
from liff_app.staff.rules import BY_DEPARTMENT, BY_SHELTER, Grant
from liff_app.staff.service import AccountDraft
from liff_app.staff.vocabulary import Role

Typed = Mapping[str, str]
Change = Callable[[Session], bool | int]  # what it gives is false where nothing changed
EVERYWHERE = "all"  # chosen by name: a choice that was forgotten must give nothing
UNSAID_SHELTER = FieldError(
    "shelter", "unsaid", "避難所を選んでください。すべてのときは「すべての避難所」を選びます。"
)
UNSAID_DEPARTMENT = FieldError(
    "department", "unsaid", "部署を選んでください。すべてのときは「すべての部署」を選びます。"
)


def grant(typed: Typed, shelters: Container[str]) -> Grant:
    """The role of the form; a scope that the role does not know is left out.

    Raises InputInvalid where no role was chosen, or not where it holds; `shelters` are the ids
    that there are.
    """
    role = _role(typed)
    department, shelter = typed.get("department", ""), typed.get("shelter", "")
    if role in BY_DEPARTMENT and not department:
        raise InputInvalid([UNSAID_DEPARTMENT])
    if role in BY_SHELTER and not shelter:
        raise InputInvalid([UNSAID_SHELTER])
    given = Grant(
        role,
        department=_scope(department) if role in BY_DEPARTMENT else None,
        shelter=_scope(shelter) if role in BY_SHELTER else None,
    )
    at_places_there_are([given], shelters)
    return given


def held(typed: Typed) -> Grant:
    """The role that the form names exactly, to be taken away. Raises InputInvalid for none."""
    return Grant(_role(typed), typed.get("department") or None, typed.get("shelter") or None)


def _role(typed: Typed) -> Role:
    try:
        return Role(typed.get("role", ""))
    except ValueError:
        raise InputInvalid([FieldError("role", "unknown", "役割を選んでください。")]) from None


def _scope(chosen: str) -> str | None:
    return None if chosen == EVERYWHERE else chosen


def at_places_there_are(grants: Iterable[Grant], shelters: Container[str]) -> None:
    """Raises InputInvalid where a grant names a shelter that is not among those ids."""
    if any(one.shelter is not None and one.shelter not in shelters for one in grants):
        raise InputInvalid([FieldError("shelter", "unknown", "避難所を選びなおしてください。")])


def account_draft(typed: Typed, shelters: Container[str]) -> AccountDraft:
    """The new colleague of the form. Raises InputInvalid as `grant` does."""
    return AccountDraft(
        login=typed.get("login", ""),
        name=typed.get("name", ""),
        department_id=typed.get("workplace") or None,
        grants=(grant(typed, shelters),),
    )


def spelled(one: Grant) -> str:
    """The grant in codes, as the command line takes it."""
    where = [f":department={one.department}" if one.department else "",
             f":shelter={one.shelter}" if one.shelter else ""]  # fmt: skip
    return one.role + "".join(where)
