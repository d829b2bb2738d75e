"""Everything wrong at once: where it is, in Japanese, and what may have been meant."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.procedures.workbooks.grids import END, LABEL, PAGE, asked, bare_grid, grid_of
from tests.procedures.workbooks.judging import compiled, only_fault


def test_a_fault_says_where_what_and_what_may_be_meant() -> None:
    grid = grid_of(asked("text", "why", relevant="${knd} = 'sofa'"))
    found = only_fault(grid)
    assert found.sentence == (
        "survey シート 4行目 F列（relevant）："
        "「knd」という質問はありません。「kind」ではありませんか。"
    )
    assert found.to_json() == {
        "code": "reference_unknown",
        "message": "「knd」という質問はありません。",
        "sheet": "survey",
        "row": 4,
        "column": "F",
        "heading": "relevant",
        "value": "${knd} = 'sofa'",
        "suggestion": "kind",
        "sentence": found.sentence,
    }


# What is wrong with one more question, the code, the column, the suggestion.
ROWS: Mapping[str, tuple[dict[str, str], str, str, str]] = {
    "type misspelt": (asked("integr", "n"), "type_unknown", "A", "integer"),
    "type in full width": (asked("ｔｅｘｔ", "n"), "type_unknown", "A", "text"),
    "type nobody knows": (asked("zzzzzz", "n"), "type_unknown", "A", ""),
    "type missing": (asked("", "n"), "type_missing", "A", ""),
    "device": (asked("deviceid", "n"), "type_refused", "A", ""),
    "audio": (asked("audio", "n"), "type_refused", "A", ""),
    "barcode": (asked("barcode", "n"), "type_refused", "A", ""),
    "range": (asked("range", "n"), "type_refused", "A", ""),
    "rank": (asked("rank items", "n"), "type_refused", "A", ""),
    "external": (asked("select_one_from_file a.csv", "n"), "type_refused", "A", ""),
    "or other": (asked("select_one items or_other", "n"), "type_refused", "A", "select_one items"),
    "no list": (asked("select_one", "n"), "type_unknown", "A", ""),
    "list misspelt": (asked("select_one itms", "n"), "list_unknown", "A", "select_one items"),
    "name missing": (asked("text", ""), "name_missing", "", ""),
    "name capital": (asked("text", "Naka Na"), "name_form", "B", "naka_na"),
    "name full width": (asked("text", "ｎａｍａｅ"), "name_form", "B", "namae"),
    "name Japanese": (asked("text", "名前"), "name_form", "B", ""),
    "name long": (asked("text", "n" * 41), "name_form", "B", ""),
    "name twice": (asked("text", "kind"), "name_twice", "B", ""),
    "name of the page": (asked("text", "page"), "name_twice", "B", ""),
    "name reserved": (asked("text", "meta"), "name_reserved", "B", ""),
    "label": (asked("text", "n", **{LABEL: ""}), "label_missing", "C", ""),
    "label long": (asked("text", "n", **{LABEL: "あ" * 2_001}), "too_long", "C", ""),
    "label speaks of nobody": (
        asked("text", "n", **{LABEL: "${kimd}"}), "reference_unknown", "C", "kind",
    ),
    "function": (
        asked("text", "n", relevant="selectd(${kind}, 'sofa')"),
        "expression_function", "F", "selected",
    ),
    "function of XPath": (
        asked("text", "n", relevant="doc('/etc/passwd')"), "expression_function", "F", "",
    ),
    "unclosed": (
        asked("text", "n", relevant="not(${kind} = 'sofa'"),
        "expression_unclosed", "F", "not(${kind} = 'sofa')",
    ),
    "unopened": (asked("text", "n", relevant="1)"), "expression_unopened", "F", ""),
    "smart quotes": (
        asked("text", "n", relevant="${kind} = ‘sofa’"),
        "expression_smart_quote", "F", "${kind} = 'sofa'",
    ),
    "full width": (
        asked("text", "n", relevant="${kind} ＝ 'sofa'"),
        "expression_full_width", "F", "${kind} = 'sofa'",
    ),
    "too deep": (
        asked("text", "n", relevant="(" * 400 + "1" + ")" * 400), "expression_too_deep", "F", "",
    ),
    "too long": (asked("text", "n", relevant="1 + " * 501), "expression_too_long", "F", ""),
    "path": (asked("text", "n", relevant="//item"), "expression_path", "F", ""),
    "bare name": (asked("text", "n", relevant="kind = 'sofa'"), "bare_name", "F", "${kind}"),
    "later": (asked("text", "n", relevant="${last} = 1"), "reference_later", "F", ""),
    "itself": (asked("text", "n", relevant="${n} = 1"), "reference_self", "F", ""),
    "own answer elsewhere": (asked("text", "n", relevant=". = 1"), "own_answer", "F", ""),
    "of a page": (asked("text", "n", relevant="${page} = 1"), "reference_later", "F", ""),
    "regex": (asked("text", "n", constraint="regex(., '[')"), "expression_regex", "G", ""),
    "look-ahead": (
        asked("text", "n", constraint="regex(., '(?=a)b')"), "expression_regex", "G", "",
    ),
    "regex from an answer": (
        asked("text", "n", constraint="regex(., ${kind})"), "expression_regex_not_fixed", "G", "",
    ),
    "position outside": (asked("text", "n", relevant="position(..) = 1"), "position", "F", ""),
    "no calculation": (asked("calculate", "n"), "calculation_missing", "I", ""),
    "calculation of a text": (asked("text", "n", calculation="1"), "cell_unread", "I", ""),
    "filter of a text": (asked("text", "n", choice_filter="1"), "cell_unread", "L", ""),
    "required note": (asked("note", "n", required="yes"), "cell_unread", "E", ""),
    "no choice": (asked("select_one items", "n", default="soffa"), "default", "J", "sofa"),
    "half a reference": (asked("text", "n", default="${"), "default", "J", ""),
    "a long text": (asked("text", "n", default="あ" * 2_000), "default", "J", ""),
    "no number": (asked("integer", "n", default="many"), "default", "J", ""),
    "no day": (asked("date", "n", default="2026-02-30"), "default", "J", ""),
    "column of no choice": (
        asked("select_one items", "n", choice_filter="fea > 900"), "choice_column", "L", "fee",
    ),
    "column of the chosen": (
        asked("calculate", "n", calculation="machimado:choice(${kind}, 'fes')"),
        "choice_column", "I", "fee",
    ),
    "parameters": (asked("text", "n", parameters="rows 5"), "parameters", "N", ""),
    "normalise": (asked("text", "n", normalise="kanna"), "own_value", "O", "kana"),
    "normalise of a number": (asked("integer", "n", normalise="digits"), "own_misfit", "O", ""),
    "pii": (asked("text", "n", pii="basics"), "own_value", "P", "basic"),
    "retention": (asked("text", "n", retention="a year"), "number", "Q", ""),
    "retention in full width": (asked("text", "n", retention="３６５"), "number", "Q", "365"),
    "prefill": (asked("text", "n", prefill="お名前"), "own_value", "R", ""),
    "autofill": (asked("text", "n", autofill="adress"), "autofill", "S", ""),
    "mask": (asked("text", "n", mask="はい"), "yes_no", "T", "yes"),
    "mask in other words": (asked("text", "n", mask="たぶん"), "yes_no", "T", ""),
    "required": (asked("text", "n", required="はい"), "yes_no", "E", "yes"),
    "required in full width": (asked("text", "n", required="ＹＥＳ"), "yes_no", "E", "yes"),
    "required not": (asked("text", "n", required="不要"), "yes_no", "E", "no"),
    "required in other words": (
        asked("text", "n", required="ときどき"), "expression_character", "E", "",
    ),
    "payment of a text": (asked("text", "n", payment="yes"), "own_misfit", "V", ""),
    "payment of a decimal": (asked("decimal", "n", payment="yes"), "own_misfit", "V", ""),
    "files of a text": (asked("text", "n", files="3"), "own_misfit", "X", ""),
    "files": (asked("image", "n", files="99"), "number", "X", ""),
    "most of a text": (asked("text", "n", most="3"), "own_misfit", "Z", ""),
    "unreachable": (asked("text", "n", relevant="1 = 2"), "unreachable", "F", ""),
    "dead end": (asked("integer", "n", required="yes", constraint=". > 3 and . < 2"),
                 "dead_end", "G", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", ROWS)
def test_a_row_that_is_wrong(what: str) -> None:
    row, code, column, suggestion = ROWS[what]
    found = only_fault(grid_of(row, asked("text", "last")))
    assert (found.code, found.sheet, found.row) == (code, "survey", 4)
    assert (found.column, found.suggestion) == (column or found.column, suggestion)


def test_each_type_there_is_compiles() -> None:
    plain = ("text", "integer", "decimal", "date", "time", "image", "file", "geopoint", "note",
             "acknowledge", "select_one items", "select_multiple items")  # fmt: skip
    rows = [asked(kind, f"q{number}") for number, kind in enumerate(plain)]
    found = compiled(grid_of(*rows, asked("calculate", "sum", calculation="1")))
    assert found.document, [one.sentence for one in found.faults]
    assert not found.warnings


NESTED: Mapping[str, tuple[tuple[Mapping[str, str], ...], str, int]] = {
    "not closed": ((PAGE, asked("text", "a")), "not_closed", 2),
    "not opened": ((PAGE, asked("text", "a"), END, END), "not_opened", 5),
    "wrong end": ((PAGE, asked("text", "a"), {"type": "end_repeat"}), "wrong_end", 4),
    "empty": ((asked("text", "a"), PAGE, END), "empty_group", 3),
    "repeat in a repeat": (
        (asked("begin_repeat", "r"), asked("begin_repeat", "s"), asked("text", "a"),
         {"type": "end_repeat"}, {"type": "end_repeat"}), "repeat_in_repeat", 3,
    ),
    "repeat in a group of a page": (
        (PAGE, asked("begin_group", "g"), asked("begin_repeat", "r"), asked("text", "a"),
         {"type": "end_repeat"}, END, END), "repeat_too_deep", 4,
    ),
    "four deep": (
        (PAGE, asked("begin_group", "g"), asked("begin_group", "h"), asked("begin_group", "i"),
         asked("text", "a"), END, END, END, END), "too_deep", 5,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", NESTED)
def test_beginnings_and_ends(what: str) -> None:
    rows, code, number = NESTED[what]
    found = [one for one in compiled(bare_grid(*rows)).faults if one.code == code]
    assert [one.row for one in found] == [number]


INSIDE = (asked("begin_repeat", "children"), asked("integer", "age"), {"type": "end_repeat"})


@pytest.mark.parametrize(
    ("calculation", "code"),
    [
        ("${age} + 1", "reference_inside"),
        ("${children} + 1", "reference_repeat"),
        ("sum(${age})", None),
        ("count(${children})", None),
    ],
)
def test_a_repeats_inside_is_spoken_of_as_many(calculation: str, code: str | None) -> None:
    grid = bare_grid(*INSIDE, asked("calculate", "all", calculation=calculation))
    faults = compiled(grid).faults
    assert [one.code for one in faults] == ([code] if code else [])


def test_inside_a_repeat_the_same_instance_is_meant() -> None:
    inside = asked("text", "school", relevant="${age} >= 6")
    grid = bare_grid(INSIDE[0], INSIDE[1], inside, INSIDE[2])
    assert compiled(grid).document


def test_a_number_of_instances_is_least_and_most() -> None:
    wrong = asked("begin_repeat", "children", least="5", most="3")
    assert only_fault(bare_grid(wrong, *INSIDE[1:])).code == "least_over_most"
    right = asked("begin_repeat", "children", least="0", most="3")
    document = compiled(bare_grid(right, *INSIDE[1:])).document
    assert document
    repeat = document.pages[0].items[0]
    assert repeat.type == "repeat"
    assert (repeat.least, repeat.most) == (0, 3)
