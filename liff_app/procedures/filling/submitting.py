"""A submission comes into being: judged as a whole, numbered, sealed, with its first event."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app import working_days
from liff_app.clock import JST
from liff_app.crypto import KeyRing
from liff_app.errors import FieldError, InputInvalid
from liff_app.i18n import gettext as _
from liff_app.procedures import events, numbers, revisions
from liff_app.procedures.desk import marks
from liff_app.procedures.engine.document import FILE_KINDS, Document
from liff_app.procedures.engine.evaluation import Evaluated, evaluate
from liff_app.procedures.fields.sentences import all_faults
from liff_app.procedures.filling import participation
from liff_app.procedures.forms import Form
from liff_app.procedures.models import SealedFile, Submission
from liff_app.procedures.sealing import DataKey
from liff_app.procedures.vocabulary import EventKind, FilePurpose, Source, Status

__all__ = ["Sender", "files_in", "is_nameless", "judged", "moment_of", "submit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends, and how. `resident_id`: whose submission it becomes, None for nobody's."""

    actor: str
    source: Source
    language: str
    resident_id: str | None = None
    consent_sha256: bytes | None = None
    consented_at: datetime | None = None
    is_test: bool = False


def judged(
    session: Session,
    form: Form,
    answers: Mapping[str, Any],
    *,
    dossier_id: str,
    language: str,
    now: datetime,
) -> Evaluated:
    """What would be sent of these answers. Raises InputInvalid naming every fault by its path."""
    found = evaluate(form.document, answers, today=now.astimezone(JST).date())
    faults = all_faults(form.document, found, language)
    faults += _foreign_files(session, form.document, found.values, dossier_id)
    if faults:
        raise InputInvalid(faults)
    return found


def submit(  # noqa: PLR0913 - the contract of a submission
    session: Session,
    form: Form,
    answers: Mapping[str, Any],
    *,
    sender: Sender,
    dossier_id: str,
    key: DataKey,
    keys: KeyRing,
    now: datetime,
) -> Submission:
    """The answers are a submission, under that dossier, with a number of the form's series.

    Hidden answers stay behind. A survey is complete with its receipt; one that is anonymous names
    nobody, and of its moments only the day is kept. Raises InputInvalid naming every fault, or
    AlreadyAnswered.
    """
    found = judged(session, form, answers, dossier_id=dossier_id, language=sender.language, now=now)
    settings = form.document.settings
    if settings.once_a_person and sender.resident_id and not sender.is_test:
        participation.take_part(session, form.procedure_id, sender.resident_id, keys=keys)
    moment = moment_of(form, now, is_test=sender.is_test)
    row = _row(session, form, found, sender, dossier_id, moment)
    session.add(row)
    session.flush()
    revisions.add(session, row, found.values, key=key, by=sender.actor, now=moment)
    is_survey = settings.kind == "survey"
    if not is_survey and not sender.is_test:
        marks.keep(session, row, form.document, found.values, keys)
    events.append(
        session, row, EventKind.SUBMITTED, key=key, actor=sender.actor, now=moment,
        to=Status.COMPLETED if is_survey else None,
    )  # fmt: skip
    return row


def is_nameless(form: Form, *, is_test: bool) -> bool:
    """Whether nothing may lead from these answers to who sent them."""
    return form.document.settings.anonymous and not is_test


def moment_of(form: Form, now: datetime, *, is_test: bool) -> datetime:
    """The moment that is written down: of what is anonymous the day, as Japan begins it.

    The exact one also stands in the logs of the web server and of whatever else saw the request.
    """
    if not is_nameless(form, is_test=is_test):
        return now
    return datetime.combine(now.astimezone(JST).date(), time(), JST)


def _row(
    session: Session,
    form: Form,
    found: Evaluated,
    sender: Sender,
    dossier_id: str,
    now: datetime,
) -> Submission:
    settings = form.document.settings
    nameless = is_nameless(form, is_test=sender.is_test)
    return Submission(
        ref=secrets.token_hex(16),
        number=numbers.give(session, settings.prefix, is_test=sender.is_test, now=now),
        dossier_id=dossier_id,
        procedure_id=form.procedure_id,
        version_id=form.version_id,
        resident_id=None if nameless or sender.is_test else sender.resident_id,
        source=sender.source.value,
        language=sender.language,
        is_test=sender.is_test,
        status=Status.RECEIVED.value,
        is_open=True,
        revision=1,
        department_id=form.department_id,
        due_on=working_days.due_on(now, settings.due_days),
        fee_yen=found.fee_yen,
        consent_sha256=sender.consent_sha256,
        consented_at=sender.consented_at and (now if nameless else sender.consented_at),
        version=0,  # the first event makes it 1
        created_at=now,
        updated_at=now,
    )


def _foreign_files(
    session: Session, document: Document, values: Mapping[str, Any], dossier_id: str
) -> tuple[FieldError, ...]:
    """Files that are not of this dossier: nobody sends another's paper by its id."""
    named = dict(_files(document, values))
    if not named:
        return ()
    wanted = select(SealedFile.id).where(
        SealedFile.id.in_(named),
        SealedFile.dossier_id == dossier_id,
        SealedFile.purpose == FilePurpose.ANSWER.value,
    )
    known = set(session.scalars(wanted))
    return tuple(
        FieldError(path, "file", _("このファイルは見つかりません。もう一度つけてください。"))
        for one, path in named.items()
        if one not in known
    )


def _files(document: Document, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Ids of all files in the answers, each with the path of its question."""
    for question, within in document.questions():
        if question.kind not in FILE_KINDS:
            continue
        if within is None:
            for one in values.get(question.name) or ():
                yield one, question.name
            continue
        for number, answers in enumerate(values.get(within.name) or ()):
            for one in answers.get(question.name) or ():
                yield one, f"{within.name}/{number}/{question.name}"


def files_in(document: Document, values: Mapping[str, Any]) -> Collection[str]:
    """Ids of the files that the answers hold."""
    return frozenset(one for one, _path in _files(document, values))
