"""Photos that belong to a report: those sent with it, later ones, and the town hall's own."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liff_app.errors import NotFound
from liff_app.i18n import gettext as _
from liff_app.photos import service as photos
from liff_app.reports import events
from liff_app.reports.errors import StepRefused
from liff_app.reports.models import Report, ReportPhoto
from liff_app.reports.receipts import Receipt, receipt_of
from liff_app.reports.vocabulary import EventKind

MOST_PHOTOS = 3
PHOTOS_UNTIL = timedelta(hours=72)  # as long as a draft waits on the phone


def add_photo(
    session: Session, ref: str, photo_id: str, *, resident_id: str, now: datetime
) -> Receipt:
    """The photo belongs to the resident's own report; again: nothing more happens.

    Up to `MOST_PHOTOS`, and `PHOTOS_UNTIL` after filing. Raises NotFound, StepRefused.
    """
    report = events.hold(session, ref).report
    if report.resident_id != resident_id:
        raise NotFound("somebody else's report")
    if session.get(ReportPhoto, (report.id, photo_id)) is not None:
        return receipt_of(report, repeated=True)
    if now - report.created_at > PHOTOS_UNTIL:
        raise StepRefused(
            "late",
            code="photo_late",
            title=_("受け付けから72時間がすぎたので、写真を足せません。"),
        )
    if _own_photos(session, report) >= MOST_PHOTOS:
        raise StepRefused("many", code="photo_many", title=_("写真は3枚まで送れます。"))
    position = _next_position(session, report)
    hang(session, report, photo_id, position, owner=resident_id, by_staff=False, now=now)
    events.append(
        session,
        report,
        EventKind.PHOTO_ADDED,
        actor=events.RESIDENT,
        now=now,
        detail={"photo": photo_id, "by": events.mark(report, resident_id)},
    )
    return receipt_of(report)


def hang_staff_photo(
    session: Session, report: Report, photo_id: str, *, owner: str, now: datetime
) -> None:
    """A photo by the town hall belongs to the report; its row must be held."""
    position = _next_position(session, report)
    hang(session, report, photo_id, position, owner=owner, by_staff=True, now=now)


def hang(
    session: Session,
    report: Report,
    photo_id: str,
    position: int,
    *,
    owner: str,
    by_staff: bool,
    now: datetime,
) -> None:
    """The photo belongs to the report. Raises NotFound for another owner's, Conflict if taken."""
    photos.claim(session, photo_id, by=f"report:{report.ref}", owner=owner)
    session.add(
        ReportPhoto(
            report_id=report.id,
            photo_id=photo_id,
            position=position,
            by_staff=by_staff,
            added_at=now,
        )
    )


def _own_photos(session: Session, report: Report) -> int:
    wanted = select(func.count()).where(
        ReportPhoto.report_id == report.id, ReportPhoto.by_staff.is_(False)
    )
    return int(session.scalar(wanted) or 0)


def _next_position(session: Session, report: Report) -> int:
    last = session.scalar(
        select(func.max(ReportPhoto.position)).where(ReportPhoto.report_id == report.id)
    )
    return 0 if last is None else int(last) + 1
