"""What residents and the public see of reports. Each reader has records of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.reports import rules
from liff_app.reports.categories import service as categories
from liff_app.reports.incidents import asks_fix, number, people
from liff_app.reports.models import Report, ReportFollower, ReportPhoto
from liff_app.reports.my_queries import Can, Moment, MyPhoto, MyReport, one_mine
from liff_app.reports.near_queries import NearReport, PublicPhoto, near, public_photos
from liff_app.reports.vocabulary import Status

__all__ = [
    "Can",
    "Moment",
    "MyLine",
    "MyPhoto",
    "MyReport",
    "NearReport",
    "PublicPhoto",
    "PublicReport",
    "is_photo_shown",
    "mine",
    "near",
    "one_mine",
    "public_one",
]

MOST_OWN = 200  # of one resident's reports on one page
_PHOTOS = table("photos", column("id"), column("claimed_by"))  # the photos' own: only looked up


@dataclass(frozen=True, slots=True, kw_only=True)
class MyLine:
    """One of a resident's reports in their list.

    `status` is the incident's: of a merged report that of its lead. `is_merged` says that it is.
    """

    ref: str
    number: str
    category: str
    category_name: str
    status: Status
    is_merged: bool
    is_reporter: bool
    asks_fix: bool
    asks_reply: bool
    hidden: bool
    place: str
    photo_id: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicReport:
    """A report as anybody may see it. `lead_ref`: what it is worked together with."""

    ref: str
    number: str
    category: str
    category_name: str
    status: Status
    lead_ref: str | None
    lat: float
    lon: float
    exact: bool
    town_name: str
    text: str | None
    photos: tuple[PublicPhoto, ...]
    people: int
    created_at: datetime
    updated_at: datetime


def mine(session: Session, resident_id: str) -> list[MyLine]:
    """What the resident reported or joined, newest first."""
    followed = session.execute(
        select(ReportFollower, Report)
        .join(Report, Report.id == ReportFollower.report_id)
        .where(ReportFollower.resident_id == resident_id)
        .order_by(Report.id.desc())
        .limit(MOST_OWN)
    ).all()
    leads = _leads(session, [report for _row, report in followed])
    names = categories.names(session)
    reported = [report for row, report in followed if row.is_reporter]
    first = _first_photos(session, [report.id for report in reported])
    asked = {report.lead_id or report.id for report in reported}
    return [
        _line(row, report, leads.get(report.lead_id or 0, report), names, first, asked)
        for row, report in followed
    ]


def _line(
    row: ReportFollower,
    report: Report,
    root: Report,
    names: Mapping[str, str],
    first_photos: Mapping[int, str],
    reported: Collection[int],
) -> MyLine:
    return MyLine(
        ref=report.ref,
        number=number(report),
        category=report.category,
        category_name=names.get(report.category, report.category),
        status=Status(root.status),
        is_merged=report.lead_id is not None,
        is_reporter=row.is_reporter,
        asks_fix=asks_fix(root, row),
        asks_reply=root.status == Status.ASKED and root.id in reported,
        hidden=report.hidden,
        place=report.town_name if not row.is_reporter else (report.place_text or report.town_name),
        photo_id=first_photos.get(report.id),
        created_at=report.created_at,
        updated_at=max(report.updated_at, root.updated_at),
    )


def _leads(session: Session, reports: Iterable[Report]) -> dict[int, Report]:
    ids = {report.lead_id for report in reports if report.lead_id is not None}
    return {row.id: row for row in session.scalars(select(Report).where(Report.id.in_(ids)))}


def _first_photos(session: Session, ids: Sequence[int]) -> dict[int, str]:
    wanted = (
        select(ReportPhoto.report_id, ReportPhoto.photo_id)
        .where(ReportPhoto.report_id.in_(ids), ReportPhoto.by_staff.is_(False))
        .order_by(ReportPhoto.report_id, ReportPhoto.position.desc())
    )
    return {row.report_id: row.photo_id for row in session.execute(wanted)}


def public_one(session: Session, ref: str) -> PublicReport:
    """The report as anybody may see it. Raises NotFound, also for what is hidden or withdrawn."""
    report = session.scalar(select(Report).where(Report.ref == ref))
    if report is None or report.hidden or report.status == Status.WITHDRAWN:
        raise NotFound("no such report")
    lead = session.get(Report, report.lead_id) if report.lead_id is not None else None
    lat, lon = rules.public_position(report.lat, report.lon, checked=report.place_checked)
    return PublicReport(
        ref=report.ref,
        number=number(report),
        category=report.category,
        category_name=categories.name_of(session, report.category),
        status=Status((lead or report).status),
        lead_ref=lead.ref if lead is not None and not lead.hidden else None,
        lat=lat,
        lon=lon,
        exact=report.place_checked,
        town_name=report.town_name,
        text=report.description if report.text_public and report.description else None,
        photos=tuple(public_photos(session, [report.id]).get(report.id, ())),
        people=people(session, [(lead or report).id])[(lead or report).id],
        created_at=report.created_at,
        updated_at=max(report.updated_at, (lead or report).updated_at),
    )


def is_photo_shown(session: Session, photo_id: str) -> bool:
    """Whether the photo belongs to a report that anybody may see: not hidden, not withdrawn."""
    # By its claim: `report_photos` is found by the report, not by the photo.
    claim = session.scalar(select(_PHOTOS.c.claimed_by).where(_PHOTOS.c.id == photo_id)) or ""
    wanted = (
        select(Report.id)
        .join(ReportPhoto, ReportPhoto.report_id == Report.id)
        .where(Report.ref == claim.removeprefix("report:"), ReportPhoto.photo_id == photo_id)
        .where(Report.hidden.is_(False), Report.status != Status.WITHDRAWN)
    )
    return session.scalar(wanted) is not None
