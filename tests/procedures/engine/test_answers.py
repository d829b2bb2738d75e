from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liff_app.procedures.engine.answers import read
from liff_app.procedures.engine.document import Choice, Kind, Question
from liff_app.procedures.engine.expressions.values import Chosen

COLOURS = tuple(Choice(value=one, label={"ja": one}) for one in ("red", "blue", "white"))
FAMILY = "👨‍👩‍👧"  # one character to the reader, five code points
IVS = "葛󠄀"  # one character, two code points


def question(kind: Kind) -> Question:
    choices = COLOURS if kind in {Kind.CHOOSE_ONE, Kind.CHOOSE_MANY} else ()
    return Question(name="q", kind=kind, choices=choices, most_files=2)


def said(kind: Kind, raw: object, left: tuple[str, ...] = ("red", "blue", "white")) -> Any:  # noqa: ANN401 - any JSON
    return read(question(kind), raw, dict.fromkeys(left))


@pytest.mark.parametrize(
    ("kind", "raw", "kept", "seen"),
    [
        (Kind.TEXT, "𠮷野 葛󠄀子 神 é 한", "𠮷野 葛󠄀子 神 é 한", "𠮷野 葛󠄀子 神 é 한"),
        (Kind.TEXT, "  前後の空白 ", "  前後の空白 ", "  前後の空白 "),
        (Kind.TEXT, IVS * 1000, IVS * 1000, IVS * 1000),
        (Kind.TEXT, FAMILY * 1000, FAMILY * 1000, FAMILY * 1000),
        (Kind.LONG_TEXT, "あ\n" * 2000, "あ\n" * 2000, "あ\n" * 2000),
        (Kind.INTEGER, 5, 5, 5),
        (Kind.INTEGER, 5.0, 5, 5),
        (Kind.INTEGER, Decimal("5.00"), 5, 5),
        (Kind.INTEGER, 2**53 - 1, 2**53 - 1, 2**53 - 1),
        (Kind.DECIMAL, 0.1, Decimal("0.1"), Decimal("0.1")),
        (Kind.DECIMAL, Decimal("1.50"), Decimal("1.50"), Decimal("1.50")),
        (Kind.DECIMAL, Decimal("1E+3"), Decimal(1000), Decimal(1000)),
        (Kind.DECIMAL, Decimal("-0.0"), Decimal(0), Decimal(0)),
        (Kind.DECIMAL, 7, Decimal(7), Decimal(7)),
        (Kind.DATE, "2024-02-29", "2024-02-29", date(2024, 2, 29)),
        (Kind.TIME, "09:05", "09:05", "09:05"),
        (Kind.CHOOSE_ONE, "blue", "blue", "blue"),
        (Kind.CHOOSE_MANY, ["white", "red", "red"], ["red", "white"], Chosen(("red", "white"))),
        (Kind.PHOTO, ["a-1", "b_2", "a-1"], ["a-1", "b_2"], Chosen(("a-1", "b_2"))),
        (Kind.SIGNATURE, ["a"], ["a"], Chosen(("a",))),
        (Kind.CONSENT, True, True, "OK"),
        (Kind.PLACE, {"lat": 35, "lon": 139.5}, {"lat": 35.0, "lon": 139.5}, "35.0 139.5"),
        (
            Kind.PLACE,
            {"lat": Decimal("35.25"), "lon": 0, "accuracy_m": 12, "text": "角"},
            {"lat": 35.25, "lon": 0.0, "accuracy_m": 12.0, "text": "角"},
            "35.25 0.0",
        ),
    ],
)
def test_a_good_answer_is_kept_in_its_one_form(
    kind: Kind, raw: object, kept: object, seen: object
) -> None:
    found = said(kind, raw)
    assert found == (kept, seen, None)
    assert (type(found[0]), str(found[0])) == (type(kept), str(kept))
    assert said(kind, found[0]) == found


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        (Kind.TEXT, 5, "type"),
        (Kind.TEXT, ["a"], "type"),
        (Kind.TEXT, "a\x00b", "type"),
        (Kind.TEXT, "a\ud800b", "type"),
        (Kind.TEXT, IVS * 1001, "too_long"),
        (Kind.TEXT, "e" + "\u0301" * 16_000, "too_long"),
        (Kind.LONG_TEXT, "あ" * 4001, "too_long"),
        (Kind.INTEGER, True, "type"),
        (Kind.INTEGER, "5", "type"),
        (Kind.INTEGER, 5.5, "type"),
        (Kind.INTEGER, float("nan"), "type"),
        (Kind.INTEGER, float("inf"), "type"),
        (Kind.INTEGER, 2**53, "range"),
        pytest.param(Kind.INTEGER, 10**5000, "range", id="more digits than Python writes"),
        (Kind.INTEGER, Decimal("1E+999999"), "range"),
        (Kind.DECIMAL, False, "type"),
        (Kind.DECIMAL, Decimal("NaN"), "type"),
        (Kind.DECIMAL, Decimal("sNaN"), "type"),
        (Kind.DECIMAL, Decimal("1E+999999"), "range"),
        (Kind.DECIMAL, Decimal("0.12345678901"), "range"),
        (Kind.DATE, "2026-02-30", "type"),
        (Kind.DATE, "20260201", "type"),
        (Kind.DATE, "2026-W01-1", "type"),
        (Kind.DATE, "２０２６-０１-０１", "type"),
        (Kind.DATE, 20260201, "type"),
        (Kind.TIME, "24:00", "type"),
        (Kind.TIME, "9:05", "type"),
        (Kind.TIME, "09:05:00", "type"),
        (Kind.CHOOSE_ONE, "green", "choice"),
        (Kind.CHOOSE_ONE, ["red"], "type"),
        (Kind.CHOOSE_MANY, "red", "type"),
        (Kind.CHOOSE_MANY, ["red", 1], "type"),
        (Kind.CHOOSE_MANY, ["red", "green"], "choice"),
        (Kind.PHOTO, "a", "type"),
        (Kind.PHOTO, [""], "type"),
        (Kind.PHOTO, ["../etc/passwd"], "type"),
        (Kind.PHOTO, ["a" * 65], "type"),
        (Kind.PHOTO, ["a", "b", "c"], "too_many"),
        (Kind.SIGNATURE, ["a", "b"], "too_many"),
        (Kind.CONSENT, "true", "type"),
        (Kind.CONSENT, 1, "type"),
        (Kind.PLACE, [35, 139], "type"),
        (Kind.PLACE, {"lat": 35}, "type"),
        (Kind.PLACE, {"lat": True, "lon": 0}, "type"),
        (Kind.PLACE, {"lat": 1, "lon": 1, "who": "x"}, "type"),
        (Kind.PLACE, {"lat": 1, "lon": 1, "text": "\x00"}, "type"),
        (Kind.PLACE, {"lat": 90.1, "lon": 1}, "range"),
        (Kind.PLACE, {"lat": 1, "lon": -180.1}, "range"),
        (Kind.PLACE, {"lat": 1, "lon": 1, "accuracy_m": -1}, "range"),
        (Kind.PLACE, {"lat": 1, "lon": 1, "text": "あ" * 501}, "too_long"),
    ],
)
def test_a_bad_answer_is_none_and_says_why(kind: Kind, raw: object, code: str) -> None:
    assert said(kind, raw) == (None, None, code)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        *((kind, None) for kind in Kind),
        *((kind, "") for kind in Kind),
        *((kind, []) for kind in Kind),
        (Kind.TEXT, " 　\n"),
        (Kind.CONSENT, False),
        (Kind.NOTE, "x"),
        (Kind.CALCULATED, 5),
    ],
)
def test_nothing_is_no_answer_and_no_fault(kind: Kind, raw: object) -> None:
    assert said(kind, raw) == (None, None, None)


def test_a_choice_that_the_filter_takes_away_is_no_answer_and_no_fault() -> None:
    assert said(Kind.CHOOSE_ONE, "red", ("blue",)) == (None, None, None)
    assert said(Kind.CHOOSE_MANY, ["red", "blue"], ("blue",))[0] == ["blue"]
    assert said(Kind.CHOOSE_MANY, ["red"], ("blue",)) == (None, None, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(raw=JSON, kind=st.sampled_from(Kind))
def test_whatever_json_holds_is_an_answer_or_a_fault(raw: object, kind: Kind) -> None:
    kept, seen, code = said(kind, raw)
    assert (kept is None) == (seen is None)
    assert code is None or kept is None
    assert kept is None or said(kind, kept) == (kept, seen, None)
