"""Decisions have one form, and their index is what the tool writes."""

import re
from pathlib import Path

import pytest

from tools import adr_index

ROOT = Path(__file__).parents[2]
CITED = re.compile(r"ADR (\d{4})")
WHOLE = """# 0001 One thing

- Date: 2026-11-22
- Status: accepted

## Context

## Decision

## Consequences
"""


def test_the_index_is_what_the_tool_writes() -> None:
    """Mend with `python -m tools.adr_index`."""
    written = (adr_index.FOLDER / adr_index.INDEX).read_text(encoding="utf-8")
    assert written == adr_index.as_markdown(adr_index.decisions())


def test_every_decision_cited_in_code_exists() -> None:
    known = {one.number for one in adr_index.decisions()}
    cited = {
        (file.relative_to(ROOT).as_posix(), number)
        for folder in ("liff_app", "bench", "tests", "static", "templates")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".py", ".js", ".css", ".html"}
        for number in CITED.findall(file.read_text(encoding="utf-8"))
    }
    assert cited, "no code cites a decision: is the pattern still right?"
    assert {one for one in cited if one[1] not in known} == set()


def test_a_whole_decision_is_read(tmp_path: Path) -> None:
    (tmp_path / "0001-one-thing.md").write_text(WHOLE, encoding="utf-8")
    (found,) = adr_index.decisions(tmp_path)
    assert (found.number, found.title, found.status) == ("0001", "One thing", "accepted")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("0001-one-thing.md", ""),
        ("0001-one-thing.md", WHOLE.replace("# 0001", "# 0002")),
        ("0001-One_Thing.md", WHOLE),
        ("0001-one-thing.md", WHOLE.replace("- Status: accepted\n", "")),
        ("0001-one-thing.md", WHOLE.replace("2026-11-22", "22 November")),
        ("0001-one-thing.md", WHOLE.replace("## Decision\n", "")),
        ("0002-one-thing.md", WHOLE.replace("0001", "0002")),
    ],
    ids=["empty", "other number", "other name", "no status", "no date", "no section", "a gap"],
)
def test_a_malformed_decision_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(adr_index.DecisionMalformed):
        adr_index.decisions(tmp_path)
