"""Drafts: answers that are not sent yet, kept sealed on the server for thirty days.

A draft keeps to the version it was begun on. Whoever fills it in finds it, and nobody else: a
resident their own, a colleague what they type for somebody or try out.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from liff_app.clock import JST
from liff_app.crypto import KeyRing
from liff_app.errors import NotFound
from liff_app.procedures import dossiers, forms
from liff_app.procedures.engine.defaults import with_defaults
from liff_app.procedures.filling import begun, bodies
from liff_app.procedures.filling.begun import KEPT
from liff_app.procedures.filling.bodies import Body
from liff_app.procedures.forms import Form
from liff_app.procedures.models import ProcedureDraft
from liff_app.procedures.sealing import DataKey
from liff_app.procedures.vocabulary import DraftPurpose, Source

__all__ = [
    "KEPT",
    "Draft",
    "Filler",
    "begin",
    "discard",
    "forget",
    "hold",
    "read",
    "save",
    "store",
]

_RESIDENTS = frozenset({DraftPurpose.NEW, DraftPurpose.CORRECTION})
_STAFFS = frozenset({DraftPurpose.PROXY, DraftPurpose.TEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Filler:
    """Who fills a form in: a resident, or a colleague (`staff_accounts.id`)."""

    resident_id: str | None = None
    account_id: str | None = None

    @property
    def actor(self) -> str:
        """How histories name them."""
        return f"staff:{self.account_id}" if self.account_id else "resident"

    @property
    def owner(self) -> str:
        """How limits name them."""
        return self.resident_id or self.actor

    @property
    def is_colleague(self) -> bool:
        """Whether a colleague sits at the form."""
        return self.account_id is not None

    def owns(self, row: ProcedureDraft) -> bool:
        """Whether the draft is theirs."""
        purpose = DraftPurpose(row.purpose)
        if self.account_id is not None:
            return purpose in _STAFFS and row.account_id == self.account_id
        mine = self.resident_id is not None and row.resident_id == self.resident_id
        return mine and purpose in _RESIDENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft, open in memory."""

    ref: str
    purpose: DraftPurpose
    form: Form
    body: Body
    key: DataKey
    dossier_id: str
    resident_id: str | None
    account_id: str | None
    submission_id: int | None
    source: Source
    language: str
    request_key: str
    consent_sha256: bytes | None
    consented_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def is_test(self) -> bool:
        """Whether it only tries the form out."""
        return self.purpose is DraftPurpose.TEST


def begin(  # noqa: PLR0913 - the columns of a draft
    session: Session,
    form: Form,
    *,
    filler: Filler,
    purpose: DraftPurpose,
    source: Source,
    language: str,
    keys: KeyRing,
    now: datetime,
    consent_sha256: bytes | None = None,
) -> Draft:
    """A new draft of the form, with a dossier of its own and the form's defaults.

    Raises TooManyDrafts for a resident who has enough of them.
    """
    if purpose is DraftPurpose.NEW:
        begun.require_place(session, filler.resident_id, form.procedure_id, now=now)
    dossier_id, key = dossiers.new(session, keys, now=now)
    known = with_defaults(form.document, {}, now.astimezone(JST).date())
    return _add(
        session, form, Body(answers=known), key=key, dossier_id=dossier_id, filler=filler,
        purpose=purpose, source=source, language=language, consent_sha256=consent_sha256, now=now,
    )  # fmt: skip


def store(  # noqa: PLR0913 - same
    session: Session,
    form: Form,
    answers: Mapping[str, Any],
    *,
    submission_id: int,
    dossier_id: str,
    key: DataKey,
    filler: Filler,
    source: Source,
    language: str,
    now: datetime,
) -> Draft:
    """A draft that corrects a submission: its answers, in the same dossier."""
    return _add(
        session, form, Body(answers=answers), key=key, dossier_id=dossier_id, filler=filler,
        purpose=DraftPurpose.CORRECTION, source=source, language=language,
        submission_id=submission_id, now=now,
    )  # fmt: skip


def _add(  # noqa: PLR0913 - same
    session: Session,
    form: Form,
    body: Body,
    *,
    key: DataKey,
    dossier_id: str,
    filler: Filler,
    purpose: DraftPurpose,
    source: Source,
    language: str,
    now: datetime,
    consent_sha256: bytes | None = None,
    submission_id: int | None = None,
) -> Draft:
    ref = secrets.token_hex(16)
    row = ProcedureDraft(
        ref=ref,
        dossier_id=dossier_id,
        procedure_id=form.procedure_id,
        version_id=form.version_id,
        purpose=purpose.value,
        resident_id=filler.resident_id,
        account_id=filler.account_id,
        submission_id=submission_id,
        source=source.value,
        language=language,
        body_sealed=bodies.sealed(body, key, ref),
        request_key=secrets.token_hex(16),
        consent_sha256=consent_sha256,
        consented_at=now if consent_sha256 else None,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    return _view(row, form, key)


def read(session: Session, ref: str, *, filler: Filler, keys: KeyRing, now: datetime) -> Draft:
    """The draft. Raises NotFound for another's, and for one whose time is over."""
    return _opened(session, session.get(ProcedureDraft, ref), filler, keys, now)


def hold(session: Session, ref: str, *, filler: Filler, keys: KeyRing, now: datetime) -> Draft:
    """The same, locked until the transaction ends."""
    row = session.get(ProcedureDraft, ref, with_for_update=True, populate_existing=True)
    return _opened(session, row, filler, keys, now)


def _opened(
    session: Session, row: ProcedureDraft | None, filler: Filler, keys: KeyRing, now: datetime
) -> Draft:
    if row is None or not filler.owns(row) or row.updated_at <= now - KEPT:
        raise NotFound("no such draft")
    key = dossiers.key_of(session, keys, row.dossier_id)
    return _view(row, forms.version_form(session, row.version_id), key)


def save(session: Session, draft: Draft, body: Body, *, now: datetime) -> Draft:
    """The held draft holds `body` from now on."""
    row = session.get_one(ProcedureDraft, draft.ref)
    row.body_sealed = bodies.sealed(body, draft.key, draft.ref)
    row.version += 1
    row.updated_at = now
    session.flush()
    return replace(draft, body=body, updated_at=now)


def forget(session: Session, draft: Draft) -> None:
    """The draft's row is gone. Its dossier stays, for what was made of it."""
    session.delete(session.get_one(ProcedureDraft, draft.ref))
    session.flush()


def discard(session: Session, draft: Draft) -> None:
    """The draft is gone; nothing that was typed or sent with it opens again.

    The dossier of a correction is its submission's and stays.
    """
    forget(session, draft)
    if draft.submission_id is None:
        dossiers.destroy(session, draft.dossier_id)


def _view(row: ProcedureDraft, form: Form, key: DataKey) -> Draft:
    return Draft(
        ref=row.ref,
        purpose=DraftPurpose(row.purpose),
        form=form,
        body=bodies.opened(row.body_sealed, key, row.ref),
        key=key,
        dossier_id=row.dossier_id,
        resident_id=row.resident_id,
        account_id=row.account_id,
        submission_id=row.submission_id,
        source=Source(row.source),
        language=row.language,
        request_key=row.request_key,
        consent_sha256=row.consent_sha256,
        consented_at=row.consented_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
