"""Lists as a town publishes them, row by row, and the short way to publish them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from liff_app.db import transaction
from liff_app.shelters import service
from liff_app.shelters.composing import Position
from liff_app.shelters.lists.model import NO_CAPACITY, Capacity, ParsedList, ShelterRow
from liff_app.shelters.publishing import Difference, Edition
from liff_app.shelters.vocabulary import Fits, Hazard, Role

NOW = datetime(2025, 11, 22, 5, 5, 30, tzinfo=UTC)
CODE = "479993"
METRE = 1 / 111_000  # degrees of latitude, near enough for tests of hundreds of metres
PLAIN = ShelterRow(
    line=2,
    source_id="A1",
    facility_key=None,
    role=Role.SITE,
    name="中央小学校",
    kana="ちゅうおうしょうがっこう",
    name_en="",
    address="まど県まど市中庭一丁目21番2号",
    municipality_code=CODE,
    municipality_name="まど市",
    lat=35.6,
    lon=140.3,
    hazards=dict.fromkeys(Hazard, Fits.YES),
    flood_detail=None,
    capacity=NO_CAPACITY,
    target="",
    also_other_role=None,
    phone=None,
    url=None,
    elevation_m=None,
    remarks="",
    floors="",
    towns="",
    always_open=False,
    publish=True,
    warnings=(),
)


def row(source_id: str = "A1", **changes: Any) -> ShelterRow:  # noqa: ANN401 - any field
    """A row of a list; a 共通ID brings its facility key."""
    facility = source_id[:11] if len(source_id) == 14 else None
    known = {"source_id": source_id, "facility_key": facility} | changes
    return replace(PLAIN, **known)


def north(metres: float) -> float:
    """Latitude of a point that many metres north of the plain row's."""
    return 35.6 + metres * METRE


def people(count: int) -> Capacity:
    """A capacity as a list states it."""
    return Capacity(raw=f"{count}人", indoor=count, outdoor=None)


def edition(
    *rows: ShelterRow,
    list_id: str = "town",
    priority: int = 10,
    attribution: str = "出典：まど市",
    positions: dict[int, Position] | None = None,
) -> Edition:
    """An edition of a list with these rows, as the importer hands it on."""
    numbered = tuple(replace(one, line=line) for line, one in enumerate(rows, start=2))
    parsed = ParsedList(
        preset="standard",
        encoding="utf-8",
        header_line=1,
        headings=(),
        rows=numbered,
        problems=(),
        blank_lines=(),
        rejected_lines=(),
        total_rows=len(rows),
        attribution_hint="",
        publisher_code=CODE,
    )
    return Edition(
        list_id=list_id,
        parsed=parsed,
        file_name="list.csv",
        file_sha256="0" * 64,
        attribution=attribution,
        priority=priority,
        positions=positions or {},
    )


def publish(*rows: ShelterRow, now: datetime = NOW, **about: Any) -> Difference:  # noqa: ANN401 - see `edition`
    """The rows are the published list `town`, or the one named in `about`."""
    with transaction() as session:
        return service.publish_list(session, edition(*rows, **about), by="test", now=now)
