"""Counts that may be shown without telling of one person. Pure.

To hide small cells and show the others tells them again: what a sum lacks, or which cell was
hidden along, fits one table only. Tried on every small table, each way of choosing further cells
to hide had one that could be worked out, and so had a sum that was rounded by itself. Counts in
steps, whose sum is made of the steps, have none.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["UNIT", "about", "rounded", "sum_of"]

UNIT = 5


def rounded(count: int, unit: int = UNIT) -> int | None:
    """The count to the nearest step; None, which reads 「5未満」, for anything below one step."""
    return None if count < unit else unit * ((count + unit // 2) // unit)


def about(counts: Mapping[str, int], unit: int = UNIT) -> dict[str, int | None]:
    """The same of each."""
    return {name: rounded(count, unit) for name, count in counts.items()}


def sum_of(shown: Mapping[str, int | None]) -> int:
    """What may be shown as their sum: the steps alone, never the people behind them."""
    return sum(count or 0 for count in shown.values())
