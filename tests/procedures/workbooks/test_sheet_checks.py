"""Headings, choices, settings, languages and limits: what is wrong with them, all at once."""

from __future__ import annotations

import pytest

from liff_app.procedures.workbooks.grid import CHOICES, SETTINGS, SURVEY
from tests.procedures.workbooks.grids import (
    CHOICES_HEADER,
    ITEMS,
    LABEL,
    OWN,
    SETTINGS_ROW,
    SURVEY_HEADER,
    asked,
    bare_grid,
    grid_of,
    with_cell,
)
from tests.procedures.workbooks.judging import compiled, only_fault

HEADINGS = {
    "misspelt": ("relevence", "relevant"),
    "full width": ("ｒｅｌｅｖａｎｔ", "relevant"),
    "own misspelt": ("bind::machimado:normalize", "bind::machimado:normalise"),
    "own without its beginning": ("machimado:retention", "bind::machimado:retention"),
    "of a language": ("lable::English (en)", "label::English (en)"),
    "of another tool": ("media::image", ""),
}


@pytest.mark.parametrize("what", HEADINGS)
def test_headings_that_nobody_reads(what: str) -> None:
    said, meant = HEADINGS[what]
    found = only_fault(with_cell(grid_of(), SURVEY, (1, 26), said))
    assert (found.code, found.row, found.column) == ("column_unknown", 1, "AA")
    assert found.suggestion == meant


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("relevant", "column_twice"),
        ("label::ja", "column_twice"),
        ("label::English", "language_unknown"),
    ],
)
def test_headings_twice_or_in_no_language(said: str, code: str) -> None:
    assert only_fault(with_cell(grid_of(), SURVEY, (1, 26), said)).code == code


def test_notes_of_colleagues_are_nobodys_business() -> None:
    grid = with_cell(with_cell(grid_of(), SURVEY, (1, 26), "メモ"), SURVEY, (3, 26), "確認ずみ")
    found = compiled(grid)
    assert found.document
    assert "確認ずみ" not in repr(found.document)


def test_a_cell_under_no_heading() -> None:
    found = only_fault(with_cell(grid_of(), SURVEY, (3, 30), "迷子"))
    assert (found.code, found.row, found.column) == ("no_heading", 3, "AE")


def choice(**cells: str) -> dict[str, str]:
    return {"list_name": "items", "name": "chair", LABEL: "いす"} | cells


CHOICE_ROWS = {
    "twice": (choice(name="sofa"), "choice_twice", ""),
    "no name": (choice(name=""), "choice_name_missing", ""),
    "no label": (choice(**{LABEL: ""}), "label_missing", ""),
    "no list": (choice(list_name=""), "list_name_missing", ""),
    "full width": (choice(name="ｃｈａｉｒ"), "choice_name_form", "chair"),
    "with a blank": (choice(name="big chair"), "choice_name_form", "big_chair"),
    "in Japanese": (choice(name="いす"), "choice_name_form", ""),
    "output": (choice(**{LABEL: "${kind}"}), "output", ""),
}


@pytest.mark.parametrize("what", CHOICE_ROWS)
def test_choices_that_are_wrong(what: str) -> None:
    row, code, suggestion = CHOICE_ROWS[what]
    found = only_fault(grid_of(choices=(*ITEMS, row)))
    assert (found.code, found.sheet, found.row, found.suggestion) == (
        code,
        "choices",
        4,
        suggestion,
    )


def test_a_list_nobody_uses_is_a_warning() -> None:
    found = compiled(grid_of(choices=(*ITEMS, choice(list_name="chairs"))))
    assert found.document
    assert [one.code for one in found.warnings] == ["list_unused"]


SETTINGS_CELLS = {
    "no title": ("form_title", "", "title_missing", ""),
    "long title": ("form_title", "あ" * 121, "too_long", ""),
    "no id": ("form_id", "", "form_id", ""),
    "id": ("form_id", "Sodai-Gomi", "form_id", "sodai_gomi"),
    "kind": ("machimado_kind", "servey", "kind", "survey"),
    "prefix": ("machimado_prefix", "A1", "prefix", ""),
    "prefix of tests": ("machimado_prefix", "試", "prefix", ""),
    "consent": ("machimado_consent::日本語 (ja)", "", "consent_missing", ""),
    "namespace": ("namespaces", "", "namespace_missing", 'machimado="urn:machimado:form:1"'),
    "language": ("default_language", "日本語", "language_unknown", ""),
    "language not spoken": ("default_language", "English (en)", "default_language_unused", ""),
}


@pytest.mark.parametrize("what", SETTINGS_CELLS)
def test_settings_that_are_wrong(what: str) -> None:
    heading, text, code, suggestion = SETTINGS_CELLS[what]
    grid = grid_of(asked("text", "n", pii="basic"), settings=SETTINGS_ROW | {heading: text})
    found = only_fault(grid)
    assert (found.code, found.sheet, found.suggestion) == (code, "settings", suggestion)


@pytest.mark.parametrize(
    ("heading", "text", "code"),
    [
        ("machimado_minutes", "soon", "number"),
        ("machimado_retention_days", "0", "number"),
        ("machimado_due_days", "9" * 4_000, "number"),
        ("machimado_two_person", "maybe", "yes_no"),
        ("machimado_anonymous", "yes", "survey_only"),
        ("machimado_summry::日本語 (ja)", "x", "column_unknown"),
    ],
)
def test_more_settings_that_are_wrong(heading: str, text: str, code: str) -> None:
    assert only_fault(grid_of(settings=SETTINGS_ROW | {heading: text})).code == code


def test_results_are_shown_of_surveys_that_take_one_answer_a_person() -> None:
    said = SETTINGS_ROW | {"machimado_kind": "survey", "machimado_results_public": "yes"}
    found = only_fault(grid_of(settings=said))
    assert (found.code, found.row, found.suggestion) == ("results_once", 2, "yes")
    once = said | {"machimado_once_a_person": "yes"}
    assert compiled(grid_of(settings=once)).document


def test_words_that_a_language_lacks_are_one_warning_a_column() -> None:
    header = len(SURVEY_HEADER)
    grid = with_cell(grid_of(asked("text", "n")), SURVEY, (1, header), "label::English (en)")
    found = compiled(with_cell(grid, SURVEY, (2, header), "Application"))
    assert found.document
    assert found.document.languages == ("ja", "en")
    survey = [one for one in found.warnings if one.sheet == SURVEY]
    assert [one.message for one in survey] == [
        "label::English (en) の文が2件ありません（3、4行目）。ほかの言語の文が出ます。"
    ]
    assert {one.code for one in found.warnings} == {"translation_missing"}


def test_words_without_the_default_language_are_a_fault() -> None:
    header = len(SURVEY_HEADER)
    grid = with_cell(grid_of(asked("text", "n", **{LABEL: ""})), SURVEY, (1, header), "label::en")
    codes = [one.code for one in compiled(with_cell(grid, SURVEY, (4, header), "Name")).faults]
    assert codes == ["words_missing"]


def test_too_much_is_said_with_the_limit() -> None:
    many = [asked("text", f"q{number}") for number in range(501)]
    assert only_fault(grid_of(*many[:500])).code == "too_many_questions"
    pages = [asked("text", f"q{number}") for number in range(61)]
    assert only_fault(bare_grid(*pages)).code == "too_many_pages"
    choices = [*ITEMS, *(choice(name=f"c{number}") for number in range(199))]
    assert only_fault(grid_of(choices=choices)).code == "too_many_choices"


def test_all_faults_of_all_sheets_come_at_once_in_order() -> None:
    grid = grid_of(
        asked("txt", "a", relevant="${nobody}"),
        asked("text", "b", relevant="${nobody} = 1", constraint="((", default="x"),
        choices=(*ITEMS, choice(name="sofa")),
        settings=SETTINGS_ROW | {"form_id": "", "machimado_consent::日本語 (ja)": ""},
    )
    found = compiled(grid).faults
    assert [(one.sheet, one.row, one.column) for one in found] == [
        (SURVEY, 4, "A"), (SURVEY, 5, "F"), (SURVEY, 5, "G"),
        (CHOICES, 4, "B"), (SETTINGS, 2, "B"), (SETTINGS, 2, "H"),
    ]  # fmt: skip


def test_two_payments() -> None:
    one, other = (asked("integer", name, payment="yes") for name in ("a", "b"))
    assert only_fault(grid_of(one, other)).code == "payment_twice"


def test_nobody_reads_two_hundred_faults() -> None:
    many = [asked("text", f"q{number}", relevant="${nobody} = 1") for number in range(400)]
    assert len(compiled(grid_of(*many)).faults) == 200


def test_an_own_column_is_seen_by_its_place() -> None:
    found = only_fault(grid_of(asked("text", "n", pii="secret")))
    assert found.heading == f"{OWN}pii"
    assert CHOICES_HEADER[2] == LABEL


SURVEY_ROW = SETTINGS_ROW | {"machimado_kind": "survey"}


def test_an_anonymous_survey_that_asks_who_one_is_is_warned_of() -> None:
    row = asked("text", "who", pii="basic")
    named = compiled(grid_of(row, settings=SURVEY_ROW))
    secret = compiled(grid_of(row, settings=SURVEY_ROW | {"machimado_anonymous": "yes"}))
    assert named.document
    assert secret.document
    assert not named.warnings
    assert [(one.code, one.row, one.column) for one in secret.warnings] == [
        ("anonymous_asks", 4, "P")
    ]


def test_a_survey_may_lack_a_purpose_but_is_told() -> None:
    found = compiled(grid_of(settings=SURVEY_ROW | {"machimado_consent::日本語 (ja)": ""}))
    assert found.document
    assert [one.code for one in found.warnings] == ["consent_missing"]
