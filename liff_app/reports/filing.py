"""A report comes in: checked with every fault at once, stored once however often it is sent."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

from liff_app import idempotency, working_days
from liff_app.config import Settings
from liff_app.idempotency import Answer
from liff_app.reports import events, rules, telling
from liff_app.reports.categories.model import Category
from liff_app.reports.drafts import FileDraft, checked, clean
from liff_app.reports.hanging import MOST_PHOTOS, PHOTOS_UNTIL, add_photo, hang
from liff_app.reports.models import Report, ReportEvent, ReportFollower
from liff_app.reports.receipts import Receipt, receipt_of
from liff_app.reports.telling import Told
from liff_app.reports.vocabulary import EventKind, Status

__all__ = [
    "MOST_PHOTOS",
    "PHOTOS_UNTIL",
    "FileDraft",
    "Receipt",
    "add_photo",
    "check",
    "file_for_caller",
    "file_once",
    "kept_receipt",
]

CREATED = 201
TOLD_A_DAY = 3  # the town pays for each message, and the page has shown the number already
_DEPARTMENTS = table("staff_departments", column("id"))  # the staff's own: only looked up


def check(session: Session, draft: FileDraft, *, municipality_code: str) -> None:
    """Nothing is stored. Raises InputInvalid naming every fault, or Stopped where a call helps."""
    checked(session, draft, municipality_code=municipality_code)


def file_once(  # noqa: PLR0913 - the contract of filing
    session: Session,
    draft: FileDraft,
    *,
    resident_id: str,
    key: str,
    settings: Settings,
    now: datetime,
    photo_ids: Sequence[str] = (),
    photo_digests: Sequence[str] = (),
) -> Receipt:
    """The resident's report is stored, and they are told its number; the same key: the first's.

    In LINE they are told of `TOLD_A_DAY` in 24 hours, so that no one account empties the town's
    quota of messages.
    `photo_digests` say which pictures came with it, also when their ids differ by the try. Raises
    KeyReused for the same key with other content, and what `check` raises.
    """

    def earn() -> Answer:
        report = _file(
            session,
            draft,
            actor=events.RESIDENT,
            resident_id=resident_id,
            owner=resident_id,
            photo_ids=photo_ids,
            settings=settings,
            now=now,
        )
        return _answer(report)

    content = _content(draft, photo_digests)
    owner = f"report:{resident_id}"
    return _read(
        idempotency.once(session, owner=owner, key=key, content=content, now=now, earn=earn)
    )


def file_for_caller(  # noqa: PLR0913 - as `file_once`, but for whose it is
    session: Session,
    draft: FileDraft,
    *,
    actor: str,
    key: str,
    settings: Settings,
    now: datetime,
    photo_ids: Sequence[str] = (),
    photo_digests: Sequence[str] = (),
) -> Receipt:
    """What somebody said on the telephone, or another system sent, is stored as no resident's.

    `actor` is `staff:<id>` or `key:<id>`: it owns the key and the photos. Otherwise `file_once`.
    """

    def earn() -> Answer:
        report = _file(
            session,
            draft,
            actor=actor,
            resident_id=None,
            owner=actor,
            photo_ids=photo_ids,
            settings=settings,
            now=now,
        )
        return _answer(report)

    content = _content(draft, photo_digests)
    owner = f"report:{actor}"
    return _read(
        idempotency.once(session, owner=owner, key=key, content=content, now=now, earn=earn)
    )


def kept_receipt(session: Session, *, resident_id: str, key: str) -> Receipt | None:
    """The answer this resident's key has earned already, None if it is new: a repeat is free."""
    kept = session.get(idempotency.KeptAnswer, (f"report:{resident_id}", key))
    return _read(Answer(kept.status, kept.body, repeated=True)) if kept else None


def _answer(report: Report) -> Answer:
    receipt = receipt_of(report)
    body = {"ref": receipt.ref, "number": receipt.number, "status": receipt.status.value}
    return Answer(CREATED, json.dumps(body))


def _read(answer: Answer) -> Receipt:
    body = json.loads(answer.body)
    return Receipt(
        ref=body["ref"],
        number=body["number"],
        status=Status(body["status"]),
        repeated=answer.repeated,
    )


def _content(draft: FileDraft, photo_digests: Sequence[str]) -> bytes:
    said = asdict(draft) | {"answers": dict(sorted(draft.answers.items()))}
    whole = json.dumps(said, sort_keys=True, default=str).encode()  # ASCII: any text has bytes
    return idempotency.fingerprint(whole, *(one.encode() for one in photo_digests))


def _file(  # noqa: PLR0913 - see `file_once`
    session: Session,
    draft: FileDraft,
    *,
    actor: str,
    resident_id: str | None,
    owner: str,
    photo_ids: Sequence[str],
    settings: Settings,
    now: datetime,
) -> Report:
    found = checked(session, draft, municipality_code=settings.municipality_code)
    report = _row(session, draft, found.category, found.answers, now)
    report.town_code, report.town_name = found.where.town_code, found.where.town_name or ""
    report.resident_id = resident_id
    contact = clean(draft.contact)
    if contact:
        report.contact_sealed = settings.keys.seal(contact, contact_context(report.ref))
    session.add(report)
    session.flush()  # the number comes from the id
    if resident_id is not None:
        session.add(
            ReportFollower(
                report_id=report.id, resident_id=resident_id, is_reporter=True, followed_at=now
            )
        )
    for position, photo_id in enumerate(dict.fromkeys(photo_ids)):
        hang(session, report, photo_id, position, owner=owner, by_staff=False, now=now)
    event = events.append(session, report, EventKind.FILED, actor=actor, now=now)
    _tell(session, report, event, now)
    return report


def _tell(session: Session, report: Report, event: ReportEvent, now: datetime) -> None:
    if _filed_lately(session, report, now) > TOLD_A_DAY:
        return
    telling.told_of(session, event, Told.FILED, events.followers(session, report), now=now)


def _filed_lately(session: Session, report: Report, now: datetime) -> int:
    """How many reports the resident filed in the last 24 hours, this one among them."""
    wanted = select(func.count()).where(
        Report.resident_id == report.resident_id, Report.created_at > now - timedelta(days=1)
    )
    return int(session.scalar(wanted) or 0)


def _row(
    session: Session,
    draft: FileDraft,
    category: Category,
    answers: Mapping[str, str],
    now: datetime,
) -> Report:
    return Report(
        ref=secrets.token_hex(8),
        source=draft.source.value,
        category=category.code,
        description=clean(draft.description),
        answers=json.dumps(dict(answers), ensure_ascii=False),
        lat=draft.lat,
        lon=draft.lon,
        cell=rules.cell_of(draft.lat, draft.lon),
        accuracy_m=draft.accuracy_m,
        place_way=draft.place_way.value,
        place_text=clean(draft.place_text),
        asset_number=clean(draft.asset_number),
        status=Status.RECEIVED.value,
        is_open=True,
        joined=0,
        reopened=0,
        hidden=False,
        text_public=False,
        place_checked=False,
        department_id=_department(session, category.department_id),
        due_on=working_days.due_on(now, category.due_days),
        version=0,  # the event of the filing makes it 1
        created_at=now,
        updated_at=now,
    )


def _department(session: Session, department_id: str | None) -> str | None:
    """The department, None if it was dissolved since the category was set up."""
    if department_id is None:
        return None
    found: str | None = session.scalar(
        select(_DEPARTMENTS.c.id).where(_DEPARTMENTS.c.id == department_id)
    )
    return found


def contact_context(ref: str) -> str:
    """What a contact is sealed for."""
    return f"reports.contact_sealed:{ref}"
