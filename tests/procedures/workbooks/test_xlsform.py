"""What we rely on of pyxform 4.5.0: its tree is no public interface."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from pyxform.xls2xform import convert  # type: ignore[import-untyped]  # it ships none

from liff_app.procedures import samples
from liff_app.procedures.workbooks import reading, writing, xlsform
from liff_app.procedures.workbooks.grid import Grid
from liff_app.procedures.workbooks.writing import blank
from tests.procedures.workbooks.grids import asked, bare_grid, grid_of


def node(grid: Grid, name: str) -> xlsform.Tree:
    found = [one for page in xlsform.tree(grid)["children"] for one in page.get("children", [page])]
    return next(one for one in found if one["name"] == name)


def test_the_version_is_the_one_that_was_looked_at() -> None:
    assert version("pyxform") == "4.5.0"


@pytest.mark.parametrize("name", [*samples.names(), None])
def test_it_gets_of_our_grid_what_it_reads_in_the_file(name: str | None) -> None:
    """And so do ODK and Kobo, to whom the file is given."""
    raw = samples.raw(name) if name else blank("試し")
    theirs = convert(raw, file_type=".xlsx", form_name=xlsform.ROOT, warnings=[])
    ours = xlsform.tree(reading.open_workbook(raw))
    assert ours == theirs._pyxform  # noqa: SLF001 - it is this test's subject


def test_what_is_written_is_what_it_reads() -> None:
    grid = grid_of(asked("text", "n", required="yes"), asked("date", "d", default="today()"))
    theirs = convert(writing.write(grid), file_type=".xlsx", form_name=xlsform.ROOT, warnings=[])
    assert xlsform.tree(grid) == theirs._pyxform  # noqa: SLF001 - as above


def test_a_question_is_a_node_with_bind_and_control() -> None:
    grid = grid_of(
        asked("integer", "n", required="yes", relevant="${kind} = 'sofa'", constraint=". > 1",
              appearance="numbers", pii="basic"),
    )  # fmt: skip
    found = node(grid, "n")
    assert found["type"] == "integer"
    assert found["control"] == {"appearance": "numbers"}
    assert found["bind"] == {
        "required": "yes",
        "relevant": "${kind} = 'sofa'",
        "constraint": ". > 1",
        "machimado:pii": "basic",
    }


def test_types_are_called_otherwise_in_the_tree() -> None:
    rows = {"image": "photo", "select_one items": "select one",
            "select_multiple items": "select all that apply", "calculate": "calculate"}  # fmt: skip
    for said, found in rows.items():
        cells = {"calculation": "1"} if said == "calculate" else {}
        assert node(grid_of(asked(said, "n", **cells)), "n")["type"] == found


def test_what_it_adds_of_its_own() -> None:
    """A group `meta` at the end, and a helper before a repeat whose number is fixed."""
    grid = bare_grid(
        asked("begin_repeat", "r", repeat_count="3"), asked("text", "n"), {"type": "end_repeat"}
    )
    names = [one["name"] for one in xlsform.tree(grid)["children"]]
    assert names == ["r_count", "r", "meta"]


@pytest.mark.parametrize(
    ("said", "kind", "is_dynamic"),
    [
        ("today()", "date", True),
        ("2026-04-01", "date", False),
        ("1 + 1", "integer", True),
        ("sofa", "select one", False),
        ("${kind}", "text", True),
    ],
)
def test_which_defaults_are_expressions(said: str, kind: str, *, is_dynamic: bool) -> None:
    assert xlsform.is_dynamic(said, kind) is is_dynamic


REFUSED = {
    "no type": (({"type": "zzz", "name": "n"},), "type_unknown"),
    "twice": ((asked("text", "n"), asked("text", "n")), "name_twice"),
    "nobody": ((asked("text", "n", relevant="${nobody}"),), "reference_unknown"),
    "no list": ((asked("select_one nothing", "n"),), "list_unknown"),
    "no end": (({"type": "begin_group", "name": "g"}, asked("text", "n")), "unbalanced_group"),
    "name": ((asked("text", "1 n"),), "name_form"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_its_english_becomes_a_fault_in_japanese(what: str) -> None:
    """Our own checks find these first; should they not, nobody reads English."""
    rows, code = REFUSED[what]
    with pytest.raises(xlsform.XlsformRefused) as caught:
        xlsform.tree(bare_grid(*rows))
    assert caught.value.fault.code == code
    assert caught.value.fault.message.endswith("。")


def test_the_row_that_it_names_is_the_spreadsheets() -> None:
    rows = (asked("text", "m"), asked("text", "n"), asked("text", "n"))
    with pytest.raises(xlsform.XlsformRefused) as caught:
        xlsform.tree(bare_grid(*rows))
    assert (caught.value.fault.sheet, caught.value.fault.row) == ("survey", 4)


def test_the_column_that_it_names_has_its_letter_and_what_stands_there() -> None:
    grid = grid_of(asked("text", "n", relevant="${nothing} = 1"))
    with pytest.raises(xlsform.XlsformRefused) as caught:
        xlsform.tree(grid)
    fault = caught.value.fault
    assert (fault.heading, fault.column, fault.value) == ("relevant", "F", "${nothing} = 1")
