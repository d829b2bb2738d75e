"""People, drafts and moves for tests of reports. The clock stands where a test puts it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.config import Settings
from liff_app.db import db, transaction
from liff_app.gateways.line_login import LineIdentity
from liff_app.identity import service as identity
from liff_app.messaging.models import LineMessage
from liff_app.reports import casework, filing
from liff_app.reports.filing import FileDraft, Receipt
from liff_app.reports.models import Report, ReportEvent, ReportFollower
from liff_app.reports.scope import EVERYWHERE, Scope
from liff_app.reports.vocabulary import PlaceWay, Status

START = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
STAFF = "staff:reviewer"
SEEN: dict[str, Any] = {"actor": STAFF, "scope": EVERYWHERE}

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def at(minutes: float = 0) -> datetime:
    """So many minutes after the start."""
    return START + timedelta(minutes=minutes)


def settings() -> Settings:
    """The settings of the town."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def resident() -> str:
    """A new resident."""
    known = LineIdentity(
        sub=f"U{uuid.uuid4().hex}",
        audience="1234567890",
        issued_at=START,
        expires_at=START + timedelta(hours=1),
        token_digest=uuid.uuid4().bytes * 2,
    )
    with transaction() as session:
        return identity.recognise(session, known, keys=settings().keys, now=START)


def residents(count: int) -> list[str]:
    """So many new residents."""
    return [resident() for _ in range(count)]


def draft(**other: Any) -> FileDraft:  # noqa: ANN401 - any field of a draft
    """A hole in a pavement."""
    usual: dict[str, Any] = {
        "category": "road",
        "description": "歩道に穴があいている",
        "lat": 34.3401,
        "lon": 134.0434,
        "accuracy_m": 12,
        "place_way": PlaceWay.POSITION,
        "place_text": "公民館の前",
        "answers": required_answers(str(other.get("category", "road"))),
    }
    return FileDraft(**(usual | other))


def required_answers(code: str) -> dict[str, str]:
    """The first harmless answer to each question that must be answered."""
    from liff_app.reports.categories import service as categories  # noqa: PLC0415 - tests only

    category = categories.find(db.session, code)
    db.session.rollback()
    return {
        question.code: next((one.code for one in question.options if one.stop is None), "はい")
        for question in (category.questions if category else ())
        if question.required
    }


def file(who: str, *, key: str = "", minutes: float = 0, **other: Any) -> Receipt:  # noqa: ANN401 - any field of a draft
    """A report by that resident."""
    wanted = draft(**other)
    with transaction() as session:
        return filing.file_once(
            session,
            wanted,
            resident_id=who,
            key=key or uuid.uuid4().hex,
            settings=settings(),
            now=at(minutes),
        )


def do(operation: Any, *args: Any, minutes: float = 1, **about: Any) -> Any:  # noqa: ANN401 - any operation
    """The operation in a transaction of its own."""
    with transaction() as session:
        return operation(session, *args, now=at(minutes), **about)


def by_staff(operation: Any, ref: str, *args: Any, minutes: float = 1, **about: Any) -> Any:  # noqa: ANN401 - any operation
    """The operation by a reviewer who has just looked at the report."""
    about = {"version": row(ref).version, **SEEN} | about
    return do(operation, ref, *args, minutes=minutes, **about)


def move(ref: str, to: Status, *, minutes: float = 1, **about: Any) -> int:  # noqa: ANN401 - of `move`
    """The step, with whatever it needs."""
    about = {"text": "お知らせします。", "receiver": "県の土木事務所"} | about
    done: int = by_staff(casework.move, ref, to, minutes=minutes, **about)
    return done


def merge(ref: str, into: str, *, minutes: float = 1, **about: Any) -> int:  # noqa: ANN401 - of `merge`
    """The report belongs to the other's incident."""
    about = {"into_version": row(into).version} | about
    done: int = by_staff(casework.merge, ref, into, minutes=minutes, **about)
    return done


def row(ref: str) -> Report:
    """The report as it stands in the database, detached."""
    with_row = db.session.scalars(
        select(Report).where(Report.ref == ref).execution_options(populate_existing=True)
    ).one()
    db.session.expunge(with_row)
    db.session.rollback()
    return with_row


def history(ref: str) -> list[ReportEvent]:
    """Every event of the report, oldest first."""
    report = row(ref)
    found = db.session.scalars(
        select(ReportEvent).where(ReportEvent.report_id == report.id).order_by(ReportEvent.number)
    ).all()
    db.session.expunge_all()
    db.session.rollback()
    return list(found)


def kinds(ref: str) -> list[str]:
    """What happened to the report, by kind."""
    return [one.kind for one in history(ref)]


def told(who: str | None = None) -> list[LineMessage]:
    """Messages queued, in their order; for one resident, or all."""
    wanted = select(LineMessage).order_by(LineMessage.id)
    if who is not None:
        wanted = wanted.where(LineMessage.resident_id == who)
    found = db.session.scalars(wanted).all()
    db.session.expunge_all()
    db.session.rollback()
    return list(found)


def follower(ref: str, who: str) -> ReportFollower | None:
    """How the resident follows the report."""
    report = row(ref)
    found = db.session.get(ReportFollower, (report.id, who), populate_existing=True)
    db.session.expunge_all()
    db.session.rollback()
    return found


def scope(*departments: str) -> Scope:
    """A colleague of these departments."""
    return Scope(frozenset(departments))


def session_of() -> Session:
    """A session for reads."""
    return db.session
