"""What a check writes down: faults that block and warnings that do not, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from liff_app.procedures.workbooks.columns import OWN, Columns, columns_of
from liff_app.procedures.workbooks.faults import Fault, shortened
from liff_app.procedures.workbooks.grid import (
    CHOICES,
    SETTINGS,
    SHEETS,
    SURVEY,
    Grid,
    Row,
    Sheet,
    letter,
)
from liff_app.procedures.workbooks.languages import Languages, languages_of

_LONGEST_SUGGESTION: Final = 300  # characters; a longer one is no help
MOST_FAULTS: Final = 200  # nobody reads more; the rest shows once these are mended


@dataclass(slots=True)
class Findings:
    """Faults and warnings so far."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether nobody will read on, so that no near match is worth its time."""
        return len(self.faults) >= MOST_FAULTS

    def in_order(self) -> None:
        """By sheet, row and column."""
        order = {name: at for at, name in enumerate(("", *SHEETS))}
        for one in (self.faults, self.warnings):
            one.sort(key=lambda fault: (order.get(fault.sheet, 0), fault.row or 0, fault.column))


@dataclass(frozen=True, slots=True)
class Desk:
    """One sheet on the desk of whoever checks it: its cells by column, and where to write."""

    name: str
    sheet: Sheet
    columns: Columns
    findings: Findings

    def fault(
        self, code: str, message: str, row: Row | None = None, base: str = "", suggestion: str = ""
    ) -> None:
        """Something that blocks, at the cell of that row and column."""
        self.findings.faults.append(self.described(code, message, row, base, suggestion))

    def fault_at(
        self, code: str, message: str, row: Row | None, at: int | None, suggestion: str = ""
    ) -> None:
        """The same at a column counted from 0."""
        self.findings.faults.append(self._fault(code, message, row, at, suggestion))

    def warn(
        self, code: str, message: str, row: Row | None = None, base: str = "", suggestion: str = ""
    ) -> None:
        """Something to think about."""
        self.findings.warnings.append(self.described(code, message, row, base, suggestion))

    def described(
        self, code: str, message: str, row: Row | None = None, base: str = "", suggestion: str = ""
    ) -> Fault:
        """The same, written down by nobody yet."""
        return self._fault(code, message, row, self.place(row, base), suggestion)

    def heading_fault(self, code: str, message: str, at: int, suggestion: str = "") -> None:
        """Something wrong with a heading."""
        self.findings.faults.append(
            Fault(
                code=code,
                message=message,
                sheet=self.name,
                row=1,
                column=letter(at),
                value=shortened(self.sheet.header[at]),
                suggestion=suggestion if len(suggestion) <= _LONGEST_SUGGESTION else "",
            )
        )

    def place(self, row: Row | None, base: str) -> int | None:
        """The column meant: the plain one, our own, or of several languages the first."""
        if not base:
            return None
        found = self.columns.plain.get(base, self.columns.plain.get(OWN + base))
        if found is not None:
            return found
        places = self.columns.spoken.get(base, {})
        filled = [at for at in places.values() if row is not None and at in row.cells]
        return next(iter(filled or places.values()), None)

    def row_named(self, name: str) -> Row | None:
        """The first row with that name; None if there is none."""
        return next((row for row in self.sheet.rows if self.cell(row, "name") == name), None)

    def cell(self, row: Row, base: str) -> str:
        """What the row says there."""
        return self.columns.cell(row, base)

    def _fault(
        self, code: str, message: str, row: Row | None, at: int | None, suggestion: str
    ) -> Fault:
        header = self.sheet.header
        return Fault(
            code=code,
            message=message,
            sheet=self.name,
            row=row.number if row else None,
            column="" if at is None else letter(at),
            heading="" if at is None or at >= len(header) else shortened(header[at]),
            value="" if at is None or row is None else shortened(row.cells.get(at, "")),
            suggestion=suggestion if len(suggestion) <= _LONGEST_SUGGESTION else "",
        )


@dataclass(frozen=True, slots=True)
class Desks:
    """The three sheets, and the languages they speak."""

    survey: Desk
    choices: Desk
    settings: Desk
    languages: Languages
    findings: Findings

    def __iter__(self) -> Iterator[Desk]:
        """The sheets in their order."""
        return iter((self.survey, self.choices, self.settings))


def desks_of(grid: Grid) -> Desks:
    """The sheets ready to be checked."""
    spoken = languages_of(grid)
    findings = Findings()

    def desk(name: str) -> Desk:
        sheet = grid.sheet(name)
        return Desk(name, sheet, columns_of(name, sheet, spoken.default), findings)

    return Desks(desk(SURVEY), desk(CHOICES), desk(SETTINGS), spoken, findings)
