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
    """All of the town for who reviews all of it, and none for anybody else; None: all.

    A key reads a procedure as a whole, cases too that were handed to another department.
    """
    try:
        who = scope.EVERYWHERE if colleague is None else scope.scope_of(colleague)
    except NotAllowed:
        return []
    if who.departments is not None:
        return []
    wanted = select(Procedure.id, Procedure.slug, Procedure.title)
    rows = session.execute(wanted.order_by(Procedure.position, Procedure.slug))
    return [Readable(id=row.id, slug=row.slug, title=row.title) for row in rows]
