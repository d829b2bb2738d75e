"""How far drafts have come: what tells two of one form apart in a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.crypto import KeyRing
from liff_app.procedures import dossiers, forms
from liff_app.procedures.engine.document import Document
from liff_app.procedures.filling import bodies
from liff_app.procedures.filling.begun import DraftLine
from liff_app.procedures.filling.progress import progress
from liff_app.procedures.models import ProcedureDraft
from liff_app.procedures.sealing import DataKey
from liff_app.procedures.vocabulary import DraftPurpose

__all__ = ["Headway", "headway"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headway:
    """When a draft was begun, and how many of its pages are gone through."""

    begun_at: datetime
    passed: int
    pages: int


def headway(
    session: Session, lines: Iterable[DraftLine], *, keys: KeyRing, now: datetime
) -> dict[str, Headway]:
    """How far each of these drafts has come, by ref; corrections are left out."""
    refs = [one.ref for one in lines if one.purpose is not DraftPurpose.CORRECTION]
    if not refs:
        return {}
    rows = session.scalars(select(ProcedureDraft).where(ProcedureDraft.ref.in_(refs))).all()
    known = dossiers.keys_of(session, keys, [row.dossier_id for row in rows])
    today, versions = now.astimezone(JST).date(), {row.version_id for row in rows}
    documents = {one: forms.version_form(session, one).document for one in versions}
    return {
        row.ref: _far(documents[row.version_id], row, known[row.dossier_id], today)
        for row in rows
        if row.dossier_id in known
    }


def _far(document: Document, row: ProcedureDraft, key: DataKey, today: date) -> Headway:
    found = progress(document, bodies.opened(row.body_sealed, key, row.ref), today=today)
    names = {one.name for one in found.pages}
    return Headway(
        begun_at=row.created_at, passed=len(names & set(found.body.passed)), pages=len(names)
    )
