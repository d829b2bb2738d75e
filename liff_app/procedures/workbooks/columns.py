"""Which columns a sheet may have, and what a heading says: the column and its language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from liff_app.procedures.workbooks.grid import CHOICES, SETTINGS, SURVEY, Row, Sheet

OWN: Final = "bind::machimado:"
OWN_COLUMNS: Final = (
    "normalise",
    "pii",
    "retention",
    "prefill",
    "autofill",
    "mask",
    "export_heading",
    "payment",
    "correctable",
    "files",
    "least",
    "most",
)
SPOKEN: Final[Mapping[str, tuple[str, ...]]] = {  # columns with one edition for each language
    SURVEY: ("label", "hint", "required_message", "constraint_message"),
    CHOICES: ("label",),
    SETTINGS: (
        "machimado_title",
        "machimado_summary",
        "machimado_needs",
        "machimado_after",
        "machimado_consent",
        "machimado_appeal",
        "machimado_contact",
    ),
}
PLAIN: Final[Mapping[str, tuple[str, ...]]] = {
    SURVEY: (
        "type",
        "name",
        "required",
        "relevant",
        "constraint",
        "calculation",
        "default",
        "appearance",
        "choice_filter",
        "repeat_count",
        "parameters",
    ),
    CHOICES: ("list_name", "name"),
    SETTINGS: (
        "form_title",
        "form_id",
        "version",
        "default_language",
        "namespaces",
        "machimado_kind",
        "machimado_prefix",
        "machimado_minutes",
        "machimado_two_person",
        "machimado_due_days",
        "machimado_retention_days",
        "machimado_anonymous",
        "machimado_once_a_person",
        "machimado_results_public",
        "machimado_suppress_under",
    ),
}
MEMOS: Final = frozenset({"メモ", "備考"})  # for the colleagues; nobody reads them here
_CODE: Final = r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}"
_NAMED: Final = re.compile(rf".*\(\s*({_CODE})\s*\)")
_BARE: Final = re.compile(_CODE)
JAPANESE: Final = "ja"


def language_code(said: str) -> str:
    """`ja` of `日本語 (ja)`, and of a bare code the code; "" where no language is named."""
    named = _NAMED.fullmatch(said.strip())
    if named:
        return named[1]
    return said.strip() if _BARE.fullmatch(said.strip()) else ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading taken apart. `base` is the column; `said` the language as written, "" if none."""

    at: int
    text: str
    base: str
    said: str

    @property
    def code(self) -> str:
        """The language's code, "" where there is none."""
        return language_code(self.said) if self.said else ""


def headings(name: str, sheet: Sheet) -> tuple[Heading, ...]:
    """Every heading of that sheet, blanks left out."""
    return tuple(_heading(name, at, text) for at, text in enumerate(sheet.header) if text)


def _heading(name: str, at: int, text: str) -> Heading:
    if text.startswith(OWN):
        return Heading(at, text, text, "")
    base, mark, said = (part.strip() for part in text.partition("::"))
    if mark and base in SPOKEN[name]:
        return Heading(at, text, base, said)
    return Heading(at, text, text, "")


@dataclass(frozen=True, slots=True)
class Columns:
    """A sheet's columns by what they are: one place each, or one for each language."""

    plain: Mapping[str, int]
    spoken: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def cell(self, row: Row, base: str) -> str:
        """What the row says there, "" where it says nothing."""
        at = self.plain.get(base)
        return "" if at is None else row.cells.get(at, "")

    def own(self, row: Row, name: str) -> str:
        """What the row says in one of our own columns."""
        return self.cell(row, OWN + name)

    def words(self, row: Row, base: str) -> dict[str, str]:
        """The row's words by language."""
        places = self.spoken.get(base, {})
        return {code: row.cells[at] for code, at in places.items() if at in row.cells}


def columns_of(name: str, sheet: Sheet, default_language: str) -> Columns:
    """The sheet's columns; a heading without a language speaks the default one."""
    plain: dict[str, int] = {}
    spoken: dict[str, dict[str, int]] = {}
    for one in headings(name, sheet):
        if one.base in SPOKEN[name]:
            code = one.code or default_language
            spoken.setdefault(one.base, {}).setdefault(code, one.at)
        else:
            plain.setdefault(one.base, one.at)
    return Columns(plain, spoken)
