"""What is half written: as lists name it, and how much of it one resident may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from liff_app.errors import Conflict
from liff_app.i18n import gettext as _
from liff_app.procedures import forms
from liff_app.procedures.models import ProcedureDraft
from liff_app.procedures.vocabulary import DraftPurpose

__all__ = ["KEPT", "DraftLine", "TooManyDrafts", "mine", "of_colleague", "require_place"]

KEPT = timedelta(days=30)  # since the last change: long enough for a paper that must be fetched
MOST_OPEN = 20  # of a resident, corrections aside: more forms than a household fills in at once
MOST_OF_FORM = 3  # of them: one for each of some children
MOST_LISTED = 100  # the last changed: a month of a busy counter


class TooManyDrafts(Conflict):
    """So much is half written that nothing more is begun. What there is stays."""

    code = "too_many_drafts"
    title = "書きかけの手続きが多すぎます。つづきから書いて送るか、いらないものを消してください。"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """A draft as a list names it."""

    ref: str
    procedure_id: str
    title: Mapping[str, str]
    language: str
    purpose: DraftPurpose
    updated_at: datetime
    until: datetime


def require_place(
    session: Session, resident_id: str | None, procedure_id: str, *, now: datetime
) -> None:
    """Raises TooManyDrafts where the resident has `MOST_OPEN` drafts, or `MOST_OF_FORM` of that.

    Corrections are not counted: nobody may miss a day because of them. Of two that begin at the
    same moment both may find the last place.
    """
    wanted = select(ProcedureDraft.procedure_id, func.count()).where(
        ProcedureDraft.resident_id == resident_id,
        ProcedureDraft.purpose == DraftPurpose.NEW.value,
        ProcedureDraft.updated_at > now - KEPT,
    )
    rows = session.execute(wanted.group_by(ProcedureDraft.procedure_id))
    counts = {one: count for one, count in rows}  # noqa: C416 - a row is no pair to `dict`'s types
    if counts.get(procedure_id, 0) >= MOST_OF_FORM:
        told = _(
            "この手続きの書きかけが%(n)s件あります。つづきから書いて送るか、いらないものを消してください。",
            n=MOST_OF_FORM,
        )
        raise TooManyDrafts("of one form", title=told)
    if sum(counts.values()) >= MOST_OPEN:
        told = _(
            "書きかけの手続きが%(n)s件あります。つづきから書いて送るか、いらないものを消してください。",
            n=MOST_OPEN,
        )
        raise TooManyDrafts("of all forms", title=told)


def mine(session: Session, resident_id: str, *, now: datetime) -> list[DraftLine]:
    """The resident's drafts, the last changed first."""
    return _lines(session, ProcedureDraft.resident_id == resident_id, now)


def of_colleague(session: Session, account_id: str, *, now: datetime) -> list[DraftLine]:
    """What the colleague has begun for somebody or to try, the last changed first."""
    return _lines(session, ProcedureDraft.account_id == account_id, now)


def _lines(session: Session, whose: ColumnElement[bool], now: datetime) -> list[DraftLine]:
    wanted = (
        select(
            ProcedureDraft.ref, ProcedureDraft.procedure_id, ProcedureDraft.version_id,
            ProcedureDraft.language, ProcedureDraft.purpose, ProcedureDraft.updated_at,
        )
        .where(whose, ProcedureDraft.updated_at > now - KEPT)
        .order_by(ProcedureDraft.updated_at.desc(), ProcedureDraft.ref)
        .limit(MOST_LISTED)
    )  # fmt: skip
    rows = session.execute(wanted).all()
    titles = {one: _title(session, one) for one in {row.version_id for row in rows}}
    return [
        DraftLine(
            ref=row.ref,
            procedure_id=row.procedure_id,
            title=titles[row.version_id],
            language=row.language,
            purpose=DraftPurpose(row.purpose),
            updated_at=row.updated_at,
            until=row.updated_at + KEPT,
        )
        for row in rows
    ]


def _title(session: Session, version_id: str) -> Mapping[str, str]:
    return forms.version_form(session, version_id).document.title
