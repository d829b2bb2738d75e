"""Receipt numbers: given in the transaction that stores what they are for, without gaps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.procedures import rules
from liff_app.procedures.models import NumberSeries

__all__ = ["give"]


def give(session: Session, prefix: str, *, is_test: bool, now: datetime) -> str:
    """The next number of the form's prefix in this year of Japan.

    Its series stays locked until the transaction ends: call it late. What is only tried counts in
    a series of its own.
    """
    prefix = rules.TEST_PREFIX + prefix if is_test else prefix
    day = now.astimezone(JST).date()
    series = rules.series_of(prefix, day)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(
        dialect.insert(NumberSeries)
        .values(series=series, last=0)
        .on_conflict_do_nothing(index_elements=[NumberSeries.series])
    )
    last = session.scalars(
        update(NumberSeries)
        .where(NumberSeries.series == series)
        .values(last=NumberSeries.last + 1)
        .returning(NumberSeries.last)
    ).one()
    return rules.number_of(prefix, day, last)
