"""What differs between two versions of a form, as whoever approves the newer one reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from enum import StrEnum

from liff_app.procedures.engine.document import (
    Choice,
    Document,
    Group,
    Page,
    Question,
    Repeat,
    Text,
    words,
)

__all__ = ["Change", "Detail", "Difference", "differences"]

Part = Page | Group | Repeat | Question
_UNTOLD = frozenset({"items", "name"})  # told by their own differences
SETTINGS = "settings"
CHOICES = "choices"  # the property; without `which` it holds their values in order, `BETWEEN` them
BETWEEN = ", "


class Change(StrEnum):
    """What became of a page or question."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  # nothing of it changed but its place


@dataclass(frozen=True, slots=True)
class Detail:
    """One property. `what` is a field of the document, `which` a language or a choice in it."""

    what: str
    which: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One page or question that is not as it was; `type` is `settings` for the form itself.

    `choices` are the labels of a question's choices by value, before and after.
    """

    change: Change
    type: str  # page, group, repeat, question, settings
    name: str
    label: str
    page: str  # label of the page on which it stands, or stood
    is_moved: bool = False
    details: tuple[Detail, ...] = ()
    choices: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})


@dataclass(frozen=True, slots=True)
class _Placed:
    """A part with where it stands."""

    part: Part
    within: str  # name of what it stands in, "" for pages
    page: Page


def differences(before: Document, after: Document) -> list[Difference]:
    """Every difference: the form's own first, then in the order of `after`, gone parts last."""
    old, new = _parts(before), _parts(after)
    moved = _moved(old, new)
    found = list(_of_settings(before, after))
    for name, placed in new.items():
        told = _of_part(old.get(name), placed, after, is_moved=name in moved)
        if told is not None:
            found.append(told)
    gone = (placed for name, placed in old.items() if name not in new)
    found += [_told(Change.REMOVED, placed, before) for placed in gone]
    return found


def _of_settings(before: Document, after: Document) -> Iterator[Difference]:
    details = _details(_of_form(before), _of_form(after))
    if details:
        yield Difference(
            change=Change.CHANGED, type=SETTINGS, name="", label="", page="", details=details
        )


def _of_form(document: Document) -> dict[tuple[str, str], str]:
    """The form's own properties, settings among them."""
    own = {("title", language): text for language, text in document.title.items()}
    own["languages", ""] = ", ".join(document.languages)
    own["default_language", ""] = document.default_language
    return own | _facets(document.settings)


def _of_part(
    old: _Placed | None, new: _Placed, document: Document, *, is_moved: bool
) -> Difference | None:
    if old is None:
        return _told(Change.ADDED, new, document)
    details = _details(_facets(old.part), _facets(new.part))
    if not details and not is_moved:
        return None
    change = Change.CHANGED if details else Change.MOVED
    told = _told(change, new, document, is_moved=is_moved, details=details)
    return replace(told, choices=(_labels(old.part, document), _labels(new.part, document)))


def _labels(part: Part, document: Document) -> dict[str, str]:
    choices = part.choices if isinstance(part, Question) else ()
    return {one.value: _label(one.label, document) for one in choices}


def _told(
    change: Change,
    placed: _Placed,
    document: Document,
    *,
    is_moved: bool = False,
    details: tuple[Detail, ...] = (),
) -> Difference:
    return Difference(
        change=change,
        type="page" if isinstance(placed.part, Page) else placed.part.type,
        name=placed.part.name,
        label=_label(placed.part.label, document),
        page=_label(placed.page.label, document) or placed.page.name,
        is_moved=is_moved,
        details=details,
    )


def _label(text: Text, document: Document) -> str:
    return words(text, document.default_language, document.default_language)


def _parts(document: Document) -> dict[str, _Placed]:
    """Every part by its name, in order."""
    found: dict[str, _Placed] = {}
    for page in document.pages:
        found[f"page:{page.name}"] = _Placed(page, "", page)
        for part, within in _inside(page.items, page.name):
            found[part.name] = _Placed(part, within, page)
    return found


def _inside(
    items: tuple[Question | Group | Repeat, ...], within: str
) -> Iterator[tuple[Part, str]]:
    for item in items:
        yield item, within
        if not isinstance(item, Question):
            yield from _inside(item.items, item.name)


def _moved(old: Mapping[str, _Placed], new: Mapping[str, _Placed]) -> set[str]:
    """Parts of both that stand in something else, or were passed by what stands beside them."""
    kept = [name for name in new if name in old]
    found = {name for name in kept if old[name].within != new[name].within}
    for within in {new[name].within for name in kept} | {""}:
        then = [n for n in old if n in new and n not in found and old[n].within == within]
        now = [n for n in kept if n not in found and new[n].within == within]
        matcher = SequenceMatcher(a=then, b=now, autojunk=False)
        stayed = {
            n for block in matcher.get_matching_blocks() for n in now[block.b :][: block.size]
        }
        found |= set(now) - stayed
    return found


def _details(
    before: Mapping[tuple[str, str], str], after: Mapping[tuple[str, str], str]
) -> tuple[Detail, ...]:
    keys = [*after, *(key for key in before if key not in after)]
    return tuple(
        Detail(*key, before.get(key, ""), after.get(key, ""))
        for key in keys
        if before.get(key, "") != after.get(key, "")
    )


def _facets(part: object) -> dict[tuple[str, str], str]:
    """Every property of a part as text, by its field and the language or choice in it."""
    found: dict[tuple[str, str], str] = {}
    for one in fields(part):  # type: ignore[arg-type]  # a dataclass of the document
        if one.name in _UNTOLD:
            continue
        value = getattr(part, one.name)
        if one.name == CHOICES:
            found |= _choices(value)
        elif isinstance(value, Mapping):
            found |= {(one.name, str(which)): str(text) for which, text in value.items()}
        else:
            found[one.name, ""] = _said(value)
    return found


def _said(value: object) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "✓"
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value)))
    return str(value)


def _choices(choices: tuple[Choice, ...]) -> dict[tuple[str, str], str]:
    """Each choice with its labels and columns, and the order of all."""
    found = {(CHOICES, ""): BETWEEN.join(one.value for one in choices)}
    for one in choices:
        for language, label in one.label.items():
            found[CHOICES, f"{one.value} {language}"] = label
        for column, text in one.extra.items():
            found[CHOICES, f"{one.value} {column}"] = text
    return found
