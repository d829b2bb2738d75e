"""From a workbook's bytes to what may be stored: the compiler's document, or everything wrong.

Compiling takes seconds and happens in a process of its own: never inside a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from liff_app.procedures import revisions
from liff_app.procedures.definitions.editions import Edition
from liff_app.procedures.engine import document as documents
from liff_app.procedures.engine import paths
from liff_app.procedures.engine.document import Document
from liff_app.procedures.workbooks import archive, compiling, faults, writing
from liff_app.procedures.workbooks.faults import Fault
from liff_app.procedures.workbooks.grid import Grid

__all__ = ["Checked", "check", "check_grid", "dumped", "edition", "loaded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A workbook with what was found. Without a grid it could not be opened at all.

    `document` is there exactly if there are no faults.
    """

    workbook: bytes
    grid: Grid | None
    document: Document | None
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    samples: tuple[dict[str, Any], ...] = ()  # JSON of `paths.Sample`, one for each path


def check(raw: bytes, *, today: date) -> Checked:
    """The workbook compiled. Raises CompilerBusy, CompilerDown.

    What is kept is written anew from what its cells say: no byte that came from outside is handed
    to colleagues.
    """
    made = compiling.compile_safely(raw, today=today)
    kept = b"" if made.grid is None else writing.write(made.grid)
    if len(kept) > archive.MOST_BYTES:  # nobody could upload it again
        return Checked(workbook=b"", grid=None, document=None, faults=(archive.too_large(),))
    return Checked(
        workbook=kept,
        grid=made.grid,
        document=made.document,
        faults=made.faults,
        warnings=made.warnings,
        samples=tuple(paths.to_json(one) for one in made.samples),
    )


def check_grid(grid: Grid, *, today: date) -> Checked:
    """The same for a workbook that the editor changed: it is written first, and never lost."""
    return replace(check(writing.write(grid), today=today), grid=grid)


def edition(checked: Checked) -> Edition | None:
    """What a version is made of, with a sample for each path; None where there are faults."""
    if checked.document is None:
        return None
    return Edition(
        document=checked.document,
        workbook=checked.workbook,
        samples=checked.samples,
        warnings=tuple(one.to_json() for one in checked.warnings),
    )


def dumped(checked: Checked) -> str:
    """What was found, as JSON; workbook and grid are kept beside it."""
    document = None if checked.document is None else documents.to_json(checked.document)
    plain = {
        "document": document,
        "faults": [one.to_json() for one in checked.faults],
        "warnings": [one.to_json() for one in checked.warnings],
        "samples": checked.samples,
    }
    return revisions.dumped(plain)


def loaded(text: str, *, workbook: bytes, grid: Grid) -> Checked:
    """What `dumped` wrote."""
    plain = revisions.loaded(text)
    document = plain["document"]
    return Checked(
        workbook=workbook,
        grid=grid,
        document=None if document is None else documents.from_json(document),
        faults=_faults(plain["faults"]),
        warnings=_faults(plain["warnings"]),
        samples=tuple(plain["samples"]),
    )


def _faults(plain: Iterable[dict[str, Any]]) -> tuple[Fault, ...]:
    return tuple(faults.from_json(one) for one in plain)
