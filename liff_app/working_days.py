"""Working days of a town hall, and the day by which something should be answered.

The holidays come from the law as jpholiday holds it (imported here only). From 29 December to
3 January offices are shut as well (地方自治法4条の2第2項3号 leaves it to the town; nearly all do).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

import jpholiday

from liff_app.clock import JST

LONGEST_DAYS = 250  # working days, about a year: a later date is no promise
_SATURDAY = 5
_DECEMBER, _JANUARY = 12, 1
_SHUT_FROM, _SHUT_TO = 29, 3


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """Whether the town hall is open: no Saturday, Sunday, holiday, nor the turn of the year."""
    if day.weekday() >= _SATURDAY or jpholiday.is_holiday(day):
        return False
    shut = (day.month == _DECEMBER and day.day >= _SHUT_FROM) or (
        day.month == _JANUARY and day.day <= _SHUT_TO
    )
    return not shut


def due_on(received: datetime, working_days: int | None) -> date | None:
    """The day in Japan by which to answer: the first working day after the receipt counts as 1.

    None where no number of days is set.
    """
    if working_days is None:
        return None
    day = received.astimezone(JST).date()
    left = min(working_days, LONGEST_DAYS)
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return day


def is_overdue(due: date | None, today: date) -> bool:
    """Whether the day has passed; `today` is the day in Japan. On the day itself it has not."""
    return due is not None and due < today
