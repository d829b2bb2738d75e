"""What is wrong with a workbook, as data: where, which value, a sentence, a better value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

_LONGEST_VALUE = 60
_LONGEST_MESSAGE = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One finding. `row` counts as the spreadsheet does, None: the sheet or file as a whole.

    `column` is a letter and `heading` what stands at its head. `message` is a Japanese sentence
    without the place; `suggestion` could stand instead of what is wrong, "" where nobody knows.
    """

    code: str
    message: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    heading: str = ""
    value: str = ""
    suggestion: str = ""

    @property
    def place(self) -> str:
        """Where it is, in words: `survey シート 11行目 F列（relevant）`; "" for the whole file."""
        parts = [f"{self.sheet} シート"] if self.sheet else []
        parts += [f"{self.row}行目"] if self.row else []
        if self.column:
            parts.append(f"{self.column}列" + (f"（{self.heading}）" if self.heading else ""))
        return " ".join(parts)

    @property
    def sentence(self) -> str:
        """The whole finding in one line: place, message and suggestion."""
        hint = f"「{self.suggestion}」ではありませんか。" if self.suggestion else ""
        return (f"{self.place}：" if self.place else "") + self.message + hint

    def to_json(self) -> dict[str, object]:
        """What JSON keeps of it, the sentence included for whoever only shows it."""
        return asdict(self) | {"sentence": self.sentence}


def from_json(told: Mapping[str, object]) -> Fault:
    """The fault that `to_json` gave; what is no text becomes one. Never raises."""
    row = told.get("row")
    words = {
        name: str(told.get(name, ""))[:_LONGEST_MESSAGE]
        for name in ("code", "message", "sheet", "column", "heading", "value", "suggestion")
    }
    return Fault(row=row if isinstance(row, int) else None, **words)


def shortened(value: str) -> str:
    """The value as a message quotes it: one line, at most 60 characters."""
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST_VALUE else line[: _LONGEST_VALUE - 1] + "…"


class WorkbookRefused(Exception):
    """The file is not opened, or holds no grid. `faults` say why; never empty."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(", ".join(one.code for one in faults))
        self.faults = faults
