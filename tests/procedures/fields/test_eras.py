"""Japanese years: read as people write them, at every border."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app.procedures.fields import eras
from liff_app.procedures.fields.unreadable import Unreadable
from liff_app.procedures.fields.words import date_words


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("S", "50", "4", "1"), date(1975, 4, 1)),
        (("R", "元", "5", "1"), date(2019, 5, 1)),
        (("R", "1", "5", "1"), date(2019, 5, 1)),
        (("AD", "1975", "4", "1"), date(1975, 4, 1)),
        (("R", "1975", "4", "1"), date(1975, 4, 1)),  # four digits are never of an era
        (("", "S50", "4", "1"), date(1975, 4, 1)),
        (("R", "昭和50", "4", "1"), date(1975, 4, 1)),
        (("R", "S50.4.1", "", ""), date(1975, 4, 1)),
        (("", "s50/4/1", "", ""), date(1975, 4, 1)),
        (("", "昭和50年4月1日", "", ""), date(1975, 4, 1)),
        (("", "昭和元年12月25日", "", ""), date(1926, 12, 25)),
        (("", "1975-04-01", "", ""), date(1975, 4, 1)),
        (("S", "19750401", "", ""), date(1975, 4, 1)),
        (("", "西暦1975年4月1日", "", ""), date(1975, 4, 1)),
        (("S", "50.4.1", "", ""), date(1975, 4, 1)),
        # The borders, each day on both sides.
        (("S", "64", "1", "7"), date(1989, 1, 7)),
        (("H", "1", "1", "8"), date(1989, 1, 8)),
        (("H", "31", "4", "30"), date(2019, 4, 30)),
        (("M", "45", "7", "30"), date(1912, 7, 30)),  # both names
        (("T", "1", "7", "30"), date(1912, 7, 30)),
        (("T", "15", "12", "25"), date(1926, 12, 25)),
        (("S", "1", "12", "25"), date(1926, 12, 25)),
        (("R", "8", "2", "29"), None),
    ],
)
def test_a_date_is_read_as_people_write_it(
    typed: tuple[str, str, str, str], expected: date | None
) -> None:
    if expected is None:
        with pytest.raises(Unreadable, match="date_none"):
            eras.read_date(*typed)
    else:
        assert eras.read_date(*typed) == expected


@pytest.mark.parametrize(
    ("typed", "code", "part", "named"),
    [
        (("H", "31", "5", "1"), "date_era", "era", "令和元年5月1日"),
        (("H", "32", "1", "1"), "date_era", "era", "令和2年1月1日"),
        (("S", "64", "1", "8"), "date_era", "era", "平成元年1月8日"),
        (("H", "1", "1", "7"), "date_era", "era", "昭和64年1月7日"),
        (("R", "1", "4", "30"), "date_era", "era", "平成31年4月30日"),
        (("M", "45", "7", "31"), "date_era", "era", "大正元年7月31日"),
        (("T", "15", "12", "26"), "date_era", "era", "昭和元年12月26日"),
        (("", "50", "4", "1"), "date_era", "era", "元号"),
        (("AD", "75", "4", "1"), "date_year", "y", "4けた"),
        (("S", "五十", "4", "1"), "date_year", "y", "年を数字で"),
        (("S", "", "4", "1"), "date_year", "y", "年を数字で"),
        (("S", "50", "", "1"), "date_month", "m", "月は1から12"),
        (("S", "50", "13", "1"), "date_month", "m", "月は1から12"),
        (("S", "50", "4", ""), "date_day", "d", "日を数字で"),
        (("S", "50", "4", "31"), "date_none", "d", "1975年4月に31日はありません"),
        (("R", "0", "4", "1"), "date_era", "era", "平成30年4月1日"),
        (("AD", "0000", "4", "1"), "date_year", "y", "4けた"),
        (("", "あした", "", ""), "date_year", "y", "年を数字で"),
    ],
)
def test_what_is_no_date_is_refused_by_a_sentence_that_helps(
    typed: tuple[str, str, str, str], code: str, part: str, named: str
) -> None:
    with pytest.raises(Unreadable) as error:
        eras.read_date(*typed)
    assert (error.value.code, error.value.part) == (code, part)
    assert named in error.value.message


def test_empty_boxes_are_no_answer_whatever_era_is_chosen() -> None:
    assert eras.read_date("R", "", "", "") is None


@given(st.dates(min_value=date(1868, 1, 25), max_value=date(2100, 12, 31)))
def test_a_day_told_in_its_era_is_read_as_the_same_day(day: date) -> None:
    told = date_words(day.isoformat()).partition("（")[0]
    assert eras.read_date("", told, "", "") == day


@given(st.text(max_size=12), st.text(max_size=6), st.text(max_size=4))
def test_whatever_is_typed_is_a_date_or_a_sentence(year: str, month: str, day: str) -> None:
    try:
        found: date | str | None = eras.read_date("S", year, month, day)
    except Unreadable as refused:
        found = refused.message
    assert found is None or isinstance(found, date) or "。" in found


def test_the_weekday_is_told() -> None:
    assert date_words("2026-11-22") == "令和8年11月22日（日）"
    assert date_words("2026-11-22", "en") == "2026-11-22"
    assert date_words((date(2019, 5, 1) - timedelta(days=1)).isoformat()) == "平成31年4月30日（火）"
