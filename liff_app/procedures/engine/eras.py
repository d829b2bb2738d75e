"""Japanese eras: which began when, and a date in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Era:
    """An era, from its first day until the next one begins."""

    code: str  # the letter that forms use
    name: str
    begins: date

    def year_of(self, day: date) -> int:
        """Which year of the era the day lies in, from 1."""
        return day.year - self.begins.year + 1


ERAS = (  # the newest first
    Era("R", "令和", date(2019, 5, 1)),
    Era("H", "平成", date(1989, 1, 8)),
    Era("S", "昭和", date(1926, 12, 25)),
    Era("T", "大正", date(1912, 7, 30)),
    # 明治 began in 1868; by the Gregorian calendar people count from 1873, when it was introduced.
    Era("M", "明治", date(1868, 1, 25)),
)


def era_of(day: date) -> Era | None:
    """The era that the day lies in, None before 明治."""
    return next((one for one in ERAS if one.begins <= day), None)


def wareki(day: date) -> str:
    """The date as offices write it: `令和8年11月22日`, the first year as 元年."""
    era = era_of(day)
    if era is None:
        return f"{day.year}年{day.month}月{day.day}日"
    year = era.year_of(day)
    return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
