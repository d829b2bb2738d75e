from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest

from liff_app.procedures.engine.expressions import (
    FUNCTIONS,
    MAX_DEPTH,
    MAX_LENGTH,
    ExpressionInvalid,
    Scene,
    Value,
    constant,
    parse,
    references,
)
from liff_app.procedures.engine.expressions.values import Chosen, Nodes

TODAY = date(2026, 11, 23)
GOODS = {
    "sofa": {"name": "sofa", "label": "ソファ", "fee": "1200"},
    "desk": {"name": "desk", "label": "机", "fee": "800"},
}
ANSWERS: dict[str, Value] = {
    "kind": "sofa",
    "n": 5,
    "half": Decimal("0.5"),
    "zero": 0,
    "born": date(2008, 2, 29),
    "at": "09:30",
    "many": Chosen(("red", "blue")),
    "both": Chosen(("sofa", "desk")),
    "agreed": "OK",
    "kanji": "葛󠄀城市",
    "digits": "12",
    "fees": Nodes((300, None, Decimal("0.5"))),
    "children": Nodes((1, 2, 3)),
    "none": Nodes(()),
    "goods": Nodes(("sofa", None, "desk")),
    "days": Nodes((date(2026, 1, 1), date(2025, 5, 5))),
    "item": "desk",
    "calc_false": False,
}


def run(source: str, own: Value = None, columns: dict[str, str] | None = None) -> Value:
    scene = Scene(
        today=TODAY,
        values=dict(ANSWERS),
        own=own,
        columns=columns or {},
        position=2,
        lists={"kind": GOODS, "goods": GOODS, "item": GOODS},
    )
    return parse(source).run(scene)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # --- an answer that is not there ---------------------------------------------------------
        ("${gone} = ''", True),
        ("${gone} != ''", False),
        ("${n} = ''", False),
        ("${n} != ''", True),
        ("${born} != ''", True),
        ("${gone} = 'x'", False),
        ("${gone} != 'x'", True),
        ("${gone} = 5", False),
        ("${gone} != 5", False),
        ("${gone} < 5", False),
        ("${gone} >= 0", False),
        ("5 > ${gone}", False),
        ("not(${gone} = 5)", True),
        ("${gone} <= today()", False),
        ("${gone} != today()", False),
        ("${gone} = ${lost}", True),
        ("${gone} + 1", None),
        ("-${gone}", None),
        ("coalesce(${gone}, 7)", 7),
        ("coalesce('', ${gone}, 'x')", "x"),
        ("coalesce(${gone}, ${lost})", None),
        ("string-length(${gone})", 0),
        ("string(${gone})", ""),
        ("if(${gone}, 1, 2)", 2),
        ("boolean(${gone})", False),
        # --- truth -------------------------------------------------------------------------------
        ("if(${zero}, 1, 2)", 2),
        ("if(${n}, 1, 2)", 1),
        ("if(${kind}, 1, 2)", 1),
        ("if(${born}, 1, 2)", 1),
        ("if(${none}, 1, 2)", 2),
        ("if(${children}, 1, 2)", 1),
        ("${agreed} = 'OK'", True),
        ("${agreed} = true()", True),
        ("${gone} = true()", False),
        ("${gone} = false()", True),
        ("${calc_false} = 'false'", True),
        ("${calc_false} = 'true'", False),
        ("true() and ${n} > 4", True),
        ("false() or ${n} > 5", False),
        ("true() or false() and false()", True),
        ("(true() or false()) and false()", False),
        ("once(${n})", 5),
        # --- comparing ---------------------------------------------------------------------------
        ("${n} = '5'", True),
        ("${n} = '5.0'", True),
        ("${n} = 'five'", False),
        ("${n} != 'five'", True),
        ("'10' > '9'", True),
        ("'b' > 'a'", False),
        ("'010' = '10'", False),
        ("${half} = 0.50", True),
        ("${digits} > 5", True),
        ("1 < 2 = true()", True),
        ("${at} < '10:00'", True),
        ("${at} >= '09:30'", True),
        ("${born} < '2008-03-01'", True),
        ("${born} = '2008-02-29'", True),
        ("'2008-02-29' = ${born}", True),
        ("${born} = 'yesterday'", False),
        ("${born} != 'yesterday'", True),
        ("${born} < 'yesterday'", False),
        ("'2026-02-30' < '2026-03-01'", False),
        ("'2026-01-30' < '2026-03-01'", True),
        ("today() = date('2026-11-23')", True),
        ("today() + 7 = date('2026-11-30')", True),
        ("date(today() + 7)", date(2026, 11, 30)),
        ("today() - ${born} > 6000", True),
        # --- the instances of a repeat -----------------------------------------------------------
        ("count(${children})", 3),
        ("count(${none})", 0),
        ("count(${fees})", 3),
        ("count(${gone})", 0),
        ("count-non-empty(${fees})", 2),
        ("sum(${fees})", Decimal("300.5")),
        ("sum(${none})", 0),
        ("sum(${fees}, ${n}, 1)", Decimal("306.5")),
        ("sum(${goods})", None),
        ("max(${fees})", 300),
        ("min(${fees}, -1)", -1),
        ("max(${none})", None),
        ("max('a', 1)", None),
        ("max(${days})", date(2026, 1, 1)),
        ("join('・', ${goods})", "sofa・desk"),
        ("concat(${goods}, '/', ${n})", "sofadesk/5"),
        ("${fees} > 299", True),
        ("${fees} > 300", False),
        ("${none} = ''", True),
        ("${goods} = 'desk'", True),
        ("${fees} + 1", 301),
        ("position(..)", 2),
        # --- reckoning ---------------------------------------------------------------------------
        ("1 + 2 * 3 - 4", 3),
        ("(1 + 2) * 3", 9),
        ("10 div 4", Decimal("2.5")),
        ("10 div 5", 2),
        ("0.1 * 3", Decimal("0.3")),
        ("0.1 + 0.2 = 0.3", True),
        ("1 div 0", None),
        ("0 div 0", None),
        ("5 mod 0", None),
        ("5 mod 3", 2),
        ("-5 mod 3", -2),
        ("5 -3", 2),
        ("--'5'", 5),
        ("- - -5", -5),
        ("'x' * 2", None),
        ("'12' * 2", 24),
        ("true() + 1", 2),
        ("3 * 1.5", Decimal("4.5")),
        ("round(2.5)", 3),
        ("round(-2.5)", -2),
        ("round(-2.6)", -3),
        ("round(1.005, 2)", Decimal("1.01")),
        ("round(1234, -2)", 1200),
        ("round(1, 99)", None),
        ("round('x')", None),
        ("int(2.9)", 2),
        ("int(-2.9)", -2),
        ("int('x')", None),
        ("floor(-2.1)", -3),
        ("ceiling(2.1)", 3),
        ("abs(-0.5)", Decimal("0.5")),
        ("abs('')", None),
        ("number('1e5')", None),
        ("number(' 12.50 ')", Decimal("12.5")),
        ("pow(2, 10)", 1024),
        ("pow(2, -1)", Decimal("0.5")),
        ("pow(2, 0.5)", None),
        ("pow(2, 65)", None),
        ("pow(0, -1)", None),
        ("pow(10, 64)", None),
        ("100000000000000000000000000000 * 10", None),
        # --- texts -------------------------------------------------------------------------------
        ("string-length(${kanji})", 3),
        ("substr(${kanji}, 0, 1)", "葛󠄀"),
        ("substr('abcdef', 2)", "cdef"),
        ("substr('abcdef', 1, 3)", "bc"),
        ("substr('abcdef', -2)", "ef"),
        ("substr('abc', 'x')", None),
        ("contains('さくら町', 'くら')", True),
        ("starts-with('さくら町', 'さ')", True),
        ("ends-with('さくら町', '市')", False),
        ("concat('a', 1, 0.50, true())", "a10.5true"),
        ("string(10 div 4)", "2.5"),
        ("string(today())", "2026-11-23"),
        ("concat(\"it's\", '\"')", "it's\""),
        ("regex(${kind}, '[a-z]+')", True),
        ("regex(${kind}, '[a-z]')", False),
        ("regex('アイ', '[ァ-ヶー]+')", True),
        # --- choices -----------------------------------------------------------------------------
        ("selected(${many}, 'red')", True),
        ("selected(${many}, 're')", False),
        ("selected(${kind}, 'sofa')", True),
        ("selected(${gone}, 'sofa')", False),
        ("count-selected(${many})", 2),
        ("count-selected(${gone})", 0),
        ("selected-at(${many}, 1)", "blue"),
        ("selected-at(${many}, 2)", None),
        ("selected-at(${many}, -1)", None),
        ("${many} = 'red blue'", True),
        ("jr:choice-name(${kind}, '${kind}')", "ソファ"),
        ("jr:choice-name(${gone}, '${kind}')", None),
        ("jr:choice-name(${both}, '${kind}')", "ソファ、机"),
        ("instance('goods')/root/item[name = ${kind}]/fee", "1200"),
        ("instance('goods')/root/item[name=${kind}]/fee * 2", 2400),
        ("machimado:choice(${item}, 'fee') + 0", 800),
        ("machimado:choice(${item}, 'weight')", None),
        ("sum(machimado:choice(${goods}, 'fee'))", 2000),
        # --- days --------------------------------------------------------------------------------
        ("format-date(${born}, '%Y年%n月%e日')", "2008年2月29日"),
        ("format-date('2026-01-05', '%y/%m/%d %a %b 100%%')", "26/01/05 月 1月 100%"),
        ("format-date(${gone}, '%Y')", None),
        ("machimado:wareki('2019-04-30')", "平成31年4月30日"),
        ("machimado:wareki('2019-05-01')", "令和元年5月1日"),
        ("machimado:wareki('1989-01-07')", "昭和64年1月7日"),
        ("machimado:wareki('1989-01-08')", "平成元年1月8日"),
        ("machimado:wareki('1850-01-08')", "1850年1月8日"),
        ("machimado:age(${born})", 18),
        ("machimado:age(${born}, '2026-02-28')", 17),
        ("machimado:age(${born}, '2026-03-01')", 18),
        ("machimado:age(date(today() + 1))", None),
        ("machimado:age(${gone})", None),
        ("date('2026-02-30')", None),
        ("date(99999999999)", None),
    ],
)
def test_what_an_expression_means(source: str, expected: Value) -> None:
    found = run(source)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("source", "own", "holds"),
    [
        (". > 0 and . <= 5", 5, True),
        (". > 0 and . <= 5", 6, False),
        ("regex(., '[0-9]{7}')", "1234567", True),
        (". <= today()", date(2026, 11, 24), False),
        ("count-selected(.) <= 2", Chosen(("a", "b", "c")), False),
        (". > 0.5", Decimal("0.51"), True),
    ],
)
def test_a_point_is_the_own_answer(source: str, own: Value, holds: bool) -> None:  # noqa: FBT001 - a table of cases
    assert run(source, own) is holds


@pytest.mark.parametrize(
    ("source", "holds"),
    [("kind = 'big'", True), ("fee < 500", True), ("name = 'desk'", False), ("gone = ''", True)],
)
def test_a_plain_name_is_a_column_of_the_choice(source: str, holds: bool) -> None:  # noqa: FBT001 - a table of cases
    assert run(source, columns={"kind": "big", "fee": "300", "name": "chair"}) is holds


@pytest.mark.parametrize(
    ("source", "code", "position", "value"),
    [
        ("", "empty", 0, ""),
        ("  \n", "empty", 0, ""),
        ("1" * 2001, "too_long", 2000, ""),
        ("(" * 33 + "1" + ")" * 33, "too_deep", 32, ""),
        ("(" * 1999, "too_deep", 32, ""),
        ("not(" * 33 + "1" + ")" * 33, "too_deep", 131, ""),
        ("${a} = “x”", "smart_quote", 7, "“"),
        ("${a} ＝ 1", "full_width", 5, "＝"),
        ("${a} = 1\u3000", "full_width", 8, "\u3000"),
        ("${a} # 1", "character", 5, "#"),
        ("1 + あ", "character", 4, "あ"),
        ("'a\x00'", "character", 2, "U+0000"),
        pytest.param("'\ud800'", "character", 1, "U+D800", id="half a character"),
        ("'abc", "quote", 0, "'"),
        ("${a", "reference", 0, "${a"),
        ("${a b} = 1", "reference", 0, "${a b}"),
        ("${名前} = 1", "reference", 0, "${名前}"),
        ("concat('${a}様')", "reference_in_text", 7, "${a}様"),
        ("1 +", "incomplete", 3, ""),
        ("(1", "unclosed", 0, "("),
        ("not(1", "unclosed", 0, "not"),
        ("1)", "unopened", 1, ")"),
        ("1 2", "unexpected", 2, "2"),
        ("1 to 100000000", "unexpected", 2, "to"),
        ("for $x in 1", "character", 4, "$"),
        ("* 2", "unexpected", 0, "*"),
        ("if(1,,2)", "unexpected", 5, ","),
        ("/data/x", "path", 0, "/"),
        ("${a}/b", "path", 4, "/"),
        ("//x", "path", 0, "//"),
        ("../x", "path", 0, ".."),
        ("a | b", "path", 2, "|"),
        ("child::x", "path", 5, "::"),
        ("@x", "path", 0, "@"),
        ("${a}[1]", "path", 4, "["),
        ("instance('x')/root/item[fee = ${a}]/fee", "path", 24, "fee"),
        ("instance('x')/root", "path", 18, ""),
        ("instance(1)", "argument", 9, "instance"),
        ("instance('x')/root/item[name = 'a']/fee", "argument", 31, "instance"),
        ("doc('x')", "function", 0, "doc"),
        ("1 + string_length(.)", "function", 4, "string_length"),
        ("jr:itext('x')", "function", 0, "jr:itext"),
        ("if(1, 2)", "arity", 0, "if"),
        ("today(1)", "arity", 0, "today"),
        ("sum()", "arity", 0, "sum"),
        ("regex(.)", "arity", 0, "regex"),
        ("regex(., '(?=a)')", "regex", 9, "(?=a)"),
        (r"regex(., '(a)\1')", "regex", 9, r"(a)\1"),
        ("regex(., '[')", "regex", 9, "["),
        ("regex(., '(a{1000}){1000}')", "regex", 9, "(a{1000}){1000}"),
        ("regex(., ${a})", "regex_not_fixed", 9, "a"),
        (f"regex(., '{'a' * 501}')", "regex_too_long", 9, "a" * 501),
        ("format-date(., '%H')", "format", 0, "%H"),
        ("format-date(., '100%')", "format", 0, "%"),
        ("position(1)", "argument", 9, "position"),
        ("jr:choice-name(${a}, 'b')", "argument", 21, "jr:choice-name"),
        ("machimado:choice('a', 'fee')", "argument", 17, "machimado:choice"),
        ("machimado:choice(${a}, ${b})", "argument", 23, "machimado:choice"),
    ],
)
def test_what_is_refused_says_why_and_where(
    source: str, code: str, position: int, value: str
) -> None:
    with pytest.raises(ExpressionInvalid) as refused:
        parse(source)
    error = refused.value
    assert (error.code, error.position, error.value) == (code, position, value)


def test_every_function_of_the_list_is_understood_and_no_other() -> None:
    fixed = {
        "position": "position(..)",
        "instance": "instance('l')/root/item[name = ${n}]/fee",
        "regex": "regex('a', 'a')",
        "jr:choice-name": "jr:choice-name(1, '${n}')",
        "machimado:choice": "machimado:choice(${n}, 'fee')",
        "format-date": "format-date(today(), '%Y')",
    }
    for name, arity in FUNCTIONS.items():
        most = arity.least + 2 if arity.most is None else arity.most
        for count in range(arity.least, most + 1):
            run(fixed.get(name, f"{name}({', '.join('1' * count)})"))
        assert not arity.allows(arity.least - 1)
        assert arity.allows(most)
        assert arity.most is None or not arity.allows(most + 1)


def test_what_an_expression_asks_for_is_known() -> None:
    expr = parse(
        "sum(${fees}) + ${n} * machimado:choice(${item}, 'fee')"
        " + sum(machimado:choice(${goods}, 'f')) > 5 and regex(., 'a+')"
        " and area = 1 and position(..) = 1 and jr:choice-name(${kind}, '${other}') = 'x'"
    )
    assert references(expr) == {"fees", "n", "item", "goods", "kind", "other"}
    assert expr.singles == {"n", "item", "kind"}
    assert expr.functions == {"sum"}
    assert [one.name for one in expr.columns] == ["area"]
    assert [(one.question.name, one.column) for one in expr.chosen_columns] == [
        ("item", "fee"),
        ("goods", "f"),
    ]
    assert expr.patterns == ("a+",)
    assert expr.uses_own
    assert expr.uses_position
    assert [expr.source[one.position :][:5] for one in expr.places[:2]] == ["${fee", "${n} "]


def test_a_constant_is_told_from_an_expression() -> None:
    assert (constant("'no'"), constant("5"), constant("today()")) == ("no", "5", None)


def test_depth_and_length_have_their_limits_and_are_used_up_to_them() -> None:
    assert run("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH) == 1
    assert run("not(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH) is True
    longest = "1+" * (MAX_LENGTH // 2 - 1) + "1"
    assert run(longest) == MAX_LENGTH // 2
    assert run(" + ".join(["(1)", "int(1)"] * 40)) == 80
    assert run("-" * (MAX_LENGTH - 1) + "1") == -1
    assert run(" or ".join(["false()"] * 150)) is False


def test_an_expression_cannot_grow_without_end() -> None:
    """Each calculation doubles what the one before gave: without a limit 2^500 characters."""
    scene = Scene(today=TODAY, values={"x": "a" * 1000})
    for _ in range(40):
        scene.values["x"] = parse("concat(${x}, ${x})").run(scene) or scene.values["x"]
        scene.values["x"] = parse("join(${x}, 1, 1, 1)").run(scene) or scene.values["x"]
    assert len(str(scene.values["x"])) <= 16_000
    number: Value = 9
    for _ in range(40):
        scene.values["x"] = number
        number = parse("pow(${x}, 64)").run(scene)
    assert number is None


def test_a_pattern_that_would_backtrack_for_hours_takes_no_time() -> None:
    begun = time.process_time()
    assert run("regex(., '^(a+)+$')", "a" * 5_000 + "!") is False
    assert time.process_time() - begun < 0.5


def test_a_bad_pattern_writes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ExpressionInvalid):
        parse("regex(., 'never seen ((')")
    assert capfd.readouterr() == ("", "")
