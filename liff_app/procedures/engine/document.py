"""A compiled form: pages of questions, as one immutable document.

The compiler makes it from a workbook, the evaluator reads it, the database keeps it as canonical
JSON. Expressions stand in it as staff wrote them (`${kind} = 'sofa'`); names are unique over the
whole form, and an expression speaks only of questions that stand before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Discriminator, TypeAdapter

FORMAT = 1
Text = Mapping[str, str]  # language -> words, with `default_language` always there unless empty


class Kind(StrEnum):
    """What a question asks for."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    CHOOSE_ONE = "choose_one"
    CHOOSE_MANY = "choose_many"
    PHOTO = "photo"
    FILE = "file"
    SIGNATURE = "signature"
    PLACE = "place"
    NOTE = "note"  # asks nothing
    CONSENT = "consent"
    CALCULATED = "calculated"  # asked of nobody, shown with its label where it has one


FILE_KINDS = frozenset({Kind.PHOTO, Kind.FILE, Kind.SIGNATURE})
UNASKED = frozenset({Kind.NOTE, Kind.CALCULATED})


class Normalise(StrEnum):
    """What is folded of a typed answer; names and addresses are never."""

    NAME = "name"
    KANA = "kana"
    POSTAL = "postal"
    PHONE = "phone"
    EMAIL = "email"
    DIGITS = "digits"


class Pii(StrEnum):
    """How personal an answer is."""

    NONE = "none"
    BASIC = "basic"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the answers to choose from. `extra` are the list's own columns, such as `fee`."""

    value: str
    label: Text
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. Every expression is XLSForm's, None where there is none."""

    type: Literal["question"] = "question"
    name: str
    kind: Kind
    label: Text = field(default_factory=dict)
    hint: Text = field(default_factory=dict)
    required: str | None = None  # an expression; "true()" for always
    required_message: Text = field(default_factory=dict)
    relevant: str | None = None
    constraint: str | None = None
    constraint_message: Text = field(default_factory=dict)
    calculation: str | None = None
    default: str | None = None  # an expression; a plain value is written as a literal
    choices: tuple[Choice, ...] = ()
    choice_filter: str | None = None
    appearance: frozenset[str] = frozenset()
    parameters: Mapping[str, str] = field(default_factory=dict)
    normalise: Normalise | None = None
    pii: Pii = Pii.NONE
    retention_days: int | None = None  # shorter than the form's own; None: as long as the form
    prefill: str | None = None  # under which name an earlier answer is offered, e.g. "address"
    autofill: str | None = None  # the question that a postal code fills
    mask: bool = False  # staff's lists show it as dots
    export_heading: str = ""
    is_fee: bool = False  # its value is what is to be paid, in yen
    correctable: bool = True
    most_files: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions that belong together on a page; no answer of its own."""

    type: Literal["group"] = "group"
    name: str
    label: Text = field(default_factory=dict)
    hint: Text = field(default_factory=dict)
    relevant: str | None = None
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Questions asked once for each of several (children, things). Holds no other repeat.

    Its answer is a list of objects. `count` is an expression that fixes how many; without it the
    applicant adds and removes, between `least` and `most`.
    """

    type: Literal["repeat"] = "repeat"
    name: str
    label: Text = field(default_factory=dict)
    hint: Text = field(default_factory=dict)
    relevant: str | None = None
    count: str | None = None
    least: int = 1
    most: int = 20
    items: tuple[Item, ...] = ()


Item = Annotated[Question | Group | Repeat, Discriminator("type")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands on one screen."""

    name: str
    label: Text = field(default_factory=dict)
    hint: Text = field(default_factory=dict)
    relevant: str | None = None
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the settings sheet says besides the title (`machimado_*`)."""

    kind: Literal["application", "survey"] = "application"
    prefix: str = "申"  # of receipt numbers, 1 to 3 letters
    summary: Text = field(default_factory=dict)
    needs: Text = field(default_factory=dict)  # what to have at hand, one a line
    after: Text = field(default_factory=dict)  # what happens after sending
    minutes: int | None = None
    consent: Text = field(default_factory=dict)  # purpose of use, shown before the first page
    appeal: Text = field(default_factory=dict)  # how to object to a decision
    contact: Text = field(default_factory=dict)
    two_person: bool = False
    due_days: int | None = None  # working days from receipt
    retention_days: int = 1825  # 5 years, from the closing
    anonymous: bool = False  # a survey's answers name nobody
    once_a_person: bool = False
    results_public: bool = False  # a survey's table may be shown to those who answered
    suppress_under: int = 5  # smaller counts are not shown


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Document:
    """A whole form."""

    format: int = FORMAT
    form_id: str
    title: Text
    languages: tuple[str, ...]
    default_language: str
    settings: Settings
    pages: tuple[Page, ...]

    def questions(self) -> Iterator[tuple[Question, Repeat | None]]:
        """Every question in order, with the repeat it stands in."""
        for page in self.pages:
            yield from _questions(page.items, None)

    def page(self, name: str) -> Page | None:
        """The page of that name."""
        return next((one for one in self.pages if one.name == name), None)


def _questions(
    items: tuple[Item, ...], within: Repeat | None
) -> Iterator[tuple[Question, Repeat | None]]:
    for item in items:
        if isinstance(item, Question):
            yield item, within
        else:
            yield from _questions(item.items, item if isinstance(item, Repeat) else within)


_ADAPTER = TypeAdapter(Document)
_KEPT = frozenset({"type", "format"})


def to_json(document: Document) -> str:
    """The document as canonical JSON: the same document, the same text. Defaults are left out."""
    return json.dumps(_plain(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> object:
    """What JSON writes: of a part its fields, but for defaults, and always what it is."""
    if is_dataclass(value) and not isinstance(value, type):
        named = ((one, getattr(value, one.name)) for one in fields(value))
        return {
            one.name: _plain(found)
            for one, found in named
            if one.name in _KEPT or found != _default(one)
        }
    if isinstance(value, frozenset):
        return sorted(_plain(one) for one in value)  # type: ignore[type-var]  # texts
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _default(one: Field[object]) -> object:
    return one.default_factory() if one.default_factory is not MISSING else one.default


@lru_cache(maxsize=64)
def from_json(text: str) -> Document:
    """The document that `to_json` wrote. Raises pydantic.ValidationError for anything else."""
    return _ADAPTER.validate_json(text)


def digest_of(text: str) -> bytes:
    """SHA-256 of a document's canonical JSON."""
    return hashlib.sha256(text.encode()).digest()


def words(text: Text, language: str, default: str = "ja") -> str:
    """The words in that language; else in easy Japanese, in the default, in any; else nothing.

    Easy Japanese stands in only for other languages: who chose Japanese reads Japanese.
    """
    order = (language, "ja-simple", default) if language != default else (default,)
    found = next((text[one] for one in order if text.get(one)), None)
    return found if found is not None else next(iter(text.values()), "")
