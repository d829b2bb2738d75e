"""Reports that come by telephone, and reports that go to the crew on paper."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from liff_app.reports.vocabulary import Priority, Source
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague, on_sqlite
from tests.house.page import faults
from tests.reports import ground
from tests.reports.ground import file, resident, row

from .case_desk import actions, with_photo


@pytest.fixture
def reviewer(app: Flask) -> ConsoleVisitor:
    return colleague(app, Role.REPORT_REVIEWER)


def test_a_caller_s_report_is_filed_once_and_its_number_is_large(
    reviewer: ConsoleVisitor,
) -> None:
    start = reviewer.get("/console/reports/new")
    assert faults(start, "/console/reports/new") == []
    form = reviewer.get("/console/reports/new?category=road")
    assert faults(form, "/console/reports/new") == []
    key = re.search(r'name="key" value="(\w+)"', form.text)
    assert key
    sent = _call(key[1])
    first = reviewer.post("/console/reports/new", data=sent)
    second = reviewer.post("/console/reports/new", data=sent)
    assert first.status_code == second.status_code == 303, first.text
    assert first.location == second.location
    ref = re.search(r"reports/(\w{16})", first.location)
    assert ref
    report = row(ref[1])
    assert (report.source, report.resident_id) == (Source.CONSOLE, None)
    assert report.priority == Priority.HIGH
    assert report.contact_sealed is not None
    page = reviewer.get(first.location).text
    assert "case-read-aloud" in page
    assert actions() == ["report.filed"]


def _call(key: str, **other: str) -> dict[str, str]:
    answers = {f"answers.{code}": said for code, said in ground.required_answers("road").items()}
    return {
        "key": key, "category": "road", "lat": "34.34", "lon": "134.04", "priority": "2",
        "description": "穴", "contact": "0900000", **answers, **other,
    }  # fmt: skip


@pytest.mark.parametrize("key", ["", "k" * 15, "k" * 200, "k" * 20 + "'"])
def test_a_key_that_is_none_of_ours_files_nothing(reviewer: ConsoleVisitor, key: str) -> None:
    refused = reviewer.post("/console/reports/new", data=_call(key))
    assert refused.status_code == 422
    assert actions() == []


@on_sqlite
def test_a_caller_s_report_without_a_place_keeps_the_words(reviewer: ConsoleVisitor) -> None:
    refused = reviewer.post("/console/reports/new", data=_call("k" * 20, lat="", lon=""))
    assert refused.status_code == 422
    assert "穴</textarea>" in refused.text
    assert faults(refused, "/console/reports/new") == []


def test_the_sheet_has_a_code_and_no_contact(app: Flask, reviewer: ConsoleVisitor) -> None:
    one = file(resident(), contact="090-0000-1234")
    two, _photo = with_photo(app, resident())
    sheet = reviewer.get(f"/console/reports/sheet?refs={one.ref},{two},{one.ref}")
    assert faults(sheet, "/console/reports/sheet") == []
    assert sheet.text.count('class="crew"') == 2
    assert one.number in sheet.text
    assert "090-0000-1234" not in sheet.text
    assert reviewer.get("/console/reports/sheet").status_code == 303
    assert reviewer.get("/console/reports/sheet?refs=nothing").status_code == 404
