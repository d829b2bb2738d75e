"""How the log's page names what other features made: colleagues, keys, shelters, disasters."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from liff_app.audit.desk import Desk, Say
from liff_app.i18n import gettext as _
from liff_app.shelters import names as shelters
from liff_app.shelters.imports import words
from liff_app.shelters.words import HAZARD_WORDS
from liff_app.staff import api_keys, guard, queries
from liff_app.staff import names as staff
from liff_app.staff.key_words import scope_words
from liff_app.staff.vocabulary import Role
from liff_app.staff.words import role_names


def _grants(session: Session, text: str) -> str:
    """Roles by their names, each with the place it is for."""
    roles, departments = role_names(), queries.department_names(session)
    found = []
    for one in text.split():
        role, *where = one.split(":")
        pairs = dict(part.partition("=")[::2] for part in where)
        name = roles[Role(role)] if role in set(Role) else role
        shelter, department = pairs.get("shelter"), pairs.get("department")
        if shelter:
            name += f"（{shelters.shelters(session, {shelter}).get(shelter, shelter)}）"
        if department:
            name += f"（{departments.get(department, department)}）"
        found.append(name)
    return _("、").join(found)


def _shelters(session: Session, text: str) -> str:
    """Places by their names."""
    ids = text.split(",")
    names = shelters.shelters(session, ids)
    return _("、").join(names.get(one, one) for one in ids)


def _list(_session: Session, list_id: str) -> str:
    return words.list_name(list_id, "", "")


def _each(sign: str, names: Callable[[], Mapping[str, str]]) -> Say:
    """Codes between signs, each by its name."""

    def say(_session: Session, text: str) -> str:
        known = names()
        return _("、").join(known.get(one, one) for one in text.split(sign))

    return say


DESK = Desk(
    names={
        "staff": lambda session, _ids: staff.names(session),
        "key": lambda session, _ids: api_keys.names(session),
        "department": lambda session, _ids: queries.department_names(session),
        "shelter": shelters.shelters,
        "disaster": shelters.disasters,
        "pass": shelters.passes,
    },
    values={
        "grants": _grants,
        "hazards": _each(",", lambda: {one.value: say[0]() for one, say in HAZARD_WORDS.items()}),
        "scopes": _each(" ", lambda: {one.value: said for one, said in scope_words().items()}),
        "shelters": _shelters,
        "list": _list,
        "uploaded_by": lambda session, text: staff.names(session).get(
            text.removeprefix("staff:"), text
        ),
    },
    note=guard.note,
    fresh=guard.fresh,
)
