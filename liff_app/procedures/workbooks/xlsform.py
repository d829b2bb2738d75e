"""pyxform behind one door: from a grid to the tree that ODK and Kobo would make of it.

The tree and the way to it are pyxform's own affair; requirements pin the version and
`tests/procedures/workbooks/test_xlsform.py` says what is relied on. pyxform takes a second to
import, so this module is for the child of `child.py` and for tests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, TypedDict

from pyxform.builder import create_survey_element_from_dict  # type: ignore[import-untyped]  # none
from pyxform.errors import PyXFormError  # type: ignore[import-untyped]  # it ships none
from pyxform.utils import default_is_dynamic  # type: ignore[import-untyped]  # same
from pyxform.xls2json import workbook_to_json  # type: ignore[import-untyped]  # same
from pyxform.xls2json_backends import DefinitionData  # type: ignore[import-untyped]  # same

from liff_app.procedures.workbooks.columns import MEMOS
from liff_app.procedures.workbooks.faults import Fault, shortened
from liff_app.procedures.workbooks.grid import (
    CHOICES,
    SETTINGS,
    SHEETS,
    SURVEY,
    Grid,
    Sheet,
    letter,
)

ROOT: Final = "data"
_FALLBACK: Final = "form"
_PLACE: Final = re.compile(r"\[row : (\d+)\](?: On the '(\w+)' sheet)?")
_COLUMN: Final = re.compile(r"the '([\w:]+)' value(?: '[^']*')? is")
_FIRST_ROW: Final = 2
# What pyxform says in English, as far as it can say it of a grid that passed our own checks.
_KNOWN: Final = (
    (r"must be unique|must unique|multiple survey", "name_twice", "同じ名前が2回使われています。"),
    (r"reserved for form|same as the survey root", "name_reserved", "使えない名前です。"),
    (r"Names must begin with", "name_form", "名前に使えない文字があります。"),
    (r"have a label|has no label", "label_missing", "画面に出す文（label）がありません。"),
    (r"Choices must have a name", "choice_name_missing", "選択肢の名前（name）がありません。"),
    (r"Reference variables|no survey element", "reference_unknown", "その質問はありません。"),
    (r"Unmatched|end_\w+ without", "unbalanced_group", "begin と end の組が合っていません。"),
    (r"List name not in choices|no choices", "list_unknown", "選択肢の一覧がありません。"),
    (r"Unknown question type", "type_unknown", "この type は使えません。"),
    (r"column header|for the same column", "column_twice", "同じ列が2つあります。"),
    (r"[Pp]arameters?\b", "parameters", "parameters の書き方が正しくありません。"),
)


class Tree(TypedDict, total=False):
    """What is used of a node of pyxform's tree. `type`, and `name`, are always there."""

    type: str
    name: str
    bind: dict[str, Any]
    control: dict[str, Any]
    parameters: dict[str, str]
    default: str
    choice_filter: str
    list_name: str
    children: list[Tree]
    choices: dict[str, list[dict[str, Any]]]
    _dynamic_default: bool


class XlsformRefused(Exception):
    """pyxform does not take the form. `fault` says why, in Japanese, with the row where known."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def tree(grid: Grid) -> Tree:
    """The form as pyxform understands it. Raises XlsformRefused.

    It gets the grid and not the file: nobody else opens a stranger's bytes. A test holds that the
    file gives it the same. `pyxform.convert` is not used because it writes a file, always.
    """
    book = DefinitionData(sheet_names=SHEETS)
    for name in SHEETS:
        rows, header = _as_read(grid.sheet(name))
        setattr(book, name, rows)
        setattr(book, f"{name}_header", header)
    try:
        found: Tree = workbook_to_json(
            book, form_name=ROOT, fallback_form_name=_FALLBACK, warnings=[]
        )
        create_survey_element_from_dict(found).xml()  # where it resolves what refers to what
    except PyXFormError as error:
        raise XlsformRefused(_placed(_fault(str(error)), grid)) from error
    # What it raises on shapes that its authors did not think of; it has no family for them.
    except (AttributeError, KeyError, IndexError, TypeError, ValueError, RecursionError) as error:
        raise XlsformRefused(_unknown("")) from error
    return found


def is_dynamic(default: str, kind: str) -> bool:
    """Whether XLSForm takes a default for an expression and not for a plain value."""
    return bool(default_is_dynamic(default, kind))


def _as_read(sheet: Sheet) -> tuple[list[dict[str, str]], list[dict[str, None]]]:
    """Rows as pyxform reads them, blank ones between them included, and the header."""
    last = sheet.rows[-1].number if sheet.rows else 1
    rows: list[dict[str, str]] = [{} for _ in range(last + 1 - _FIRST_ROW)]
    for row in sheet.rows:
        record = sheet.record(row)
        rows[row.number - _FIRST_ROW] = {
            heading: text for heading, text in record.items() if heading not in MEMOS
        }
    headings = {heading: None for heading in sheet.header if heading and heading not in MEMOS}
    return rows, [headings] if headings else []


def _fault(said: str) -> Fault:
    """What pyxform said in English, as a fault of ours."""
    known = next((one for one in _KNOWN if re.search(one[0], said)), None)
    if known is None:
        return _unknown(said)
    return Fault(code=known[1], message=known[2], **_place(said))


def _placed(fault: Fault, grid: Grid) -> Fault:
    """With the column's letter and what stands there, where a heading is named."""
    sheet = grid.sheet(fault.sheet) if fault.sheet else None
    if sheet is None or fault.heading not in sheet.header:
        return fault
    at = sheet.header.index(fault.heading)
    row = next((one for one in sheet.rows if one.number == fault.row), None)
    value = shortened(row.cells.get(at, "")) if row else ""
    return replace(fault, column=letter(at), value=value)


def _unknown(said: str) -> Fault:
    quoted = f"（{shortened(said)}）" if said else ""
    return Fault(code="xlsform", message=f"XLSForm の決まりに合いません。{quoted}", **_place(said))


def _place(said: str) -> Mapping[str, Any]:
    """Sheet, row and heading, as far as the message tells."""
    place = _PLACE.search(said)
    column = _COLUMN.search(said)
    sheet = (place and place[2]) or next((one for one in SHEETS if f"'{one}' sheet" in said), "")
    return {
        "sheet": sheet if sheet in {SURVEY, CHOICES, SETTINGS} else SURVEY if place else "",
        "row": int(place[1]) if place else None,
        "heading": column[1] if column else "",
    }
