"""How the rows of lists describe one place."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from liff_app.db import Base
from liff_app.shelters.lists.model import ShelterRow
from liff_app.shelters.models import GONE, Shelter, ShelterList, ShelterSource
from liff_app.shelters.vocabulary import Fits, Hazard, Role

LETTERS = {Fits.YES: "y", Fits.CONDITIONAL: "c", Fits.NO: "n", Fits.UNKNOWN: "u"}
BATCH = 2_000  # rows in one statement; keeps memory flat over 115,402 rows

Item = TypeVar("Item")
_write = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a row without coordinates was found to be, and by what."""

    lat: float
    lon: float
    source: str  # geocoder | town | hand


def packed(row: ShelterRow, position: Position | None) -> dict[str, Any]:
    """The row as JSON values: what is stored, compared and merged. Line numbers may move freely."""
    source = "list" if row.lat is not None else (position.source if position else "none")
    return {
        "source_id": row.source_id,
        "facility_key": row.facility_key,
        "role": row.role.value,
        "name": row.name,
        "kana": row.kana,
        "name_en": row.name_en,
        "address": row.address,
        "municipality_code": row.municipality_code,
        "municipality_name": row.municipality_name[:80],  # as the table holds it
        "lat": row.lat if row.lat is not None else (position.lat if position else None),
        "lon": row.lon if row.lon is not None else (position.lon if position else None),
        "position_source": source,
        "fits": "".join(LETTERS[row.hazards[hazard]] for hazard in Hazard),
        "capacity": {
            "raw": row.capacity.raw,
            "indoor": row.capacity.indoor,
            "outdoor": row.capacity.outdoor,
        },
        "target": row.target,
        "phone": row.phone or "",
        "url": row.url or "",
        "elevation_m": row.elevation_m,
        "remarks": row.remarks,
        "floors": row.floors,
        "towns": row.towns,
        "always_open": row.always_open,
        "publish": row.publish,
    }


def written(values: Mapping[str, Any]) -> str:
    """The packed row as text: equal for equal rows."""
    return _write(values)


def unpacked(text: str) -> dict[str, Any]:
    """The packed row of a text."""
    values: dict[str, Any] = json.loads(text)
    return values


def digest_of(text: str) -> str:
    """Equal for equal texts: 32 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def table_of(model: type[Base]) -> Table:
    """The model's table: writing by it spares the ORM's work, which is most of a large import's."""
    return Base.metadata.tables[model.__tablename__]


def recompose(session: Session, shelter_ids: Iterable[str], *, now: datetime) -> None:
    """Describe each place anew from its rows; one that no row speaks of is withdrawn."""
    shelters = table_of(Shelter)
    for part in batches(sorted(shelter_ids)):
        wanted = (
            select(ShelterSource.shelter_id, ShelterList.priority, ShelterSource.row)
            .join(ShelterList, ShelterList.id == ShelterSource.list_id)
            .where(ShelterSource.shelter_id.in_(part), ShelterSource.digest != GONE)
            .order_by(ShelterList.priority, ShelterSource.list_id, ShelterSource.source_id)
        )
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for shelter_id, _priority, text in session.execute(wanted):
            rows[shelter_id].append(json.loads(text))
        described = [
            {"place": shelter_id, **compose(rows[shelter_id])}
            for shelter_id in part
            if rows[shelter_id]
        ]
        if described:
            session.execute(update(shelters).where(shelters.c.id == bindparam("place")), described)
        orphans = [shelter_id for shelter_id in part if not rows[shelter_id]]
        if orphans:
            session.execute(
                update(Shelter)
                .where(Shelter.id.in_(orphans))
                .values(withdrawn_at=now, published=False)
            )


def compose(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One description from the rows that speak of a place, the list with the say first.

    Fits come from the rows that designate (sites and ad hoc places): a 指定避難所 says nothing of
    hazards. Everything else is the first list's that says something; remarks are all shown.
    """
    first = {name: _first(rows, name) for name in _PLAIN}
    designating = [r for r in rows if r["role"] in (Role.SITE.value, Role.AD_HOC.value)]
    located = next((r for r in rows if r["lat"] is not None), rows[0])
    capacity = next((r["capacity"] for r in rows if r["capacity"]["raw"]), rows[0]["capacity"])
    roles = sorted({r["role"] for r in rows}, key=list(Role).index)
    remarks = list(dict.fromkeys(r["remarks"] for r in rows if r["remarks"]))
    return {
        **first,
        "lat": located["lat"],
        "lon": located["lon"],
        "position_source": located["position_source"],
        "roles": ",".join(roles),
        "fits": _fits([r["fits"] for r in designating]),
        "capacity_raw": capacity["raw"],
        "capacity_indoor": capacity["indoor"],
        "capacity_outdoor": capacity["outdoor"],
        "remarks": "\n".join(remarks),
        "always_open": any(r["always_open"] for r in rows),
        "published": all(r["publish"] for r in rows),
        "withdrawn_at": None,
    }


def _fits(said: Sequence[str]) -> str:
    """Per hazard the first list's word; blank says nothing, so it silences no other list."""
    blank = LETTERS[Fits.UNKNOWN]
    return "".join(
        next((one[place] for one in said if one[place] != blank), blank)
        for place in range(len(Hazard))
    )


_PLAIN = (
    "facility_key",
    "name",
    "kana",
    "name_en",
    "address",
    "municipality_code",
    "municipality_name",
    "target",
    "floors",
    "phone",
    "url",
    "towns",
    "elevation_m",
)  # fmt: skip


def _first(rows: Sequence[Mapping[str, Any]], name: str) -> Any:  # noqa: ANN401 - a JSON value
    return next((row[name] for row in rows if row[name] not in ("", None)), rows[0][name])


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items in slices that fit one statement."""
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
