"""The mappings that come with the program, and finding which one a list needs."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from liff_app.shelters.lists.errors import PresetUnknown
from liff_app.shelters.lists.mapping import ColumnMapping
from liff_app.shelters.lists.mapping_files import load_mapping

PRESETS: Final = (
    "gsi_sites",
    "gsi_shelters",
    "standard",
    "recommended",
    "takamatsu",
    "takamatsu_tsunami_buildings",
)


@cache
def builtin_mapping(name: str) -> ColumnMapping:
    """Built-in mapping of that name. Raises PresetUnknown."""
    if name not in PRESETS:
        raise PresetUnknown(
            f"「{name}」という形式はありません。使えるのは {'、'.join(PRESETS)} です。"
        )
    folder = resources.files("liff_app.shelters.lists") / "builtin"
    return load_mapping((folder / f"{name}.toml").read_bytes())


def detect_mapping(keys: frozenset[str]) -> ColumnMapping | None:
    """Find the built-in mapping whose own headings are all among `keys`; the most telling wins.

    `keys` are headings as `heading_key` folds them, in any order.
    """
    found = [(builtin_mapping(name).detects(keys), name) for name in PRESETS]
    count, name = max(found, key=lambda pair: pair[0])
    return builtin_mapping(name) if count else None
