"""Who is told what when a submission moves on: its applicant in LINE, and other systems.

A message says that something happened and leads to the page. Nothing that anybody typed is in it,
neither the applicant's words nor the town hall's reason; of a decision it says first which it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from liff_app.i18n import gettext as _
from liff_app.messaging import outbox
from liff_app.procedures.engine import document
from liff_app.procedures.fields.ruby import words_of
from liff_app.procedures.forms import Form
from liff_app.procedures.models import Submission
from liff_app.procedures.webhooks import service as hooks

__all__ = ["Told", "Words", "is_silent", "told", "words"]


class Told(StrEnum):
    """What somebody is told of. The codes go to other systems too."""

    RECEIVED = "received"
    REVIEWING = "reviewing"  # other systems only: nothing is asked of the applicant
    RETURNED = "returned"
    RESUBMITTED = "resubmitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    COMPLETED = "completed"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"  # by staff, as somebody asked at the counter or on the telephone
    WITHDRAWN_BY_APPLICANT = "withdrawn_by_applicant"  # other systems only: they did it themselves
    LAPSED = "lapsed"
    ANSWERED = "answered"
    DOCUMENT_ADDED = "document_added"
    DUE_SOON = "due_soon"  # of a correction; the applicant only: nothing has happened


@dataclass(frozen=True, slots=True)
class Words:
    """A message as its reader sees it: the text, and the button under it."""

    text: str
    label: str


_SENTENCES: dict[Told, Callable[[], str]] = {
    Told.RECEIVED: lambda: _("申請を受け付けました。"),
    Told.RETURNED: lambda: _("直していただきたいところがあります。"),
    Told.RESUBMITTED: lambda: _("直した内容を受け付けました。"),
    Told.ACCEPTED: lambda: _("申請が認められました。"),
    Told.REJECTED: lambda: _("申請は認められませんでした。\n理由をご覧ください。"),
    Told.COMPLETED: lambda: _("手続きが終わりました。"),
    Told.REOPENED: lambda: _("申請をもう一度、確かめることになりました。\n理由をご覧ください。"),
    Told.WITHDRAWN: lambda: _("申請を取り下げました。\n理由をご覧ください。"),
    Told.LAPSED: lambda: _("期限を過ぎたので、申請を終わりにしました。\n理由をご覧ください。"),
    Told.ANSWERED: lambda: _("町からお知らせがあります。"),
    Told.DOCUMENT_ADDED: lambda: _("受け取れる書類があります。"),
    Told.DUE_SOON: lambda: _("直していただく期限が近づいています。"),
}  # fmt: skip
_TO_MEND = frozenset({Told.RETURNED, Told.DUE_SOON})


def words(what: Told, form: Form, number: str) -> Words | None:
    """The message about `what`, as it is sent; None where the applicant is told nothing."""
    if what not in _SENTENCES:
        return None
    is_survey = form.document.settings.kind == "survey"
    thanks = is_survey and what is Told.RECEIVED
    said = _("回答を受け付けました。ありがとうございます。") if thanks else _SENTENCES[what]()
    label = _("直すところを見る") if what in _TO_MEND else _("くわしく見る")
    plain = _("受付番号 %(number)s", number=number)
    # The number has a line of its own: a talk breaks lines at its hyphen.
    about = _("「%(title)s」の件", title=_title(form))
    whole = Words(f"{said}\n{about}\n{plain}", label)
    try:
        outbox.require_tellable(whole.text, link=None, link_label=label)
    except ValueError:  # a form whose title is an address
        return Words(f"{said}\n{plain}", label)
    return whole


def is_silent(what: Told) -> bool:
    """Whether only other systems hear of it."""
    return what not in _SENTENCES


def told(session: Session, submission: Submission, form: Form, what: Told, now: datetime) -> bool:
    """The applicant and the other systems hear of it soon after this transaction; again: nothing.

    Gives whether the applicant will. Nobody hears of what was only tried, nor of single answers to
    what is anonymous, whose moments would tell; nobody in LINE of what a colleague typed for
    somebody. Call it after the event:
    the submission's version says which one is told of.
    """
    if submission.is_test:
        return False
    if what is not Told.DUE_SOON and not form.document.settings.anonymous:
        hooks.tell(session, submission, what.value, slug=form.slug, now=now)
    said = words(what, form, submission.number)
    if submission.resident_id is None or said is None:
        return False
    outbox.queue(
        session,
        resident_id=submission.resident_id,
        text=said.text,
        link=f"/procedures/sent/{submission.ref}",
        link_label=said.label,
        event=f"procedure:{submission.id}:{_occasion(submission, what)}:{what.value}",
        now=now,
    )
    return True


def _occasion(submission: Submission, what: Told) -> str:
    """Of which event the message speaks; nobody is reminded twice of one sending."""
    is_event = what is not Told.DUE_SOON
    return str(submission.version) if is_event else f"r{submission.revision}"


def _title(form: Form) -> str:
    return words_of(document.words(form.document.title, "ja", form.document.default_language)).plain
