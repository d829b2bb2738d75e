"""The request's language, size and dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask, g

from liff_app.i18n import gettext, jst_clock, jst_moment, language, page_lang, text_size
from tests.conftest import on_sqlite


@pytest.mark.parametrize(
    ("moment", "clock", "whole"),
    [
        (datetime(2026, 11, 22, 5, 5, tzinfo=UTC), "14:05", "11月22日（日）14:05"),
        (datetime(2026, 12, 31, 15, 0, tzinfo=UTC), "0:00", "1月1日（金）0:00"),
        (datetime(2026, 2, 28, 14, 59, tzinfo=UTC), "23:59", "2月28日（土）23:59"),
        (
            datetime(2026, 6, 1, 0, 0, tzinfo=timezone(timedelta(hours=-10))),
            "19:00",
            "6月1日（月）19:00",
        ),
    ],
)
def test_moments_are_told_as_clocks_in_japan_show_them(
    moment: datetime, clock: str, whole: str
) -> None:
    assert (jst_clock(moment), jst_moment(moment)) == (clock, whole)


@on_sqlite
@pytest.mark.parametrize("wanted", ["ja", "en", "xx", '"><script>', ""])
def test_a_language_that_is_not_there_is_japanese(app: Flask, wanted: str) -> None:
    with app.test_request_context(headers={"Cookie": f"language={wanted}"}):
        assert language() == "ja"
        assert page_lang() == "ja"
        assert gettext("%(n)s人", n=3) == "3人"


@on_sqlite
def test_a_page_for_everybody_knows_no_visitors_size(app: Flask) -> None:
    with app.test_request_context(headers={"Cookie": "text_size=xlarge"}):
        assert text_size() == "xlarge"
        g.cacheable = True
        assert text_size() == "normal"
    assert text_size() == "normal"
