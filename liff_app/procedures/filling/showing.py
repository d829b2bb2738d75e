"""What the pages of a draft show: a page of questions, everything before sending, a receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.errors import FieldError
from liff_app.procedures.engine.evaluation import Evaluated
from liff_app.procedures.fields.ruby import Words
from liff_app.procedures.fields.sentences import page_faults
from liff_app.procedures.fields.showing import Found, page_view, summary
from liff_app.procedures.fields.views import PageView, Section
from liff_app.procedures.files import service as files
from liff_app.procedures.files.views import FileView
from liff_app.procedures.filling import languages, pointing
from liff_app.procedures.filling.correction import Correction, correction_of, untouched
from liff_app.procedures.filling.drafts import Draft
from liff_app.procedures.filling.pointing import Point, Pointing
from liff_app.procedures.filling.progress import Progress, progress
from liff_app.procedures.filling.remembering import Offered
from liff_app.procedures.filling.submitting import files_in
from liff_app.procedures.filling.whole import everything

__all__ = ["PageShown", "Place", "checked", "refusals", "shown", "standing", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the pages of a draft stand: the blueprint that serves them."""

    name: str

    def url(self, endpoint: str, ref: str, **more: Any) -> str:  # noqa: ANN401 - parts of an address
        """Address of one of its pages."""
        return url_for(f"{self.name}.{endpoint}", ref=ref, **more)

    def file(self, ref: str, file_id: str, is_thumb: bool) -> str:  # noqa: FBT001 - as `fields` asks
        """Address of a file of that draft."""
        return self.url("file", ref, file_id=file_id, size="thumb" if is_thumb else "whole")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageShown:
    """A page of questions. `whole`: the same with all that may appear on it, for the script.

    `points` is what staff ask of answers on this page. `recalls` are paths and names of its
    questions to which an earlier answer is known.
    """

    view: PageView
    whole: PageView | None
    number: int
    count: int
    title: Words
    correction: Correction | None
    points: tuple[Point, ...]
    recalls: tuple[tuple[str, str], ...]


def standing(
    session: Session, draft: Draft, *, now: datetime
) -> tuple[Progress, Correction | None]:
    """Where the draft stands. Raises NotReturned for a correction nobody waits for."""
    correction = correction_of(session, draft)
    today = now.astimezone(JST).date()
    found = progress(draft.form.document, draft.body, today=today, correction=correction)
    return found, correction


def shown(  # noqa: PLR0913 - what a page needs to be shown
    session: Session,
    draft: Draft,
    found: Progress,
    name: str,
    *,
    place: Place,
    correction: Correction | None,
    faults: Sequence[FieldError] = (),
    helped: Mapping[str, Found] | None = None,
    offers: Mapping[str, Offered] | None = None,
) -> PageShown:
    """One page as its template shows it. Raises NotFound for one that is not shown now."""
    document, page = found.document, found.page(name)
    known = files.views(session, draft.key, files_in(document, draft.body.answers))
    points = [one for one in _points(session, draft, found, place, correction) if one.page == name]
    recalls = {
        path: one.words for path, one in (offers or {}).items() if path not in draft.body.answers
    }

    def view(evaluated: Evaluated) -> PageView:
        made = page_view(
            document, page, evaluated, draft.body.answers, language=draft.language,
            raw=draft.body.raw, errors=faults, files=known, found=helped, only=found.only,
            address=lambda file_id, thumb: place.file(draft.ref, file_id, thumb),
        )  # fmt: skip
        return pointing.beside(made, points, recalls)

    names = [one.name for one in found.pages]
    whole, shown_now = everything(found, page), view(found.evaluated)
    naming = _pointing(draft, found, place, {})
    return PageShown(
        view=shown_now,
        whole=view(whole) if whole is not None and found.only is None else None,
        number=names.index(name) + 1,
        count=len(names),
        title=languages.said(document, document.title, draft.language),
        correction=correction,
        points=tuple(points),
        recalls=tuple(
            (path, naming.name(path)) for path in shown_now.asked.split() if path in recalls
        ),
    )


def unchanged(
    session: Session, draft: Draft, found: Progress, correction: Correction, *, place: Place
) -> tuple[Point, ...]:
    """What staff asked to be put right and is still as it was sent."""
    left = {
        one.path
        for one in untouched(correction.items, correction.before.values, found.evaluated.values)
    }
    points = _points(session, draft, found, place, correction)
    return tuple(one for one in points if one.path in left)


def _points(
    session: Session, draft: Draft, found: Progress, place: Place, correction: Correction | None
) -> list[Point]:
    if correction is None:
        return []
    pictures = pointing.pictures(session, draft.key, correction.items)
    naming = _pointing(draft, found, place, pictures)
    asked = {path for page in found.pages for path in found.questions(page)}
    return [naming.point(one, asked) for one in correction.items]


def _pointing(
    draft: Draft, found: Progress, place: Place, pictures: Mapping[str, FileView]
) -> Pointing:
    return Pointing(
        found.document, found.evaluated, draft.language, pictures,
        lambda file_id, thumb: place.file(draft.ref, file_id, thumb),
    )  # fmt: skip


def checked(
    session: Session,
    draft: Draft,
    found: Progress,
    *,
    place: Place,
    before: Mapping[str, Any] | None,
) -> tuple[Section, ...]:
    """Every answer once more, page by page; `before`: the values of what was sent earlier."""
    known = files.views(session, draft.key, files_in(found.document, found.evaluated.values))
    return summary(
        found.document, found.evaluated, draft.language, known, before=before,
        address=lambda file_id, thumb: place.file(draft.ref, file_id, thumb),
    )  # fmt: skip


def refusals(found: Progress, draft: Draft, name: str) -> tuple[FieldError, ...]:
    """What is wrong on a page now, such as one that a change elsewhere made wrong."""
    page = found.page(name)
    return page_faults(found.document, page, found.evaluated, draft.language)
