"""What the editor does to a workbook is what a clerk does in the spreadsheet."""

from __future__ import annotations

import pytest

from liff_app.errors import InputInvalid, NotFound
from liff_app.procedures.definitions import editing, headings, outline
from liff_app.procedures.workbooks.grid import SURVEY, Grid, sheet_of

HEADER = ("type", "name", "label::日本語 (ja)", "hint::日本語 (ja)", "required")
LABEL = HEADER[2]


def row(kind: str, name: str = "", label: str = "") -> dict[str, str]:
    return {"type": kind, "name": name, LABEL: label or name}


SMALL = Grid(
    survey=sheet_of(
        HEADER,
        [row("begin_group", "one"), row("text", "a"), row("select_one kinds", "b"),
         row("end_group"), row("begin_group", "two"), row("begin_group", "inner"),
         row("text", "c"), row("end_group"), row("text", "d"), row("end_group"),
         row("text", "e")],
    ),
    choices=sheet_of(
        ("list_name", "name", LABEL, "fee"),
        [{"list_name": "kinds", "name": "x", LABEL: "エックス", "fee": "100"},
         {"list_name": "kinds", "name": "y", LABEL: "ワイ"},
         {"list_name": "other", "name": "z", LABEL: "ゼット"}],
    ),
    settings=sheet_of(("form_title",), [{"form_title": "見本"}]),
)  # fmt: skip


def names(grid: Grid) -> str:
    """The rows of the survey by their names; `.` ends a group."""
    return " ".join(grid.survey.value(one, "name") or "." for one in grid.survey.rows)


def values(grid: Grid, name: str = "kinds") -> str:
    return " ".join(grid.choices.value(one, "name") for one in outline.rows_of_list(grid, name))


# --- one edit -------------------------------------------------------------------------------------


def test_a_text_stands_in_its_cell_as_the_reader_would_take_it() -> None:
    after = editing.set_cells(SMALL, SURVEY, 3, {LABEL: "  二行\r\nの文\x07 "})
    assert after.survey.value(after.survey.rows[1], LABEL) == "二行\nの文"
    assert editing.set_cells(after, SURVEY, 3, {LABEL: "a"}) == SMALL
    emptied = editing.set_cells(SMALL, SURVEY, 3, {LABEL: " "})
    assert emptied.survey.value(emptied.survey.rows[1], LABEL) == ""
    with pytest.raises(NotFound):
        editing.set_cells(SMALL, SURVEY, 99, {LABEL: "x"})


def test_a_column_is_added_only_when_something_is_written_in_it() -> None:
    english = "label::English (en)"
    assert editing.set_cells(SMALL, SURVEY, 3, {english: ""}) == SMALL
    after = editing.set_cells(SMALL, SURVEY, 3, {english: "Name"})
    assert after.survey.header == (*HEADER, english)
    assert after.survey.value(after.survey.rows[1], english) == "Name"


@pytest.mark.parametrize(
    ("number", "up", "wanted"),
    [
        (2, False, "two inner c . d . one a b . e"),
        (6, True, "two inner c . d . one a b . e"),
        (6, False, "one a b . e two inner c . d ."),
        (12, True, "one a b . e two inner c . d ."),
        (3, False, "one b a . two inner c . d . e"),
        (4, True, "one b a . two inner c . d . e"),
        (7, False, "one a b . two d inner c . . e"),
        (10, True, "one a b . two d inner c . . e"),
        (2, True, "one a b . two inner c . d . e"),  # nothing stands before it
        (3, True, "one a b . two inner c . d . e"),  # it stays within its page
        (4, False, "one a b . two inner c . d . e"),
        (8, False, "one a b . two inner c . d . e"),
    ],
)
def test_a_page_or_question_moves_whole_among_its_own(number: int, up: bool, wanted: str) -> None:  # noqa: FBT001 - a column of the table
    after = editing.move_question(SMALL, number, up=up)
    assert names(after) == wanted
    assert [one.number for one in after.survey.rows] == [one.number for one in SMALL.survey.rows]


def test_what_is_no_row_or_no_order_is_refused() -> None:
    with pytest.raises(NotFound):
        editing.move_question(SMALL, 99, up=True)
    with pytest.raises(NotFound):
        editing.move_question(SMALL, 5, up=True)  # an end
    for rows in ([row("begin_group", "a")], [row("text", "a"), row("end_group")],
                 [row("begin_group", "a"), row("end_repeat")]):  # fmt: skip
        broken = Grid(survey=sheet_of(HEADER, rows))
        with pytest.raises(InputInvalid):
            editing.move_question(broken, 2, up=False)


def test_choices_are_moved_added_and_removed_within_their_list() -> None:
    assert values(editing.move_choice(SMALL, 2, up=False)) == "y x"
    assert values(editing.move_choice(SMALL, 3, up=False)) == "x y"  # the next is another list's
    more = editing.add_choice(SMALL, "kinds", "w", {LABEL: "ダブリュー", "fee": "300"})
    assert (values(more), values(more, "other")) == ("x y w", "z")
    assert [one.number for one in more.choices.rows] == [2, 3, 4, 5]
    assert more.choices.record(more.choices.rows[2]) == {
        "list_name": "kinds", "name": "w", LABEL: "ダブリュー", "fee": "300",
    }  # fmt: skip
    assert values(editing.remove_choice(more, 4)) == "x y"
    assert editing.remove_choice(more, 4) == SMALL
    assert values(editing.add_choice(SMALL, "kinds", "", {LABEL: "新"})) == "x y c1"


@pytest.mark.parametrize("value", ["x", "あ", "a b", "a/b", "a" * 41])
def test_a_choice_has_a_value_of_its_own(value: str) -> None:
    with pytest.raises(InputInvalid) as refused:
        editing.add_choice(SMALL, "kinds", value, {LABEL: "新"})
    assert refused.value.errors[0].field == "value"


def test_the_settings_row_is_made_where_there_is_none() -> None:
    bare = Grid(survey=SMALL.survey, settings=sheet_of(("form_title",), []))
    after = editing.set_settings(bare, {"form_title": "題", "machimado_prefix": "例"})
    assert after.settings.record(after.settings.rows[0]) == {
        "form_title": "題", "machimado_prefix": "例",
    }  # fmt: skip


def test_each_language_of_the_workbook_has_a_place_for_each_text() -> None:
    english = "label::English (en)"
    grid = Grid(
        survey=sheet_of(("type", "name", LABEL, english, "hint::日本語 (ja)"), [row("text", "a")])
    )
    found = headings.slots(grid, SURVEY, ["label", "hint"])
    assert [(one.name, one.heading) for one in found] == [
        ("label-ja", LABEL),
        ("label-en", english),
        ("hint-ja", "hint::日本語 (ja)"),
        ("hint-en", "hint::English (en)"),
    ]
    plain = Grid(
        survey=sheet_of(("type", "name", "label"), [row("text", "a") and {"type": "text"}])
    )
    assert [one.heading for one in headings.slots(plain, SURVEY, ["label"])] == ["label"]
