"""Write docs/adr/README.md from the decisions beside it: `python -m tools.adr_index [--check]`."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "adr"
INDEX = "README.md"
SECTIONS = ("Context", "Decision", "Consequences")
_FILE = re.compile(r"(?P<number>\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md")
_TITLE = re.compile(r"# (?P<number>\d{4}) (?P<title>\S.*)")
_LINE = re.compile(r"- (?P<name>Date|Status): (?P<value>\S.*)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class DecisionMalformed(ValueError):
    """A file in docs/adr is no decision record. The text names the file and what is missing."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One record: what stands in the index."""

    number: str
    title: str
    file: str
    date: str
    status: str


def read_decision(file: Path) -> Decision:
    """The record in `file`. Raises DecisionMalformed unless it has the house's form."""
    named = _FILE.fullmatch(file.name)
    lines = file.read_text(encoding="utf-8").splitlines()
    titled = _TITLE.fullmatch(lines[0]) if lines else None
    if named is None or titled is None or named["number"] != titled["number"]:
        raise DecisionMalformed(f"{file.name}: number in file name and title must agree")
    facts = {found["name"]: found["value"] for found in map(_LINE.fullmatch, lines) if found}
    if not _DATE.fullmatch(facts.get("Date", "")) or "Status" not in facts:
        raise DecisionMalformed(f"{file.name}: '- Date: YYYY-MM-DD' and '- Status: …' are needed")
    headings = tuple(line.removeprefix("## ") for line in lines if line.startswith("## "))
    if headings != SECTIONS:
        raise DecisionMalformed(f"{file.name}: sections must be {', '.join(SECTIONS)}")
    return Decision(titled["number"], titled["title"], file.name, facts["Date"], facts["Status"])


def decisions(folder: Path = FOLDER) -> list[Decision]:
    """Every record of the folder, by number. Raises DecisionMalformed, also for a gap."""
    found = [read_decision(file) for file in sorted(folder.glob("*.md")) if file.name != INDEX]
    wanted = [f"{number:04d}" for number in range(1, len(found) + 1)]
    if [one.number for one in found] != wanted:
        raise DecisionMalformed("the numbers of docs/adr must run from 0001 without gap or repeat")
    return found


def as_markdown(records: list[Decision]) -> str:
    """The text of docs/adr/README.md."""
    lines = [
        "# Decisions",
        "",
        "Written by `python -m tools.adr_index`; a test compares. A decision is superseded by a",
        "new one, never edited.",
        "",
        "| | Decision | Date | Status |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {one.number} | [{one.title}]({one.file}) | {one.date} | {one.status} |"
        for one in records
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the index; with --check only tell, by exit code 1, that it is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    text = as_markdown(decisions())
    file = FOLDER / INDEX
    if parser.parse_args().check:
        current = file.exists() and file.read_text(encoding="utf-8") == text
        print("up to date" if current else "out of date: run python -m tools.adr_index")
        return 0 if current else 1
    file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
