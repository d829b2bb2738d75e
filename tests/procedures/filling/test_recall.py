"""Earlier answers, offered at the question that they answer."""

from __future__ import annotations

import html

import pytest
from flask import Flask
from flask.testing import FlaskClient

from liff_app.db import transaction
from liff_app.procedures.engine.document import Kind
from tests.procedures.ground import document, page, publish, question

from .journeys import Journey, begin

NAMES = ("name", "phone", "address")
SAID = {"name": "山田 花子", "phone": "09012345678", "address": "まど市あかり町1"}


@pytest.fixture
def fresh(app: Flask, resident: FlaskClient) -> Journey:
    """A form that is begun by somebody of whom three answers are known."""
    asked = page("who", *(question(one, prefill=one) for one in NAMES), question("more"))
    with transaction() as session:
        publish(session, document(asked))
    first = begin(resident)
    first.post("who", **SAID)
    first.send(remember="yes")
    return begin(resident)


def test_each_is_offered_inside_its_question_and_its_words_are_the_name_of_the_button(
    fresh: Journey,
) -> None:
    shown = html.unescape(fresh.get("who"))
    above, *questions = shown.split('class="form-one"')
    for name, one in zip(NAMES, questions, strict=False):
        assert f"前の答えを使う：{SAID[name]}</button>" in one
        assert f'formaction="#f-{name}"' in one, "it leads back to this question"
        assert f'id="f-{name}"' in one
    assert "前の答えを使う" not in above
    assert above.count("<button") <= 2, "all at once, and the Enter key's"
    assert "name、phone、address" in above


def test_all_of_them_at_once_overwrite_nothing_that_was_typed(fresh: Journey) -> None:
    done = fresh.post("who", "recall:name phone address", name="山田 太郎")
    assert done.status_code == 303
    shown = fresh.get("who")
    assert 'value="山田 太郎"' in shown
    assert "山田 花子" not in shown
    assert SAID["phone"] in shown
    assert SAID["address"] in shown
    assert "前の答えを使う" not in shown
    fresh.post("who", "recall:name", name="山田 太郎")
    assert 'value="山田 花子"' in fresh.get("who"), "one by itself is meant"


def test_an_earlier_answer_takes_the_place_of_what_could_not_be_read(
    app: Flask, resident: FlaskClient
) -> None:
    asked = page("who", question("birth", Kind.DATE, prefill="birth_date"), question("more"))
    with transaction() as session:
        publish(session, document(asked))
    first = begin(resident)
    first.post("who", **{"birth.y": "1950", "birth.m": "2", "birth.d": "3"})
    first.send(remember="yes")
    again = begin(resident)
    wrong = {"birth.y": "1950", "birth.m": "2", "birth.d": "31"}
    again.post("who", **wrong)
    assert 'value="31"' in again.get("who")
    again.post("who", "recall:birth", **wrong)
    shown = again.get("who")
    assert 'value="31"' not in shown
    assert 'value="3"' in shown


def test_of_one_alone_nothing_is_offered_above_the_form(fresh: Journey) -> None:
    fresh.post("who", name="山田 太郎", phone="09000000000")
    shown = fresh.get("who")
    assert "前の答えを使う：まど市あかり町1" in shown
    assert "まとめて使う" not in shown


def test_what_is_forgotten_is_offered_no_more(fresh: Journey) -> None:
    assert fresh.post("who", "forget:phone").status_code == 303
    shown = fresh.get("who")
    assert "前の答えを使う：山田 花子" in shown
    assert SAID["phone"] not in shown
