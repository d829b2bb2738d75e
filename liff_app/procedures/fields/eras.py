"""Japanese years: read as people write them, told as forms write them.

Meiji and Taisho end on the day their successors begin, which carries both names; Showa and Heisei
end the day before (the ordinances of 1912, 1926, 1989 and 2019).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from liff_app.i18n import WEEKDAYS
from liff_app.i18n import gettext as _
from liff_app.procedures.engine.eras import ERAS, Era, wareki
from liff_app.procedures.fields.unreadable import Unreadable

COMMON = "AD"  # 西暦, as the code of an era
BY_CODE = {one.code: one for one in ERAS}
_BY_NAME = {name: one for one in ERAS for name in (one.name, one.code, one.name[0])}
# The last day of each; the newest has none.
_LAST = {
    "M": BY_CODE["T"].begins,
    "T": BY_CODE["S"].begins,
    "S": BY_CODE["H"].begins - timedelta(days=1),
    "H": BY_CODE["R"].begins - timedelta(days=1),
}
_FOUR_DIGITS = 1000
_WHOLE = re.compile(
    r"(?:(令和?|平成?|昭和?|大正?|明治?|[RHSTM])|西暦|A\.?D\.?)?\s*"
    r"(元|\d{1,4})\s*[年./\-]\s*(\d{1,2})\s*[月./\-]\s*(\d{1,2})\s*日?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR = re.compile(
    r"(?:(令和?|平成?|昭和?|大正?|明治?|[RHSTM])|西暦)?\s*(元|\d{1,4})\s*年?", re.IGNORECASE
)


def said(day: date) -> str:
    """The day as an answer is repeated: 令和8年11月22日（日）."""
    return f"{wareki(day)}（{WEEKDAYS[day.weekday()]}）"


def read_date(era: str, year: str, month: str, day: str) -> date | None:
    """The day that four fields say, digits folded; None where they say nothing.

    `year` may hold a whole date or name its era itself (S50, 昭和50), and then that counts.
    Raises Unreadable, whose sentence says what to write instead.
    """
    if not (year or month or day):
        return None
    whole = _whole(era, year) if not (month or day) else None
    if whole is not None:
        return _day(*whole)
    found = _YEAR.fullmatch(year)
    if found is None:
        raise Unreadable("date_year", _("年を数字で入力してください。例：50"), part="y")
    named = _BY_NAME[found[1].upper()].code if found[1] else _common(era, year)
    return _day(named, found[2], month, day)


def _common(era: str, year: str) -> str:
    return COMMON if year.startswith("西暦") else era


def _whole(era: str, typed: str) -> tuple[str, str, str, str] | None:
    compact = _COMPACT.fullmatch(typed)
    if compact:
        return COMMON, compact[1], compact[2], compact[3]
    found = _WHOLE.fullmatch(typed)
    if found is None:
        return None
    named = _BY_NAME[found[1].upper()].code if found[1] else _common(era, typed)
    return named, found[2], found[3], found[4]


def _day(code: str, year: str, month: str, day: str) -> date:
    """The day; checked against its era."""
    number = 1 if year == "元" else int(year)
    if not (month.isascii() and month.isdigit() and 1 <= int(month) <= 12):  # noqa: PLR2004 - months
        raise Unreadable("date_month", _("月は1から12の数字で入力してください。"), part="m")
    if not (day.isascii() and day.isdigit() and len(day) <= 2):  # noqa: PLR2004 - days
        raise Unreadable("date_day", _("日を数字で入力してください。例：15"), part="d")
    era = None if number >= _FOUR_DIGITS else BY_CODE.get(code)  # 4 digits are never of an era
    if era is None and number < _FOUR_DIGITS:
        raise _no_era(code)
    found = _existing(number + (era.begins.year - 1 if era else 0), int(month), int(day))
    if era is not None and not era.begins <= found <= _LAST.get(era.code, date.max):
        raise _other_era(era, number, found)
    return found


def _no_era(code: str) -> Unreadable:
    if code == COMMON:
        return Unreadable("date_year", _("西暦の年は4けたで入力してください。例：1975"), part="y")
    return Unreadable(
        "date_era", _("元号（令和、平成、昭和など）か西暦をえらんでください。"), part="era"
    )


def _existing(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        told = _("%(year)s年%(month)s月に%(day)s日はありません。", year=year, month=month, day=day)
        raise Unreadable("date_none", told + _("日を確かめてください。"), part="d") from None


def _other_era(era: Era, number: int, found: date) -> Unreadable:
    """昭和64年2月1日: there is no such day, and what it is called instead."""
    typed = f"{era.name}{'元' if number == 1 else number}年{found.month}月{found.day}日"
    told = _(
        "%(typed)sはありません。この日は%(right)sです。元号と年を直してください。",
        typed=typed, right=wareki(found),
    )  # fmt: skip
    return Unreadable("date_era", told, part="era")
