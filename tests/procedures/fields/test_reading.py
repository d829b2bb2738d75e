"""A posted page: what was answered, what could not be read, and what stays as it was."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict

from liff_app.procedures.engine.document import Group, Kind, Normalise, Page, Repeat
from liff_app.procedures.fields import placing, reading
from liff_app.procedures.fields.reading import PageRead
from tests.procedures.ground import choices, document, ja, question

PAGE = Page(
    name="one",
    items=(
        question("name", normalise=Normalise.NAME),
        question("kana", normalise=Normalise.KANA),
        question("customer", normalise=Normalise.DIGITS),
        question("phone", normalise=Normalise.PHONE),
        question("why", Kind.LONG_TEXT),
        Group(name="when", label=ja("いつ"), items=(
            question("day", Kind.DATE),
            question("hour", Kind.TIME),
        )),
        question("count", Kind.INTEGER),
        question("pay", Kind.INTEGER, is_fee=True),
        question("size", Kind.DECIMAL),
        question("kind", Kind.CHOOSE_ONE, choices=choices("sofa", "bed")),
        question("needs", Kind.CHOOSE_MANY, choices=choices("a", "b", "c")),
        question("where", Kind.PLACE),
        question("agree", Kind.CONSENT),
        question("photo", Kind.PHOTO),
        question("note", Kind.NOTE),
        question("sum", Kind.CALCULATED),
        Repeat(name="children", most=3, items=(question("child"), question("birth", Kind.DATE))),
    ),
)  # fmt: skip
OTHER = Page(name="two", items=(question("elsewhere"),))
FORM = document(PAGE, OTHER)
ALL = " ".join(f"{within}/0/{name}" if within else name for within, name in placing.by_path(PAGE))


def posted(
    known: dict[str, Any] | None = None, asked: str = ALL, **fields: str | list[str]
) -> PageRead:
    form: MultiDict[str, str] = MultiDict({"asked": asked})
    for name, value in fields.items():
        form.setlist(name.replace("__", ".").replace("_0_", "/0/").replace("_1_", "/1/"),
                     value if isinstance(value, list) else [value])  # fmt: skip
    return reading.read_page(FORM, PAGE, form, known or {})


@pytest.mark.parametrize(
    "name",
    ["𠮷田 太郎", "\ufa19谷", "葛\U000e0100城", "Jose\u0301", "Jos\u00e9", "한", "①㈱", "髙﨑"],
)
def test_a_name_comes_through_code_point_by_code_point(name: str) -> None:
    read = posted(name=name, why=name)
    assert read.answers["name"] == name
    assert read.answers["why"] == name
    assert not read.faults


def test_each_kind_is_read_as_its_answer() -> None:
    read = posted(
        kana="やまだ", customer="００１", phone="090-1234-5678", why="a\r\nb",
        day__era="S", day__y="50", day__m="4", day__d="1", hour__hour="１４", hour__minute="5",
        count="３", pay="1,200円", size="1.50", kind="bed", needs=["c", "a"], agree="true",
        where__lat="33.5312345678", where__lon="130.47", where__accuracy="12.4", where__text="湊",
        children_0_child="一郎",
    )  # fmt: skip
    assert read.answers == {
        "kana": "ヤマダ",
        "customer": "001",
        "phone": "+819012345678",
        "why": "a\nb",
        "day": "1975-04-01",
        "hour": "14:05",
        "count": 3,
        "pay": 1200,
        "size": Decimal("1.50"),
        "kind": "bed",
        "needs": ["a", "c"],
        "where": {"lat": 33.531235, "lon": 130.47, "accuracy_m": 12, "text": "湊"},
        "agree": True,
        "children/0/child": "一郎",
    }
    assert (read.raw, read.faults) == ({}, ())


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [("14:30", "", "14:30"), ("午後2時30分", "", "14:30"), ("午前0時5分", "", "00:05"),
     ("12", "00", "12:00"), ("9時", "5", "09:05"), ("PM3:00", "", "15:00"), ("0", "0", "00:00")],
)  # fmt: skip
def test_a_time_is_read_as_people_write_it(hour: str, minute: str, expected: str) -> None:
    read = posted(hour__hour=hour, hour__minute=minute)
    assert read.answers["hour"] == expected


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"kana": "山田"}, "kana", "kana"),
        ({"count": "三つ"}, "count", "number"),
        ({"day__era": "H", "day__y": "31", "day__m": "5", "day__d": "1"}, "day", "date_era"),
        ({"hour__hour": "25", "hour__minute": "0"}, "hour", "time"),
        ({"hour__hour": "3", "hour__minute": "60"}, "hour", "time"),
        ({"hour__hour": "3"}, "hour", "time"),
        ({"hour__hour": "午後13時"}, "hour", "time"),
        ({"kind": "boat"}, "kind", "choice"),
        ({"needs": ["a", "x"]}, "needs", "choice"),
        ({"where__lat": "nan", "where__lon": "1"}, "where", "place"),
        ({"where__lat": "91", "where__lon": "1"}, "where", "place"),
        ({"where__lat": "1"}, "where", "place"),
        ({"name": "a\x00b"}, "name", "control"),
        ({"name": "a\nb"}, "name", "control"),
        ({"name": "1234 5678 9018"}, "name", "individual_number"),
        ({"why": "123456789018"}, "why", "individual_number"),
        ({"customer": "１２３４５６７８９０１８"}, "customer", "individual_number"),
        ({"why": "あ" * 20_001}, "why", "too_long"),
    ],
)
def test_what_cannot_be_read_stays_as_typed_with_a_sentence(
    fields: dict[str, Any], path: str, code: str
) -> None:
    read = posted({path: "earlier"}, **fields)
    assert [(one.field, one.code) for one in read.faults] == [(path, code)]
    assert read.answers[path] is None
    typed = {name.replace("__", "."): text for name, text in fields.items()}
    for name, text in read.raw.items():
        assert name.partition(".")[0] == path
        assert typed[name] if isinstance(typed[name], list) else typed[name].startswith(text)
    assert read.raw


def test_an_unticked_box_is_an_answer_and_an_absent_question_is_not() -> None:
    known = {"needs": ["a"], "agree": True, "name": "山田", "elsewhere": "x", "count": 4}
    read = posted(known, asked="needs agree count", count="4")
    assert read.answers == {"needs": None, "agree": None}
    assert placing.changed(known, read.answers) == {"name": "山田", "elsewhere": "x", "count": 4}


def test_names_that_the_page_does_not_ask_are_passed_over() -> None:
    read = posted(
        asked="elsewhere nobody children/3/child children/x/child sum note photo children/0/name",
        elsewhere="x", nobody="y", sum="999", photo="f" * 32,
    )  # fmt: skip
    assert read.answers == {}
    assert read.asked == frozenset()


def test_only_opened_questions_are_read_in_a_correction() -> None:
    form = MultiDict({"asked": ALL, "name": "山田 花子", "count": "9"})
    read = reading.read_page(FORM, PAGE, form, {"name": "山田 花"}, only={"name"})
    assert read.answers == {"name": "山田 花子"}
    assert read.asked == {"name"}


def test_what_was_unreadable_before_is_over_once_it_is_read() -> None:
    before = {"day.y": "五十", "day.era": "S", "count": "三", "elsewhere": "?"}
    read = posted(asked="day count", day__era="S", day__y="50", day__m="4", day__d="1", count="四")
    assert read.fresh_raw(before) == {"count": "四", "elsewhere": "?"}


def test_a_child_that_was_just_added_can_be_answered() -> None:
    read = posted(
        {"children": [{"child": "一郎"}]}, asked="children/0/child children/1/child",
        children_0_child="一郎", children_1_child="二郎",
    )  # fmt: skip
    assert read.answers == {"children/1/child": "二郎"}
    assert placing.changed({"children": [{"child": "一郎"}]}, read.answers) == {
        "children": [{"child": "一郎"}, {"child": "二郎"}]
    }


def test_files_are_taken_for_the_questions_of_the_page_alone() -> None:
    files = MultiDict(
        [("photo", FileStorage(BytesIO(b"x"), "a.jpg")), ("photo", FileStorage(BytesIO(), "")),
         ("name", FileStorage(BytesIO(b"x"), "b.jpg"))]
    )  # fmt: skip
    form = MultiDict({"asked": "photo name"})
    found = reading.uploads(FORM, PAGE, form, files)
    assert [(one.path, one.kind, one.file.filename) for one in found] == [
        ("photo", Kind.PHOTO, "a.jpg")
    ]


@given(
    st.dictionaries(
        st.sampled_from(["name", "kana", "day.y", "day.m", "count", "size", "kind", "where.lat",
                         "where.lon", "where.accuracy", "hour.hour", "hour.minute", "phone"]),
        st.text(max_size=30),
    ),
    st.text(max_size=60),
)  # fmt: skip
def test_nothing_a_browser_may_send_breaks_it(fields: dict[str, str], asked: str) -> None:
    read = reading.read_page(FORM, PAGE, MultiDict(fields | {"asked": f"{ALL} {asked}"}), {})
    assert {one.field for one in read.faults} <= read.asked


@pytest.mark.parametrize("index", [0, 1, 2])
def test_instances_are_added_and_removed_between_least_and_most(index: int) -> None:
    repeat = next(one for one in PAGE.items if isinstance(one, Repeat))
    answers: dict[str, Any] = {"name": "x"}
    answers = placing.add_instance(answers, repeat)
    assert len(answers["children"]) == 2
    answers = placing.add_instance(placing.add_instance(answers, repeat), repeat)
    assert len(answers["children"]) == 3
    answers["children"] = [{"child": one} for one in "abc"]
    left = placing.remove_instance(answers, repeat, index)
    assert [one["child"] for one in left["children"]] == [
        one for one in "abc" if one != "abc"[index]
    ]
    assert placing.remove_instance(answers, repeat, 9) == answers
