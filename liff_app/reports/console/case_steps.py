"""What a reviewer may tell the residents next, and how they will read it, before it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from liff_app.i18n import gettext as _
from liff_app.reports import my_words, rules, telling
from liff_app.reports.case_queries import Case
from liff_app.reports.console import case_words
from liff_app.reports.my_queries import Moment
from liff_app.reports.telling import Told
from liff_app.reports.vocabulary import EventKind, Mover, Need, Status

ANSWER = "answer"  # a sentence without a step


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A step, or the answer without one.

    `line` stands in the residents' history, `message` is sent by LINE, and its button is `label`.
    `needs_text`, `needs_receiver`: it is refused without.
    """

    code: str
    word: str
    line: str
    message: str
    label: str
    needs_text: bool
    needs_receiver: bool


def choices(case: Case, category: str) -> list[Choice]:
    """What may be told next, in the order of the state machine, the plain answer last.

    A report that belongs to another's incident takes its steps there.
    """
    if case.lead is not None:
        return []
    offered = [
        one
        for one in rules.steps(case.status, Mover.STAFF)
        if Need.LEAD not in one.needs and one.to in case_words.STEP
    ]
    found = [
        _choice(case, category, one.to.value, case_words.STEP[one.to](), one.to, one.needs)
        for one in offered
    ]
    answer = _choice(
        case, category, ANSWER, _("段階を変えずに答える"), None, frozenset({Need.REASON})
    )
    return [*found, answer]


def _choice(
    case: Case, category: str, code: str, word: str, to: Status | None, needs: frozenset[Need]
) -> Choice:
    said = telling.words(to or Told.ANSWERED, category=category, number=case.number)
    return Choice(
        code=code,
        word=word,
        line=my_words.moment(_as_read(case, to)),
        message=said.text,
        label=said.label,
        needs_text=Need.REASON in needs,
        needs_receiver=Need.RECEIVER in needs,
    )


def _as_read(case: Case, to: Status | None) -> Moment:
    """The line of the residents' history that the choice would make."""
    return Moment(
        at=case.created_at,
        kind=EventKind.MOVED if to else EventKind.ANSWERED,
        status=to,
        text="",
        by_staff=True,
        own=False,
    )
