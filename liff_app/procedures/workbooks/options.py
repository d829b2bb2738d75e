"""What settings and own columns say, as values. Whether they may say it: `option_checks.py`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypedDict

from liff_app.procedures.engine.document import Normalise, Pii, Settings, Text
from liff_app.procedures.workbooks.columns import Columns, columns_of
from liff_app.procedures.workbooks.grid import SETTINGS, Grid, Row

YES: Final = frozenset({"yes", "true", "true()"})
NO: Final = frozenset({"no", "false", "false()"})
_MEANT: Final = {
    **dict.fromkeys(("はい", "必須", "要", "する", "○", "〇", "◯", "✓", "✔", "レ"), "yes"),
    **dict.fromkeys(("いいえ", "任意", "不要", "しない", "×", "✕", "－"), "no"),
}  # what people write in such a cell instead
CHOICE_COLUMNS: Final = frozenset({"list_name", "name", "label"})
LEAST, MOST, MOST_FILES = 1, 20, 1
_STANDARD: Final = Settings()
_ALWAYS: Final = "true()"
_REFERENCE: Final = re.compile(r"\$\{\s*([^{}]*?)\s*\}")
_PARTS: Final = re.compile(r"[\s,;]+")
_NUMBER: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")


class Own(TypedDict):
    """What our own columns say of a question, as fields of `Question`."""

    normalise: Normalise | None
    pii: Pii
    retention_days: int | None
    prefill: str | None
    autofill: str | None
    mask: bool
    export_heading: str
    is_fee: bool
    correctable: bool
    most_files: int


@dataclass(frozen=True, slots=True)
class Said:
    """The settings sheet."""

    form_id: str
    title: Text
    settings: Settings


def is_yes(said: str) -> bool:
    """Whether the cell says yes."""
    return said.lower() in YES


def meant(said: str) -> str:
    """`yes` or `no` where the cell says that in a word of people's own, "" otherwise."""
    plain = unicodedata.normalize("NFKC", said).strip().lower()
    return _MEANT.get(said.strip(), plain if plain in {"yes", "no"} else "")


def whole(said: str, otherwise: int) -> int:
    """The whole number of the cell, `otherwise` where it says none."""
    return int(said) if said.isdecimal() else otherwise


def required(said: str) -> str | None:
    """The cell `required` as an expression, None for never."""
    if not said or said.lower() in NO:
        return None
    return _ALWAYS if is_yes(said) else said


def default(said: str, *, is_dynamic: bool) -> str | None:
    """The cell `default` as an expression: a plain value becomes a literal."""
    if not said:
        return None
    return said if is_dynamic or is_number(said) else literal(said)


def is_number(said: str) -> bool:
    """Whether the cell is a plain number."""
    return _NUMBER.fullmatch(said) is not None


def literal(text: str) -> str:
    """The text as an expression that gives it. The language has no escapes within quotes."""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    parts = ', "\'", '.join(f"'{part}'" for part in text.split("'"))
    return f"concat({parts})"


def parameters(said: str) -> dict[str, str]:
    """The cell `parameters` as names and values; whatever is no pair is left out."""
    pairs = (part.partition("=") for part in _PARTS.split(said))
    return {name: value for name, _, value in pairs if name and value}


def bare_name(said: str) -> str:
    """The question's name of `${name}`, and of a name itself."""
    found = _REFERENCE.fullmatch(said)
    return found[1] if found else said


def own(cell: Callable[[str], str]) -> Own:
    """Our own columns of one row; `cell` gives what stands in the one of that name."""
    folded, personal = cell("normalise"), cell("pii")
    return Own(
        normalise=Normalise(folded) if folded else None,
        pii=Pii(personal) if personal else Pii.NONE,
        retention_days=whole(cell("retention"), 0) or None,
        prefill=cell("prefill") or None,
        autofill=bare_name(cell("autofill")) or None,
        mask=is_yes(cell("mask")),
        export_heading=cell("export_heading"),
        is_fee=is_yes(cell("payment")),
        correctable=cell("correctable").lower() not in NO,
        most_files=whole(cell("files"), MOST_FILES),
    )


def read(grid: Grid, default_language: str) -> Said:
    """The settings of a grid that passed every check."""
    columns = columns_of(SETTINGS, grid.settings, default_language)
    row = grid.settings.rows[0] if grid.settings.rows else Row(2, {})
    named = columns.words(row, "machimado_title")
    return Said(
        form_id=columns.cell(row, "form_id"),
        title=named | {default_language: columns.cell(row, "form_title")},
        settings=_settings(columns, row),
    )


def _settings(columns: Columns, row: Row) -> Settings:
    def said(name: str) -> str:
        return columns.cell(row, f"machimado_{name}")

    def words(name: str) -> Text:
        return columns.words(row, f"machimado_{name}")

    kind: Literal["application", "survey"]
    kind = "survey" if said("kind") == "survey" else "application"
    return Settings(
        kind=kind,
        prefix=said("prefix") or _STANDARD.prefix,
        summary=words("summary"),
        needs=words("needs"),
        after=words("after"),
        minutes=whole(said("minutes"), 0) or None,
        consent=words("consent"),
        appeal=words("appeal"),
        contact=words("contact"),
        two_person=is_yes(said("two_person")),
        due_days=whole(said("due_days"), 0) or None,
        retention_days=whole(said("retention_days"), _STANDARD.retention_days),
        anonymous=is_yes(said("anonymous")),
        once_a_person=is_yes(said("once_a_person")),
        results_public=is_yes(said("results_public")),
        suppress_under=whole(said("suppress_under"), _STANDARD.suppress_under),
    )
