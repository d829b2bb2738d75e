"""From a workbook to a document; and what a document says of each cell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liff_app.procedures import samples
from liff_app.procedures.engine.document import (
    Document,
    Group,
    Kind,
    Normalise,
    Pii,
    Question,
    Repeat,
)
from liff_app.procedures.engine.evaluation import evaluate
from liff_app.procedures.workbooks import compiled, compiler, reading, writing
from liff_app.procedures.workbooks.compiled import Compiled
from liff_app.procedures.workbooks.faults import Fault
from liff_app.procedures.workbooks.grid import SETTINGS, SURVEY, Grid
from tests.procedures.workbooks.grids import (
    END,
    LABEL,
    PAGE,
    SETTINGS_ROW,
    SURVEY_HEADER,
    asked,
    bare_grid,
    grid_of,
    with_cell,
)
from tests.procedures.workbooks.judging import DAY


def document_of(grid: Grid) -> Document:
    found = compiler.compile_grid(grid, today=DAY)
    assert found.document, [one.sentence for one in found.faults]
    return found.document


def question(document: Document, name: str) -> Question:
    return next(one for one, _ in document.questions() if one.name == name)


def compiled_question(**cells: str) -> Question:
    kind = cells.pop("type", "text")
    return question(document_of(grid_of(asked(kind, "n", **cells))), "n")


@pytest.mark.parametrize("name", samples.names())
def test_the_samples_compile_without_a_word(name: str) -> None:
    found = compiler.compile_workbook(samples.raw(name), today=DAY)
    assert found.document, [one.sentence for one in found.faults]
    assert not found.warnings, [one.sentence for one in found.warnings]
    assert found.document.form_id == name
    assert found.samples
    for sample in found.samples:
        assert not evaluate(found.document, sample.answers, today=DAY).problems


def test_a_question_with_everything() -> None:
    found = compiled_question(
        type="text", required="yes", relevant="${kind} = 'sofa'", constraint="string-length(.) < 9",
        normalise="kana", pii="sensitive", retention="30", prefill="kana", mask="yes",
        export_heading="フリガナ", correctable="no", default="スズキ",
    )  # fmt: skip
    assert found == Question(
        name="n",
        kind=Kind.TEXT,
        label={"ja": "nの質問"},
        required="true()",
        relevant="${kind} = 'sofa'",
        constraint="string-length(.) < 9",
        default="'スズキ'",
        normalise=Normalise.KANA,
        pii=Pii.SENSITIVE,
        retention_days=30,
        prefill="kana",
        mask=True,
        export_heading="フリガナ",
        correctable=False,
    )


@pytest.mark.parametrize(
    ("kind", "appearance", "found"),
    [
        ("text", "", Kind.TEXT),
        ("text", "multiline", Kind.LONG_TEXT),
        ("image", "", Kind.PHOTO),
        ("image", "signature", Kind.SIGNATURE),
        ("file", "", Kind.FILE),
        ("geopoint", "", Kind.PLACE),
        ("acknowledge", "", Kind.CONSENT),
        ("select_one items", "", Kind.CHOOSE_ONE),
        ("select_multiple items", "", Kind.CHOOSE_MANY),
    ],
)
def test_types_become_kinds(kind: str, appearance: str, found: Kind) -> None:
    asks = compiled_question(type=kind, appearance=appearance)
    assert asks.kind is found
    assert asks.appearance == frozenset(appearance.split())


@pytest.mark.parametrize(
    ("kind", "said", "found"),
    [
        ("text", "", None),
        ("text", "O'Hara", '"O\'Hara"'),
        ("text", "a'b\"c", "concat('a', \"'\", 'b\"c')"),
        ("integer", "5", "5"),
        ("date", "2026-04-01", "'2026-04-01'"),
        ("date", "today()", "today()"),
        ("select_one items", "sofa", "'sofa'"),
        ("select_multiple items", "sofa bed", "'sofa bed'"),
    ],
)
def test_defaults_are_expressions(kind: str, said: str, found: str | None) -> None:
    assert compiled_question(type=kind, default=said).default == found


@pytest.mark.parametrize(
    ("said", "found"),
    [("yes", "true()"), ("TRUE", "true()"), ("no", None), ("", None), ("${kind} = 'bed'",) * 2],
)
def test_required_is_an_expression(said: str, found: str | None) -> None:
    assert compiled_question(required=said).required == found


def test_choices_keep_their_order_and_their_columns() -> None:
    found = question(document_of(grid_of()), "kind").choices
    assert [(one.value, dict(one.label), dict(one.extra)) for one in found] == [
        ("sofa", {"ja": "ソファ"}, {"fee": "1200", "area": "north"}),
        ("bed", {"ja": "ベッド"}, {"fee": "800", "area": "south"}),
    ]


def test_upper_groups_are_pages_and_what_stands_alone_has_its_own() -> None:
    document = document_of(
        bare_grid(
            asked("integer", "age"),
            PAGE | {"relevant": "${age} > 3"},
            asked("text", "a"),
            asked("begin_group", "inner"),
            asked("text", "b"),
            END,
            END,
            asked("begin_repeat", "children", relevant="${age} > 9", repeat_count="3"),
            asked("text", "c"),
            {"type": "end_repeat"},
        )
    )
    pages = document.pages
    assert [(one.name, one.relevant) for one in pages] == [
        ("page_age", None), ("page", "${age} > 3"), ("page_children", "${age} > 9"),
    ]  # fmt: skip
    group, repeat = pages[1].items[1], pages[2].items[0]
    assert isinstance(group, Group)
    assert [one.name for one in group.items] == ["b"]
    assert isinstance(repeat, Repeat)
    assert (repeat.count, [one.name for one in repeat.items]) == ("3", ["c"])


def test_words_are_not_touched() -> None:
    """Pyxform makes quotes straight and blanks single; names and addresses stay as typed."""
    words = "“葛\U000e0100城”  ‘\ufa19’\n𠮷　é"
    grid = grid_of(asked("text", "n", **{LABEL: words}), settings=SETTINGS_ROW | {
        "form_title": words.replace("\n", " ")})  # fmt: skip
    found = compiler.compile_workbook(writing.write(grid), today=DAY).document
    assert found
    assert question(found, "n").label == {"ja": words}
    assert found.title == {"ja": words.replace("\n", " ")}


def test_settings_are_read() -> None:
    row = SETTINGS_ROW | {
        "machimado_title::English (en)": "Bulky waste",
        "machimado_needs::日本語 (ja)": "本人確認書類\n印鑑",
        "machimado_minutes": "10",
        "machimado_two_person": "yes",
        "machimado_due_days": "14",
        "machimado_retention_days": "365",
    }
    found = document_of(grid_of(settings=row))
    assert found.title == {"ja": "粗大ごみの収集", "en": "Bulky waste"}
    assert (found.settings.prefix, found.settings.minutes, found.settings.due_days) == (
        "粗",
        10,
        14,
    )
    assert (found.settings.two_person, found.settings.retention_days) == (True, 365)
    assert found.settings.needs == {"ja": "本人確認書類\n印鑑"}
    survey = document_of(
        grid_of(settings=SETTINGS_ROW | {"machimado_kind": "survey", "machimado_anonymous": "yes"})
    )
    assert (survey.settings.kind, survey.settings.anonymous) == ("survey", True)


def test_headings_without_a_language_speak_the_default_one() -> None:
    grid = grid_of(settings=SETTINGS_ROW | {"default_language": "English (en)"})
    for name, sheet in (
        (SURVEY, grid.survey),
        ("choices", grid.choices),
        (SETTINGS, grid.settings),
    ):
        for at, heading in enumerate(sheet.header):
            base, mark, _ = heading.partition("::日本語")
            grid = with_cell(grid, name, (1, at), base if mark else heading)
    found = document_of(grid)
    assert (found.default_language, found.languages) == ("en", ("en",))
    assert question(found, "kind").label == {"en": "品目"}


def test_easy_japanese_is_a_language() -> None:
    at = len(SURVEY_HEADER)
    grid = with_cell(grid_of(), SURVEY, (1, at), "label::やさしい日本語 (ja-simple)")
    found = document_of(with_cell(grid, SURVEY, (3, at), "なにを すてますか"))
    assert found.languages == ("ja", "ja-simple")
    assert question(found, "kind").label["ja-simple"] == "なにを すてますか"


def test_the_fee_is_one_question() -> None:
    row = asked("calculate", "fee", calculation="machimado:choice(${kind}, 'fee')", payment="yes")
    document = document_of(grid_of(row))
    assert evaluate(document, {"kind": "bed"}, today=DAY).fee_yen == 800


def test_the_same_workbook_gives_the_same_document() -> None:
    raw = samples.raw("sodai_gomi")
    one, other = (compiler.compile_workbook(raw, today=DAY) for _ in range(2))
    assert one == other
    written = writing.write(reading.open_workbook(raw))
    assert compiler.compile_workbook(written, today=DAY).document == one.document


def test_it_travels_as_bytes() -> None:
    for grid in (grid_of(), grid_of(asked("txt", "n"))):
        found = compiler.compile_grid(grid, today=DAY)
        assert compiled.unpacked(compiled.packed(found)) == found


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{}", b"null", b"[" * 100_000, b'{"document":null,"faults":[],"warnings":[]}',
     compiled.packed(Compiled()),
     compiled.packed(Compiled(faults=(Fault(code="x", message="y"),))).replace(b"null", b'"{}"', 1),
     compiled.packed(Compiled(faults=(Fault(code="x", message="y"),))).replace(b"[{", b"[[{", 1)],
)  # fmt: skip
def test_what_no_compiler_gives_is_not_believed(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        compiled.unpacked(raw)


def test_remarks_of_the_reader_are_among_the_findings() -> None:
    fault = Fault(code="merged_cells", sheet="survey", row=3, message="結合されています。")
    hint = Fault(code="formula", sheet="survey", row=3, message="計算式のセルです。")
    assert compiler.compile_grid(replace(grid_of(), remarks=(fault,)), today=DAY).faults == (fault,)
    found = compiler.compile_grid(replace(grid_of(), remarks=(hint,)), today=DAY)
    assert found.document
    assert found.warnings == (hint,)
