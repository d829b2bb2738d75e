"""Five workbooks to begin with: what a town asks for most, ready to upload and to change.

They are workbooks like any other: the source is the .xlsx itself, and they pass the same compiler.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["names", "raw"]

_FOLDER = Path(__file__).resolve().parent
_NAMES = ("sodai_gomi", "juminhyo", "risai_shomei", "jido_teate", "shimin_anketo")


def names() -> tuple[str, ...]:
    """Their names, as in the file names and `form_id`s, in the order they are offered."""
    return _NAMES


def raw(name: str) -> bytes:
    """The workbook's bytes. Raises KeyError for a name that is not one of `names()`."""
    if name not in _NAMES:
        raise KeyError(name)
    return (_FOLDER / f"{name}.xlsx").read_bytes()
