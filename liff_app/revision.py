"""Which schema the code expects, told without Alembic: a web process need not carry it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "migrations"


@cache
def head() -> str:
    """The highest migration's number; migrations are numbered without gaps (house test)."""
    return max(file.name.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*.py"))
