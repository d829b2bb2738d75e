"""What the desk reads of one report: its words, its incident, its history, and what stands nearby.

Everything here is for colleagues who may see the report; what residents and the public see comes
from `queries`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.photos import service as photos
from liff_app.photos.service import PhotoView
from liff_app.reports import case_lines, rules, scope
from liff_app.reports.case_lines import Line, number_of
from liff_app.reports.models import Report, ReportEvent, ReportFollower, ReportPhoto
from liff_app.reports.scope import Scope
from liff_app.reports.vocabulary import EventKind, PlaceWay, Priority, Source, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePhoto:
    """A photo of the report. `by_staff`: taken by the town hall, after the work say."""

    view: PhotoView
    by_staff: bool
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One thing that happened; texts as they were written."""

    number: int
    at: datetime
    actor: str
    kind: EventKind
    to: Status | None
    public_text: str
    private_text: str
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A report as its reviewer sees it. `has_contact`: one was given; it is opened on demand."""

    id: int
    ref: str
    number: str
    version: int
    source: Source
    category: str
    description: str
    answers: Mapping[str, str]
    has_contact: bool
    lat: float
    lon: float
    accuracy_m: int | None
    place_way: PlaceWay
    place_text: str
    town_name: str
    asset_number: str
    status: Status
    is_open: bool
    priority: Priority
    department_id: str | None
    assignee_id: str | None
    due_on: date | None
    handed_to: str
    text_public: bool
    place_checked: bool
    hidden: bool
    reopened: int
    created_at: datetime
    closed_at: datetime | None
    followers: int
    photos: tuple[CasePhoto, ...]
    events: tuple[CaseEvent, ...]
    lead: Line | None
    members: tuple[Line, ...]
    twins: tuple[Line, ...]
    earlier: tuple[Line, ...]
    earlier_count: int


def find(session: Session, ref: str, who: Scope) -> Report:
    """The report's row, for reading. Raises NotFound, also for one outside the scope."""
    row = session.scalar(select(Report).where(Report.ref == ref, scope.where(who)))
    if row is None:
        raise NotFound("no such report", title="その通報は見つかりませんでした。")
    return row


def ref_of(session: Session, number: str, who: Scope) -> str | None:
    """Ref of the report with that receipt number, however it was typed; None if there is none."""
    report_id = rules.id_of(number)
    if report_id is None:
        return None
    found: str | None = session.scalar(
        select(Report.ref).where(Report.id == report_id, scope.where(who))
    )
    return found


def case(session: Session, ref: str, who: Scope) -> Case:
    """The report with all that belongs to it. Raises NotFound as `find` does."""
    row = find(session, ref, who)
    around = case_lines.incident(session, row, who)
    earlier, earlier_count = case_lines.earlier(session, row, who)
    return Case(
        id=row.id,
        ref=row.ref,
        number=number_of(row.id, row.created_at),
        version=row.version,
        source=Source(row.source),
        category=row.category,
        description=row.description,
        answers=json.loads(row.answers),
        has_contact=row.contact_sealed is not None,
        lat=row.lat,
        lon=row.lon,
        accuracy_m=row.accuracy_m,
        place_way=PlaceWay(row.place_way),
        place_text=row.place_text,
        town_name=row.town_name,
        asset_number=row.asset_number,
        status=Status(row.status),
        is_open=row.is_open,
        priority=Priority(row.priority),
        department_id=row.department_id,
        assignee_id=row.assignee_id,
        due_on=row.due_on,
        handed_to=row.handed_to,
        text_public=row.text_public,
        place_checked=row.place_checked,
        hidden=row.hidden,
        reopened=row.reopened,
        created_at=row.created_at,
        closed_at=row.closed_at,
        followers=_followers(session, row),
        photos=photos_of(session, row.id),
        events=events_of(session, row.id),
        lead=next((line for key, line in around if key == row.lead_id), None),
        members=tuple(line for key, line in around if key != row.lead_id),
        twins=case_lines.twins(session, row, who),
        earlier=earlier,
        earlier_count=earlier_count,
    )


def photos_of(session: Session, report_id: int) -> tuple[CasePhoto, ...]:
    """The report's photos, in the order in which they came; those taken back are left out."""
    rows = list(
        session.scalars(
            select(ReportPhoto)
            .where(ReportPhoto.report_id == report_id)
            .order_by(ReportPhoto.position)
        )
    )
    views = photos.photos_of(session, [row.photo_id for row in rows])
    return tuple(
        CasePhoto(view=views[row.photo_id], by_staff=row.by_staff, added_at=row.added_at)
        for row in rows
        if row.photo_id in views
    )


def holds_photo(session: Session, ref: str, photo_id: str, who: Scope) -> bool:
    """Whether that photo belongs to that report, and the reader may see the report."""
    wanted = (
        select(Report.id)
        .join(ReportPhoto, ReportPhoto.report_id == Report.id)
        .where(Report.ref == ref, ReportPhoto.photo_id == photo_id, scope.where(who))
    )
    return session.scalar(wanted) is not None


def events_of(session: Session, report_id: int) -> tuple[CaseEvent, ...]:
    """Everything that happened to the report, the newest first."""
    rows = session.scalars(
        select(ReportEvent)
        .where(ReportEvent.report_id == report_id)
        .order_by(ReportEvent.number.desc())
    )
    return tuple(
        CaseEvent(
            number=row.number,
            at=row.at,
            actor=row.actor,
            kind=EventKind(row.kind),
            to=Status(row.to_status) if row.to_status else None,
            public_text=row.public_text,
            private_text=row.private_text,
            detail=json.loads(row.detail),
        )
        for row in rows
    )


def _followers(session: Session, row: Report) -> int:
    """How many people are told of the incident: each once, whatever they follow of it."""
    root = row.lead_id or row.id
    ids = select(Report.id).where((Report.id == root) | (Report.lead_id == root))
    told = func.count(ReportFollower.resident_id.distinct())
    return session.scalar(select(told).where(ReportFollower.report_id.in_(ids))) or 0
