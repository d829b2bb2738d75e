"""docs/forms.md names everything that a workbook may hold, and nothing that it may not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from liff_app.procedures.engine.expressions.functions import FUNCTIONS
from liff_app.procedures.workbooks import columns, kinds
from liff_app.procedures.workbooks.grid import SETTINGS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "forms.md").read_text(encoding="utf-8")
NAMED = {part for code in re.findall(r"`([^`]+)`", TEXT) for part in code.split()}


@pytest.mark.parametrize(
    "name",
    [
        *FUNCTIONS,
        *kinds.OFFERED,
        *(f"{columns.OWN}{one}" for one in columns.OWN_COLUMNS),
        *(one for sheet in columns.SPOKEN.values() for one in sheet),
        *(one for sheet in columns.PLAIN.values() for one in sheet if one != "name"),
    ],
)
def test_what_can_be_written_is_explained(name: str) -> None:
    assert name in NAMED


def test_no_column_of_ours_is_explained_that_does_not_exist() -> None:
    known = {f"{columns.OWN}{one}" for one in columns.OWN_COLUMNS}
    settings = {*columns.SPOKEN[SETTINGS], *columns.PLAIN[SETTINGS]}
    written = {one for one in NAMED if one.startswith((columns.OWN, "machimado_"))}
    assert written - {columns.OWN} <= known | settings
