"""Forms made through the operations that staff use."""

from __future__ import annotations

from typing import Any

from liff_app.db import transaction
from liff_app.procedures.definitions import service
from liff_app.procedures.definitions.service import (
    Edition,
    Maker,
    NewProcedure,
    Period,
    Placed,
)
from liff_app.procedures.engine.document import Page
from liff_app.procedures.scope import Scope
from tests.procedures.ground import NOON, document

BY = Maker(actor="staff:0123456789ab")


def of(*departments: str) -> Maker:
    """A colleague who reviews procedures of these departments only."""
    return Maker(actor="staff:ba9876543210", scope=Scope(frozenset(departments)))


def edition(*pages: Page, **settings: Any) -> Edition:  # noqa: ANN401 - any setting
    """An edition of the small form."""
    return Edition(document=document(*pages, **settings), workbook=b"PK")


def add(slug: str = "mihon", made: Edition | None = None, **new: Any) -> Placed:  # noqa: ANN401 - same
    """A form with a first draft."""
    with transaction() as session:
        return service.add_procedure(
            session, NewProcedure(slug=slug, **new), made or edition(), by=BY, now=NOON
        )


def upload(slug: str, made: Edition) -> Placed:
    """One version more."""
    with transaction() as session:
        return service.upload_version(session, slug, made, by=BY, now=NOON)


def publish(slug: str, number: int, now: Any = NOON, **period: Any) -> None:  # noqa: ANN401 - same
    """That version is published."""
    with transaction() as session:
        service.publish(session, slug, number, Period(**period), by=BY, now=now)
