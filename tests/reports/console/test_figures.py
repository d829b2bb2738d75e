"""The page of numbers: its period, its tables, its CSV, and who may see it."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from flask import Flask

from liff_app.periods import Period, offered
from liff_app.reports.vocabulary import Status
from liff_app.staff.vocabulary import Role
from tests.conftest import colleague, on_sqlite
from tests.house.page import faults

from .desk import INBOX, ago, department, put

FIGURES = f"{INBOX}/statistics"
ALL = "?from=2026-01-01&to=2026-11-22"


@pytest.mark.parametrize("role", [Role.REPORT_REVIEWER, Role.ADMINISTRATOR, Role.VIEWER])
def test_the_page_shows_numbers_and_nobodys_words(app: Flask, role: Role) -> None:
    put(description="ひみつの文", place_text="ひみつの家", department_id=department("道路課"),
        created_at=ago(hours=49), first_answer_at=ago(hours=1))  # fmt: skip
    put(status=Status.FIXED, category="light", created_at=ago(days=9), closed_at=ago(days=1))
    answer = colleague(app, role).get(FIGURES + ALL)
    assert faults(answer, FIGURES) == []
    for word in ("2026年1月1日〜2026年11月22日", "街灯", "道路", "本町一丁目", "2.0日", "8.0日"):
        assert word in answer.text, word
    assert "ひみつ" not in answer.text


@on_sqlite
@pytest.mark.parametrize("address", [FIGURES, f"{FIGURES}.csv"])
def test_other_colleagues_see_no_numbers(app: Flask, address: str) -> None:
    assert colleague(app, Role.SHELTER_STAFF).get(address).status_code == 403


def test_the_csv_has_every_group_of_the_period(app: Flask) -> None:
    for number in range(25):
        put(town_name=f"{number}番町", created_at=ago(hours=5), first_answer_at=ago(hours=2))
    put(town_name="=1+1", created_at=ago(hours=5))
    browser = colleague(app, Role.VIEWER)
    page = browser.get(FIGURES + ALL).text
    assert "ほかの6の町は、CSVにあります" in page
    answer = browser.get(f"{FIGURES}.csv{ALL}")
    assert answer.headers["Content-Disposition"].endswith('20260101-20261122.csv"')
    lines = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))
    assert {len(line) for line in lines} == {14}
    told = {(line[0], line[1]): line[2:] for line in lines[1:]}
    assert told["すべて", ""][:3] == ["26", "26", "26"]
    assert told["種類", "道路"][6:9] == ["25", "3", "3"]
    assert told["町", "'=1+1"][0] == "1"
    assert told["月", "2026-11"][0] == "26"
    assert told["月", "2026-01"][0] == "0"
    assert sum(kind == "町" for kind, _name in told) == 26


@on_sqlite
def test_nothing_in_a_period_is_said_in_a_sentence(app: Flask) -> None:
    answer = colleague(app, Role.VIEWER).get(f"{FIGURES}?from=2020-01-01&to=2020-01-02")
    assert "この期間に届いた通報はありません。" in answer.text
    assert faults(answer, FIGURES) == []


@on_sqlite
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?from=2026-11-02&to=2026-11-01", "終わりの日を、始めの日より後にしてください。"),
        ("?from=2026-11-02", "日付を選びなおしてください。"),
        ("?from=1999-12-31&to=2026-11-01", "日付を選びなおしてください。"),
        ("?from=2019-11-02&to=2026-11-01", "5年までの期間にしてください。"),
        ("?from=%3Cscript%3E&to=9999-99-99", "日付を選びなおしてください。"),
    ],
)
def test_days_that_cannot_be_used_are_told_at_their_field(
    app: Flask, query: str, sentence: str
) -> None:
    answer = colleague(app, Role.VIEWER).get(FIGURES + query)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<script>&" not in answer.text
    assert colleague(app, Role.VIEWER).get(f"{FIGURES}.csv{query}").status_code == 200


@on_sqlite
@pytest.mark.parametrize(
    ("today", "periods"),
    [
        (
            date(2026, 11, 22),
            [
                Period(date(2025, 12, 1), date(2026, 11, 22)),
                Period(date(2026, 4, 1), date(2026, 11, 22)),
                Period(date(2025, 4, 1), date(2026, 3, 31)),
            ],
        ),
        (
            date(2027, 3, 31),
            [
                Period(date(2026, 4, 1), date(2027, 3, 31)),
                Period(date(2026, 4, 1), date(2027, 3, 31)),
                Period(date(2025, 4, 1), date(2026, 3, 31)),
            ],
        ),
    ],
)
def test_a_year_of_office_begins_in_april(app: Flask, today: date, periods: list[Period]) -> None:
    with app.test_request_context():
        assert [one for _label, one in offered(today)] == periods
