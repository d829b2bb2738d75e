"""Sentences for returns, decisions and answers, written again and again; some to begin with.

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
from liff_app.procedures import rules
from liff_app.procedures.desk.acts import optional
from liff_app.procedures.desk.errors import CaseChanged
from liff_app.procedures.models import Procedure, ProcedureTemplate
from liff_app.procedures.vocabulary import Mover, Status

LONGEST_TITLE, LONGEST_TEXT = 60, 1000
MOST = 300  # a longer list is read by nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence. `for_status`: where its step leads; None: every step. Same for `procedure`."""

    id: str
    title: str
    text: str
    for_status: Status | None = None
    procedure_id: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceDraft:
    """A sentence as it was typed; empty codes mean every step, every procedure."""

    title: str
    text: str
    for_status: str = ""
    procedure_id: str = ""


def statuses() -> list[Status]:
    """Steps by which applicants are told something: what a sentence can be for."""
    taken = {one.to for steps in rules.STEPS.values() for one in steps if one.by is Mover.STAFF}
    return [status for status in Status if status in taken]


def sentences(session: Session) -> list[Sentence]:
    """All of them, in the order of their titles."""
    order = (ProcedureTemplate.title, ProcedureTemplate.id)
    return [_view(row) for row in session.scalars(select(ProcedureTemplate).order_by(*order))]


def sentence(session: Session, sentence_id: str) -> Sentence:
    """The sentence of that id. Raises NotFound."""
    row = session.get(ProcedureTemplate, sentence_id)
    if row is None:
        raise NotFound("no such sentence", title=_("その文例は、もうありません。"))
    return _view(row)


def fitting(all_of_them: list[Sentence], procedure_id: str) -> list[Sentence]:
    """Those for cases of that procedure, the particular ones first."""
    fit = [one for one in all_of_them if one.procedure_id in (None, procedure_id)]
    return sorted(fit, key=lambda one: one.procedure_id is None)


def save(
    session: Session, draft: SentenceDraft, *, sentence_id: str | None = None, version: int = 0
) -> str:
    """The sentence reads as drafted; without an id it is a new one. Gives its id.

    Raises InputInvalid, NotFound, CaseChanged where it is not at `version` any more.
    """
    row = _row(session, sentence_id, version)
    title, text = _read(session, draft, is_new=sentence_id is None)
    row.title, row.text = title, text
    row.for_status, row.procedure_id = draft.for_status or None, draft.procedure_id or None
    session.add(row)
    session.flush()
    return row.id


def remove(session: Session, sentence_id: str) -> None:
    """The sentence is proposed no more; what was sent with it stays. Again: nothing happens."""
    row = session.get(ProcedureTemplate, sentence_id)
    if row is not None:
        session.delete(row)


def bring(session: Session) -> int:
    """The sentences to begin with are there, but for those whose title is taken; gives how many."""
    taken = set(session.scalars(select(ProcedureTemplate.title)))
    new = [draft for draft in (make() for make in TO_BEGIN_WITH) if draft.title not in taken]
    for draft in new:
        save(session, draft)
    return len(new)


def _row(session: Session, sentence_id: str | None, version: int) -> ProcedureTemplate:
    if sentence_id is None:
        return ProcedureTemplate(id=secrets.token_hex(8), version=1)
    wanted = select(ProcedureTemplate).where(ProcedureTemplate.id == sentence_id)
    found = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound("no such sentence", title=_("その文例は、もうありません。"))
    if found.version != version:
        raise CaseChanged(sentence_id, found.version)
    found.version += 1
    return found


def _read(session: Session, draft: SentenceDraft, *, is_new: bool) -> tuple[str, str]:
    """Title and text as they are kept. Raises InputInvalid naming every fault."""
    title = " ".join(optional(draft.title, field="title").split())
    text = optional(draft.text)
    faults = []
    if not 0 < len(title) <= LONGEST_TITLE:
        message = _("見出しを%(n)s字までで書いてください。", n=LONGEST_TITLE)
        faults.append(FieldError("title", "length", message))
    if not 0 < len(text) <= LONGEST_TEXT:
        message = _("文を%(n)s字までで書いてください。", n=LONGEST_TEXT)
        faults.append(FieldError("text", "length", message))
    faults += _codes(session, draft)
    if is_new and (session.scalar(select(func.count(ProcedureTemplate.id))) or 0) >= MOST:
        message = _("文例は%(n)sまでです。使わないものを消してください。", n=MOST)
        faults.append(FieldError("title", "many", message))
    if faults:
        raise InputInvalid(faults)
    return title, text


def _codes(session: Session, draft: SentenceDraft) -> list[FieldError]:
    faults = []
    if draft.for_status and draft.for_status not in {one.value for one in statuses()}:
        faults.append(FieldError("for_status", "unknown", _("段階を選びなおしてください。")))
    if draft.procedure_id and session.get(Procedure, draft.procedure_id) is None:
        message = _("手続きを選びなおしてください。")
        faults.append(FieldError("procedure_id", "unknown", message))
    return faults


def _view(row: ProcedureTemplate) -> Sentence:
    return Sentence(
        id=row.id,
        title=row.title,
        text=row.text,
        for_status=Status(row.for_status) if row.for_status else None,
        procedure_id=row.procedure_id,
        version=row.version,
    )


def _draft(title: str, text: str, status: Status) -> SentenceDraft:
    return SentenceDraft(title=title, text=text, for_status=status.value)


TO_BEGIN_WITH: tuple[Callable[[], SentenceDraft], ...] = (
    lambda: _draft(
        _("写真が読めません"),
        _("写真の文字が読めませんでした。明るいところで、もう一度とってください。"),
        Status.RETURNED,
    ),
    lambda: _draft(
        _("書類が古くなっています"),
        _("書類の期限が過ぎていました。新しいものを付けてください。"),
        Status.RETURNED,
    ),
    lambda: _draft(
        _("住所を確かめてください"),
        _("書いていただいた住所が、届け出の住所とちがいました。確かめて、直してください。"),
        Status.RETURNED,
    ),
    lambda: _draft(
        _("受理しました"),
        _("内容を確かめて、受理しました。"),
        Status.ACCEPTED,
    ),
    lambda: _draft(
        _("対象ではありませんでした"),
        _("申請の内容を確かめましたが、この制度の対象ではありませんでした。"),
        Status.REJECTED,
    ),
    lambda: _draft(
        _("窓口での申し出により取り下げます"),
        _("窓口でのお申し出により、申請を取り下げました。"),
        Status.WITHDRAWN,
    ),
)
