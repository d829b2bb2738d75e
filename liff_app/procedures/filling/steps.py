"""One posted page of a draft: what was answered is kept, then the pressed button is obeyed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from liff_app.clock import JST
from liff_app.errors import FieldError
from liff_app.procedures.engine.answers import most_files
from liff_app.procedures.engine.document import FILE_KINDS, Document, Page
from liff_app.procedures.fields import placing
from liff_app.procedures.fields.helping import Helped
from liff_app.procedures.fields.reading import PageRead, asked_on, read_page
from liff_app.procedures.fields.sentences import page_faults
from liff_app.procedures.figures import counting
from liff_app.procedures.figures.counting import What
from liff_app.procedures.filling import changing, drafts
from liff_app.procedures.filling.bodies import Body
from liff_app.procedures.filling.correction import Correction
from liff_app.procedures.filling.drafts import Draft
from liff_app.procedures.filling.progress import Progress, progress
from liff_app.procedures.vocabulary import DraftPurpose

__all__ = ["CHECK", "Leads", "Outcome", "Posted", "arrive", "take"]

CHECK = "check-answers"  # no page of a form has a hyphen in its name


class Leads(StrEnum):
    """What is shown after a step."""

    PAGE = "page"  # `Outcome.page`
    CHECK = "check"
    STAY = "stay"  # the page again, with what was found or what is new on it
    REFUSED = "refused"  # the page again, with what is wrong
    LATER = "later"
    START = "start"  # in front of the first page


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A page as the browser sent it. `files`: ids of those that came with it, by path.

    `help`: what a button beside a field finds, from the answers with what was just read.
    """

    fields: MultiDict[str, str]
    step: str
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unkept: tuple[FieldError, ...] = ()  # of files that were not taken
    offered: Mapping[str, Any] = field(default_factory=dict)  # answers kept from earlier forms
    help: Callable[[Page, Mapping[str, Any]], Helped | None] = lambda _page, _answers: None

    def with_files(self, files: Mapping[str, tuple[str, ...]]) -> Posted:
        """The same, with these files."""
        return replace(self, files=files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a step came to. `more`: questions are on the page now that were not before."""

    leads: Leads
    draft: Draft
    progress: Progress
    page: str
    faults: tuple[FieldError, ...] = ()
    helped: Helped | None = None
    more: bool = False


def take(
    session: Session,
    draft: Draft,
    name: str,
    posted: Posted,
    *,
    correction: Correction | None,
    now: datetime,
) -> Outcome:
    """The held draft holds what the page says, and the step is taken. Nothing typed is lost.

    Raises NotFound for a page that is not shown now, or a step that no page offers.
    """
    today = now.astimezone(JST).date()
    document = draft.form.document
    known = progress(document, draft.body, today=today, correction=correction)
    page = known.page(name)
    read = read_page(document, page, posted.fields, draft.body.answers, only=known.only)
    body = _read_into(draft.body, document, page, posted, read, known.only)
    body = changing.obeyed(
        document, body, page, posted.step, offered=posted.offered, only=known.only
    )
    helped = posted.help(page, body.answers)
    if helped is not None:
        changes = {
            path: one for path, one in helped.changes.items() if changing.opens(path, known.only)
        }
        body = replace(body, answers=placing.changed(body.answers, changes))
    found = progress(document, body, today=today, correction=correction)
    seeing = _Seeing(draft=draft, page=page, posted=posted, read=read, found=found)
    outcome = replace(_led(seeing), helped=helped)
    outcome = _counted(session, draft, outcome, now)
    saved = drafts.save(session, draft, outcome.progress.body, now=now)
    return replace(outcome, draft=saved)


def arrive(session: Session, draft: Draft, page: str, *, now: datetime) -> None:
    """The held draft's first page is reached."""
    body = replace(draft.body, reached=(page,))
    if draft.purpose is DraftPurpose.NEW:
        day = now.astimezone(JST).date()
        counting.record(session, draft.form.version_id, What.REACHED, [page], day)
    drafts.save(session, draft, body, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seeing:
    draft: Draft
    page: Page
    posted: Posted
    read: PageRead
    found: Progress


def _read_into(
    body: Body,
    document: Document,
    page: Page,
    posted: Posted,
    read: PageRead,
    only: frozenset[str] | None,
) -> Body:
    answers = placing.changed(body.answers, read.answers)
    for path, ids in posted.files.items():
        if only is None or path in only:
            answers = _attached(document, page, answers, path, ids)
    return replace(body, answers=answers, raw=read.fresh_raw(body.raw))


def _attached(
    document: Document, page: Page, answers: Mapping[str, Any], path: str, ids: Iterable[str]
) -> dict[str, Any]:
    """The files stand beside those that were there; a place for one only holds the newest."""
    question = placing.question_at(document, path, page)
    if question is None or question.kind not in FILE_KINDS:
        return dict(answers)
    known = placing.value_at(answers, path)
    kept = list(known) if isinstance(known, list) and most_files(question) > 1 else []
    return placing.changed(answers, {path: list(dict.fromkeys([*kept, *ids]))})


def _led(seeing: _Seeing) -> Outcome:
    """Where the button leads."""
    match seeing.posted.step:
        case "next":
            return _next(seeing)
        case "back":
            earlier = seeing.found.before(seeing.page.name)
            leads = Leads.PAGE if earlier else Leads.START
            return _outcome(seeing, leads, page=earlier or "")
        case "later":
            return _outcome(seeing, Leads.LATER)
        case _ if seeing.posted.unkept:
            return _outcome(seeing, Leads.REFUSED, faults=seeing.posted.unkept)
        case _:
            return _outcome(seeing, Leads.STAY)


def _next(seeing: _Seeing) -> Outcome:
    found, page, draft = seeing.found, seeing.page, seeing.draft
    asked = {path for path, _one in asked_on(found.document, page, seeing.posted.fields)}
    unseen = found.questions(page) - asked
    faults = tuple(
        one
        for one in page_faults(
            found.document,
            page,
            found.evaluated,
            draft.language,
            (*seeing.read.faults, *seeing.posted.unkept),
        )
        if one.field not in unseen
    )
    if faults:
        return _outcome(seeing, Leads.REFUSED, faults=faults)
    if any(placing.value_at(found.body.answers, path) is None for path in unseen):
        return _outcome(seeing, Leads.STAY, more=True)
    passed = tuple(dict.fromkeys((*found.body.passed, page.name)))
    found = replace(found, body=replace(found.body, passed=passed))
    following = found.after(page.name)
    if following is not None:
        return _outcome(replace(seeing, found=found), Leads.PAGE, page=following)
    found = replace(found, body=replace(found.body, is_checked=True))
    return _outcome(replace(seeing, found=found), Leads.CHECK, page=CHECK)


def _outcome(seeing: _Seeing, leads: Leads, **more: Any) -> Outcome:  # noqa: ANN401 - of an outcome
    named = {"page": seeing.page.name, **more}
    found = seeing.found
    if leads in (Leads.PAGE, Leads.CHECK):
        reached = tuple(dict.fromkeys((*found.body.reached, named["page"])))
        found = replace(found, body=replace(found.body, reached=reached))
    return Outcome(leads=leads, draft=seeing.draft, progress=found, **named)


def _counted(session: Session, draft: Draft, outcome: Outcome, now: datetime) -> Outcome:
    """Where people leave a form, told by pages and questions alone; each once for a draft."""
    if draft.purpose is not DraftPurpose.NEW:
        return outcome
    day, before, found = now.astimezone(JST).date(), draft.body, outcome.progress
    wrong = (one.field.rpartition("/")[2] for one in outcome.faults)
    after = replace(found.body, refused=tuple(dict.fromkeys((*before.refused, *wrong))))
    counts = (
        (What.REACHED, set(after.reached) - set(before.reached)),
        (What.PASSED, set(after.passed) - set(before.passed)),
        (What.REFUSED, set(after.refused) - set(before.refused)),
    )
    for what, names in counts:
        if names:
            counting.record(session, draft.form.version_id, what, names, day)
    return replace(outcome, progress=replace(found, body=after))
