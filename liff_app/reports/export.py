"""Reports for a spreadsheet: which ones a question finds, and everything the desk knows of them."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from liff_app.crypto import KeyRing
from liff_app.reports import desk_filters, filing
from liff_app.reports.desk_filters import Filters
from liff_app.reports.models import Report, ReportPhoto
from liff_app.reports.scope import Scope

# More than a city of 400,000 gets in half a year; as CSV 3 s of a core, as a workbook 9 s (bench).
MOST_ROWS = 50_000
BATCH = 500  # rows in memory at a time
AS_THEY_STAND = (
    "id", "ref", "source", "category", "description", "lat", "lon", "accuracy_m", "place_way",
    "place_text", "town_name", "asset_number", "status", "is_open", "joined", "priority",
    "department_id", "assignee_id", "due_on", "handed_to", "text_public", "place_checked",
    "hidden", "reopened", "created_at", "updated_at", "first_answer_at", "closed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportLine:
    """One report as staff take it out. `contact` is "" unless it was asked for, and then given."""

    id: int
    ref: str
    source: str
    category: str
    description: str
    answers: Mapping[str, str]
    lat: float
    lon: float
    accuracy_m: int | None
    place_way: str
    place_text: str
    town_name: str
    asset_number: str
    status: str
    is_open: bool
    joined: int
    priority: int
    department_id: str | None
    assignee_id: str | None
    due_on: date | None
    handed_to: str
    text_public: bool
    place_checked: bool
    hidden: bool
    reopened: int
    created_at: datetime
    updated_at: datetime
    first_answer_at: datetime | None
    closed_at: datetime | None
    members: int
    photos: int
    contact: str


def found(
    session: Session, filters: Filters, who: Scope, account_id: str, *, today: date
) -> Sequence[int]:
    """Ids of the reports that the question finds, in its order; one more than may be taken out."""
    asked = desk_filters.conditions(filters, who, account_id, today=today)
    order = desk_filters.by_order(filters.in_order)
    wanted = select(Report.id).where(*asked).order_by(*order).limit(MOST_ROWS + 1)
    return array("q", session.scalars(wanted))


def lines(
    session: Session, ids: Sequence[int], *, keys: KeyRing | None = None
) -> Iterator[ExportLine]:
    """The reports in that order; with `keys` also how each reporter can be reached."""
    for start in range(0, len(ids), BATCH):
        wanted = list(ids[start : start + BATCH])
        rows = {row.id: row for row in session.execute(_query(wanted))}
        yield from (_line(rows[one], keys) for one in wanted if one in rows)


def _query(ids: Sequence[int]) -> Select[Any]:
    member = aliased(Report)
    members = select(func.count()).where(member.lead_id == Report.id).scalar_subquery()
    photos = select(func.count()).where(ReportPhoto.report_id == Report.id).scalar_subquery()
    return select(
        *(getattr(Report, name) for name in AS_THEY_STAND),
        Report.answers,
        Report.contact_sealed,
        members.label("members"),
        photos.label("photos"),
    ).where(Report.id.in_(ids))


def _line(row: Row[Any], keys: KeyRing | None) -> ExportLine:
    sealed = row.contact_sealed if keys is not None else None
    return ExportLine(
        **{name: getattr(row, name) for name in AS_THEY_STAND},
        answers=json.loads(row.answers),
        members=row.members,
        photos=row.photos,
        contact=keys.open(sealed, filing.contact_context(row.ref)) if keys and sealed else "",
    )
