"""What is taken for a file, and why one is not.

Standard library only: the program that looks into documents reads it too.
"""

from __future__ import annotations

from enum import StrEnum

MOST_BYTES = 10 * 1024 * 1024
MOST_PAGES = 50
PDF_BEGINS = b"%PDF-"
_BEGINS_WITHIN = 1024  # readers look so far for it, and so do we


class Refusal(StrEnum):
    """Stable codes."""

    EMPTY = "file_empty"
    TOO_LARGE = "file_too_large"
    TYPE = "file_type"
    BROKEN = "file_broken"
    ENCRYPTED = "file_encrypted"
    ACTIVE = "file_active"
    PAGES = "file_too_many_pages"
    PHOTO = "file_photo"  # what the workshop of photos says


def is_pdf(raw: bytes) -> bool:
    """Whether readers would take it for a PDF, whatever its name says."""
    return PDF_BEGINS in raw[:_BEGINS_WITHIN]
