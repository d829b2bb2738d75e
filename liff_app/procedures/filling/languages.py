"""Languages of a form, as residents choose between them."""

from __future__ import annotations

from liff_app.procedures.engine.document import Document, Text, words
from liff_app.procedures.fields.ruby import Words, words_of

__all__ = ["chosen", "in_words", "named", "offered", "said", "tag"]

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


def in_words(text: Text, language: str, default: str = "ja") -> Words:
    """A form's words in that language, else in its own, with how they are read."""
    return words_of(words(text, language, default))


def said(document: Document, text: Text, language: str = "") -> Words:
    """The same for a document at hand; without a language in its own."""
    return in_words(text, language or document.default_language, document.default_language)


def tag(code: str) -> str:
    """How a page marks words of that language: easy Japanese is Japanese."""
    return "ja" if code == "ja-simple" else code
