from __future__ import annotations

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from liff_app.procedures.engine.answers import read
from liff_app.procedures.engine.document import (
    Choice,
    Document,
    Group,
    Item,
    Kind,
    Page,
    Question,
    Repeat,
    Settings,
)
from liff_app.procedures.engine.schema import json_schema
from tests.procedures.engine.answering import BAD, GOOD, made_answers
from tests.procedures.engine.made import CHOICES, made_form
from tests.procedures.engine.test_hidden import evaluated

FORMS = range(0, 100, 2)


def document(*items: Item) -> Document:
    return Document(
        form_id="sofa",
        title={"ja": "粗大ごみ", "en": "Bulky waste"},
        languages=("ja", "en"),
        default_language="ja",
        settings=Settings(),
        pages=(Page(name="page", items=items),),
    )


def written(value: object) -> str:
    """As JSON, which tells 0 from false."""
    return json.dumps(value, default=float, sort_keys=True)


def sent(values: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """The values as a receiver reads them."""
    return json.loads(written(values))


# --- what would be sent is valid -----------------------------------------------------------------


@pytest.mark.parametrize("seed", FORMS)
def test_what_is_sent_without_a_problem_is_valid_by_the_schema(seed: int) -> None:
    made, rng = made_form(seed), random.Random(seed)
    schema = json_schema(made.document)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for _ in range(40):
        answers = made_answers(rng, made.document, care=rng.choice([0.7, 1, 1]))
        found = evaluated(made.document, answers)
        if not found.problems:
            validator.validate(sent(found.values))


def test_enough_of_those_had_no_problem() -> None:
    """The test above sees hundreds of sendings, not a handful."""
    fine = 0
    for seed in FORMS:
        made, rng = made_form(seed), random.Random(seed)
        given = [made_answers(rng, made.document, care=1) for _ in range(10)]
        fine += sum(not evaluated(made.document, one).problems for one in given)
    assert fine > 100


# --- what is not valid is never sent -------------------------------------------------------------


@pytest.mark.parametrize("seed", FORMS)
def test_what_the_schema_refuses_is_not_what_would_be_sent(seed: int) -> None:
    """Values that were fine, spoilt in one place: the evaluator has a problem or sends others."""
    made, rng = made_form(seed), random.Random(seed)
    validator, refused = Draft202012Validator(json_schema(made.document)), 0
    for _ in range(40):
        values = sent(evaluated(made.document, made_answers(rng, made.document, care=1)).values)
        spoil(rng, values)
        if not validator.is_valid(values):
            refused += 1
            again = evaluated(made.document, values)
            assert again.problems or written(again.values) != written(values), values
    assert refused


def spoil(rng: random.Random, values: dict[str, Any]) -> None:
    """Put something else in one place, or something where nothing was asked."""
    places = [values]
    places += [one for rows in values.values() if isinstance(rows, list) for one in rows]
    place = rng.choice([one for one in places if isinstance(one, dict)])
    name = rng.choice([*place, "nobody_asked"])
    if name in place and rng.random() < 0.3:
        del place[name]
    else:
        place[name] = rng.choice([*BAD, 5, "red"])


# --- one answer ----------------------------------------------------------------------------------

ASKED = [kind for kind in Kind if kind not in {Kind.NOTE, Kind.CALCULATED}]
SAME = [
    Kind.INTEGER,
    Kind.TIME,
    Kind.CHOOSE_ONE,
    Kind.CHOOSE_MANY,
    Kind.PHOTO,
    Kind.FILE,
    Kind.SIGNATURE,
    Kind.CONSENT,
]
ODD: list[Any] = [
    *BAD[1:],
    *(one for kind, good in GOOD.items() if kind is not Kind.DECIMAL for one in good),
    5.0,
    2**53,
    -(2**53),
    "9:00",
    ["red", "red"],
    ["f1", "f1"],
    {"lat": 0, "lon": 0, "accuracy_m": -1},
    {"lat": 0, "lon": 0, "text": ""},
    {"lat": 0},
]


def one(kind: Kind) -> Question:
    choices = tuple(Choice(value=name, label={"ja": name}) for name in CHOICES)
    offered = choices if kind in {Kind.CHOOSE_ONE, Kind.CHOOSE_MANY} else ()
    return Question(name="q", kind=kind, choices=offered, most_files=2)


def by_schema(kind: Kind, raw: object) -> bool:
    schema = json_schema(document(one(kind)))["properties"]["q"]
    return Draft202012Validator(schema).is_valid(raw)


@pytest.mark.parametrize("kind", ASKED)
def test_an_answer_that_the_schema_refuses_is_a_problem_or_not_kept_so(kind: Kind) -> None:
    question = one(kind)
    for raw in ODD:
        if not by_schema(kind, raw):
            kept, _, code = read(question, raw, dict.fromkeys(CHOICES))
            assert code is not None or written(kept) != written(raw), (kind, raw)


@pytest.mark.parametrize("kind", SAME)
def test_an_answer_that_the_schema_takes_is_kept(kind: Kind) -> None:
    """Of these kinds both say exactly the same."""
    question = one(kind)
    for raw in ODD:
        kept, _, code = read(question, raw, dict.fromkeys(CHOICES))
        if by_schema(kind, raw):
            assert code is None, (kind, raw)
            assert sorted(kept) == sorted(raw) if isinstance(raw, list) else kept == raw, raw


# --- what it looks like --------------------------------------------------------------------------


def test_the_schema_of_a_form() -> None:
    always, sometimes = "true()", "${a} = 'x'"
    schema = json_schema(
        document(
            Question(name="a", kind=Kind.TEXT, label={"ja": "名前"}, required=always),
            Question(name="b", kind=Kind.INTEGER, hint={"ja": "数"}, required=sometimes),
            Question(name="hello", kind=Kind.NOTE, label={"ja": "こんにちは"}),
            Question(name="c", kind=Kind.CONSENT, relevant=sometimes, required=always),
            Question(name="total", kind=Kind.CALCULATED, calculation="1"),
            Group(name="g", items=(Question(name="d", kind=Kind.DATE, required=always),)),
            Group(
                name="h",
                relevant=sometimes,
                items=(Question(name="e", kind=Kind.TIME, required=always),),
            ),
            Repeat(
                name="things",
                least=2,
                most=5,
                items=(Question(name="t", kind=Kind.DECIMAL, required=always),),
            ),
            Repeat(name="fixed", count="3", least=2, items=(Question(name="f", kind=Kind.TEXT),)),
            Repeat(name="maybe", least=0, items=(Question(name="m", kind=Kind.TEXT),)),
        )
    )
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "粗大ごみ"
    assert schema["required"] == ["a", "d", "things"]
    assert schema["additionalProperties"] is False
    assert list(schema["properties"]) == [
        "a",
        "b",
        "c",
        "total",
        "d",
        "e",
        "things",
        "fixed",
        "maybe",
    ]
    assert schema["properties"]["a"]["title"] == "名前"
    assert schema["properties"]["b"]["description"] == "数"
    assert schema["properties"]["total"]["readOnly"] is True
    things = schema["properties"]["things"]
    assert (things["minItems"], things["maxItems"]) == (2, 5)
    assert things["items"]["required"] == ["t"]
    assert schema["properties"]["fixed"]["minItems"] == 1
    assert schema["properties"]["maybe"]["minItems"] == 1  # none at all is left out
    json.dumps(schema)


@pytest.mark.parametrize(
    ("kind", "fine", "wrong"),
    [
        (Kind.TEXT, "あ", ""),
        (Kind.INTEGER, 5, 5.5),
        (Kind.DECIMAL, 5.5, "5.5"),
        (Kind.DATE, "2026-11-23", "2026/11/23"),
        (Kind.TIME, "23:59", "24:00"),
        (Kind.CHOOSE_ONE, "red", "green"),
        (Kind.CHOOSE_MANY, ["red"], ["green"]),
        (Kind.PHOTO, ["f"], ["f", "f"]),
        (Kind.SIGNATURE, ["f"], ["f", "g"]),
        (Kind.PLACE, {"lat": 1, "lon": 2}, {"lat": 1, "lon": 2, "who": 1}),
        (Kind.CONSENT, True, False),
        (Kind.CALCULATED, 5, True),
    ],
)
def test_each_kind_has_its_schema(kind: Kind, fine: object, wrong: object) -> None:
    assert by_schema(kind, fine)
    assert not by_schema(kind, wrong)


def test_decimals_are_numbers_to_the_schema_as_they_stand() -> None:
    assert by_schema(Kind.DECIMAL, Decimal("2.5"))
