"""Every way through a form is found before anybody goes it."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest

from liff_app.procedures.engine import paths
from liff_app.procedures.engine.document import Choice, Item, Kind, Question, Repeat
from liff_app.procedures.engine.evaluation import evaluate
from tests.procedures.engine.searched import ABC, TODAY, asks, form, named, search


def test_a_branch_that_contradicts_itself_is_never_shown() -> None:
    """Of a page that is never shown nothing inside it is named as well."""
    found = search(
        asks("kind"),
        asks("never", Kind.TEXT, relevant="${kind} = 'a' and ${kind} = 'b'"),
        asks("always", Kind.TEXT),
    )
    assert [(one.name, one.is_sure) for one in found.unreached] == [("page_never", True)]


def test_a_choice_that_no_filter_leaves_is_told() -> None:
    """The others of the list are offered."""
    cities = tuple(
        Choice(value=f"city_{one}", label={"ja": one}, extra={"kind": one}) for one in "abx"
    )
    found = search(asks("kind"), asks("city", choices=cities, choice_filter="kind = ${kind}"))
    assert [(one.name, one.choice) for one in found.unreached] == [("city", "city_x")]
    assert [(one.name, one.answers) for one in found.dead_ends] == [("city", {"kind": "c"})]


def test_a_number_that_leaves_no_way_on_is_no_dead_end() -> None:
    """Who typed it goes back and types another."""
    found = search(
        asks("first", Kind.INTEGER, constraint=". >= 0"),
        asks("last", Kind.INTEGER, constraint=". > ${first} and . < 10"),
    )
    assert found.dead_ends == ()
    assert len(found.samples) == 1


def test_a_constraint_that_nothing_fulfils_is_a_dead_end() -> None:
    """What stands behind it is never reached."""
    found = search(
        asks("pieces", Kind.INTEGER, constraint=". > 5 and . < 3"), asks("after", Kind.TEXT)
    )
    assert [one.name for one in found.dead_ends] == ["pieces"]
    assert named(found) == {"page_after"}
    assert found.samples == ()


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (Kind.TEXT, {"constraint": "regex(., '[0-9]{3}-[0-9]{4}')"}),
        (Kind.TEXT, {"constraint": "regex(., '(A|B)[a-f]+[^0-9]?\\d{2,3}')"}),
        (Kind.TEXT, {"constraint": "string-length(.) = 12"}),
        (Kind.TEXT, {"constraint": ". = 'まど'"}),
        (Kind.DATE, {"constraint": ". > today() and . <= date(today() + 14)"}),
        (Kind.DATE, {"constraint": ". < date('2001-02-03')"}),
        (Kind.DATE, {"constraint": "machimado:age(.) = 20"}),
        (Kind.TIME, {"constraint": ". > '17:15'"}),
        (Kind.DECIMAL, {"constraint": ". > 2.5 and . < 4"}),
        (Kind.CHOOSE_MANY, {"constraint": "count-selected(.) = 3"}),
        (Kind.PHOTO, {"constraint": "count-selected(.) >= 2", "most_files": 3}),
        (Kind.CONSENT, {}),
        (Kind.PLACE, {}),
        (Kind.SIGNATURE, {}),
    ],
)
def test_an_answer_is_found_that_the_form_takes(kind: Kind, more: dict[str, Any]) -> None:
    """And the sample holds it."""
    found = search(
        asks("first", kind, **more), asks("second", Kind.TEXT, relevant="${first} != ''")
    )
    assert found.dead_ends == ()
    assert found.samples
    document = form(asks("first", kind, **more))
    assert evaluate(document, found.samples[0].answers, today=TODAY).problems == ()


def test_a_pattern_that_cannot_be_guessed_is_a_warning_and_stops_nothing() -> None:
    """What stands behind it is searched all the same."""
    found = search(
        asks("code", Kind.TEXT, constraint="regex(., '(a.*b)+[0-9]{1}z') and contains(., 'qq')"),
        asks("kind"),
        asks("after", Kind.TEXT, relevant="${kind} = 'b'"),
    )
    assert [(one.name, one.is_sure) for one in found.dead_ends] == [("code", False)]
    assert named(found) == set()


def test_what_a_calculation_leads_to_is_found() -> None:
    """Its inputs are tried around what it is compared with."""
    total = Question(name="total", kind=Kind.CALCULATED, calculation="${pieces} * 300 + ${more}")
    found = search(
        asks("pieces", Kind.INTEGER, constraint=". >= 1 and . <= 9"),
        asks("more", Kind.INTEGER, constraint=". >= 0 and . <= 200"),
        total,
        asks("much", Kind.TEXT, relevant="${total} > 2700"),
        asks("too_much", Kind.TEXT, relevant="${total} > 5000"),
    )
    assert {(one.name, one.is_sure) for one in found.unreached} == {("page_too_much", False)}


def test_a_repeat_is_tried_with_as_many_as_matter() -> None:
    """Two children, or one of them living apart, open a page each."""
    children = Repeat(
        name="children",
        most=5,
        items=(asks("birth", Kind.DATE), asks("lives"), asks("why", relevant="${lives} = 'b'")),
    )
    found = search(
        children,
        asks("several", Kind.TEXT, relevant="count(${children}) >= 3"),
        asks("apart", Kind.TEXT, relevant="count-non-empty(${why}) > 1"),
        asks("never", Kind.TEXT, relevant="count(${children}) > 5"),
    )
    assert named(found) == {"page_never"}
    assert {len(one.answers["children"]) for one in found.samples} >= {1, 3}
    shown = set().union(*(one.visible for one in found.samples))
    assert {"several", "apart", "why"} <= shown


def test_a_repeat_whose_number_is_answered_is_filled_in() -> None:
    """And one that an answer makes too long is told."""
    things = Repeat(name="things", count="${pieces}", most=3, items=(asks("thing", Kind.TEXT),))
    fine = search(asks("pieces", Kind.INTEGER, constraint=". >= 1 and . <= 3"), things)
    assert {len(one.answers["things"]) for one in fine.samples} <= {1, 2, 3}
    assert fine.dead_ends == ()
    by_choice = (Choice(value="2", label={}), Choice(value="9", label={}))
    long = search(asks("pieces", choices=by_choice), things)
    assert [one.name for one in long.dead_ends] == ["things"]


def test_samples_show_the_fee_and_are_what_the_form_takes() -> None:
    """Calculated values are not among the answers; they follow from them."""
    fee = Question(name="fee", kind=Kind.CALCULATED, calculation="${copies} * 300", is_fee=True)
    document = form(asks("copies", Kind.INTEGER, constraint=". >= 1 and . <= 5"), fee)
    (sample,) = paths.search(document, today=TODAY).samples
    assert sample.answers == {"copies": 1}
    assert sample.fee_yen == 300
    assert evaluate(document, sample.answers, today=TODAY).problems == ()
    assert paths.from_json(paths.to_json(sample)) == sample


def test_the_same_document_gives_the_same_samples() -> None:
    """On the same day."""
    document = form(asks("a"), asks("b", relevant="${a} = 'b'"), asks("c", Kind.INTEGER))
    assert paths.search(document, today=TODAY) == paths.search(document, today=TODAY)


# --- again on a later version --------------------------------------------------------------------


def test_a_kept_sample_breaks_where_a_later_version_refuses_its_answer() -> None:
    """A choice that is gone, and a stricter constraint."""
    before = form(asks("kind"), asks("more", Kind.TEXT, relevant="${kind} = 'c'"))
    samples = paths.search(before, today=TODAY).samples
    assert paths.rerun(before, samples) == []
    after = form(asks("kind", choices=ABC[:2]), asks("other", Kind.TEXT, relevant="${kind} = 'b'"))
    broken = paths.rerun(after, samples)
    assert [one.sample.answers["kind"] for one in broken] == ["c"]
    assert [(one.path, one.code) for one in broken[0].problems] == [("kind", "choice")]
    assert broken[0].gone == ("more",)


def test_a_new_question_breaks_no_kept_sample() -> None:
    """Whoever sent the sample would simply be asked one more thing."""
    before = form(asks("kind"))
    after = form(asks("kind"), asks("new", Kind.TEXT))
    assert paths.rerun(after, paths.search(before, today=TODAY).samples) == []


def test_a_kept_sample_is_evaluated_on_its_own_day() -> None:
    """Days that were in the future then are past now."""
    document = form(asks("day", Kind.DATE, constraint=". > today()"))
    assert paths.rerun(document, paths.search(document, today=date(2020, 1, 1)).samples) == []


# --- what it costs -------------------------------------------------------------------------------


def test_a_form_of_sixty_questions_takes_less_than_two_seconds() -> None:
    """Thirty branches, two to the thirtieth ways: each step is gone once."""
    items: list[Item] = []
    for number in range(30):
        items.append(asks(f"kind{number}"))
        items.append(asks(f"more{number}", Kind.TEXT, relevant=f"${{kind{number}}} = 'b'"))
    began = time.process_time()
    found = search(*items)
    assert time.process_time() - began < 2
    assert found.is_complete
    assert found.unreached == ()
    assert len(found.samples) == paths.SAMPLES


def test_a_form_that_depends_on_everything_is_cut_and_says_so() -> None:
    """Then nothing that was not seen is called an error."""
    many = [asks(f"q{number}", Kind.INTEGER) for number in range(12)]
    every = " + ".join(f"${{{one.name}}} * {place}" for place, one in enumerate(many, start=3))
    began = time.process_time()
    found = search(*many, asks("rare", Kind.TEXT, relevant=f"{every} = 54321"))
    assert time.process_time() - began < 5
    assert not found.is_complete
    assert all(not one.is_sure for one in found.unreached)
