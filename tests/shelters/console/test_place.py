"""One place: its page, its changes, its history."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from liff_app import clock
from liff_app.audit.models import AuditEvent
from liff_app.db import db, transaction
from liff_app.shelters import service
from liff_app.shelters.checkin import service as checkin
from liff_app.shelters.checkin.service import Party, Sender
from liff_app.shelters.occupancy.vocabulary import EventKind, Need
from liff_app.shelters.vocabulary import Level, Opening
from liff_app.staff.vocabulary import Role
from tests.conftest import ConsoleVisitor, colleague
from tests.house.page import faults

from . import town
from .town import GYM, SCHOOL, begin, history, id_of, say


@pytest.fixture
def clerk(app: Flask) -> ConsoleVisitor:
    town.found()
    begin()
    return colleague(app, Role.ADMINISTRATOR)


def page(visitor: ConsoleVisitor, name: str) -> TestResponse:
    answer = visitor.get(f"/console/shelters/{id_of(name)}")
    assert answer.status_code == 200
    return answer


def fields(text: str) -> dict[str, Any]:
    """The change form as the page shows it."""
    form = text.split('id="change"')[1].split("</form>", maxsplit=1)[0]
    found: dict[str, Any] = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    found["needs"] = re.findall(r'name="needs" value="(\w+)" checked', form)
    found["people"] = re.search(r'value="([^"]*)"[^>]*id="f-people"', form)[1]  # type: ignore[index]  # found or the test fails
    found["note"] = re.search(r"<textarea[^>]*>([^<]*)", form)[1]  # type: ignore[index]  # same
    for name in ("opening", "level"):
        select_ = form.split(f'id="f-{name}"')[1].split("</select>")[0]
        chosen = re.search(r'value="([^"]*)" selected', select_)
        found[name] = chosen[1] if chosen else ""
    return found


def post(
    visitor: ConsoleVisitor, name: str, shown: dict[str, Any] | None = None, **typed: object
) -> TestResponse:
    known = shown or fields(page(visitor, name).text)
    return visitor.post(f"/console/shelters/{id_of(name)}/change", data=known | typed)


def actions() -> list[tuple[str, str]]:
    db.session.rollback()
    rows = db.session.execute(
        select(AuditEvent.action, AuditEvent.subject).order_by(AuditEvent.number)
    )
    return [(action, subject) for action, subject in rows]


def test_a_change_is_made_by_plain_post_noted_and_shown(clerk: ConsoleVisitor) -> None:
    answer = post(clerk, GYM, opening="open", people="42", note="玄関は東側")
    assert (answer.status_code, answer.headers["Location"]) == (
        303, f"/console/shelters/{id_of(GYM)}",
    )  # fmt: skip
    [event] = history(GYM)
    assert (event.opening, event.people, event.note) == (Opening.OPEN, 42, "玄関は東側")
    assert event.by.startswith("staff:")
    assert actions() == [("shelter.status_changed", f"shelter:{id_of(GYM)}")]
    shown = page(clerk, GYM)
    assert faults(shown, "/console/shelters/x") == []
    for word in ("42／100人", "玄関は東側", "窓口 一郎", "いまの報告"):
        assert word in shown.text


def test_what_nobody_touched_is_not_sent_again(clerk: ConsoleVisitor) -> None:
    say(GYM, opening=Opening.OPEN, people=10)
    shown = fields(page(clerk, GYM).text)
    say(GYM, people=70)  # somebody counts while the page is open
    assert post(clerk, GYM, shown, note="毛布あり").status_code == 303
    assert (history(GYM)[0].people, history(GYM)[0].note) == (70, "毛布あり")


def test_who_was_slower_sees_both_and_decides(clerk: ConsoleVisitor) -> None:
    say(GYM, opening=Opening.OPEN, people=10)
    shown = fields(page(clerk, GYM).text)
    say(GYM, people=70)
    refused = post(clerk, GYM, shown, people="12")
    assert refused.status_code == 409
    assert faults(refused, "/console/shelters/x") == []
    assert "ほかの人が先に変えました" in refused.text
    assert "70人" in refused.text
    again = fields(refused.text)
    assert again["people"] == "12"
    assert post(clerk, GYM, again).status_code == 303
    assert history(GYM)[0].people == 12


def test_the_same_form_twice_is_one_change(clerk: ConsoleVisitor) -> None:
    shown = fields(page(clerk, GYM).text)
    for _ in range(2):
        assert post(clerk, GYM, shown, people="42").status_code == 303
    assert len(history(GYM)) == 1
    assert len(actions()) == 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"people": "たくさん"}, "数字で"),
        ({"people": "-3"}, "数字で"),
        ({"people": "900"}, "900人で合っていますか"),
        ({}, "変えるところがありません"),
        ({"note": "あ" * 501}, "500字"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(
    clerk: ConsoleVisitor, typed: dict[str, str], message: str
) -> None:
    answer = post(clerk, GYM, None, **typed)
    assert answer.status_code == 422
    assert faults(answer, "/console/shelters/x") == []
    assert message in answer.text
    assert history(GYM) == []
    assert all(value in answer.text for value in typed.values())


def test_an_improbable_count_is_taken_once_confirmed(clerk: ConsoleVisitor) -> None:
    asked = post(clerk, GYM, people="900")
    assert 'name="confirmed"' in asked.text
    known = fields(asked.text)
    assert post(clerk, GYM, known, people="900", confirmed="y").status_code == 303
    assert history(GYM)[0].people == 900


def test_unchanged_moves_the_time_only(clerk: ConsoleVisitor) -> None:
    say(GYM, opening=Opening.OPEN, people=10, now=clock.now() - timedelta(hours=4))
    assert "情報が古い" in page(clerk, GYM).text
    assert post(clerk, GYM, unchanged="y").status_code == 303
    assert history(GYM)[0].kind is EventKind.UNCHANGED
    assert "情報が古い" not in page(clerk, GYM).text


def test_a_level_by_hand_is_set_and_given_back(clerk: ConsoleVisitor) -> None:
    say(GYM, opening=Opening.OPEN, people=10)
    post(clerk, GYM, level="full")
    assert history(GYM)[0].level is Level.FULL
    post(clerk, GYM, level="")
    assert history(GYM)[0].level is None


def test_the_history_says_who_what_and_how_late(clerk: ConsoleVisitor) -> None:
    say(GYM, opening=Opening.OPEN, people=10)
    say(GYM, people_change=5, needs_added=frozenset({Need.WATER}))
    say(GYM, needs_removed=frozenset({Need.WATER}), age_s=3600, by="key:x")
    text = page(clerk, GYM).text
    for word in ("開設・10人", "15人（+5）・足りない：水", "足りた：水", "現場用QR", "他システム"):
        assert word in text, word
    assert text.index("足りた：水") < text.index("足りない：水"), "newest first"


def test_a_wrong_report_of_somebody_else_is_taken_back_with_a_reason(
    clerk: ConsoleVisitor,
) -> None:
    say(GYM, opening=Opening.OPEN, people=10)
    wrong = say(GYM, people_change=80).event_id
    undo = f"/console/shelters/{id_of(GYM)}/undo"
    refused = clerk.post(undo, data={"event": str(wrong), "reason": " "})
    assert refused.status_code == 422
    assert faults(refused, "/console/shelters/x") == []
    done = clerk.post(undo, data={"event": str(wrong), "reason": "押しまちがい"})
    assert done.status_code == 303
    newest = history(GYM)[0]
    assert (newest.people, newest.undoes, newest.reason) == (10, wrong, "押しまちがい")
    assert actions() == [("shelter.status_undone", f"shelter:{id_of(GYM)}")]
    text = page(clerk, GYM).text
    assert "取り消されました" in text
    assert "理由：押しまちがい" in text
    assert f'name="event" value="{wrong}"' not in text, "nothing is taken back twice"


def test_what_was_set_again_since_cannot_be_taken_back(clerk: ConsoleVisitor) -> None:
    wrong = say(GYM, opening=Opening.OPEN, people=80).event_id
    say(GYM, opening=Opening.CLOSED, people=5, by="pass:2")
    answer = clerk.post(
        f"/console/shelters/{id_of(GYM)}/undo", data={"event": str(wrong), "reason": "x"}
    )
    assert answer.status_code == 409
    assert "取り消せません" in answer.text
    assert history(GYM)[0].people == 5


@pytest.mark.parametrize("event", ["", "x", "999999", "9" * 30, "-1"])
def test_an_event_that_is_not_there_is_not_found(clerk: ConsoleVisitor, event: str) -> None:
    answer = clerk.post(
        f"/console/shelters/{id_of(GYM)}/undo", data={"event": event, "reason": "x"}
    )
    assert answer.status_code == 404


def test_the_chart_stands_beside_its_words(clerk: ConsoleVisitor) -> None:
    assert "<figure" not in page(clerk, GYM).text
    say(GYM, opening=Opening.OPEN, people=10, now=clock.now() - timedelta(hours=2))
    say(GYM, people=90)
    text = page(clerk, GYM).text
    assert 'role="img"' in text
    assert "いちばん多いとき 90人、最後は 90人" in text
    assert "定員 100人" in text


def test_the_file_has_every_report_whole_and_the_log_has_the_file(clerk: ConsoleVisitor) -> None:
    say(GYM, opening=Opening.OPEN, people=10, note="=HYPERLINK(1)")
    say(GYM, people_change=5)
    answer = clerk.get(f"/console/shelters/{id_of(GYM)}/history.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(one["状態"], one["避難者数"], one["増減"]) for one in lines] == [
        ("開設", "10", ""), ("開設", "15", "5"),
    ]  # fmt: skip
    assert lines[0]["ひとこと"] == "'=HYPERLINK(1)"
    assert lines[0]["書いた人"] == "現場用QR"
    assert actions() == [("shelter.history_exported", f"shelter:{id_of(GYM)}")]


def test_after_the_disaster_the_place_shows_what_was(clerk: ConsoleVisitor) -> None:
    say(GYM, opening=Opening.OPEN, people=10)
    town.stop()
    text = page(clerk, GYM).text
    assert "台風第19号" in text
    assert "10人" in text
    assert 'id="change"' not in text
    assert "取り消す理由" not in text
    change = {"people": "3", "key": "k" * 20}
    assert clerk.post(f"/console/shelters/{id_of(GYM)}/change", data=change).status_code == 404


def test_staff_of_one_place_change_that_one_alone(app: Flask, clerk: ConsoleVisitor) -> None:
    teacher = colleague(app, (Role.SHELTER_STAFF, {"shelter": id_of(GYM)}))
    viewer = colleague(app, Role.VIEWER)
    wrong = say(SCHOOL, opening=Opening.OPEN).event_id
    assert post(teacher, GYM, people="5").status_code == 303
    assert 'id="change"' not in page(teacher, SCHOOL).text
    known: dict[str, Any] = {"people": "5", "key": "k" * 20}
    place = f"/console/shelters/{id_of(SCHOOL)}"
    assert teacher.post(f"{place}/change", data=known).status_code == 404
    undo = {"event": str(wrong), "reason": "x"}
    assert teacher.post(f"{place}/undo", data=undo).status_code == 404
    for path, typed in ((f"{place}/change", known), (f"{place}/undo", undo)):
        assert viewer.post(path, data=typed).status_code == 403
    assert 'id="change"' not in page(viewer, GYM).text
    assert len(history(SCHOOL)) == 1


def test_what_the_check_in_counts_is_shown_to_whom_it_concerns(app: Flask) -> None:
    town.found()
    sender = Sender(by="pass:1", disaster_id=begin(checkin=True), request_key="k" * 20)
    gym, family = id_of(GYM), Party(people=4, pregnant=1)
    with transaction() as session:
        checkin.walk_in(
            session, family, shelter_id=gym, sender=sender, now=clock.now(),
            policy=service.policy(),
        )  # fmt: skip
    of_gym = (Role.SHELTER_STAFF, {"shelter": id_of(GYM)})
    of_school = (Role.SHELTER_STAFF, {"shelter": id_of(SCHOOL)})
    file = f"/console/shelters/{id_of(GYM)}/history.csv"
    for grant in (of_gym, Role.SHELTER_STAFF, Role.VIEWER, Role.ADMINISTRATOR):
        reader = colleague(app, grant)
        text = page(reader, GYM).text
        assert "妊産婦1" in text
        assert file in text
        assert reader.get(file).status_code == 200
    other = colleague(app, of_school)
    text = page(other, GYM).text
    assert "妊産婦" not in text
    assert file not in text
    noted = len(actions())
    assert other.get(file).status_code == 404
    assert len(actions()) == noted


def test_a_place_that_is_not_there_is_not_found(clerk: ConsoleVisitor) -> None:
    for path in ("zzzzzzzzzz", "zzzzzzzzzz/history.csv", "zzzzzzzzzz/edit"):
        assert clerk.get(f"/console/shelters/{path}").status_code == 404
