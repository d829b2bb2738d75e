"""How the log's page names what other features made: colleagues, keys, shelters, disasters."""

from __future__ import annotations

from liff_app.audit.desk import Desk
from liff_app.shelters import names as shelters
from liff_app.staff import api_keys, guard, queries
from liff_app.staff import names as staff

DESK = Desk(
    names={
        "staff": lambda session, _ids: staff.names(session),
        "key": lambda session, _ids: api_keys.names(session),
        "department": lambda session, _ids: queries.department_names(session),
        "shelter": shelters.shelters,
        "disaster": shelters.disasters,
        "pass": shelters.passes,
    },
    note=guard.note,
    fresh=guard.fresh,
)
