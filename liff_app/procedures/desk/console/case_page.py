"""The page of one case on the desk: all its reviewer sees, and what went wrong just now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response, current_app, render_template, request
from sqlalchemy.orm import Session

from liff_app import clock, working_days
from liff_app.clock import JST
from liff_app.db import db
from liff_app.errors import FieldError
from liff_app.procedures import scope
from liff_app.procedures.desk import case_queries, sentences
from liff_app.procedures.desk.case_queries import Case
from liff_app.procedures.desk.console import (
    answers,
    choices,
    history,
    looks,
    papers,
    people,
    pointed,
    walk,
)
from liff_app.procedures.desk.console import words as say
from liff_app.procedures.desk.console.answers import Sheet
from liff_app.procedures.desk.console.choices import Choice
from liff_app.procedures.desk.console.history import Step
from liff_app.procedures.desk.console.papers import Papers
from liff_app.procedures.desk.console.pointed import LastReturn
from liff_app.procedures.desk.console.rows import names
from liff_app.procedures.desk.sentences import Sentence
from liff_app.staff.guard import colleague

Values = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the page must say besides: of a change that was made, or of one that was not.

    `form` names the form that was sent, `typed` what it held; `seen`: the version its sender knew,
    where somebody else was faster.
    """

    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()
    refused: str = ""
    seen: int | None = None
    done: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything the template needs. `values` hold each form's fields, by form and name."""

    case: Case
    title: str
    words: dict[str, str]
    sheet: Sheet | None
    papers: Papers
    back: LastReturn | None
    choices: list[Choice]
    may_return: bool
    is_own_proposal: bool
    sentences: list[Sentence]
    history: list[Step]
    faster: list[Step]
    is_own: bool  # what came first was their own: a button pressed twice
    departments: list[tuple[str, str]]
    persons: list[tuple[str, str]]
    is_mine: bool
    is_overdue: bool
    values: Values
    told: Told
    list: str  # the question of the list it was opened from
    list_url: str
    next_url: str  # the next unread one of that list, "" for none


def render(ref: str, told: Told) -> Response:
    """The page; nobody keeps a copy of it, and the log has who looked."""
    page = case_page(db.session, ref, told)
    looks.note_look(ref)
    answer = Response(
        render_template("procedures/console/case.html", page=page), mimetype="text/html"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def load(session: Session, ref: str) -> Case:
    """The case of that ref, for the colleague of this request. Raises NotFound."""
    keys = current_app.config["SETTINGS"].keys
    return case_queries.case(session, ref, scope.scope_of(colleague()), keys)


def case_page(session: Session, ref: str, told: Told) -> CasePage:
    """What the page of that case holds for the colleague of this request. Raises NotFound."""
    case, me, known = load(session, ref), colleague(), names(session)
    sheet = answers.sheet(session, case, request.args)
    labels = sheet.labels if sheet else {}
    steps = history.steps(case.events, known.people, known.departments, labels)
    faster = [one for one in steps if told.seen is not None and one.number > told.seen]
    now = clock.now()
    persons = people.eligible(session, case.department_id, case.assignee_id, now=now)
    return CasePage(
        case=case,
        title=answers.title(case),
        words=_words(case, known.people),
        sheet=sheet,
        papers=papers.papers(session, case),
        back=pointed.last(session, case, labels),
        choices=choices.choices(case, now.astimezone(JST).date()),
        may_return=choices.may_return(case),
        is_own_proposal=case.proposal is not None and case.proposal.by == me.actor,
        sentences=sentences.fitting(sentences.sentences(session), case.form.procedure_id),
        history=steps,
        faster=faster,
        is_own=all(one.actor == me.actor for one in faster),
        departments=[("", "－"), *known.departments.items()],
        persons=[("", "－"), *persons],
        is_mine=case.assignee_id == me.id,
        is_overdue=case.is_open
        and working_days.is_overdue(case.due_on, now.astimezone(JST).date()),
        values=_values(case, told),
        told=told,
        list=walk.asked(),
        list_url=walk.list_url(),
        next_url=walk.next_url(session, ref, me),
    )


def _words(case: Case, people_by_id: Mapping[str, str]) -> dict[str, str]:
    proposal = case.proposal
    return {
        "status": say.STATUS[case.status](),
        "source": say.SOURCE[case.source](),
        "proposed": say.decision_word(proposal.to) if proposal else "",
        "proposed_by": say.actor_word(proposal.by, people_by_id) if proposal else "",
        "overdue": say.overdue(),
    }


def _values(case: Case, told: Told) -> Values:
    """What stands in each form: as the case is, or in the one that was sent, as it was typed."""
    template = _chosen(request.args.get("template", ""))
    asked = request.args.get("to", "")[:10]
    stands: Values = {
        "step": {
            "to": asked or (template.for_status.value if template and template.for_status else ""),
            "text": template.text if template else "",
        },
        "decide": {"why": ""},
        "note": {"note": ""},
        "desk": {
            "department_id": case.department_id or "",
            "assignee_id": case.assignee_id or "",
            "due_on": case.due_on.isoformat() if case.due_on else "",
        },
    }
    if told.form in stands:
        typed = {name: told.typed.get(name, was) for name, was in stands[told.form].items()}
        stands[told.form] = typed
    return stands


def _chosen(template_id: str) -> Sentence | None:
    """The sentence that the address asks for: how a browser without script puts one in."""
    if not template_id:
        return None
    return next((one for one in sentences.sentences(db.session) if one.id == template_id), None)
