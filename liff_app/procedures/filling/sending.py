"""A draft is sent: once, however often the button is pressed or the answer gets lost on its way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app import idempotency, working_days
from liff_app.clock import JST
from liff_app.crypto import KeyRing
from liff_app.errors import Conflict, NotFound
from liff_app.gateways.file_store import FileStore
from liff_app.idempotency import Answer, KeptAnswer
from liff_app.procedures import dossiers, events, revisions, rules, telling
from liff_app.procedures.desk import marks, returning
from liff_app.procedures.files import service as files
from liff_app.procedures.filling import correction, drafts, remembering, submitting
from liff_app.procedures.filling.correction import Correction, NotReturned
from liff_app.procedures.filling.drafts import Draft, Filler
from liff_app.procedures.filling.sent_files import sent_files
from liff_app.procedures.filling.submitting import Sender
from liff_app.procedures.forms import Form, open_form
from liff_app.procedures.models import Submission
from liff_app.procedures.telling import Told
from liff_app.procedures.vocabulary import DraftPurpose, EventKind, Mover, Status

__all__ = ["FormClosed", "Receipt", "Sender", "leave", "receipt_of", "send", "submit_answers"]

CREATED = 201


class FormClosed(Conflict):
    """The form takes nothing any more."""

    code = "form_closed"
    title = "この手続きの受付は終わりました。書いた内容は送られていません。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What whoever sent is told. `ref` is empty where nothing leads back to the answers."""

    ref: str
    number: str
    status: Status
    procedure_id: str
    version_id: str
    purpose: DraftPurpose
    language: str  # in which it was filled in
    repeated: bool = False


def send(
    session: Session,
    ref: str,
    *,
    filler: Filler,
    keys: KeyRing,
    store: FileStore,
    now: datetime,
    remember: bool = False,
) -> Receipt:
    """The draft is a submission, or a revision of the one it corrects, and is gone; told in LINE.

    Files that no sent answer names go with it. Sent again, the first receipt, of what is anonymous
    for `idempotency.NAMELESS_KEPT`. `remember`: what may be offered again is kept for the resident.
    Raises NotFound, InputInvalid naming every fault,
    AlreadyAnswered, FormClosed or NotReturned.
    """
    known = receipt_of(session, ref, filler=filler)
    if known is not None:
        return known
    try:
        draft = drafts.hold(session, ref, filler=filler, keys=keys, now=now)
    except NotFound:
        known = receipt_of(session, ref, filler=filler)  # a twin was faster by a moment
        if known is None:
            raise
        return known

    hidden = submitting.is_nameless(draft.form, is_test=draft.is_test)

    def earn() -> Answer:
        corrected = draft.purpose is DraftPurpose.CORRECTION
        row = _correct(session, draft, keys, now) if corrected else _file(session, draft, keys, now)
        if remember and filler.resident_id and not hidden:
            key = dossiers.key_of(session, keys, row.dossier_id)
            values = revisions.read(session, row, row.revision, key=key)
            remembering.keep(
                session, draft.form, values, resident_id=filler.resident_id, keys=keys, now=now
            )
        leave(session, draft, row, store)
        return _answer(row, draft, hidden=hidden)

    kept = idempotency.once(
        session, owner=_owner(ref, hidden=hidden), key=draft.request_key,
        content=_mark(ref, None if hidden else filler),
        now=submitting.moment_of(draft.form, now, is_test=draft.is_test), earn=earn,
    )  # fmt: skip
    return _read(kept)


def submit_answers(
    session: Session,
    form: Form,
    answers: Mapping[str, Any],
    *,
    sender: Sender,
    keys: KeyRing,
    now: datetime,
    draft: Draft | None = None,
) -> Submission:
    """Answers are a submission, told in LINE like any other.

    `draft`: holds the files they name; its dossier becomes theirs. Anonymous answers get one of
    their own, and nobody opens the other again: a copy of the database from before the sending
    would tell whose it is. Raises InputInvalid naming every fault by its path, or AlreadyAnswered.
    """
    hidden = submitting.is_nameless(form, is_test=sender.is_test)
    moment = submitting.moment_of(form, now, is_test=sender.is_test)
    if draft is None or hidden:
        dossier_id, key = dossiers.new(session, keys, now=moment)
    else:
        dossier_id, key = draft.dossier_id, draft.key
    row = submitting.submit(
        session, form, answers, sender=sender, dossier_id=dossier_id, key=key, keys=keys, now=now
    )
    if draft is not None and hidden:
        dossiers.destroy(session, draft.dossier_id)
    telling.told(session, row, form, Told.RECEIVED, now)
    return row


def leave(session: Session, draft: Draft, row: Submission, store: FileStore) -> None:
    """What was sent of the draft is the submission's; the rest, files too, is kept by nobody."""
    drafts.forget(session, draft)
    _drop_files(session, store, draft, row)
    if row.dossier_id != draft.dossier_id:
        dossiers.erase(session, draft.dossier_id)


def receipt_of(session: Session, ref: str, *, filler: Filler) -> Receipt | None:
    """The receipt that this draft has earned, None if it was not sent, or not by them."""
    owners = [_owner(ref, hidden=hidden) for hidden in (False, True)]
    kept = session.scalar(select(KeptAnswer).where(KeptAnswer.owner.in_(owners)))
    if kept is None or not kept.body:
        return None
    if kept.fingerprint not in (_mark(ref, filler), _mark(ref, None)):
        return None
    return _read(Answer(kept.status, kept.body, repeated=True))


def _file(session: Session, draft: Draft, keys: KeyRing, now: datetime) -> Submission:
    _require_open(session, draft, now)
    sender = Sender(
        actor=Filler(resident_id=draft.resident_id, account_id=draft.account_id).actor,
        source=draft.source,
        language=draft.language,
        resident_id=draft.resident_id,
        consent_sha256=draft.consent_sha256,
        consented_at=draft.consented_at,
        is_test=draft.is_test,
    )
    return submit_answers(
        session, draft.form, draft.body.answers, sender=sender, keys=keys, now=now, draft=draft
    )


def _require_open(session: Session, draft: Draft, now: datetime) -> None:
    """Raises FormClosed. A draft of an earlier edition is taken while the procedure is open."""
    if draft.is_test:
        return
    try:
        open_form(session, draft.form.slug, now=now)
    except NotFound:
        raise FormClosed("closed in the meantime") from None


def _drop_files(session: Session, store: FileStore, draft: Draft, row: Submission) -> None:
    """What was attached and then taken away, or to a question that is hidden, is kept by nobody."""
    kept = frozenset[str]()
    if row.dossier_id == draft.dossier_id:
        kept = sent_files(session, row, draft.form.document, key=draft.key)
    files.drop_others(session, store, dossier_id=draft.dossier_id, keep_ids=kept)


def _correct(session: Session, draft: Draft, keys: KeyRing, now: datetime) -> Submission:
    """The submission has a revision more: what was sent, but for what the return opened."""
    found = correction.correction_of(session, draft)
    if found is None:
        raise NotReturned("corrects nothing")
    row = session.get_one(
        Submission, draft.submission_id, with_for_update=True, populate_existing=True
    )
    step = rules.step(Status(row.status), Status.RECEIVED, Mover.APPLICANT)
    if step is None:
        raise NotReturned(f"is {row.status}")
    answers = _allowed(draft, found, now)
    judged = submitting.judged(
        session, draft.form, answers, dossier_id=draft.dossier_id, language=draft.language, now=now
    )
    returning.answer(session, row, now=now)
    row.revision += 1
    row.fee_yen = judged.fee_yen
    row.due_on = working_days.due_on(now, draft.form.document.settings.due_days)
    revisions.add(session, row, judged.values, key=draft.key, by="resident", now=now)
    if not row.is_test:
        marks.keep(session, row, draft.form.document, judged.values, keys)
    events.append(
        session, row, EventKind.RESUBMITTED, key=draft.key, actor="resident", now=now, to=step.to,
        detail={"revision": row.revision},
    )  # fmt: skip
    telling.told(session, row, draft.form, Told.RESUBMITTED, now)
    return row


def _allowed(draft: Draft, found: Correction, now: datetime) -> dict[str, Any]:
    """The draft's answers where the return opens them, and everywhere else what was sent."""
    document, today = draft.form.document, now.astimezone(JST).date()
    return correction.merged(document, found, draft.body.answers, today)


def _answer(row: Submission, draft: Draft, *, hidden: bool) -> Answer:
    """What is kept to be repeated. Of anonymous answers nothing that leads to them."""
    body = {
        "ref": "" if hidden else row.ref,
        "number": "" if hidden else row.number,
        "status": row.status,
        "procedure_id": row.procedure_id,
        "version_id": row.version_id,
        "purpose": draft.purpose.value,
        "language": draft.language,
    }
    return Answer(CREATED, json.dumps(body, ensure_ascii=False))


def _read(answer: Answer) -> Receipt:
    body = json.loads(answer.body)
    return Receipt(
        ref=body["ref"],
        number=body["number"],
        status=Status(body["status"]),
        procedure_id=body["procedure_id"],
        version_id=body["version_id"],
        purpose=DraftPurpose(body["purpose"]),
        language=body["language"],
        repeated=answer.repeated,
    )


def _owner(ref: str, *, hidden: bool) -> str:
    return f"{idempotency.NAMELESS}{ref}" if hidden else f"procedure-draft:{ref}"


def _mark(ref: str, filler: Filler | None) -> bytes:
    """Who may hear the receipt again; None: whoever knows the draft's address."""
    named = f"{filler.resident_id or ''}|{filler.account_id or ''}" if filler else "anybody"
    return hashlib.sha256(f"{ref}|{named}".encode()).digest()
