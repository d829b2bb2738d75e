from __future__ import annotations

from datetime import date

import pytest

from liff_app.procedures.engine.eras import ERAS, era_of, wareki


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 23), "令和8年11月23日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1868, 1, 25), "明治元年1月25日"),
        (date(1868, 1, 24), "1868年1月24日"),
        (date(1, 1, 1), "1年1月1日"),
        (date(9999, 12, 31), "令和7981年12月31日"),
    ],
)
def test_a_day_is_said_in_its_era(day: date, said: str) -> None:
    assert wareki(day) == said


def test_eras_stand_newest_first_and_days_before_them_have_none() -> None:
    assert [one.begins for one in ERAS] == sorted((one.begins for one in ERAS), reverse=True)
    assert era_of(date(1867, 12, 31)) is None
    newest = era_of(date(2026, 1, 1))
    assert newest is not None
    assert (newest.code, newest.year_of(date(2026, 1, 1))) == ("R", 8)
