"""Reports as open data: GeoJSON (RFC 7946) and CSV, page by page, the newest first.

Told is what anybody may see on the pages anyway: place and category at once, a text only after a
colleague let it out, and of what is hidden or taken back nothing. An incident is one line; the
reports merged into it are counted.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from liff_app import spreadsheet
from liff_app.clock import JST
from liff_app.reports import rules
from liff_app.reports.categories import service as categories
from liff_app.reports.desk_filters import IS_LEAD, IS_OPEN
from liff_app.reports.models import Report
from liff_app.reports.vocabulary import Status

PAGE = 1000  # reports of one answer: 0.45 MB, a tenth of it as it travels, 50 ms to make
TOLD = timedelta(days=365)  # of what is over; open reports are told however old they are
BATCH = 500  # ids in one statement
_COLUMNS = (
    Report.id, Report.ref, Report.category, Report.status, Report.is_open, Report.lat, Report.lon,
    Report.place_checked, Report.town_name, Report.joined, Report.created_at, Report.updated_at,
    Report.closed_at, Report.text_public, Report.description,
)  # fmt: skip
HEADINGS = (
    "ID", "受付番号", "種類コード", "種類", "段階コード", "Open311ステータス", "緯度", "経度",
    "場所の確認", "町名", "受付日時", "更新日時", "終わった日時", "通報の数", "人数", "内容",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReport:
    """An incident as anybody may use it. `exact`: the place is good to a metre, else to 100.

    `reports` counts the lead and what was merged into it, `people` also who joined any of them.
    """

    ref: str
    number: str
    category: str
    category_name: str
    status: Status
    is_open: bool
    lat: float
    lon: float
    exact: bool
    town_name: str
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    reports: int
    people: int
    text: str | None

    @property
    def open311_status(self) -> str:
        """The only two states that GeoReport v2 knows."""
        return "open" if self.is_open else "closed"


@dataclass(frozen=True, slots=True)
class Page:
    """Up to `PAGE` reports, and the receipt number after which the next page begins."""

    reports: list[OpenReport]
    after: str | None


def page(session: Session, after: int | None, *, now: datetime) -> Page:
    """The reports whose id is below `after`, the newest first: of a year, then older open ones."""
    ids = _ids(session, after, now)
    shown = ids[:PAGE]
    names = categories.names(session)
    found: dict[int, OpenReport] = {}
    for start in range(0, len(shown), BATCH):
        part = shown[start : start + BATCH]
        members = _members(session, part)
        rows = session.execute(_rows(part))
        found |= {row.id: _open(row, names, members.get(row.id, (0, 0))) for row in rows}
    reports = [found[one] for one in shown if one in found]
    return Page(reports, reports[-1].number if len(ids) > PAGE and reports else None)


def _ids(session: Session, after: int | None, now: datetime) -> Sequence[int]:
    """One more than a page, each part from an index: an OR of both would read all that is over."""
    first = session.scalar(
        select(Report.id).where(Report.created_at >= now - TOLD).order_by(Report.created_at)
        .limit(1)
    )  # fmt: skip
    public = [IS_LEAD, Report.hidden.is_(False), Report.status != Status.WITHDRAWN]
    below = [Report.id < after] if after is not None else []
    wanted = select(Report.id).where(*public, *below).order_by(Report.id.desc())
    found = array("q")
    if first is not None:
        found.extend(session.scalars(wanted.where(Report.id >= first).limit(PAGE + 1)))
    if len(found) <= PAGE:
        older = wanted.where(IS_OPEN, *([Report.id < first] if first is not None else []))
        found.extend(session.scalars(older.limit(PAGE + 1 - len(found))))
    return found.tolist()


def _rows(ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS).where(Report.id.in_(ids))


def _members(session: Session, leads: Sequence[int]) -> dict[int, tuple[int, int]]:
    """By lead: how many reports were merged into it, and how many people stand behind those."""
    counted = (
        select(Report.lead_id, func.count(), func.sum(Report.joined + 1))
        .where(Report.lead_id.in_(leads))
        .group_by(Report.lead_id)
    )
    rows = session.execute(counted)
    return {lead: (count, int(people)) for lead, count, people in rows if lead is not None}


def _open(row: Row[Any], names: dict[str, str], members: tuple[int, int]) -> OpenReport:
    lat, lon = rules.public_position(row.lat, row.lon, checked=row.place_checked)
    return OpenReport(
        ref=row.ref,
        number=rules.number_of(row.id, row.created_at.astimezone(JST).year),
        category=row.category,
        category_name=names.get(row.category, row.category),
        status=Status(row.status),
        is_open=row.is_open,
        lat=lat,
        lon=lon,
        exact=row.place_checked,
        town_name=row.town_name,
        created_at=row.created_at,
        updated_at=row.updated_at,
        closed_at=row.closed_at,
        reports=1 + members[0],
        people=1 + row.joined + members[1],
        text=row.description if row.text_public and row.description else None,
    )


def geojson(found: Page, *, next_url: str | None) -> bytes:
    """The page as a FeatureCollection; `next` beside its features leads on."""
    collection: dict[str, object] = {"type": "FeatureCollection"}
    if next_url:
        collection["next"] = next_url
    collection["features"] = [_feature(one) for one in found.reports]
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def _feature(one: OpenReport) -> dict[str, object]:
    return {
        "type": "Feature",
        "id": one.ref,
        "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
        "properties": {
            "number": one.number,
            "category": one.category,
            "category_name": one.category_name,
            "status": one.status.value,
            "open311_status": one.open311_status,
            "exact": one.exact,
            "town": one.town_name,
            "created_at": _moment(one.created_at),
            "updated_at": _moment(one.updated_at),
            "closed_at": _moment(one.closed_at),
            "reports": one.reports,
            "people": one.people,
            "text": one.text,
        },
    }


def csv(found: Page) -> bytes:
    """The page as a table that a spreadsheet opens as it is."""
    return spreadsheet.csv_file(HEADINGS, _cells(found))


def _cells(found: Page) -> Iterator[list[object]]:
    for one in found.reports:
        yield [
            *(one.ref, one.number, one.category, one.category_name, one.status.value),
            *(one.open311_status, one.lat, one.lon, int(one.exact), one.town_name),
            *(_moment(one.created_at), _moment(one.updated_at), _moment(one.closed_at)),
            *(one.reports, one.people, one.text or ""),
        ]


def _moment(moment: datetime | None) -> str | None:
    """The moment in Japan, to the second."""
    return moment.astimezone(JST).isoformat(timespec="seconds") if moment else None
