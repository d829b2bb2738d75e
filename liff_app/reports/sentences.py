"""Sentences for answers, written again and again: the town hall's own, and some to begin with.

They are proposals: what is sent is what stands in the field when the button is pressed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.i18n import gettext as _
from liff_app.reports import rules
from liff_app.reports.categories import service as categories
from liff_app.reports.drafts import clean
from liff_app.reports.errors import ReportChanged
from liff_app.reports.models import ReportTemplate
from liff_app.reports.vocabulary import Mover, Need, Status

LONGEST_TITLE, LONGEST_TEXT = 60, 1000
MOST = 200  # a longer list is read by nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence. `for_status`: where its step leads; None: every step. Same for `category`."""

    id: str
    title: str
    text: str
    for_status: Status | None = None
    category: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceDraft:
    """A sentence as it was typed; empty codes mean every step, every category."""

    title: str
    text: str
    for_status: str = ""
    category: str = ""


def statuses() -> list[Status]:
    """Steps by which residents are told something: what a sentence can be for."""
    taken = {one.to for steps in rules.STEPS.values() for one in steps if Mover.STAFF in one.by}
    lead = {one.to for steps in rules.STEPS.values() for one in steps if Need.LEAD in one.needs}
    return [status for status in Status if status in taken - lead]


def sentences(session: Session) -> list[Sentence]:
    """All of them, in the order of their titles."""
    rows = session.scalars(select(ReportTemplate).order_by(ReportTemplate.title, ReportTemplate.id))
    return [_view(row) for row in rows]


def sentence(session: Session, sentence_id: str) -> Sentence:
    """The sentence of that id. Raises NotFound."""
    row = session.get(ReportTemplate, sentence_id)
    if row is None:
        raise NotFound("no such sentence", title="その文例は、もうありません。")
    return _view(row)


def fitting(all_of_them: list[Sentence], category: str) -> list[Sentence]:
    """Those for reports of that category, the particular ones first."""
    fit = [one for one in all_of_them if one.category in (None, category)]
    return sorted(fit, key=lambda one: one.category is None)


def save(
    session: Session, draft: SentenceDraft, *, sentence_id: str | None = None, version: int = 0
) -> str:
    """The sentence reads as drafted; without an id it is a new one. Gives its id.

    Raises InputInvalid, NotFound, ReportChanged where it is not at `version` any more.
    """
    title, text = clean(draft.title), clean(draft.text)
    if faults := _faults(session, draft, title, text, is_new=sentence_id is None):
        raise InputInvalid(faults)
    row = _row(session, sentence_id, version)
    row.title, row.text = title, text
    row.for_status, row.category = draft.for_status or None, draft.category or None
    session.flush()
    return row.id


def remove(session: Session, sentence_id: str) -> None:
    """The sentence is proposed no more; what was sent with it stays. Again: nothing happens."""
    row = session.get(ReportTemplate, sentence_id)
    if row is not None:
        session.delete(row)


def bring(session: Session) -> int:
    """The sentences to begin with are there, but for those whose title is taken; gives how many."""
    taken = set(session.scalars(select(ReportTemplate.title)))
    new = [draft for draft in (make() for make in TO_BEGIN_WITH) if draft.title not in taken]
    for draft in new:
        save(session, draft)
    return len(new)


def _row(session: Session, sentence_id: str | None, version: int) -> ReportTemplate:
    if sentence_id is None:
        row = ReportTemplate(id=secrets.token_hex(8), version=1, title="", text="")
        session.add(row)
        return row
    found = session.get(ReportTemplate, sentence_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("no such sentence", title="その文例は、もうありません。")
    if found.version != version:
        raise ReportChanged(sentence_id, found.version)
    found.version += 1
    return found


def _faults(
    session: Session, draft: SentenceDraft, title: str, text: str, *, is_new: bool
) -> list[FieldError]:
    faults = []
    if not 0 < len(title) <= LONGEST_TITLE:
        message = _("見出しを%(n)s字までで書いてください。", n=LONGEST_TITLE)
        faults.append(FieldError("title", "length", message))
    if not 0 < len(text) <= LONGEST_TEXT:
        message = _("文を%(n)s字までで書いてください。", n=LONGEST_TEXT)
        faults.append(FieldError("text", "length", message))
    if draft.for_status and draft.for_status not in {one.value for one in statuses()}:
        faults.append(FieldError("for_status", "unknown", _("段階を選びなおしてください。")))
    if draft.category and categories.find(session, draft.category) is None:
        faults.append(FieldError("category", "unknown", _("種類を選びなおしてください。")))
    if is_new and (session.scalar(select(func.count(ReportTemplate.id))) or 0) >= MOST:
        message = _("文例は%(n)sまでです。使わないものを消してください。", n=MOST)
        faults.append(FieldError("title", "many", message))
    return faults


def _view(row: ReportTemplate) -> Sentence:
    return Sentence(
        id=row.id,
        title=row.title,
        text=row.text,
        for_status=Status(row.for_status) if row.for_status else None,
        category=row.category,
        version=row.version,
    )


def _draft(title: str, text: str, status: Status) -> SentenceDraft:
    return SentenceDraft(title=title, text=text, for_status=status.value)


TO_BEGIN_WITH: tuple[Callable[[], SentenceDraft], ...] = (
    lambda: _draft(
        _("直しました"),
        _("お知らせいただいた場所を直しました。ご協力ありがとうございました。"),
        Status.FIXED,
    ),
    lambda: _draft(
        _("応急の手当てをしました"),
        _("けがをしないように、応急の手当てをしました。仕上げの工事は、あらためて行います。"),
        Status.FIXED,
    ),
    lambda: _draft(
        _("直す予定です"),
        _("担当が見てきました。直す準備をしています。終わったら、またお知らせします。"),
        Status.PLANNED,
    ),
    lambda: _draft(
        _("場所を教えてください"),
        _("現地でその場所を見つけられませんでした。目印になるものを教えてください。"),
        Status.ASKED,
    ),
    lambda: _draft(
        _("様子を見ます"),
        _("現地を確かめました。いまは危険がないので、見守ることにします。"
          "様子が変わったら、また教えてください。"),
        Status.NO_ACTION,
    ),
    lambda: _draft(
        _("管理するところへ伝えました"),
        _("ここは役所の管理する場所ではありませんでした。管理しているところへ伝えました。"),
        Status.FORWARDED,
    ),
)  # fmt: skip
