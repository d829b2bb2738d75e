from __future__ import annotations

from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from liff_app.procedures.engine.defaults import with_defaults
from liff_app.procedures.engine.document import (
    Choice,
    Document,
    Item,
    Kind,
    Page,
    Question,
    Repeat,
    Settings,
)
from liff_app.procedures.engine.evaluation import evaluate
from tests.procedures.engine.made import made_form

TODAY = date(2026, 11, 23)
COLOURS = tuple(Choice(value=one, label={"ja": one}) for one in ("red", "blue"))


def form(*items: Item) -> Document:
    return Document(
        form_id="f",
        title={"ja": "ためし"},
        languages=("ja",),
        default_language="ja",
        settings=Settings(),
        pages=(Page(name="page", items=items),),
    )


def begun(document: Document, answers: dict[str, Any] | None = None) -> dict[str, Any]:
    return with_defaults(document, answers or {}, TODAY)


@pytest.mark.parametrize(
    ("kind", "default", "answer"),
    [
        (Kind.TEXT, "'さくら町'", "さくら町"),
        (Kind.TEXT, "concat('a', 1)", "a1"),
        (Kind.LONG_TEXT, "1", "1"),
        (Kind.INTEGER, "1", 1),
        (Kind.INTEGER, "'3'", 3),
        (Kind.DECIMAL, "0.5", Decimal("0.5")),
        (Kind.DATE, "today()", "2026-11-23"),
        (Kind.DATE, "today() + 7", "2026-11-30"),
        (Kind.DATE, "'2026-01-01'", "2026-01-01"),
        (Kind.TIME, "'09:00'", "09:00"),
        (Kind.CHOOSE_ONE, "'red'", "red"),
        (Kind.CHOOSE_MANY, "'blue red'", ["red", "blue"]),
    ],
)
def test_an_empty_question_begins_with_its_default(
    kind: Kind, default: str, answer: object
) -> None:
    document = form(Question(name="q", kind=kind, default=default, choices=COLOURS))
    assert begun(document) == {"q": answer}
    assert type(begun(document)["q"]) is type(answer)
    assert begun(document, {"q": ""}) == {"q": answer}


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        (Kind.INTEGER, "'x'"),
        (Kind.INTEGER, "0.5"),
        (Kind.DATE, "'2026-02-30'"),
        (Kind.TIME, "'9時'"),
        (Kind.CHOOSE_ONE, "'green'"),
        (Kind.CHOOSE_MANY, "'red green'"),
        (Kind.TEXT, "''"),
        (Kind.TEXT, "${lost}"),
        (Kind.CONSENT, "true()"),
        (Kind.CONSENT, "'OK'"),
        (Kind.PLACE, "'35 139'"),
        (Kind.PHOTO, "'file'"),
        (Kind.CALCULATED, "1"),
    ],
)
def test_what_the_question_would_not_take_is_not_filled_in(kind: Kind, default: str) -> None:
    assert begun(form(Question(name="q", kind=kind, default=default, choices=COLOURS))) == {}


def test_an_answer_stays_and_what_is_hidden_gets_nothing() -> None:
    document = form(
        Question(name="a", kind=Kind.TEXT, default="'x'"),
        Question(name="b", kind=Kind.TEXT, default="'y'", relevant="${a} = 'z'"),
        Question(name="c", kind=Kind.TEXT, default="concat(${a}, '!')"),
        Question(
            name="d",
            kind=Kind.CHOOSE_ONE,
            choices=COLOURS,
            choice_filter="name = ${a}",
            default="'red'",
        ),
    )
    assert begun(document) == {"a": "x", "c": "x!"}
    assert begun(document, {"a": "red"}) == {"a": "red", "c": "red!", "d": "red"}
    assert begun(document, {"a": "z", "other": 1}) == {"a": "z", "other": 1, "b": "y", "c": "z!"}


def test_repeats_begin_with_their_least() -> None:
    child = (
        Question(name="child", kind=Kind.TEXT),
        Question(name="home", kind=Kind.CHOOSE_ONE, choices=COLOURS, default="'blue'"),
    )
    document = form(
        Question(name="n", kind=Kind.INTEGER, default="2"),
        Repeat(name="children", least=2, items=child),
        Repeat(name="others", least=0, items=(Question(name="o", kind=Kind.TEXT, default="'o'"),)),
        Repeat(
            name="fixed", count="${n}", items=(Question(name="f", kind=Kind.TEXT, default="'f'"),)
        ),
        Repeat(
            name="later",
            least=1,
            relevant="${n} > 5",
            items=(Question(name="l", kind=Kind.TEXT, default="'l'"),),
        ),
    )
    assert begun(document, {"children": [{"child": "花子"}]}) == {
        "n": 2,
        "children": [{"child": "花子", "home": "blue"}, {"home": "blue"}],
        "fixed": [{"f": "f"}, {"f": "f"}],
        "later": [{}],
    }


def test_the_answers_given_stay_as_they_were() -> None:
    question = Question(name="q", kind=Kind.TEXT, default="'x'")
    document = form(Repeat(name="r", least=2, items=(question,)))
    fixed = form(Repeat(name="r", count="2", items=(question,)))
    for form_of in (document, fixed):
        given: dict[str, Any] = {"r": [{}]}
        before = deepcopy(given)
        assert begun(form_of, given) == {"r": [{"q": "x"}, {"q": "x"}]}
        assert given == before


@pytest.mark.parametrize("odd", ["x", 5, [5], [[]], {"a": 1}])
def test_whatever_stood_there_before_nothing_breaks(odd: object) -> None:
    document = form(
        Repeat(name="r", least=2, items=(Question(name="q", kind=Kind.TEXT, default="'x'"),))
    )
    found = evaluate(document, begun(document, {"r": odd}), today=TODAY)
    assert found.values == ({"r": [{"q": "x"}, {"q": "x"}]} if isinstance(odd, list) else {})


def test_a_form_without_defaults_begins_with_empty_instances_only() -> None:
    for seed in range(20):
        document = made_form(seed).document
        filled = begun(document)
        assert all(value == [{}] for value in filled.values()), seed
        assert begun(document, filled) == filled
