"""Everything that was answered, in order: to be checked, read by staff, printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from liff_app.i18n import gettext as _
from liff_app.procedures.engine.document import (
    Document,
    Group,
    Item,
    Kind,
    Page,
    Pii,
    Question,
    Repeat,
    Text,
)
from liff_app.procedures.engine.evaluation import Evaluated, Wording
from liff_app.procedures.fields import placing
from liff_app.procedures.fields.attached import Address, shown
from liff_app.procedures.fields.ruby import Words, words_of
from liff_app.procedures.fields.views import Block, Line, Section
from liff_app.procedures.fields.words import answer_words
from liff_app.procedures.files.views import FileView


def summary(
    document: Document,
    evaluated: Evaluated,
    language: str,
    files: Mapping[str, FileView] | None = None,
    *,
    address: Address = lambda _id, _thumb: "",
    before: Mapping[str, Any] | None = None,
    unanswered: bool = True,
) -> tuple[Section, ...]:
    """What was answered, page by page, hidden questions left out.

    `before` are the answers of an earlier revision, from which lines differ or not. Questions
    without an answer are told as such, or left out where `unanswered` is False. Notes never stand
    here, calculated values where they have a label.
    """
    wording = Wording(document, evaluated, language)
    making = _Making(
        document, evaluated, language, files or {}, address, before, unanswered, wording
    )
    sections = (making.section(page) for page in document.pages)
    return tuple(one for one in sections if one.blocks)


@dataclass(frozen=True, slots=True)
class _Making:
    document: Document
    evaluated: Evaluated
    language: str
    files: Mapping[str, FileView]
    address: Address
    before: Mapping[str, Any] | None
    unanswered: bool
    wording: Wording
    page: str = field(default="")

    def section(self, page: Page) -> Section:
        """What was answered on one page."""
        making = _Making(
            self.document, self.evaluated, self.language, self.files, self.address, self.before,
            self.unanswered, self.wording, page.name,
        )  # fmt: skip
        is_seen = page.name in self.evaluated.visible
        blocks = making.blocks(page.items, "", page.name, Words()) if is_seen else []
        heading = self._said(page.label, page.name)
        return Section(
            page=page.name,
            title=heading.plain,
            blocks=tuple(one for one in blocks if one.lines),
            heading=heading,
        )

    def blocks(self, items: Iterable[Item], before: str, path: str, heading: Words) -> list[Block]:
        """Questions in a row are one block; groups and each of several are blocks of their own."""
        empty = Block(path=path, title=heading.plain, lines=(), heading=heading)
        found = [empty]
        for item in items:
            inner = before + item.name
            if inner not in self.evaluated.visible:
                continue
            if isinstance(item, Question):
                found[-1] = _with(found[-1], self._line(item, inner))
            else:
                found += (
                    self._several(item) if isinstance(item, Repeat) else self._group(item, before)
                )
                found.append(empty)
        return found

    def _group(self, group: Group, before: str) -> list[Block]:
        path = before + group.name
        return self.blocks(group.items, before, path, self._said(group.label, path))

    def _several(self, repeat: Repeat) -> list[Block]:
        label = self._raw(repeat.label, repeat.name)
        found: list[Block] = []
        for number in range(self.evaluated.counts.get(repeat.name, 0)):
            path = f"{repeat.name}/{number}"
            heading = words_of(_("%(label)s %(n)s", label=label, n=number + 1).strip())
            found += self.blocks(repeat.items, f"{path}/", path, heading)
        return found

    def _line(self, question: Question, path: str) -> Line | None:
        if question.kind is Kind.NOTE or (question.kind is Kind.CALCULATED and not question.label):
            return None
        value = placing.value_at(self.evaluated.values, path)
        told = answer_words(question, value, self.document, self.language)
        if not told and not self.unanswered:
            return None
        is_changed, earlier = self._change(question, path, value)
        heading = self._said(question.label, path) or words_of(question.name)
        return Line(
            path=path,
            label=heading.plain,
            words=told,
            kind=question.kind.value,
            page=self.page,
            is_answered=bool(told),
            is_changed=is_changed,
            before=earlier,
            is_masked=question.mask,
            is_sensitive=question.pii is Pii.SENSITIVE,
            correctable=question.correctable and question.kind is not Kind.CALCULATED,
            files=shown(question, value, self.files, self.address),
            place=_point(question, value),
            heading=heading,
        )

    def _change(self, question: Question, path: str, value: object) -> tuple[bool, str]:
        if self.before is None:
            return False, ""
        earlier = placing.value_at(self.before, path)
        if earlier == value:
            return False, ""
        return True, answer_words(question, earlier, self.document, self.language)

    def _said(self, text: Text, path: str) -> Words:
        return words_of(self._raw(text, path))

    def _raw(self, text: Text, path: str) -> str:
        return self.wording.said(text, path) if text else ""


def _with(block: Block, line: Line | None) -> Block:
    if line is None:
        return block
    return replace(block, lines=(*block.lines, line))


def _point(question: Question, value: object) -> tuple[float, float] | None:
    if question.kind is not Kind.PLACE or not isinstance(value, Mapping):
        return None
    return float(value["lat"]), float(value["lon"])
