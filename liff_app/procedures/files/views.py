"""What others see of a sealed file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file of an answer or a decision. `size` in bytes, before sealing; `pages` of a PDF."""

    id: str
    name: str  # as its sender's device called it, without folders
    media_type: str
    size: int
    width: int | None
    height: int | None
    pages: int | None
    has_thumb: bool
    by: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The open bytes of a file, for whoever may see it. `name` ends as its bytes do."""

    data: bytes
    media_type: str
    name: str
