"""Many places at once: two steps, all or none, nothing twice."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from liff_app.audit.models import AuditEvent
from liff_app.db import db
from liff_app.shelters.occupancy import service as occupancy
from liff_app.shelters.vocabulary import Opening
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague
from tests.house.page import faults

from . import town
from .town import GYM, HALL, HILL, SCHOOL, begin, history, id_of, say

ASK, APPLY = "/console/shelters/bulk", "/console/shelters/bulk/apply"


@pytest.fixture
def clerk(app: Flask) -> ConsoleVisitor:
    town.found()
    begin()
    return colleague(app, Role.ADMINISTRATOR)


def hidden(text: str) -> dict[str, list[str]]:
    """What the second page would send."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text):
        if name != "csrf_token":
            found.setdefault(name, []).append(value)
    return found


def openings() -> list[str]:
    db.session.rollback()
    return [
        history(name)[0].opening.value if history(name) else "-" for name in (SCHOOL, GYM, HALL)
    ]


def test_the_second_page_names_every_place_and_changes_nothing(clerk: ConsoleVisitor) -> None:
    say(GYM, opening=Opening.OPEN)
    answer = clerk.post(ASK, data={"all": "1", "opening": "open"})
    assert answer.status_code == 200
    assert faults(answer, ASK) == []
    assert "2か所を「開設」にしますか" in answer.text
    assert "2か所は、もう「開設」です" in answer.text, "one is open, one is never opened"
    assert SCHOOL in answer.text
    assert HALL in answer.text
    assert openings() == ["-", "open", "-"]


def test_confirmed_they_all_change_each_with_its_own_event(clerk: ConsoleVisitor) -> None:
    say(GYM, opening=Opening.PREPARING, people=12, note="鍵は職員室")
    asked = clerk.post(ASK, data={"shelter": [id_of(GYM), id_of(HALL)], "opening": "open"})
    done = clerk.post(APPLY, data=hidden(asked.text) | {"sure": "y"})
    assert (done.status_code, done.headers["Location"]) == (303, "/console/shelters?changed=2")
    assert openings() == ["-", "open", "open"]
    assert (history(GYM)[0].people, history(GYM)[0].note) == (12, "鍵は職員室")
    assert history(SCHOOL) == []
    noted = select(func.count()).where(AuditEvent.action == occupancy.CHANGED)
    assert db.session.scalar(noted) == 2
    assert "2か所を変えました" in clerk.get(done.headers["Location"]).text


def test_sent_twice_it_changes_once(clerk: ConsoleVisitor) -> None:
    asked = hidden(clerk.post(ASK, data={"all": "1", "opening": "open"}).text) | {"sure": "y"}
    for _ in range(2):
        assert clerk.post(APPLY, data=asked).status_code == 303
    assert [len(history(name)) for name in (SCHOOL, GYM, HALL, HILL)] == [1, 1, 1, 0]


def test_the_boards_question_chooses_the_places(clerk: ConsoleVisitor) -> None:
    say(GYM, opening=Opening.OPEN)
    say(HALL, opening=Opening.OPEN)
    asked = clerk.post(ASK, data={"all": "1", "opening": "closed", "q": "体育館", "show": "open"})
    clerk.post(APPLY, data=hidden(asked.text) | {"sure": "y"})
    assert openings() == ["-", "closed", "open"]


def test_without_the_mark_nothing_changes_and_the_choice_stays(clerk: ConsoleVisitor) -> None:
    asked = hidden(clerk.post(ASK, data={"all": "1", "opening": "open"}).text)
    refused = clerk.post(APPLY, data=asked)
    assert refused.status_code == 422
    assert faults(refused, APPLY) == []
    assert "確かめた印" in refused.text
    assert hidden(refused.text)["shelter"] == asked["shelter"]
    assert openings() == ["-", "-", "-"]


def test_if_one_fails_none_changes(clerk: ConsoleVisitor, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = hidden(clerk.post(ASK, data={"all": "1", "opening": "open"}).text) | {"sure": "y"}
    real, count = occupancy.change, iter(range(10))

    def fault(*args: Any, **named: Any) -> occupancy.Outcome:  # noqa: ANN401 - as the real one
        if next(count) == 2:
            raise RuntimeError("power cut")
        return real(*args, **named)

    monkeypatch.setattr(occupancy, "change", fault)
    clerk.application.config["PROPAGATE_EXCEPTIONS"] = True
    with pytest.raises(RuntimeError, match="power cut"):
        clerk.post(APPLY, data=asked)
    monkeypatch.undo()
    assert openings() == ["-", "-", "-"]
    assert clerk.post(APPLY, data=asked).status_code == 303
    assert openings() == ["open", "open", "open"]


def test_staff_of_one_place_change_that_one_alone(app: Flask, clerk: ConsoleVisitor) -> None:
    teacher = colleague(app, (Role.SHELTER_STAFF, {"shelter": id_of(GYM)}))
    asked = teacher.post(ASK, data={"all": "1", "opening": "open"})
    assert "3か所は、あなたの権限では変えられません" in asked.text
    forged = hidden(asked.text) | {"sure": "y", "shelter": [id_of(GYM), id_of(HALL)]}
    assert teacher.post(APPLY, data=forged).status_code == 303
    assert openings() == ["-", "open", "-"]
    assert colleague(app, Role.VIEWER).post(ASK, data={"opening": "open"}).status_code == 403


@pytest.mark.parametrize("opening", ["", "unopened", "always", "unknown", "x"])
def test_what_cannot_be_set_for_many_is_refused(clerk: ConsoleVisitor, opening: str) -> None:
    assert clerk.post(ASK, data={"all": "1", "opening": opening}).status_code == 404
    sent = {"all": "1", "opening": opening, "sure": "y"}
    assert clerk.post(APPLY, data=sent).status_code in (404, 422)
    assert openings() == ["-", "-", "-"]


def test_nothing_chosen_says_what_to_do(clerk: ConsoleVisitor) -> None:
    answer = clerk.post(ASK, data={"opening": "open"})
    assert faults(answer, ASK) == []
    assert "変える避難所がありません" in answer.text
