"""An edition of a form before it is stored: its document, its workbook, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liff_app.errors import FieldError, InputInvalid
from liff_app.procedures.engine.document import Document, digest_of, to_json, words
from liff_app.procedures.fields.ruby import words_of
from liff_app.procedures.models import ProcedureVersion
from liff_app.procedures.revisions import dumped, loaded

Plain = Mapping[str, Any]  # JSON as an object
NAMES = 120  # letters of a title, as long as its column


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What the compiler made of a workbook, with one sample answer for each path through it.

    `warnings` are findings that keep nobody from publishing: `{code, sheet, row, column, value,
    message, suggestion}`.
    """

    document: Document
    workbook: bytes = b""
    samples: tuple[Plain, ...] = ()
    warnings: tuple[Plain, ...] = ()


def write(row: ProcedureVersion, edition: Edition) -> None:
    """The version's row holds the edition. Raises InputInvalid for a title nobody could read."""
    check(edition)
    text = to_json(edition.document)
    row.document, row.sha256 = text, digest_of(text)
    row.workbook = edition.workbook
    row.samples = dumped_list(edition.samples)
    row.warnings = dumped_list(edition.warnings)


def check(edition: Edition) -> None:
    """Raises InputInvalid for a title that finds no room."""
    if not 0 < len(title_of(edition.document)) <= NAMES:
        message = "フォームの名前（form_title）は、1字から120字までで入れてください。"
        raise InputInvalid([FieldError("title", "too_long", message)])


def title_of(document: Document) -> str:
    """The form's name in its own language, without how it is read."""
    own = words(document.title, document.default_language, document.default_language)
    return words_of(own).plain


def dumped_list(found: tuple[Plain, ...]) -> str:
    """The objects as a JSON list; decimals stay numbers."""
    return "[" + ",".join(dumped(one) for one in found) + "]"


def loaded_list(text: str) -> list[dict[str, Any]]:
    """What `dumped_list` wrote, decimals exact."""
    found: list[dict[str, Any]] = loaded(f'{{"all":{text}}}')["all"]
    return found
