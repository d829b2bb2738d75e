"""Answers in the form's own texts: enough of each to know it again, and no page full of them."""

from __future__ import annotations

from datetime import date

import pytest

from liff_app.procedures.engine.document import Kind, Repeat
from liff_app.procedures.engine.evaluation import Wording, evaluate
from liff_app.procedures.engine.wording import CUT, MOST_ANSWER, MOST_IN_ALL, MOST_IN_TEXT
from tests.procedures.ground import choices, document, ja, page, question

DAY = date(2026, 11, 23)
FORM = document(
    page(
        "a",
        question("why", Kind.LONG_TEXT),
        question("who"),
        question("many", Kind.CHOOSE_MANY, choices=choices(*(f"c{at}" for at in range(200)))),
        Repeat(name="children", most=50, items=(question("child"),)),
    )
)


def wording(**answers: object) -> Wording:
    return Wording(FORM, evaluate(FORM, answers, today=DAY), "ja")


@pytest.mark.parametrize("letter", ["あ", "a", "葛\U000e0100", "👨\u200d👩\u200d👧"])
def test_a_long_answer_is_cut_between_two_characters(letter: str) -> None:
    text = ja("「${why}」のこと")
    kept = f"「{letter * MOST_ANSWER}」のこと"
    assert wording(why=letter * MOST_ANSWER).said(text) == kept
    assert wording(why=letter * 900).said(text) == kept.replace("」", f"{CUT}」")


def test_an_answer_of_one_endless_character_is_cut_too() -> None:
    found = wording(why="か" + "\u0301" * 30_000).said(ja("${why}"))
    assert len(found) < 2_000
    assert found.endswith(CUT)


def test_many_choices_and_many_instances_are_one_answer() -> None:
    found = wording(
        many=[f"c{at}" for at in range(200)], children=[{"child": f"花子{at}"} for at in range(50)]
    )
    for name in ("many", "child"):
        told = found.said(ja(f"${{{name}}}"))
        assert (len(told), told[-1]) == (MOST_ANSWER + 1, CUT)


def test_a_text_takes_so_many_answers() -> None:
    told = wording(why="あ" * 900, who="花子").said(ja("${why}" * 60 + "さん"))
    assert len(told) < MOST_IN_TEXT + 2 * MOST_ANSWER
    assert told.endswith(CUT * 40 + "さん")
    assert wording(who="花子").said(ja("${who}" * 60)) == "花子" * 60


def test_all_texts_together_take_so_many_answers() -> None:
    found = wording(why="あ" * 900)
    told = [found.said(ja("${why}" * 10)) for _ in range(400)]
    assert MOST_IN_ALL <= sum(map(len, told)) < MOST_IN_ALL + 2 * MOST_IN_TEXT + 4_000
    assert told[0] != told[-1] == CUT * 10


def test_other_answers_are_told_by_where_the_text_stands() -> None:
    found = wording(children=[{"child": "花子"}, {"child": "太郎"}])
    assert found.said(ja("${child}"), "children/1") == "太郎"
    assert found.said(ja("${child}"), "children/0/child") == "花子"
    assert found.said(ja("${child}")) == "花子、太郎"
