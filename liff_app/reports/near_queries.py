"""Open reports around a place, before another of the same thing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liff_app.photos import service as photos
from liff_app.photos.service import PhotoView
from liff_app.reports import rules
from liff_app.reports.desk_filters import IS_LEAD, IS_OPEN
from liff_app.reports.incidents import number, people
from liff_app.reports.models import Report, ReportFollower, ReportPhoto
from liff_app.reports.vocabulary import Status

NEARLY_M = 80.0  # how far a place not yet checked may stand from where it is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPhoto:
    """A photo a colleague let out; its address carries the version."""

    id: str
    version: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NearReport:
    """An open report near a place. The distance is that to the shown place, in tens of metres."""

    ref: str
    number: str
    category: str
    status: Status
    distance_m: int
    town_name: str
    lat: float
    lon: float
    created_at: datetime
    text: str | None
    photo_id: str | None
    photo_version: int
    joined: int
    is_mine: bool
    followed: bool


def near(
    session: Session,
    lat: float,
    lon: float,
    category: str,
    *,
    radius_m: float = rules.NEAR_M,
    limit: int = 8,
    resident_id: str | None = None,
) -> list[NearReport]:
    """Open leads of the category around a place, the nearest first.

    Measured to the place that is shown: distances to the true one would give it away.
    """
    radius_m = min(radius_m, rules.LARGEST_NEAR_M)
    high, wide = rules.degrees_of(radius_m + NEARLY_M, lat)
    columns = select(Report.id, Report.lat, Report.lon, Report.place_checked, Report.hidden).where(
        Report.category == category,
        Report.cell.in_(rules.cells_near(lat, lon, radius_m + NEARLY_M)),
        # The cells are twice as large as the circle: half of what is in them is never read.
        Report.lat.between(lat - high, lat + high),
        Report.lon.between(lon - wide, lon + wide),
        IS_OPEN,
        IS_LEAD,
    )
    found: list[tuple[float, int]] = []
    for row in session.execute(columns):
        shown = rules.public_position(row.lat, row.lon, checked=row.place_checked)
        metres = rules.metres_between(lat, lon, *shown)
        if metres <= radius_m and not row.hidden:
            found.append((metres, row.id))
    nearest = sorted(found)[:limit]
    return _near(session, nearest, resident_id) if nearest else []


def _near(
    session: Session, nearest: Sequence[tuple[float, int]], resident_id: str | None
) -> list[NearReport]:
    ids = [report_id for _metres, report_id in nearest]
    rows = {row.id: row for row in session.scalars(select(Report).where(Report.id.in_(ids)))}
    shown, counts = public_photos(session, ids), people(session, ids)
    follows = _follows(session, ids, resident_id)
    return [
        _near_one(
            rows[report_id],
            metres,
            next(iter(shown.get(report_id, ())), None),
            counts[report_id] - 1,
            follows.get(report_id),
        )
        for metres, report_id in nearest
    ]


def _near_one(
    row: Report,
    metres: float,
    photo: PublicPhoto | None,
    joined: int,
    is_mine: bool | None,  # noqa: FBT001 - None: not followed
) -> NearReport:
    lat, lon = rules.public_position(row.lat, row.lon, checked=row.place_checked)
    return NearReport(
        ref=row.ref,
        number=number(row),
        category=row.category,
        status=Status(row.status),
        distance_m=round(metres / 10) * 10,
        town_name=row.town_name,
        lat=lat,
        lon=lon,
        created_at=row.created_at,
        text=row.description if row.text_public and row.description else None,
        photo_id=photo.id if photo else None,
        photo_version=photo.version if photo else 0,
        joined=joined,
        is_mine=bool(is_mine),
        followed=is_mine is not None,
    )


def _follows(session: Session, roots: Sequence[int], resident_id: str | None) -> dict[int, bool]:
    """By incident the resident follows: whether they reported anything in it."""
    if resident_id is None:
        return {}
    root = func.coalesce(Report.lead_id, Report.id)
    wanted = (
        select(root, ReportFollower.is_reporter)
        .join(Report, Report.id == ReportFollower.report_id)
        .where(ReportFollower.resident_id == resident_id, root.in_(roots))
    )
    found: dict[int, bool] = {}
    for report_id, is_reporter in session.execute(wanted):
        found[report_id] = found.get(report_id, False) or bool(is_reporter)
    return found


def public_photos(session: Session, ids: Sequence[int]) -> dict[int, list[PublicPhoto]]:
    """The photos of each of these reports that the public may see, in their order."""
    wanted = (
        select(ReportPhoto.report_id, ReportPhoto.photo_id)
        .where(ReportPhoto.report_id.in_(ids))
        .order_by(ReportPhoto.report_id, ReportPhoto.position)
    )
    rows = session.execute(wanted).all()
    views = photos.photos_of(session, [row.photo_id for row in rows])
    found: dict[int, list[PublicPhoto]] = {}
    for row in rows:
        view = views.get(row.photo_id)
        if view is not None and view.is_public:
            found.setdefault(row.report_id, []).append(_public(view))
    return found


def _public(view: PhotoView) -> PublicPhoto:
    return PublicPhoto(
        id=view.id, version=view.public_version, width=view.width, height=view.height
    )
