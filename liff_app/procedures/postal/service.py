"""Postal codes: Japan Post's list taken in, and the places of a code."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from liff_app.procedures.models import PostalCode
from liff_app.procedures.postal.lists import ListRead

__all__ = ["Place", "import_list", "lookup"]

_AT_ONCE = 5000  # rows of one INSERT
_MOST = 100  # places of one code; the nation's longest list has some 60


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a postal code stands for."""

    prefecture: str
    city: str
    town: str

    @property
    def address(self) -> str:
        """As an address begins: 千葉県千葉市中央区中央."""
        return self.prefecture + self.city + self.town


def lookup(session: Session, code: str) -> list[Place]:
    """The places of a code of seven digits, in the order of the list; none where it has none."""
    wanted = (
        select(PostalCode.prefecture, PostalCode.city, PostalCode.town)
        .where(PostalCode.code == code)
        .order_by(PostalCode.id)
        .limit(_MOST)
    )
    return [Place(*row) for row in session.execute(wanted)]


def import_list(session: Session, read: ListRead) -> int:
    """The postal codes are those read; gives how many rows."""
    session.execute(delete(PostalCode))
    for at in range(0, len(read.rows), _AT_ONCE):
        session.execute(
            insert(PostalCode), [row._asdict() for row in read.rows[at : at + _AT_ONCE]]
        )
    return len(read.rows)
