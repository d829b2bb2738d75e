"""Which days the numbers are about: read from the address, and the periods offered by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from liff_app.errors import FieldError
from liff_app.i18n import gettext as _

MOST_YEARS = 5  # of one page: 60 columns, and five times the work of a year
FIRST_YEAR, LAST_YEAR = 2000, 3000
APRIL, YEAR_DAYS = 4, 365


@dataclass(frozen=True, slots=True)
class Period:
    """Days in Japan, the last included, that numbers are about."""

    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The period, the days as they were typed, and what was wrong with them."""

    period: Period
    since: str
    until: str
    errors: list[FieldError] = field(default_factory=list)


def chosen(asked: Mapping[str, str], today: date) -> Chosen:
    """The period of the address; the usual one where there is none, or where it cannot be used."""
    usual = last_year(today)
    typed = {name: asked.get(name, "")[:10] for name in ("from", "to")}
    if not any(typed.values()):
        return _of(usual)
    since, until = _day(typed["from"]), _day(typed["to"])
    errors = _wrong(since, until)
    if errors or since is None or until is None:
        return Chosen(period=usual, since=typed["from"], until=typed["to"], errors=errors)
    return _of(Period(since, until))


def offered(today: date) -> list[tuple[str, Period]]:
    """The periods that are asked for by name. A year of office begins in April."""
    year = today.year if today.month >= APRIL else today.year - 1
    return [
        (_("この12か月"), last_year(today)),
        (_("今年度"), Period(date(year, APRIL, 1), today)),
        (_("昨年度"), Period(date(year - 1, APRIL, 1), date(year, APRIL, 1) - timedelta(days=1))),
    ]


def last_year(today: date) -> Period:
    """Eleven whole months and the one that runs."""
    months = today.year * 12 + today.month - 1 - 11
    return Period(date(months // 12, months % 12 + 1, 1), today)


def _of(period: Period) -> Chosen:
    return Chosen(period=period, since=period.since.isoformat(), until=period.until.isoformat())


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year < LAST_YEAR else None


def _wrong(since: date | None, until: date | None) -> list[FieldError]:
    errors = [
        FieldError(name, "date", _("日付を選びなおしてください。"))
        for name, day in (("from", since), ("to", until))
        if day is None
    ]
    if since and until and until < since:
        sentence = _("終わりの日を、始めの日より後にしてください。")
        errors.append(FieldError("to", "order", sentence))
    elif since and until and (until - since).days > MOST_YEARS * (YEAR_DAYS + 1):
        sentence = _("%(n)s年までの期間にしてください。", n=MOST_YEARS)
        errors.append(FieldError("to", "too_long", sentence))
    return errors
