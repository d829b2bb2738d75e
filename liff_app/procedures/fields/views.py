"""What a page of a form shows, ready for its template. Plain values: no Flask, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from liff_app.errors import FieldError
from liff_app.procedures.fields.asking import Ask
from liff_app.procedures.fields.ruby import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """One of the answers to choose from."""

    value: str
    label: Words
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileShown:
    """A file that was sent already. `href` opens it, `thumb` is its small picture."""

    id: str
    name: str
    detail: str  # kind, size, pages: PDF 0.4MB 3ページ
    href: str
    thumb: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One of several places that a search found; its button sends `step`."""

    step: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """One question. `input` says by which macro it is asked; `locked` shows it without a field."""

    type: Literal["question"] = "question"
    path: str
    input: str
    label: Words
    hint: Words = field(default_factory=Words)
    required: bool = False
    error: str = ""
    value: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[ChoiceView, ...] = ()
    files: tuple[FileShown, ...] = ()
    most_files: int = 1
    most_letters: int = 0
    unit: str = ""
    inputmode: str | None = None
    autocomplete: str | None = None
    width: str = "long"  # short, medium, long
    lookup: bool = False  # a postal code with a button that fills an address
    offers: tuple[Offer, ...] = ()
    said: str = ""  # what a search came to
    locked: bool = False
    words: str = ""  # the answer in words, where it is shown and not asked
    asks: tuple[Ask, ...] = ()  # what staff ask to be put right in it
    recall: str = ""  # what was answered in an earlier form, in words; to be used again


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """Questions that belong together: a fieldset."""

    type: Literal["group"] = "group"
    path: str
    label: Words
    hint: Words
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceView:
    """One of several, such as the second child."""

    path: str
    title: str
    items: tuple[ItemView, ...]
    removable: bool
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatView:
    """Questions asked for each of several. `addable`: one more may be added."""

    type: Literal["repeat"] = "repeat"
    path: str
    label: Words
    hint: Words
    error: str
    instances: tuple[InstanceView, ...]
    addable: bool
    most: int
    asks: tuple[Ask, ...] = ()


ItemView = QuestionView | GroupView | RepeatView


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A page. `asked` goes into its hidden field; `modules` are the scripts its questions need."""

    name: str
    title: Words
    hint: Words
    items: tuple[ItemView, ...]
    asked: str
    errors: tuple[FieldError, ...]
    has_files: bool
    modules: tuple[str, ...]  # below static/js/components, without .js
    css: tuple[str, ...]  # below static/


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One answer as it is repeated."""

    path: str
    label: str
    words: str
    kind: str
    page: str
    is_answered: bool
    is_changed: bool = False
    before: str = ""  # what the revision before said, where it is changed
    is_masked: bool = False  # staff's lists show dots
    is_sensitive: bool = False
    correctable: bool = True
    files: tuple[FileShown, ...] = ()
    place: tuple[float, float] | None = None  # latitude, longitude
    heading: Words = field(default_factory=Words)  # the label with how it is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Answers under one heading of a section: a group, or one of several. Title may be empty."""

    path: str
    title: str
    lines: tuple[Line, ...]
    heading: Words = field(default_factory=Words)  # the title with how it is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The answers of one page."""

    page: str
    title: str
    blocks: tuple[Block, ...]
    heading: Words = field(default_factory=Words)  # same

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every answer of the page, in order."""
        return tuple(line for block in self.blocks for line in block.lines)
