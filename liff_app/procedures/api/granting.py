"""Which procedures a colleague may let another system's key read."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.errors import NotAllowed
from liff_app.procedures import scope
from liff_app.procedures.models import Procedure
from liff_app.staff.key_reach import Readable
from liff_app.staff.rules import Colleague

__all__ = ["readable"]


def readable(session: Session, colleague: Colleague | None) -> list[Readable]:
    """Those whose papers the colleague sees, none for who reviews none; None: all of the town."""
    try:
        who = scope.EVERYWHERE if colleague is None else scope.scope_of(colleague)
    except NotAllowed:
        return []
    rows = session.execute(
        select(Procedure.id, Procedure.slug, Procedure.title, Procedure.department_id).order_by(
            Procedure.position, Procedure.slug
        )
    )
    return [
        Readable(id=row.id, slug=row.slug, title=row.title)
        for row in rows
        if who.sees(row.department_id)
    ]
