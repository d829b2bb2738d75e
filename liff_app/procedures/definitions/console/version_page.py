"""What the page of one version shows, and its preview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.i18n import gettext as _
from liff_app.procedures.definitions import comparing, publishing, queries
from liff_app.procedures.definitions.comparing import CHOICES, Detail, Difference
from liff_app.procedures.definitions.console import words
from liff_app.procedures.definitions.console.path_names import path_names
from liff_app.procedures.definitions.holding import Maker
from liff_app.procedures.definitions.queries import State, VersionView
from liff_app.procedures.engine import paths
from liff_app.procedures.engine.document import Document, Item, Page, Question
from liff_app.procedures.engine.document import words as in_language
from liff_app.procedures.engine.evaluation import evaluate
from liff_app.procedures.engine.paths import Broken
from liff_app.procedures.fields import showing
from liff_app.staff import names as staff_names

__all__ = ["Asked", "broken", "preview", "shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One line of what a version asks. `depth`: how far it stands in others."""

    depth: int
    part: str  # its kind in words
    name: str
    label: str
    is_required: bool
    condition: str


def shown(session: Session, slug: str, number: int, *, by: Maker, now: datetime) -> dict[str, Any]:
    """The version, what it asks, how it differs from what residents fill in now."""
    view = queries.version(session, slug, number, by.scope, now=now)
    line = queries.line(session, slug, by.scope, now=now)
    before = _before(session, view, line, by=by, now=now)
    changed = [] if before is None else comparing.differences(before.document, view.document)
    return {
        "view": view,
        "line": line,
        "before": before,
        "differences": told(changed),
        "asked": _asked(view.document),
        "hindrances": _hindrances(session, slug, view, by),
        "states": words.states(),
        "kinds": words.form_kinds(),
        "makers": staff_names.names(session),
    }


def _hindrances(session: Session, slug: str, view: VersionView, by: Maker) -> list[str]:
    if view.line.state is not State.DRAFT:
        return []
    row = queries.form(session, slug, by.scope)
    return [one.message for one in publishing.hindrances(session, row, view.document)]


def _before(
    session: Session, view: VersionView, line: queries.Line, *, by: Maker, now: datetime
) -> VersionView | None:
    """The version to compare with: what residents see, else the one before; None for the first."""
    every = queries.versions(session, view.slug, by.scope, now=now)
    older = [one for one in every if one.number < view.line.number]
    seen = [one for one in older if line.shown is not None and one.number == line.shown.number]
    chosen = next(iter(seen or [one for one in older if one.state is not State.DISCARDED]), None)
    if chosen is None:
        return None
    return queries.version(session, view.slug, chosen.number, by.scope, now=now)


def broken(session: Session, view: VersionView, *, by: Maker, now: datetime) -> list[str]:
    """What refuses answers that the version residents fill in now takes: each in a sentence."""
    line = queries.line(session, view.slug, by.scope, now=now)
    before = _before(session, view, line, by=by, now=now)
    if before is None:
        return []
    kept = [paths.from_json(one) for one in before.samples]
    found = Counter(_why(view.document, one) for one in paths.rerun(view.document, kept))
    return [_("%(why)s（%(n)sとおり）", why=why, n=n) for why, n in found.most_common()]


def _why(document: Document, one: Broken) -> str:
    """The first question that refuses the answers, and how."""
    problem = one.problems[0]
    name = problem.path.rpartition("/")[2]
    asked = next((found for found, _within in document.questions() if found.name == name), None)
    label = in_language(asked.label, document.default_language) if asked else name
    if problem.code == "required":
        return _("「%(label)s」に、かならず答えることになった", label=label or name)
    return _("「%(label)s」が、前の答えを受け付けない", label=label or name)


def told(found: list[Difference]) -> list[dict[str, Any]]:
    """Differences in words."""
    return [
        {
            "change": one.change.value,
            "word": words.changes()[one.change],
            "heading": words.heading_of(one),
            "is_moved": one.is_moved and one.details,
            "details": [
                (
                    _property(detail, {**one.choices[0], **one.choices[1]}),
                    _values(detail, detail.before, one.choices[0]),
                    _values(detail, detail.after, one.choices[1]),
                )
                for detail in one.details
            ],
        }
        for one in found
    ]


def _property(detail: Detail, labels: Mapping[str, str]) -> str:
    """What of the part it is; of a choice by its label."""
    value, _sign, column = detail.which.partition(" ")
    if detail.what == CHOICES and value:
        return _("選択肢「%(label)s」（%(column)s）", label=labels.get(value, value), column=column)
    return words.property_word(detail.what, detail.which)


def _values(detail: Detail, said: str, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is said there: choices by their labels, each with its value; else one text without."""
    if detail.what != CHOICES or detail.which:
        return [(words.value_word(detail.what, said), "")] if said else []
    return [(labels.get(one, one), one) for one in said.split(comparing.BETWEEN) if one]


def _asked(document: Document) -> list[Asked]:
    found: list[Asked] = []
    for page in document.pages:
        found.append(_line(page, 0, document))
        found += _inside(page.items, 1, document)
    return found


def _inside(items: tuple[Item, ...], depth: int, document: Document) -> list[Asked]:
    found = []
    for item in items:
        found.append(_line(item, depth, document))
        if not isinstance(item, Question):
            found += _inside(item.items, depth + 1, document)
    return found


def _line(part: Page | Item, depth: int, document: Document) -> Asked:
    return Asked(
        depth=depth,
        part=_part_word(part),
        name=part.name,
        label=_label(part, document),
        is_required=isinstance(part, Question) and part.required is not None,
        condition=part.relevant or "",
    )


def _label(part: Page | Item, document: Document) -> str:
    """The part's own label; of a page or group without one that of the first thing in it."""
    found = in_language(part.label, document.default_language, document.default_language)
    if found or isinstance(part, Question) or not part.items:
        return found
    return _label(part.items[0], document)


def _part_word(part: Page | Item) -> str:
    if isinstance(part, Question):
        return words.kinds()[part.kind]
    return words.parts()["page" if isinstance(part, Page) else part.type]


def preview(
    session: Session, slug: str, number: int, path: int, *, by: Maker, now: datetime
) -> dict[str, Any]:
    """Every page that stands on that path, as residents see it; path 0 is the first one."""
    view = queries.version(session, slug, number, by.scope, now=now)
    document, samples = view.document, [paths.from_json(one) for one in view.samples]
    at = min(max(path, 0), max(len(samples) - 1, 0))
    answers: dict[str, Any] = dict(samples[at].answers) if samples else {}
    names = path_names(document, samples)
    found = evaluate(document, answers, today=_today(now))
    shown_pages = [
        showing.page_view(document, page, found, answers, language=document.default_language)
        for page in document.pages
        if page.name in found.visible
    ]
    return {
        "view": view, "pages": shown_pages, "path": at, "paths": names,
        "way": names[at] if names else None, "fee": found.fee_yen,
    }  # fmt: skip


def _today(now: datetime) -> date:
    return now.astimezone(JST).date()
