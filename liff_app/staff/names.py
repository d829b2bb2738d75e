"""Names of colleagues, for pages that show who did something."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.staff.models import Account


def names(session: Session) -> Mapping[str, str]:
    """The name of every colleague by account id, those who have left too."""
    rows = session.execute(select(Account.id, Account.name))
    return {one: name for one, name in rows}  # noqa: C416 - Row is no pair for dict()
