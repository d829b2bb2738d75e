from __future__ import annotations

import gc
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    from_json,
    to_json,
)
from liff_app.procedures.engine.evaluation import Evaluated, Wording, evaluate, unknown_names
from liff_app.procedures.engine.expressions import ExpressionInvalid
from liff_app.procedures.engine.program import Program, program_of
from tests.procedures.engine.made import made_form

TODAY = date(2026, 11, 23)
YES = "true()"


def asked(name: str, kind: Kind = Kind.TEXT, **parts: Any) -> Question:  # noqa: ANN401 - any field
    return Question(name=name, kind=kind, label={"ja": name}, **parts)


def choices(*values: str, **extra: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(value=one, label={"ja": f"{one}の札", "en": one.title()}, extra=extra)
        for one in values
    )


def form(*items: Item, **parts: Any) -> Document:  # noqa: ANN401 - any field
    pages = (Page(name="page", items=items),)
    told: dict[str, Any] = {"pages": pages, **parts}
    return Document(
        form_id="sofa",
        title={"ja": "粗大ごみ"},
        languages=("ja", "en"),
        default_language="ja",
        settings=Settings(),
        **told,
    )


def meant(document: Document, answers: dict[str, Any]) -> Evaluated:
    return evaluate(document, answers, today=TODAY)


def codes(found: Evaluated) -> list[tuple[str, str]]:
    return [(one.path, one.code) for one in found.problems]


CHILDREN = Repeat(
    name="children",
    items=(
        asked("child", required=YES),
        asked("birth", Kind.DATE, constraint=". <= today()", constraint_message={"ja": "未来"}),
        Group(
            name="care",
            relevant="machimado:age(${birth}) < 3",
            items=(asked("nursery", required=YES),),
        ),
        asked("first", Kind.CALCULATED, calculation="position(..) = 1"),
    ),
    most=3,
)


# --- order of the checks -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"kind": "no"}, []),
        ({"kind": "no", "size": "x"}, []),
        ({"kind": "yes"}, [("size", "required")]),
        ({"kind": "yes", "size": "x"}, [("size", "type")]),
        ({"kind": "yes", "size": 2**60}, [("size", "range")]),
        ({"kind": "yes", "size": 200}, [("size", "constraint")]),
        ({"kind": "yes", "size": 20}, []),
        ({"kind": "green"}, [("kind", "choice")]),
    ],
)
def test_what_is_hidden_has_no_problem_and_what_is_seen_one_at_most(
    answers: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    document = form(
        asked("kind", Kind.CHOOSE_ONE, choices=choices("yes", "no")),
        asked("size", Kind.INTEGER, relevant="${kind} = 'yes'", required=YES, constraint=". < 100"),
    )
    assert codes(meant(document, answers)) == expected


def test_an_optional_question_left_empty_is_not_constrained() -> None:
    found = meant(form(asked("size", Kind.INTEGER, constraint=". > 5")), {"size": ""})
    assert (codes(found), found.values) == ([], {})


def test_the_words_of_a_problem_are_the_forms_own() -> None:
    document = form(
        asked("a", required=YES, required_message={"ja": "要ります"}),
        asked("b", Kind.INTEGER, constraint=". > 0", constraint_message={"ja": "正の数を"}),
        asked("c", Kind.DATE),
    )
    found = meant(document, {"b": 0, "c": "x"})
    assert [one.message for one in found.problems] == [{"ja": "要ります"}, {"ja": "正の数を"}, {}]
    assert found.problem("b") == found.problems[1]
    assert found.problem("nowhere") is None
    assert found.values == {"b": 0}


def test_required_may_depend_on_an_answer() -> None:
    document = form(asked("a"), asked("b", required="${a} != ''"))
    assert meant(document, {}).required == frozenset()
    found = meant(document, {"a": "x"})
    assert found.required == {"b"}
    assert codes(found) == [("b", "required")]


# --- relevance -----------------------------------------------------------------------------------


def test_hidden_answers_are_dropped_with_all_that_hangs_on_them() -> None:
    document = form(
        asked("a"),
        asked("b", Kind.INTEGER, relevant="${a} = 'x'"),
        asked("c", relevant="${b} > 1", required=YES),
        asked("total", Kind.CALCULATED, calculation="sum(${b}, 1)", is_fee=True),
    )
    shown = meant(document, {"a": "x", "b": 5, "c": "ok"})
    hidden = meant(document, {"a": "y", "b": 5, "c": "ok"})
    assert (shown.values["total"], shown.fee_yen) == (6, 6)
    assert hidden.values == {"a": "y", "total": 1}
    assert (hidden.fee_yen, codes(hidden)) == (1, [])


def test_a_page_or_group_with_nothing_to_show_is_not_visible() -> None:
    empty = Group(name="empty", items=(asked("b", relevant="false()"),))
    full = Group(name="full", items=(asked("hello", Kind.NOTE), empty))
    silent = Question(name="s", kind=Kind.CALCULATED, calculation="1")
    document = form(
        pages=(
            Page(name="silent", items=(silent,)),
            Page(name="told", items=(asked("t", Kind.CALCULATED, calculation="1"),)),
            Page(name="hidden", relevant="false()", items=(asked("h"),)),
            Page(name="last", items=(full,)),
            Page(name="nothing", items=(replace(empty, name="other"),)),
        ),
    )
    assert meant(document, {}).visible == {"s", "told", "t", "last", "full", "hello"}


def test_a_name_nobody_asks_for_is_dropped_and_told() -> None:
    document = form(asked("a"), asked("note", Kind.NOTE), CHILDREN)
    given: dict[str, Any] = {
        "a": "x",
        "b": 1,
        "note": "x",
        "child": "x",
        "children": [{"child": "花子", "a": 1, "first": True}, 5],
        "page": 1,
    }
    assert unknown_names(document, given) == ["b", "note", "child", "children/0/a", "page"]
    assert meant(document, given).values == {
        "a": "x",
        "children": [{"child": "花子", "first": "true"}, {"first": "false"}],
    }


# --- choices -------------------------------------------------------------------------------------


def test_a_filter_leaves_what_fits_and_forgets_what_no_longer_does() -> None:
    document = form(
        asked("area", Kind.CHOOSE_ONE, choices=choices("north", "south")),
        asked(
            "place",
            Kind.CHOOSE_ONE,
            required=YES,
            choices=choices("a", area="north") + choices("b", "c", area="south"),
            choice_filter="area = ${area}",
        ),
    )
    south = meant(document, {"area": "south", "place": "b"})
    assert [one.value for one in south.choices["place"]] == ["b", "c"]
    assert (south.values, codes(south)) == ({"area": "south", "place": "b"}, [])
    north = meant(document, {"area": "north", "place": "b"})
    assert (north.values, codes(north)) == ({"area": "north"}, [("place", "required")])
    assert meant(document, {}).choices["place"] == ()


def test_a_fee_may_stand_in_a_column_of_the_choices() -> None:
    goods = Repeat(
        name="things",
        items=(
            asked(
                "thing",
                Kind.CHOOSE_ONE,
                choices=choices("sofa", fee="1200") + choices("desk", fee="800"),
            ),
            asked(
                "price",
                Kind.CALCULATED,
                calculation="instance('g')/root/item[name = ${thing}]/fee * 2",
            ),
        ),
    )
    total = asked("total", Kind.CALCULATED, calculation="sum(${price})", is_fee=True)
    direct = asked("same", Kind.CALCULATED, calculation="sum(machimado:choice(${thing}, 'fee'))")
    found = meant(
        form(goods, total, direct),
        {"things": [{"thing": "sofa"}, {}, {"thing": "desk"}], "total": 1},
    )
    assert (found.fee_yen, found.values["same"]) == (4000, 2000)
    assert found.values["things"][0] == {"thing": "sofa", "price": 2400}


# --- repeats -------------------------------------------------------------------------------------


def test_each_instance_is_judged_by_its_own_answers() -> None:
    document = form(CHILDREN, asked("count", Kind.CALCULATED, calculation="count(${children})"))
    found = meant(
        document,
        {
            "children": [
                {"child": "花子", "birth": "2025-01-01"},
                {"child": "太郎", "birth": "2010-01-01", "nursery": "ここには出ません"},
                {"birth": "2027-01-01"},
            ]
        },
    )
    assert codes(found) == [
        ("children/0/nursery", "required"),
        ("children/2/child", "required"),
        ("children/2/birth", "constraint"),
    ]
    assert "children/0/care" in found.visible
    assert "children/1/care" not in found.visible
    assert "nursery" not in found.values["children"][1]
    assert (found.counts, found.values["count"]) == ({"children": 3}, 3)
    assert "children/1" in found.visible


@pytest.mark.parametrize(
    ("given", "count", "expected"),
    [
        (None, 0, [("children", "too_few")]),
        ([], 0, [("children", "too_few")]),
        ([{"child": "花子"}], 1, []),
        ([{"child": "花子"}] * 4, 3, [("children", "too_many")]),
        ("x", 0, [("children", "type"), ("children", "too_few")]),
        ([5], 1, [("children/0", "type"), ("children/0/child", "required")]),
    ],
)
def test_a_repeat_has_as_many_as_it_may(
    given: object, count: int, expected: list[tuple[str, str]]
) -> None:
    found = meant(form(CHILDREN), {"children": given})
    assert (found.counts["children"], codes(found)) == (count, expected)
    assert len(found.values.get("children", [])) == count


@pytest.mark.parametrize(
    ("number", "count", "problems"),
    [(2, 2, 0), (1, 1, 0), (0, 0, 0), (-3, 0, 0), (None, 0, 0), (9, 3, 1)],
)
def test_a_count_fixes_how_many_there_are(number: int | None, count: int, problems: int) -> None:
    document = form(
        asked("n", Kind.INTEGER),
        Repeat(name="things", count="${n}", least=2, most=3, items=(asked("thing"),)),
    )
    found = meant(document, {"n": number, "things": [{"thing": "a"}, {}, {}, {}, {"thing": "e"}]})
    assert len(found.values.get("things", [])) == count
    assert found.counts.get("things", 0) == count
    assert ("things" in found.visible) == (count > 0)
    assert len(found.problems) == problems


def test_a_repeat_that_is_fixed_at_none_has_no_problem_whatever_was_sent() -> None:
    document = form(Repeat(name="things", count="0", items=(asked("thing", required=YES),)))
    found = meant(document, {"things": "x"})
    assert (found.problems, found.values, found.counts) == ((), {}, {})


def test_a_rounded_calculation_is_reckoned_on_with_all_its_places() -> None:
    third = asked("third", Kind.CALCULATED, calculation="1 div 3")
    document = form(third, asked("sum", Kind.CALCULATED, calculation="round(${third} * 3, 15)"))
    assert meant(document, {}).values == {"third": Decimal("0.3333333333"), "sum": 1}


# --- calculations and fees -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("1 div 0", None),
        ("''", None),
        ("10 div 4", Decimal("2.5")),
        ("10 div 5", 2),
        ("2 div 3", Decimal("0.6666666667")),
        ("true()", "true"),
        ("today()", "2026-11-23"),
        ("concat('a', 1)", "a1"),
        ("jr:choice-name(${one}, '${one}')", "aの札"),
        ("${many}", "a b"),
    ],
)
def test_what_a_calculation_gives_is_kept_in_one_form(source: str, kept: object) -> None:
    document = form(
        asked("one", Kind.CHOOSE_ONE, choices=choices("a", "b")),
        asked("many", Kind.CHOOSE_MANY, choices=choices("a", "b")),
        asked("calc", Kind.CALCULATED, calculation=source),
    )
    found = meant(document, {"one": "a", "many": ["b", "a"], "calc": "注入"}).values.get("calc")
    assert (found, type(found)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("source", "fee"),
    [("300 * 2", 600), ("100.9", 100), ("-5", 0), ("0", 0), ("'x'", None), ("10 div 0", None)],
)
def test_a_fee_is_whole_yen(source: str, fee: int | None) -> None:
    document = form(asked("fee", Kind.CALCULATED, calculation=source, is_fee=True))
    assert meant(document, {"fee": 1}).fee_yen == fee


def test_a_hidden_fee_is_none() -> None:
    fee = asked("fee", Kind.CALCULATED, calculation="5", is_fee=True, relevant="${a} = 'x'")
    document = form(asked("a"), fee)
    assert meant(document, {}).fee_yen is None
    assert meant(document, {"a": "x"}).fee_yen == 5


def test_what_an_expression_sees_ends_where_it_stands() -> None:
    """The own answer, the columns of a filter and the place in a repeat are nobody else's."""
    document = form(
        asked("n", Kind.INTEGER, constraint=". > 0"),
        asked("one", Kind.CHOOSE_ONE, choices=choices("a", kin="red"), choice_filter="kin = 'red'"),
        CHILDREN,
        asked("own", Kind.CALCULATED, calculation="concat('[', ., ']')"),
        asked("column", Kind.CALCULATED, calculation="concat('[', kin, ']')"),
        asked("place", Kind.CALCULATED, calculation="concat('[', position(..), ']')"),
    )
    found = meant(document, {"n": 5, "one": "a", "children": [{"child": "花子"}]}).values
    assert [found[name] for name in ("own", "column", "place")] == ["[]", "[]", "[]"]


def test_an_instance_sees_nothing_of_the_one_before() -> None:
    once = asked("a", relevant="position(..) = 1")
    told = asked("b", Kind.CALCULATED, calculation="concat('[', ${a}, ']')")
    document = form(
        Repeat(name="rows", items=(once, told)),
    )
    found = meant(document, {"rows": [{"a": "x"}, {"a": "y"}]}).values
    assert found == {"rows": [{"a": "x", "b": "[x]"}, {"b": "[]"}]}


def test_where_one_value_is_wanted_of_a_repeat_the_first_is_taken() -> None:
    document = form(
        Repeat(name="rows", items=(asked("n", Kind.INTEGER, is_fee=True),)),
        asked("first", Kind.CALCULATED, calculation="${n}"),
        asked("any", Kind.CALCULATED, calculation="if(${rows}, 'some', 'none')"),
    )
    found = meant(document, {"rows": [{"n": 300}, {"n": 200}]})
    assert (found.values["first"], found.values["any"], found.fee_yen) == (300, "some", 500)
    assert meant(document, {"rows": [{}]}).values["any"] == "some"
    assert meant(document, {"rows": []}).values["any"] == "none"


def test_of_a_repeat_only_the_visible_answers_are_seen_from_outside() -> None:
    document = form(
        CHILDREN,
        asked("asked", Kind.CALCULATED, calculation="count(${nursery})"),
        asked("told", Kind.CALCULATED, calculation="join('/', ${nursery})"),
    )
    children = [
        {"child": "a", "birth": "2025-01-01", "nursery": "みどり園"},
        {"child": "b", "birth": "2010-01-01", "nursery": "前の園"},
        {"child": "c", "birth": "2025-01-01"},
    ]
    found = meant(document, {"children": children}).values
    assert (found["asked"], found["told"]) == (2, "みどり園")


# --- words ---------------------------------------------------------------------------------------


def test_a_label_speaks_of_answers() -> None:
    document = form(
        asked("who"),
        asked("day", Kind.DATE),
        asked("one", Kind.CHOOSE_ONE, choices=choices("sofa", "desk")),
        asked("many", Kind.CHOOSE_MANY, choices=choices("sofa", "desk")),
        asked("fee", Kind.CALCULATED, calculation="2.50"),
        asked("spot", Kind.PLACE),
        asked("photo", Kind.PHOTO),
        CHILDREN,
    )
    found = meant(
        document,
        {
            "who": "山田 ${day}",
            "day": "2026-11-22",
            "one": "sofa",
            "many": ["desk", "sofa"],
            "spot": {"lat": 1, "lon": 2, "text": "角"},
            "photo": ["f"],
            "children": [{"child": "花子"}, {}, {"child": "太郎"}],
        },
    )

    def told(text: str, language: str = "ja", path: str = "") -> str:
        return Wording(document, found, language).said({"ja": text}, path)

    assert told("${who}さん、${ day }") == "山田 ${day}さん、令和8年11月22日"
    assert told("${day} ${one} ${many}", "en") == "2026-11-22 Sofa Sofa, Desk"
    assert told("${one} ${many}") == "sofaの札 sofaの札、deskの札"
    assert told("${fee}円 ${spot} ${photo}") == "2.5円 角 "
    assert told("${child}") == "花子、太郎"
    assert told("${child}", path="children/2/birth") == "太郎"
    assert told("[${child}]", path="children/1") == "[]"
    assert told("${child}", path="who") == "花子、太郎"
    assert told("${child}", path="others/2/who") == "花子、太郎"
    assert told("[${nobody}] [${children}]") == "[] []"
    assert told("そのまま") == "そのまま"


# --- whatever comes in ---------------------------------------------------------------------------

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=9)
)
NESTED = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(), SCALARS, max_size=2)
JSON = NESTED | st.lists(NESTED, max_size=3) | st.dictionaries(st.text(), NESTED, max_size=2)
FORMS = [made_form(seed) for seed in range(8)]
NAMES = {
    name
    for made in FORMS
    for name in [*program_of(made.document).questions, *program_of(made.document).repeats]
}


NAME = st.sampled_from(sorted(NAMES)) | st.text(max_size=3)
ANSWERS = st.dictionaries(
    NAME, JSON | st.lists(st.dictionaries(NAME, NESTED, max_size=4), max_size=6), max_size=12
)


@given(answers=ANSWERS, which=st.integers(0, len(FORMS) - 1))
def test_whatever_is_sent_means_something(answers: dict[str, Any], which: int) -> None:
    document = FORMS[which].document
    found = meant(document, answers)
    assert meant(document, found.values).values == found.values
    assert all(one.path in found.visible or "/" not in one.path for one in found.problems)
    unknown_names(document, answers)


def test_answers_that_are_no_object_are_none() -> None:
    broken: Any = ["a"]
    assert meant(form(asked("a")), broken).values == {}


def test_calculations_that_double_what_was_before_end() -> None:
    doubling = [
        asked(f"c{at}", Kind.CALCULATED, calculation=f"concat(${{c{at - 1}}}, ${{c{at - 1}}})")
        for at in range(1, 200)
    ]
    document = form(asked("c0"), *doubling)
    begun = time.process_time()
    found = meant(document, {"c0": "あ" * 1000})
    assert time.process_time() - begun < 1
    assert max(len(value) for value in found.values.values()) <= 16_000


# --- programs ------------------------------------------------------------------------------------


def test_a_form_with_a_bad_expression_is_refused_not_guessed() -> None:
    with pytest.raises(ExpressionInvalid):
        meant(form(asked("a", relevant="${b")), {})


def test_a_program_is_made_once_and_goes_with_its_document() -> None:
    document = form(asked("a", relevant="1 = 1"))
    first = program_of(document)
    assert program_of(document) is first
    same = from_json(to_json(document))
    assert program_of(same) is not first
    assert program_of(from_json(to_json(document))) is program_of(same)
    changed = replace(document, form_id="other")
    assert program_of(changed) is not first


def test_programs_of_documents_that_are_gone_are_not_mistaken_for_others() -> None:
    """A new document may lie where an old one lay; its program must be its own."""
    for at in range(200):
        document = form(asked(f"q{at}"))
        assert list(program_of(document).questions) == [f"q{at}"]
        del document


def test_a_program_is_not_kept_longer_than_its_document() -> None:
    def kept() -> int:
        gc.collect()
        return sum(isinstance(one, Program) for one in gc.get_objects())

    before = kept()
    documents = [form(asked(f"q{at}")) for at in range(10)]
    programs = [program_of(one) for one in documents]
    assert kept() == before + 10
    del documents, programs
    assert kept() == before
