"""Languages of a form, as residents choose between them."""

from __future__ import annotations

from liff_app.procedures.engine.document import Document

__all__ = ["chosen", "named", "offered"]

NAMES = {  # each in its own words; a language without a name here goes by its code
    "ja": "日本語",
    "ja-simple": "やさしい日本語",
    "en": "English",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
    "ko": "한국어",
    "vi": "Tiếng Việt",
    "pt": "Português",
    "es": "Español",
    "tl": "Tagalog",
    "ne": "नेपाली",
    "id": "Bahasa Indonesia",
    "my": "မြန်မာ",
    "th": "ไทย",
    "fr": "Français",
    "de": "Deutsch",
}


def offered(document: Document) -> list[tuple[str, str]]:
    """Code and name of each language of the form, its own first."""
    order = dict.fromkeys((document.default_language, *document.languages))
    return [(code, named(code)) for code in order]


def chosen(document: Document, wanted: str) -> str:
    """The wanted language where the form has it, else the form's own."""
    return wanted if wanted in document.languages else document.default_language


def named(code: str) -> str:
    """What the language is called by those who speak it."""
    return NAMES.get(code, code)
