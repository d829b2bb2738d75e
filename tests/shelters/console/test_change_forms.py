"""What can be said of a place in the console: needs, and that nothing changed."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from liff_app.shelters.occupancy.vocabulary import Need
from liff_app.shelters.vocabulary import Opening
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague
from tests.house.page import faults

from . import town
from .test_place import fields, page, post
from .town import GYM, begin, history, say


@pytest.fixture
def clerk(app: Flask) -> ConsoleVisitor:
    town.found()
    begin()
    return colleague(app, Role.ADMINISTRATOR)


def test_unchanged_is_not_offered_before_somebody_said_whether_it_is_open(
    clerk: ConsoleVisitor,
) -> None:
    say(GYM, people=12)
    shown = page(clerk, GYM)
    assert faults(shown, "/console/shelters/x") == []
    assert re.search(r'<button[^>]*name="unchanged"[^>]*disabled', shown.text)
    assert "状態が一度報告されてから使えます" in shown.text
    assert "開設か未確認" in shown.text
    refused = post(clerk, GYM, unchanged="y")
    assert refused.status_code == 422
    assert "先に状態をえらんで" in refused.text
    assert len(history(GYM)) == 1
    say(GYM, opening=Opening.OPEN)
    assert not re.search(r'name="unchanged"[^>]*disabled', page(clerk, GYM).text)


def test_needs_are_ticked_and_cleared(clerk: ConsoleVisitor) -> None:
    say(GYM, opening=Opening.OPEN, needs_added=frozenset({Need.WATER, Need.FOOD}))
    shown = fields(page(clerk, GYM).text)
    assert shown["needs"] == ["water", "food"]
    say(GYM, needs_added=frozenset({Need.BABY}))  # somebody else, while the page is open
    assert post(clerk, GYM, shown, needs=["food", "power"]).status_code == 303
    assert history(GYM)[0].needs == (Need.FOOD, Need.POWER, Need.BABY)
    assert post(clerk, GYM).status_code == 422, "nothing was touched"


def test_a_conflict_keeps_what_was_ticked_and_what_others_need(clerk: ConsoleVisitor) -> None:
    say(GYM, opening=Opening.OPEN, people=10, needs_added=frozenset({Need.WATER}))
    shown = fields(page(clerk, GYM).text)
    say(GYM, people=70, needs_added=frozenset({Need.BABY}))
    refused = post(clerk, GYM, shown, people="12", needs=["power"])
    assert refused.status_code == 409
    again = fields(refused.text)
    assert (again["was_needs"], again["needs"]) == ("water,baby", ["power", "baby"])
    assert post(clerk, GYM, again).status_code == 303
    assert history(GYM)[0].needs == (Need.POWER, Need.BABY)
