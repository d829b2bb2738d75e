"""Where people leave a form: counts by page and question and day, of nobody in particular."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from liff_app.procedures.models import PageCount

__all__ = ["What", "record"]


class What(StrEnum):
    """What is counted: a page seen, a page gone on from, a question that was refused."""

    REACHED = "reached"
    PASSED = "passed"
    REFUSED = "refused"


def record(session: Session, version_id: str, what: What, names: Iterable[str], day: date) -> None:
    """Each name, of a page or a question without its instance, is counted once more on that day."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    rows = [
        {"version_id": version_id, "day": day, "what": what.value, "name": name, "count": 1}
        for name in sorted(set(names))  # sorted: two at once lock in one order
    ]
    if not rows:
        return
    keys = [PageCount.version_id, PageCount.day, PageCount.what, PageCount.name]
    session.execute(
        dialect.insert(PageCount)
        .values(rows)
        .on_conflict_do_update(index_elements=keys, set_={"count": PageCount.count + 1})
    )
