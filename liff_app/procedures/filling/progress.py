"""Where a draft stands: which pages are shown, which may be changed, which one is next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from liff_app.errors import NotFound
from liff_app.procedures.engine.document import UNASKED, Document, Page
from liff_app.procedures.engine.evaluation import Evaluated, evaluate
from liff_app.procedures.fields import placing
from liff_app.procedures.fields.reading import path_of
from liff_app.procedures.filling.bodies import Body
from liff_app.procedures.filling.correction import Correction, openable

__all__ = ["Progress", "progress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A draft's answers, evaluated. `only`: paths a correction opens, None where all are open."""

    document: Document
    body: Body
    evaluated: Evaluated
    only: frozenset[str] | None

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages that are shown now, in order; of a correction those with something to mend."""
        return tuple(one for one in self.document.pages if self._is_shown(one))

    def page(self, name: str) -> Page:
        """That page. Raises NotFound for one the form lacks, or that is not shown now."""
        found = next((one for one in self.pages if one.name == name), None)
        if found is None:
            raise NotFound("no such page now")
        return found

    def after(self, name: str) -> str | None:
        """The page behind that one; None: everything is to be checked.

        Once the whole was checked a change leads back there, by way of pages that became relevant.
        """
        names = [one.name for one in self.pages]
        if self.body.is_checked:
            return self.unfinished()
        order = [one.name for one in self.document.pages]
        later = order[order.index(name) + 1 :] if name in order else order
        return next((one for one in later if one in names), None)

    def before(self, name: str) -> str | None:
        """The page in front of that one, None before the first."""
        names = [one.name for one in self.pages]
        at = names.index(name) if name in names else 0
        return names[at - 1] if at else None

    def unfinished(self) -> str | None:
        """The first page that was not gone through, or on which something is wrong."""
        wrong = {path.partition("/")[0] for path in self.wrong()}
        for one in self.pages:
            if one.name not in self.body.passed or wrong & set(placing.names_on(one)):
                return one.name
        return None

    def wrong(self) -> frozenset[str]:
        """Paths of what cannot be sent like this: problems, and what could not be read."""
        unread = {path_of(name) for name in self.body.raw} & self.evaluated.visible
        return frozenset({one.path for one in self.evaluated.problems} | unread)

    def questions(self, page: Page) -> frozenset[str]:
        """Paths of the page's questions that are asked now."""
        names = set(placing.names_on(page))
        found = {path for path in self.evaluated.visible if path.partition("/")[0] in names}
        asked = {path for path in found if self._is_asked(path, page)}
        return frozenset(asked if self.only is None else asked & self.only)

    def _is_asked(self, path: str, page: Page) -> bool:
        question = placing.question_at(self.document, path, page)
        return question is not None and question.kind not in UNASKED

    def _is_shown(self, page: Page) -> bool:
        if page.name not in self.evaluated.visible:
            return False
        return self.only is None or bool(self.questions(page))


def progress(
    document: Document,
    body: Body,
    *,
    today: date,
    correction: Correction | None = None,
    answers: Mapping[str, Any] | None = None,
) -> Progress:
    """Where a draft of that form stands with these answers; `answers` stand in for the body's."""
    evaluated = evaluate(document, body.answers if answers is None else answers, today=today)
    only = openable(document, correction, evaluated, today) if correction else None
    return Progress(document=document, body=body, evaluated=evaluated, only=only)
