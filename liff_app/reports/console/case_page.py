"""The page of one report on the desk: all its reviewer sees, and what went wrong just now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from flask import Response, current_app, render_template, request
from sqlalchemy.orm import Session

from liff_app import clock, working_days
from liff_app.clock import JST
from liff_app.db import db
from liff_app.errors import FieldError
from liff_app.reports import case_queries, scope, sentences
from liff_app.reports.case_queries import Case
from liff_app.reports.categories import service as categories
from liff_app.reports.categories.model import Category
from liff_app.reports.console import case_history, case_steps, case_words, looks, walk, words
from liff_app.reports.console.case_history import Step
from liff_app.reports.console.case_steps import Choice
from liff_app.reports.sentences import Sentence
from liff_app.staff import names as staff_names
from liff_app.staff import queries as staff
from liff_app.staff.guard import colleague
from liff_app.staff.queries import AccountView, State
from liff_app.staff.vocabulary import Role

Values = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the page must say besides: of a change that was made, or of one that was not.

    `form` names the form that was sent, `typed` what it held; `seen`: the version its sender knew,
    where somebody else was faster. `contact` is shown where it was asked for.
    """

    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()
    refused: str = ""
    seen: int | None = None
    contact: str | None = None
    done: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything the template needs. `values` hold each form's fields, by form and name."""

    case: Case
    category: str
    words: dict[str, str]
    answers: list[tuple[str, str]]
    choices: list[Choice]
    sentences: list[Sentence]
    history: list[Step]
    faster: list[Step]
    is_own: bool  # what came first was their own: a button pressed twice
    departments: list[tuple[str, str]]
    persons: list[tuple[str, str]]
    priorities: list[tuple[str, str]]
    categories: list[tuple[str, str]]
    names: dict[str, str]
    statuses: dict[str, str]
    is_overdue: bool
    photo_full: bool
    values: Values
    told: Told
    gsi_url: str
    list: str  # the question of the list it was opened from
    list_url: str
    next_url: str  # the next unread one of that list, "" for none


def render(ref: str, told: Told) -> Response:
    """The page; nobody keeps a copy of it, and the log has who looked."""
    page = case_page(db.session, ref, told)
    looks.note_look(ref)
    settings = current_app.config["SETTINGS"]
    answer = Response(
        render_template("reports/console/case.html", page=page, tiles_url=settings.map_tiles_url),
        mimetype="text/html",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def case_page(session: Session, ref: str, told: Told) -> CasePage:
    """What the page of that report holds for the colleague of this request. Raises NotFound."""
    case = case_queries.case(session, ref, scope.scope_of(colleague()))
    kinds = categories.all_categories(session)
    kind = next((one for one in kinds if one.code == case.category), None)
    names = {one.code: one.name for one in kinds}
    name = kind.name if kind else case.category
    people = staff_names.names(session)
    departments = staff.department_names(session)
    history = case_history.steps(case.events, people, names, departments)
    faster = [one for one in history if told.seen is not None and one.number > told.seen]
    return CasePage(
        case=case,
        category=name,
        words=_words(case),
        answers=answers_of(case, kind),
        choices=case_steps.choices(case, name),
        sentences=sentences.fitting(sentences.sentences(session), case.category),
        history=history,
        faster=faster,
        is_own=all(one.actor == colleague().actor for one in faster),
        departments=[("", "－"), *departments.items()],
        persons=[("", "－"), *persons(session, case.department_id, case.assignee_id)],
        priorities=[(str(int(one)), word()) for one, word in case_words.PRIORITY.items()],
        categories=[(one.code, one.name) for one in kinds if one.active or one is kind],
        names=names,
        statuses={status.value: word() for status, word in words.STATUS.items()},
        is_overdue=case.is_open and working_days.is_overdue(case.due_on, _today()),
        photo_full=sum(one.by_staff for one in case.photos) >= MOST_STAFF_PHOTOS,
        values=_values(case, told),
        told=told,
        gsi_url=gsi_url(case),
        list=walk.asked(),
        list_url=walk.list_url(),
        next_url=walk.next_url(session, case, colleague()),
    )


MOST_STAFF_PHOTOS = 6  # some before, some after; more belong into the record of the works


def persons(
    session: Session, department_id: str | None, assignee_id: str | None
) -> list[tuple[str, str]]:
    """Id and name of every colleague who may work on reports of that department.

    Who has it now stays in the list, wherever they have gone.
    """
    return [
        (one.id, one.name)
        for one in staff.accounts(session, now=clock.now())
        if one.id == assignee_id or (one.state is State.ACTIVE and _may_see(one, department_id))
    ]


def _may_see(account: AccountView, department_id: str | None) -> bool:
    return any(
        grant.role is Role.REPORT_REVIEWER
        and (grant.department is None or department_id in (None, grant.department))
        for grant in account.grants
    )


def _words(case: Case) -> dict[str, str]:
    return {
        "status": words.STATUS[case.status](),
        "priority": case_words.PRIORITY[case.priority](),
        "source": case_words.SOURCE[case.source](),
        "place_way": case_words.PLACE_WAY[case.place_way](),
    }


def gsi_url(case: Case) -> str:
    """The spot on the map of 国土地理院, for whoever opens the link or reads its QR code."""
    return f"https://maps.gsi.go.jp/#18/{case.lat:.6f}/{case.lon:.6f}/"


def answers_of(case: Case, kind: Category | None) -> list[tuple[str, str]]:
    """Question and answer, in words where the category still asks so."""
    found = []
    for code, said in case.answers.items():
        question = kind.question(code) if kind else None
        option = question.option(said) if question else None
        found.append((question.label if question else code, option.label if option else said))
    return found


def _today() -> date:
    return clock.now().astimezone(JST).date()


def _values(case: Case, told: Told) -> Values:
    """What stands in each form: as the report is, or in the one that was sent, as it was typed."""
    template = _chosen(request.args.get("template", ""))
    stands: Values = {
        "step": {
            "to": _step_asked(template),
            "text": template.text if template else "",
            "receiver": case.handed_to,
        },
        "note": {"note": ""},
        "desk": {
            "department_id": case.department_id or "",
            "assignee_id": case.assignee_id or "",
            "priority": str(int(case.priority)),
            "due_on": case.due_on.isoformat() if case.due_on else "",
        },
        "place": {
            "lat": f"{case.lat:.6f}",
            "lon": f"{case.lon:.6f}",
            "place_text": case.place_text,
        },
        "kind": {"category": case.category},
        "merge": {"number": ""},
        "hide": {"reason": ""},
    }
    if told.form in stands:
        typed = {name: told.typed.get(name, was) for name, was in stands[told.form].items()}
        stands[told.form] = typed
    return stands


def _step_asked(template: Sentence | None) -> str:
    """The step that the address asks for, else the one that the chosen sentence is for."""
    asked = request.args.get("to", "")[:10]
    return asked or (template.for_status.value if template and template.for_status else "")


def _chosen(template_id: str) -> Sentence | None:
    """The sentence that the address asks for: how a browser without script puts one in."""
    if not template_id:
        return None
    return next((one for one in sentences.sentences(db.session) if one.id == template_id), None)
