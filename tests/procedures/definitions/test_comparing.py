"""What differs between two versions, told as whoever approves the newer one reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from liff_app.procedures.definitions.comparing import Change, Detail, Difference, differences
from liff_app.procedures.engine.document import Document, Group, Kind, Page, Question
from tests.procedures.ground import children, choices, document, ja, page, question


def form(*pages: Page, **settings: Any) -> Document:  # noqa: ANN401 - any setting
    return document(*pages, **settings)


A, B, C = question("a"), question("b"), question("c")
TWO = form(page("first", A, B), page("second", C))


def only(before: Document, after: Document) -> Difference:
    (found,) = differences(before, after)
    return found


def test_the_same_form_has_no_differences() -> None:
    assert differences(TWO, TWO) == []
    assert differences(document(), document()) == []


def test_pages_and_questions_come_and_go() -> None:
    after = form(page("first", A, question("new")), page("second", C), page("third", question("d")))
    found = [(one.change, one.type, one.name) for one in differences(TWO, after)]
    assert found == [
        (Change.ADDED, "question", "new"),
        (Change.ADDED, "page", "third"),
        (Change.ADDED, "question", "d"),
        (Change.REMOVED, "question", "b"),
    ]
    gone = differences(TWO, after)[-1]
    assert (gone.label, gone.page) == ("b", "first")


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        ({"label": {"ja": "新しい文"}}, Detail("label", "ja", "a", "新しい文")),
        ({"label": {"ja": "a", "en": "A"}}, Detail("label", "en", "", "A")),
        ({"hint": {"ja": "例"}}, Detail("hint", "ja", "", "例")),
        ({"required": "true()"}, Detail("required", "", "", "true()")),
        ({"relevant": "1 = 1"}, Detail("relevant", "", "", "1 = 1")),
        ({"constraint": ". > 0"}, Detail("constraint", "", "", ". > 0")),
        ({"kind": Kind.DATE}, Detail("kind", "", "text", "date")),
        ({"is_fee": True}, Detail("is_fee", "", "", "✓")),
        ({"correctable": False}, Detail("correctable", "", "✓", "")),
        ({"appearance": frozenset({"b", "a"})}, Detail("appearance", "", "", "a, b")),
        ({"parameters": {"max": "9"}}, Detail("parameters", "max", "", "9")),
        ({"retention_days": 30}, Detail("retention_days", "", "", "30")),
    ],
)  # fmt: skip
def test_each_property_is_told_from_what_to_what(changed: dict[str, Any], detail: Detail) -> None:
    after = form(page("first", question("a", **changed), B), page("second", C))
    told = only(TWO, after)
    assert (told.change, told.name, told.details) == (Change.CHANGED, "a", (detail,))
    assert only(after, TWO).details == (
        Detail(detail.what, detail.which, detail.after, detail.before),
    )


def test_choices_are_told_one_by_one_and_in_their_order() -> None:
    before = form(page("p", question("q", Kind.CHOOSE_ONE, choices=choices("x", "y"))))
    turned = form(page("p", question("q", Kind.CHOOSE_ONE, choices=choices("y", "x"))))
    assert only(before, turned).details == (Detail("choices", "", "x, y", "y, x"),)
    more = form(page("p", question("q", Kind.CHOOSE_ONE, choices=choices("x", "y", "z"))))
    assert only(before, more).details == (
        Detail("choices", "", "x, y", "x, y, z"),
        Detail("choices", "z ja", "", "zです"),
    )
    dear = tuple(replace(one, extra={"fee": "400"}) for one in choices("x", "y"))
    priced = form(page("p", question("q", Kind.CHOOSE_ONE, choices=dear)))
    assert only(before, priced).details[0] == Detail("choices", "x fee", "", "400")


def test_what_was_moved_is_told_and_what_only_made_room_is_not() -> None:
    before = form(page("p", *(question(name) for name in "abcd")))
    after = form(page("p", *(question(name) for name in "bcda")))
    told = only(before, after)
    assert (told.change, told.name, told.is_moved) == (Change.MOVED, "a", True)
    to_other = form(page("first", B), page("second", C, A))
    told = only(TWO, to_other)
    assert (told.change, told.name, told.page) == (Change.MOVED, "a", "second")
    pages = form(page("second", C), page("first", A, B))
    assert [(one.change, one.type) for one in differences(TWO, pages)] == [(Change.MOVED, "page")]


def test_a_question_may_be_moved_and_changed_at_once() -> None:
    after = form(page("first", B), page("second", C, question("a", hint=ja("例"))))
    told = only(TWO, after)
    assert (told.change, told.is_moved, len(told.details)) == (Change.CHANGED, True, 1)


def test_the_forms_own_settings_stand_first() -> None:
    after = form(page("first", B, A), page("second", C), consent=ja("別の目的"), minutes=5)
    first = differences(TWO, after)[0]
    assert (first.type, first.name) == ("settings", "")
    assert set(first.details) == {
        Detail("consent", "ja", "申請の審査だけに使います。", "別の目的"),
        Detail("minutes", "", "", "5"),
    }


def test_questions_in_groups_and_repeats_are_compared_too() -> None:
    def inside(asked: Question) -> Document:
        group = Group(name="g", label=ja("g"), items=(asked,))
        return form(page("p", group), page("k", replace(children(), items=(B,))))

    found = differences(inside(A), inside(question("a", required="true()")))
    assert [(one.name, one.page) for one in found] == [("a", "p")]
    more = form(page("p", Group(name="g", label=ja("g"), items=(A,))),
                page("k", replace(children(), most=5, items=(B,))))  # fmt: skip
    told = only(inside(A), more)
    assert (told.type, told.details) == ("repeat", (Detail("most", "", "20", "5"),))


def test_a_page_and_a_question_of_one_name_are_two_things() -> None:
    before = form(page("a", question("a")))
    after = form(page("a", question("a", hint=ja("例"))))
    told = only(before, after)
    assert told.type == "question"
