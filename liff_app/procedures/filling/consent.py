"""The purpose of use that somebody read before the first page, by its words and their digest."""

from __future__ import annotations

import hashlib

from liff_app.procedures.engine.document import words
from liff_app.procedures.forms import Form

__all__ = ["digest", "purpose", "spelled"]


def purpose(form: Form, language: str) -> str:
    """What the answers are used for, in that language."""
    document = form.document
    return words(document.settings.consent, language, document.default_language)


def digest(form: Form, language: str) -> bytes:
    """SHA-256 of exactly these words: the version of the consent."""
    return hashlib.sha256(purpose(form, language).encode()).digest()


def spelled(form: Form, language: str) -> str:
    """The digest as a form carries it."""
    return digest(form, language).hex()
