"""What a reviewer may do next, and how the applicant will hear of it, before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from liff_app.i18n import gettext as _
from liff_app.procedures import rules, telling
from liff_app.procedures.desk import acts, lapsing
from liff_app.procedures.desk.case_queries import Case
from liff_app.procedures.desk.console import words
from liff_app.procedures.rules import Step
from liff_app.procedures.telling import Told
from liff_app.procedures.vocabulary import Mover, Need, Status

ANSWER = "answer"  # a sentence without a step


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A step, or the answer without one. `message` is sent by LINE, its button is `label`.

    `needs_text`: it is refused without a sentence. `barred`: why it cannot be chosen yet, "" where
    it can.
    """

    code: str
    word: str
    line: str
    message: str
    label: str
    needs_text: bool
    barred: str


def choices(case: Case, today: date) -> list[Choice]:
    """What may be done next with a sentence at most, the plain answer last.

    Nothing while a decision waits for a second colleague. Returning has a page of its own.
    """
    if case.proposal is not None or case.key is None:
        return []
    offered = [one for one in rules.steps(case.status, Mover.STAFF) if Need.ITEMS not in one.needs]
    found = [_step(case, one, today) for one in offered]
    answer = _choice(case, ANSWER, _("段階を変えずに知らせる"), Told.ANSWERED, needs_text=True)
    return [*found, answer]


def may_return(case: Case) -> bool:
    """Whether the case can be returned now."""
    step = rules.step(case.status, Status.RETURNED, Mover.STAFF)
    return step is not None and case.proposal is None and case.key is not None


def _step(case: Case, step: Step, today: date) -> Choice:
    by_two = step.is_decision and case.form.document.settings.two_person
    again = step.to is Status.REVIEWING and case.status is not Status.RECEIVED
    word = _("もう一度審査する") if again else words.STEP[step.to]()
    if by_two:
        word = _("%(step)s（承認が要ります）", step=word)
    return _choice(
        case, step.to.value, word, acts.told_of(case.status, step.to),
        needs_text=Need.REASON in step.needs, is_proposal=by_two, barred=_barred(case, step, today),
    )  # fmt: skip


def _barred(case: Case, step: Step, today: date) -> str:
    if Need.OVERDUE not in step.needs:
        return ""
    asked = next((one for one in case.returns if one.revision == case.revision), None)
    return lapsing.barred(asked.due_on if asked else None, today)


def _choice(
    case: Case,
    code: str,
    word: str,
    what: Told,
    *,
    needs_text: bool,
    is_proposal: bool = False,
    barred: str = "",
) -> Choice:
    said = telling.words(what, case.form, case.number)
    return Choice(
        code=code,
        word=word,
        line=_line(case, code, is_proposal=is_proposal, silent=said is None),
        message=said.text if said and case.is_told else "",
        label=said.label if said and case.is_told else "",
        needs_text=needs_text,
        barred=barred,
    )


def _line(case: Case, code: str, *, is_proposal: bool, silent: bool) -> str:
    """What happens when the button is pressed, in a sentence."""
    if is_proposal:
        return _("ほかの職員が承認してから、申請した人に知らせます。")
    if not case.is_told:
        return _("LINEの知らせは届きません。電話や郵便で知らせてください。")
    if silent:
        return _("段階だけが変わります。LINEの知らせは送りません。")
    return _("LINEで次のように知らせます。") if code else ""
