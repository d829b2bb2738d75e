"""Cells of a workbook as fields of a form, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from liff_app.procedures.definitions import headings
from liff_app.procedures.definitions.headings import Slot
from liff_app.procedures.workbooks.faults import Fault
from liff_app.procedures.workbooks.grid import Grid, Row, Sheet

__all__ = ["Field", "Typed", "fields_of", "sent"]

Typed = Mapping[str, str]  # a form as it was sent
_LONG = frozenset({
    "hint", "machimado_needs", "machimado_after", "machimado_consent", "machimado_appeal",
    "machimado_summary", "machimado_contact",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One cell in a form. `error` is what is wrong with the cell."""

    name: str
    label: str
    text: str
    is_long: bool
    error: str


def fields_of(
    grid: Grid, sheet: Sheet, row: Row, wanted: Iterable[Slot],
    *, faults: Iterable[Fault], typed: Typed | None, before: str = "",
) -> list[Field]:  # fmt: skip
    """The row's cells in these columns; as typed, where something was."""
    wrong = {one.heading: one.message for one in faults}
    plain = headings.plain_language(grid)
    return [
        Field(
            name=before + slot.name,
            label=slot.language or (slot.base if slot.name.startswith("own-") else plain),
            text=(typed or {}).get(before + slot.name, sheet.value(row, slot.heading)),
            is_long=slot.base in _LONG,
            error=wrong.get(slot.heading, ""),
        )
        for slot in wanted
    ]


def sent(wanted: Iterable[Slot], typed: Typed, before: str = "") -> dict[str, str]:
    """By heading what was typed into these columns; what was not sent is left out."""
    return {
        slot.heading: typed[before + slot.name] for slot in wanted if before + slot.name in typed
    }
