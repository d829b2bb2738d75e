"""A page of a form, and a whole sending, as their templates show them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from liff_app.errors import FieldError
from liff_app.i18n import gettext as _
from liff_app.procedures.engine.answers import LONG_TEXT_MOST, TEXT_MOST
from liff_app.procedures.engine.document import (
    UNASKED,
    Document,
    Group,
    Item,
    Kind,
    Page,
    Question,
    Repeat,
    Text,
    words,
)
from liff_app.procedures.engine.evaluation import Evaluated, Wording
from liff_app.procedures.fields import placing
from liff_app.procedures.fields.attached import Address, shown
from liff_app.procedures.fields.inputs import CSS, CSS_ALWAYS, MODULES, asked_by, parts_of, value_of
from liff_app.procedures.fields.ruby import Words, words_of
from liff_app.procedures.fields.summing import summary
from liff_app.procedures.fields.views import (
    ChoiceView,
    GroupView,
    InstanceView,
    ItemView,
    Offer,
    PageView,
    QuestionView,
    RepeatView,
)
from liff_app.procedures.fields.words import answer_words
from liff_app.procedures.files.views import FileView

__all__ = ["Address", "Found", "page_view", "shown", "summary"]

_TOLD = frozenset({"shown", "place"})  # whose answer stands there in words
_LETTERS = re.compile(r"string-length\(\s*\.\s*\)\s*(<=|<)\s*(\d{1,5})")
_MOST = {Kind.TEXT: TEXT_MOST, Kind.LONG_TEXT: LONG_TEXT_MOST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search beside a question came to: places to choose from, or a sentence."""

    offers: tuple[Offer, ...] = ()
    said: str = ""


def page_view(  # noqa: PLR0913 - what a page shows has so many sources
    document: Document,
    page: Page,
    evaluated: Evaluated,
    answers: Mapping[str, Any],
    *,
    language: str,
    raw: Mapping[str, str] | None = None,
    errors: Sequence[FieldError] = (),
    files: Mapping[str, FileView] | None = None,
    address: Address = lambda _id, _thumb: "",
    found: Mapping[str, Found] | None = None,
    only: Collection[str] | None = None,
) -> PageView:
    """The page as its template shows it, with its visible questions and no others.

    `answers` are the draft's, `raw` what could not be read, `errors` from `sentences.page_faults`,
    `files` by id, `found` what a search came to, by path. `only`: paths that may be changed; the
    others are shown in words. None: all may.
    """
    making = _Making(
        document=document,
        evaluated=evaluated,
        answers=answers,
        language=language,
        raw=raw or {},
        errors={one.field: one.message for one in errors},
        files=files or {},
        address=address,
        found=found or {},
        only=only,
        wording=Wording(document, evaluated, language),
    )
    items = making.items(page.items, "")
    return PageView(
        name=page.name,
        title=making.label(page.label, page.name),
        hint=making.label(page.hint, page.name),
        items=items,
        asked=" ".join(making.asked),
        errors=tuple(replace(one, message=making.named(one)) for one in errors),
        has_files=any(one.input in ("photo", "file", "signature") for one in making.seen),
        modules=_of(making.seen, MODULES),
        css=(*CSS_ALWAYS, *_of(making.seen, CSS)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """A page while it is made. `asked` and `seen` fill up in document order."""

    document: Document
    evaluated: Evaluated
    answers: Mapping[str, Any]
    language: str
    raw: Mapping[str, str]
    errors: Mapping[str, str]
    files: Mapping[str, FileView]
    address: Address
    found: Mapping[str, Found]
    only: Collection[str] | None
    wording: Wording
    asked: list[str] = field(default_factory=list)
    seen: list[QuestionView] = field(default_factory=list)

    def label(self, text: Text, path: str) -> Words:
        """Words of the form in the chosen language, answers they speak of filled in."""
        return words_of(self.wording.said(text, path)) if text else Words()

    def items(self, items: Sequence[Item], before: str) -> tuple[ItemView, ...]:
        """What of these is visible. `before` stands before their names in paths."""
        shown = (self._item(one, before) for one in items)
        return tuple(one for one in shown if one is not None)

    def named(self, fault: FieldError) -> str:
        """The sentence with the name of its question before it, for the list on top."""
        label = next((one.label.plain for one in self.seen if one.path == fault.field), "")
        return _("%(label)s：%(told)s", label=label, told=fault.message) if label else fault.message

    def _item(self, item: Item, before: str) -> ItemView | None:
        path = before + item.name
        if path not in self.evaluated.visible:
            return None
        if isinstance(item, Question):
            return self._question(item, path)
        return self._repeat(item) if isinstance(item, Repeat) else self._group(item, path, before)

    def _group(self, group: Group, path: str, before: str) -> GroupView | None:
        items = self.items(group.items, before)
        label, hint = self.label(group.label, path), self.label(group.hint, path)
        return GroupView(path=path, label=label, hint=hint, items=items) if items else None

    def _repeat(self, repeat: Repeat) -> RepeatView:
        count = self.evaluated.counts.get(repeat.name, 0)
        label = self.label(repeat.label, repeat.name)
        free = repeat.count is None and (self.only is None or repeat.name in self.only)
        instances = tuple(
            InstanceView(
                path=f"{repeat.name}/{number}",
                title=f"{label} {number + 1}".strip(),
                items=self.items(repeat.items, f"{repeat.name}/{number}/"),
                removable=free and count > repeat.least,
            )
            for number in range(count)
        )
        return RepeatView(
            path=repeat.name,
            label=label,
            hint=self.label(repeat.hint, repeat.name),
            error=self.errors.get(repeat.name, ""),
            instances=instances,
            addable=free and count < repeat.most,
            most=repeat.most,
        )

    def _question(self, question: Question, path: str) -> QuestionView | None:
        value = placing.value_at(self.answers, path)
        if question.kind is Kind.CALCULATED:
            if not question.label:
                return None
            value = placing.value_at(self.evaluated.values, path)
        view = self._view(question, path, value)
        self.seen.append(view)
        if question.kind not in UNASKED and not view.locked:
            self.asked.append(path)
        return view

    def _view(self, question: Question, path: str, value: object) -> QuestionView:
        asked = asked_by(question)
        found = self.found.get(path, Found())
        locked = question.kind not in UNASKED and self.only is not None and path not in self.only
        return QuestionView(
            path=path,
            input="shown" if locked else asked.input,
            label=self.label(question.label, path),
            hint=self.label(question.hint, path),
            required=path in self.evaluated.required and not locked,
            error=self.errors.get(path, ""),
            value=self.raw.get(path) or value_of(question, value),
            parts=parts_of(question, value, path, self.raw),
            choices=self._choices(path, value),
            files=shown(question, value, self.files, self.address),
            most_files=question.most_files,
            most_letters=_letters(question),
            unit=asked.unit,
            inputmode=asked.inputmode,
            autocomplete=None if "/" in path else asked.autocomplete,  # of others than oneself
            width=asked.width,
            lookup=bool(question.autofill),
            offers=found.offers,
            said=found.said,
            locked=locked,
            words=self._words(question, value) if locked or asked.input in _TOLD else "",
        )

    def _words(self, question: Question, value: object) -> str:
        return answer_words(question, value, self.document, self.language)

    def _choices(self, path: str, value: object) -> tuple[ChoiceView, ...]:
        offered = self.evaluated.choices.get(path)
        if not offered:
            return ()
        chosen = set(value) if isinstance(value, list) else {value}
        default = self.document.default_language
        return tuple(
            ChoiceView(
                value=one.value,
                label=words_of(words(one.label, self.language, default) or one.value),
                chosen=one.value in chosen,
            )
            for one in offered
        )


def _of(seen: Iterable[QuestionView], needed: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What any of the questions on the page needs, once each."""
    return tuple(dict.fromkeys(name for one in seen for name in needed.get(one.input, ())))


def _letters(question: Question) -> int:
    """How many letters the answer may have: by its constraint, else by the evaluator's limit."""
    most = _MOST.get(question.kind, 0)
    found = _LETTERS.search(question.constraint or "")
    if not most or found is None:
        return most
    return min(most, int(found[2]) - (found[1] == "<"))
