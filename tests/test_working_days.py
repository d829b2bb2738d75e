"""Working days: against a count by hand, and against days that are known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import jpholiday
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app import working_days
from liff_app.clock import JST

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - the zone comes beside


def open_by_hand(day: date) -> bool:
    """The same rule, written down as days of a calendar."""
    if (day.month, day.day) in {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}:
        return False
    return day.isoweekday() <= 5 and jpholiday.is_holiday_name(day) is None


@given(MOMENTS, st.integers(1, 60))
def test_so_many_working_days_lie_after_the_receipt(received: datetime, days: int) -> None:
    answer = working_days.due_on(received, days)
    assert answer is not None
    first = received.astimezone(JST).date()
    between = [first + timedelta(days=n + 1) for n in range((answer - first).days)]
    assert sum(open_by_hand(day) for day in between) == days
    assert open_by_hand(answer)


@given(MOMENTS, st.integers(1, 60))
def test_more_days_are_later_and_a_later_receipt_never_earlier(
    received: datetime, days: int
) -> None:
    one, more = working_days.due_on(received, days), working_days.due_on(received, days + 1)
    next_day = working_days.due_on(received + timedelta(days=1), days)
    assert one is not None and more is not None and next_day is not None  # noqa: PT018 - for mypy
    assert one < more
    assert one <= next_day


@pytest.mark.parametrize(
    ("received", "days", "answer"),
    [
        ("2026-11-20T09:00", 1, date(2026, 11, 24)),  # a Friday before a holiday on Monday
        ("2026-11-22T21:00", 3, date(2026, 11, 26)),  # the Sunday in between
        ("2026-12-28T17:00", 1, date(2027, 1, 4)),  # the last day of the year's work
        ("2027-04-28T23:59", 3, date(2027, 5, 7)),  # the golden week: 30 April, 6 and 7 May
    ],
)
def test_known_days(received: str, days: int, answer: date) -> None:
    assert working_days.due_on(datetime.fromisoformat(received).replace(tzinfo=JST), days) == answer


def test_the_day_is_the_day_in_japan() -> None:
    before, after = (datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in (14, 15))
    assert working_days.due_on(before, 1) == date(2026, 11, 25)  # 23:00 there
    assert working_days.due_on(after, 1) == date(2026, 11, 26)  # midnight: the day after


def test_no_days_no_date_and_none_on_the_day_itself() -> None:
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    assert working_days.due_on(moment, None) is None
    assert working_days.due_on(moment, 0) == date(2026, 11, 24)
    assert working_days.due_on(moment, 10**9) == working_days.due_on(
        moment, working_days.LONGEST_DAYS
    )


def test_overdue_begins_the_day_after() -> None:
    day = date(2026, 11, 24)
    assert not working_days.is_overdue(day, day)
    assert working_days.is_overdue(day, day + timedelta(days=1))
    assert not working_days.is_overdue(None, day)
